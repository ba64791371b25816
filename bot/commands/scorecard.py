"""`motcua scorecard`: points of PAR INDEX by year, and what criteria were in the year before."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from bot.clock import utc_now
from bot.commands.report import refused_rows
from bot.commands.session import with_store
from handlers.plans.sheets import Unreadable, as_csv
from sipas.csv_rows import Refusal
from sipas.packing import HANOI
from sipas.scorecard import Line, read_mappings, read_scorecard
from storage import scorecards
from storage.directory import load_directory
from storage.filing_rows import By
from storage.store import Store

T = TypeVar("T")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def scorecard() -> None:
    """PAR INDEX scorecards, kept apart from our figures."""


@scorecard.command("import")
@click.argument("file", type=_FILE)
def import_file(file: Path) -> None:
    """Import years from a CSV or XLSX FILE; where one row is refused nothing is taken."""

    async def bring(store: Store) -> list[int]:
        directory = await load_directory(store.reader)
        units = {each.code for each in directory.units if not each.valid_to}
        rows = _whole(file, lambda raw: read_scorecard(raw, units))
        return await store.write(scorecards.keep, rows, _by())

    changed = with_store(bring)
    click.echo(f"imported: {', '.join(map(str, changed)) or 'nothing new'}")


@scorecard.command("map")
@click.argument("file", type=_FILE)
def map_file(file: Path) -> None:
    """Say what criteria were a year earlier: FILE has year,code,earlier,comparable,reason."""
    rows = _whole(file, read_mappings)

    async def say(store: Store) -> int:
        return await store.write(scorecards.map_by_hand, rows, _by())

    try:
        click.echo(f"{with_store(say)} mappings new or corrected")
    except LookupError as wrong:
        raise click.ClickException(f"{file}: {wrong}") from None


@scorecard.command("list")
@click.argument("year", type=click.IntRange(2000, 2099))
def list_lines(year: int) -> None:
    """Print the criteria of YEAR with points, points lost, and what became of each."""

    async def read(store: Store) -> tuple[Line, ...]:
        return await store.look(scorecards.lines_of, year)

    for line in with_store(read):
        now, before = line.now, line.before
        told = [now.code, now.name, f"{now.maximum}", f"{now.own}", f"{now.appraised}"]
        was = f"{before.code}: {before.appraised}/{before.maximum}" if before else "-"
        click.echo("\t".join([*told, f"lost {now.lost}", line.way, was]))


def _whole(
    file: Path, read: Callable[[bytes], tuple[tuple[T, ...], tuple[Refusal, ...]]]
) -> tuple[T, ...]:
    """All rows of the file; where one is refused, each such row is printed and none is taken."""
    try:
        rows, refused = read(as_csv(file.read_bytes()))
    except Unreadable as wrong:
        rows, refused = (), (wrong.refusal,)
    refused_rows(refused)
    if refused:
        raise click.ClickException(f"{file}: {len(refused)} rows refused, nothing was taken")
    return rows


def _by() -> By:
    now = utc_now()
    day = now.astimezone(HANOI).date().isoformat()
    return By(getpass.getuser(), now.isoformat(timespec="seconds"), day)
