"""`motcua counters`: list and import counters."""

from __future__ import annotations

from pathlib import Path

import click

from bot.clock import utc_now
from bot.commands.report import refused_rows
from bot.commands.session import noted, with_store
from bot.instruments import shipped
from handlers.service import VIETNAM
from sipas.csv_rows import Refusal
from sipas.units import MOST_DRAWN, CounterRow, read_counters
from storage import draws, registry
from storage.directory import load_directory
from storage.store import Store


@click.group()
def counters() -> None:
    """List and import counters."""


@counters.command("list")
def list_counters() -> None:
    """Print every counter: code, unit, name, whether it is public."""

    async def read(store: Store) -> list[str]:
        directory = await load_directory(store.reader)
        return [
            f"{each.code}\t{directory.unit_by_id(each.unit_id).code}\t{each.name}\t"
            f"{'public' if each.public else 'not public'}"
            for each in directory.counters
        ]

    click.echo("\n".join(with_store(read)))


@counters.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_counters(file: Path) -> None:
    """Add counters from a CSV file; every refused row is printed with its reason."""
    read, refused = read_counters(file.read_bytes())
    accepted, unknown = _with_known_instruments(read)
    refused_rows((*refused, *unknown))

    async def add(store: Store) -> int:
        return await store.write(
            noted("counters import", file.name, registry.add_counters, accepted)
        )

    try:
        added = with_store(add)
    except LookupError as error:
        raise click.ClickException(f"nothing was added: {error}") from None
    click.echo(f"{added} counters added, {len(refused) + len(unknown)} rows refused")


@counters.command("split")
@click.argument("code")
@click.argument("items", type=click.IntRange(0, MOST_DRAWN))
def split_counter(code: str, items: int) -> None:
    """Ask each respondent at counter CODE the overall question and ITEMS drawn ones; 0 asks all."""

    today = utc_now().astimezone(VIETNAM).date()

    async def split(store: Store) -> bool:
        act = f"questionnaire split: {items}"
        return await store.write(noted(act, code, draws.split_counter, code, items, today))

    if not with_store(split):
        raise click.ClickException(f"no counter {code}")
    click.echo(f"{code}: {f'{items} drawn items of each' if items else 'all items'} from now on")


@counters.command("draws")
def print_draws() -> None:
    """Print how often each item was drawn where questionnaires are split: month, item, number."""

    async def read(store: Store) -> list[draws.Drawn]:
        return await draws.draws(store.reader)

    for each in with_store(read):
        click.echo(f"{each.month}\t{each.instrument}\t{each.item}\t{each.n}")


def _with_known_instruments(
    rows: tuple[CounterRow, ...],
) -> tuple[list[CounterRow], list[Refusal]]:
    known = shipped()
    accepted = [row for row in rows if row.instrument in known]
    reason = f"expected one of {', '.join(known)}"
    refused = [
        Refusal(0, "instrument", row.instrument, reason) for row in rows if row not in accepted
    ]
    return accepted, refused
