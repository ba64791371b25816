"""`motcua register`: the official yearly values that others publish."""

from __future__ import annotations

import getpass
from pathlib import Path

import click

from bot.clock import utc_now
from bot.commands.report import refused_rows
from bot.commands.session import with_store
from bot.seeds import seed_official
from sipas.csv_rows import Refusal
from sipas.register import Change, Entry, changes, read_register
from storage import official
from storage.api_keys import Act
from storage.official import Registered, official_values
from storage.store import Store


@click.group()
def register() -> None:
    """Official yearly values of SIPAS and PAR INDEX, kept apart from our figures."""


@register.command("list")
def list_values() -> None:
    """Print every value with rank, form, certainty, source, and the change since the last."""

    async def read(store: Store) -> list[Entry]:
        return await official_values(store.reader)

    entries = with_store(read)
    for entry, way in changes(entries):
        click.echo(_line(entry, way))
    for entry in entries:
        if not entry.shown:
            click.echo(f"{_line(entry, None)}\tunconfirmed: not shown to the public")


@register.command("import")
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False
)
@click.option("--shipped", is_flag=True, help="the values that come with motcua")
def import_values(file: Path | None, shipped: bool) -> None:
    """Add or correct values from a CSV file, or those shipped; refused rows are printed."""
    if (file is None) is not shipped:
        raise click.ClickException("give a FILE or --shipped")
    entries, refused = _read(file)
    refused_rows(refused)
    act = Act(utc_now().isoformat(timespec="seconds"), getpass.getuser())

    async def add(store: Store) -> Registered:
        return await store.write(official.register, entries, act)

    done = with_store(add)
    click.echo(
        f"{done.added} values added, {done.changed} changed, {done.known} known before, "
        f"{len(refused)} rows refused"
    )


def _read(file: Path | None) -> tuple[tuple[Entry, ...], tuple[Refusal, ...]]:
    return read_register(file.read_bytes()) if file else (seed_official(), ())


def _line(entry: Entry, way: Change | None) -> str:
    parts = [str(entry.year), entry.index, entry.whose]
    parts += ["-" if entry.value is None else str(entry.value)]
    parts += [f"{entry.rank}/{entry.ranked or '?'}" if entry.rank else "-"]
    parts += [entry.instrument or "-", entry.certainty, entry.source, _way(way)]
    return "\t".join(parts)


def _way(way: Change | None) -> str:
    if way is None:
        return "-"
    said = [f"rank {way.rank:+d}"] if way.rank is not None else []
    said += [f"value {way.value:+}"] if way.value is not None else []
    if not said and way.broken:
        said = [f"not compared: {way.broken}"]
    return f"{', '.join(said)} since {way.since}" if said else "-"
