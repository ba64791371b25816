"""`motcua simulate`: a province-year with known truth, into a database or a file."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import date, timedelta
from pathlib import Path

import click

from bot.clock import utc_now
from bot.instruments import shipped
from bot.keys import load_keys
from bot.loading import Places, load, places, simulated_counters
from bot.settings import Settings
from bot.simulation import files
from bot.simulation.scenarios import SCENARIOS
from bot.simulation.truth import told
from bot.simulation.world import World, province
from sipas.packing import HANOI
from storage.engines import engine_of
from storage.store import Store

DAYS = 365
TRUTH = ".truth.json"


@click.command()
@click.option("--seed", default=7, show_default=True, help="the same seed makes the same year")
@click.option("--units", type=click.IntRange(1, 166), default=166, show_default=True)
@click.option("--responses", type=click.IntRange(1), default=100_000, show_default=True)
@click.option("--scenario", type=click.Choice(list(SCENARIOS)), default="year", show_default=True)
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="last day; yesterday if left out")
@click.option("--to", "database", help="a new database file, or postgresql://…, empty")
@click.option("--file", type=click.Path(path_type=Path), help="a .csv or .ndjson file")
def simulate(
    seed: int,
    units: int,
    responses: int,
    scenario: str,
    until: date | None,
    database: str | None,
    file: Path | None,
) -> None:
    """Simulate a province-year with known truth; the truth is written beside it."""
    if (database is None) == (file is None):
        raise click.UsageError("give either --to DATABASE or --file FILE")
    first = _last_day(until) - timedelta(days=DAYS - 1)
    where = places(units, seed, first + timedelta(days=DAYS // 2))
    counters = simulated_counters(where.counters, shipped())
    world = province(counters, SCENARIOS[scenario], seed, first, DAYS, responses)
    began = time.perf_counter()
    engine = engine_of(database or "")
    target, name = (file, file) if file else (engine.path, engine.name)
    written = _loaded(database, where, world) if database else files.write(target, world)
    seconds = time.perf_counter() - began
    target.with_name(target.name + TRUTH).write_text(
        json.dumps(told(world), ensure_ascii=False), encoding="utf-8"
    )
    click.echo(
        f"{written:,} responses in {seconds:.1f} s, {written / seconds:,.0f} a second: {name}; "
        f"the truth: {target.name}{TRUTH}"
    )


def _last_day(until: date | None) -> date:
    if until is None:
        return utc_now().astimezone(HANOI).date() - timedelta(days=1)
    return date(until.year, until.month, until.day)


def _loaded(database: str, where: Places, world: World) -> int:
    async def run() -> int:
        store = await Store(database, load_keys(Settings().secret_key_file)).open()
        try:
            return await load(store, where, world, _tell)
        finally:
            await store.close()

    try:
        return asyncio.run(run())
    except ValueError as wrong:
        raise click.ClickException(f"{engine_of(database).name}: {wrong}") from None


def _tell(month: date, loaded: int) -> None:
    click.echo(f"{month:%Y-%m}: {loaded:,}", err=True)
