"""`motcua units`: list, import and publish units."""

from __future__ import annotations

import getpass
from pathlib import Path

import click

from bot.clock import utc_now
from bot.commands.report import refused_rows
from bot.commands.session import noted, with_store
from handlers.service import VIETNAM
from sipas.units import read_lineage, read_units
from storage import registry
from storage.directory import Directory, Unit, load_directory
from storage.store import Store

CSV = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def units() -> None:
    """List, import and publish units."""


@units.command("list")
def list_units() -> None:
    """Print every current unit: code, name, since when its figures are public."""
    for unit in with_store(_directory).units:
        if unit.valid_to is None:
            click.echo(f"{unit.code}\t{unit.name}\t{unit.published_from or '-'}")


@units.command("import")
@click.argument("file", type=CSV)
@click.option("--lineage", type=CSV, help="CSV of predecessors: old,new,on")
def import_units(file: Path, lineage: Path | None) -> None:
    """Add units from a CSV file; every refused row is printed with its reason."""
    accepted, refused = read_units(file.read_bytes())
    successions, refused_too = read_lineage(lineage.read_bytes()) if lineage else ((), ())
    refused_rows((*refused, *refused_too))

    async def add(store: Store) -> int:
        added = await store.write(noted("units import", file.name, registry.add_units, accepted))
        if lineage:
            await store.write(
                noted("lineage import", lineage.name, registry.add_lineage, successions)
            )
        return added

    click.echo(f"{with_store(add)} units added, {len(refused) + len(refused_too)} rows refused")


@units.command()
@click.argument("codes", nargs=-1, metavar="CODE…")
@click.option("--all", "everything", is_flag=True, help="every current unit")
@click.option("--yes", is_flag=True, help="publish; without it only a preview is printed")
def publish(codes: tuple[str, ...], everything: bool, yes: bool) -> None:
    """Make units' figures public. Without --yes shows what would be published."""
    directory = with_store(_directory)
    chosen = _chosen(directory, codes, everything)
    for unit in chosen:
        counters = ", ".join(c.code for c in directory.counters_of(unit) if c.public)
        click.echo(f"{unit.code}\t{unit.name}\tcounters shown: {counters or 'none'}")
    if late := [unit.code for unit in chosen if _is_late(directory, unit)]:
        click.echo(
            f"{', '.join(late)}: figures above are public already and will hold the past of these;"
            " who kept older ones can subtract. See docs/suppression.md#publishing-a-unit-later"
        )
    if not yes:
        click.echo(f"{len(chosen)} units would be published; add --yes to do it")
        return
    now = utc_now()
    day, at = now.astimezone(VIETNAM).date().isoformat(), now.isoformat(timespec="seconds")

    async def act(store: Store) -> int:
        return await store.write(
            registry.publish, [unit.code for unit in chosen], day, getpass.getuser(), at
        )

    click.echo(f"{with_store(act)} units published")


async def _directory(store: Store) -> Directory:
    return await load_directory(store.reader)


def _is_late(directory: Directory, unit: Unit) -> bool:
    """Whether a unit above is public before this one."""
    above = directory.unit(unit.parent_code) if unit.parent_code else None
    return above is not None and (above.published or _is_late(directory, above))


def _chosen(directory: Directory, codes: tuple[str, ...], everything: bool) -> list[Unit]:
    if everything:
        codes = tuple(unit.code for unit in directory.units if unit.valid_to is None)
    unknown = [code for code in codes if directory.unit(code) is None]
    if unknown or not codes:
        raise click.UsageError(f"no such unit: {', '.join(unknown) or 'none given'}")
    found = (directory.unit(code) for code in codes)
    return [unit for unit in found if unit is not None and not unit.published]
