"""`motcua grade`: holds the product's numbers against provinces whose truth is known."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path

import click

from bot.grading import table
from bot.grading.afternoons import added, afternoons
from bot.grading.coverage import graded, pooled
from bot.grading.flags import Found, found
from bot.grading.receiving import receive_year
from bot.grading.splits import split_graded, split_pooled
from bot.grading.weights import REPAIRED, UNREPAIRED, weights_graded
from bot.instruments import shipped
from bot.keys import Keys
from bot.loading import places, simulated_counters
from bot.simulation.scenarios import SCENARIOS
from bot.simulation.world import province
from storage.recount import recount
from storage.store import Store, snapshot

SHARES = {"quiet": 8, "clustered": 12, "nonresponse": 5, "officials": 5, "drift": 5, "crowds": 5}
QUARTERS_A_PROVINCE = 8
QUARTERS_A_WEIGHING = 12
QUARTERS_A_SPLIT = 8
FIRST, MERGER, DAYS, UNITS = date(2026, 1, 1), date(2026, 7, 1), 365, 40


@click.command()
@click.option("--seed", default=1, show_default=True, help="the same seed gives the same grades")
@click.option(
    "--quarters", type=click.IntRange(len(SHARES)), default=240, show_default=True,
    help="province-quarters simulated for intervals",
)  # fmt: skip
@click.option(
    "--received", type=click.IntRange(0), default=10_000, show_default=True,
    help="responses of the year that takes the way of every answer; 0 leaves it out",
)  # fmt: skip
def grade(seed: int, quarters: int, received: int) -> None:
    """Grade intervals, flags and the receive path; exit 1 when a target is missed."""
    click.echo(table.HEAD)
    with _processes() as pool:
        rows = [
            *_received(seed, received),
            *_flagged(pool, seed, quarters),
            *_covered(pool, seed, quarters),
            *_weighed(pool, seed, quarters),
            *_split(pool, seed, quarters),
        ]
    for row in rows:
        click.echo(str(row))
    missed = sum(row.held is False for row in rows)
    click.echo(f"{missed} of {sum(row.held is not None for row in rows)} targets missed")
    if missed:
        raise SystemExit(1)


def _covered(pool: ProcessPoolExecutor, seed: int, quarters: int) -> Iterator[table.Row]:
    whole = sum(SHARES.values())
    jobs = [
        (scenario, 1000 * seed + number)
        for scenario, share in SHARES.items()
        for number in range(max(1, round(quarters * share / whole)))
    ]
    found_ = pooled(pool.map(graded, *zip(*jobs, strict=True), chunksize=4))
    yield from table.of_coverage(found_)


def _flagged(pool: ProcessPoolExecutor, seed: int, quarters: int) -> Iterator[table.Row]:
    seeds = [1000 * seed + number for number in range(max(1, quarters // QUARTERS_A_PROVINCE))]
    found_ = added(pool.map(afternoons, seeds))
    yield from table.of_flags(found_, "in memory")


def _weighed(pool: ProcessPoolExecutor, seed: int, quarters: int) -> Iterator[table.Row]:
    numbers = range(max(1, quarters // QUARTERS_A_WEIGHING))
    jobs = [(kind, 1000 * seed + each) for kind in (REPAIRED, UNREPAIRED) for each in numbers]
    found_ = pooled(pool.map(weights_graded, *zip(*jobs, strict=True), chunksize=2))
    yield from table.of_weights(found_)


def _split(pool: ProcessPoolExecutor, seed: int, quarters: int) -> Iterator[table.Row]:
    seeds = [1000 * seed + each for each in range(max(1, quarters // QUARTERS_A_SPLIT))]
    found_ = split_pooled(list(pool.map(split_graded, seeds, chunksize=2)))
    yield from table.of_split(found_)


def _processes() -> ProcessPoolExecutor:
    # Spawned, so that it is the same on every system.
    return ProcessPoolExecutor(os.cpu_count(), mp_context=multiprocessing.get_context("spawn"))


def _received(seed: int, responses: int) -> Iterator[table.Row]:
    """One province-year, tap by tap."""
    if responses:
        with tempfile.TemporaryDirectory(prefix="motcua-grade-") as folder:
            played, differences, flags = asyncio.run(_year(Path(folder), seed, responses))
        yield table.Row(
            "received tap by tap: differences of a recount", played, str(differences), "0",
            differences == 0,
        )  # fmt: skip
        yield from table.of_flags(flags, "tap by tap")


async def _year(folder: Path, seed: int, responses: int) -> tuple[int, int, list[Found]]:
    where, keys = places(UNITS, seed, MERGER), Keys(bytes(32))
    counters = simulated_counters(where.counters, shipped())
    world = province(counters, SCENARIOS["year"], seed, FIRST, DAYS, responses)
    store = await Store(folder / "year.db", keys).open()
    try:
        played = await receive_year(store, keys, where, world)
        differences = snapshot(store.address, recount, shipped())
        return played, len(differences), list(snapshot(store.address, lambda c: [*found(c, world)]))
    finally:
        await store.close()
