"""`motcua filings`: which reports are due, returned or missing."""

from __future__ import annotations

import click

from bot.clock import utc_now
from bot.commands.session import with_store
from handlers.filings.owed import Owed, owed
from handlers.service import VIETNAM
from storage import filings as stored
from storage.directory import load_directory
from storage.store import Store


@click.group()
def filings() -> None:
    """Reports of units, the committee's office, Finance and Home Affairs."""


@filings.command()
@click.option("--unit", default="", help="code of one unit; all if left out")
def due(unit: str) -> None:
    """Print what is due within five working days, returned or overdue, a line each."""

    async def read(store: Store) -> list[Owed]:
        today = utc_now().astimezone(VIETNAM).date()
        known = await store.look(stored.filings)
        return owed(await load_directory(store.reader), known, today)

    for each in with_store(read):
        if unit in ("", each.unit.code):
            told = (each.day, each.standing, each.kind.key, each.period.code)
            click.echo("\t".join(map(str, (*told, each.unit.code, each.unit.name))))
