"""`motcua dossiers`: bring in what the province's systems know about dossiers."""

from __future__ import annotations

import getpass
from pathlib import Path

import click

from bot.clock import utc_now
from bot.commands.report import refused_rows
from bot.commands.session import with_store
from handlers.dossiers import imported
from handlers.service import VIETNAM
from sipas.dossiers import read_events
from storage.api_keys import Act
from storage.dossiers import Imported
from storage.store import Store


@click.group()
def dossiers() -> None:
    """Import dossier events: the denominators of response rates."""


@dossiers.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_dossiers(file: Path) -> None:
    """Add dossier events from a CSV file; every refused row is printed with its reason."""
    now = utc_now()
    accepted, refused = read_events(file.read_bytes(), now.astimezone(VIETNAM).date())
    act = Act(now.isoformat(timespec="seconds"), getpass.getuser())

    async def add(store: Store) -> Imported:
        return await imported(store, accepted, act)

    done = with_store(add)
    amiss = sorted((*refused, *done.refused), key=lambda each: each.line)
    refused_rows(amiss)
    for line, event in accepted:
        if event.ahead:
            click.echo(f"line {line}: taken, but the code's date is after the day", err=True)
    click.echo(f"{done.added} events added, {done.known} known before, {len(amiss)} rows refused")
