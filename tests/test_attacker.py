"""An attacker with every public endpoint recovers no hidden cell; without the policy, many."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import pytest

from bot.app import create_app
from bot.instruments import shipped
from bot.keys import load_keys
from bot.loading import load, places, simulated_counters
from bot.settings import Settings
from bot.simulation.scenarios import SCENARIOS
from bot.simulation.world import province
from handlers.running import Running
from sipas.computed import NOTHING_HIDDEN
from sipas.openings import N_FROM
from sipas.periods import Period, half_month, parse_period
from sipas.tally import from_bytes, level_counts
from storage.store import Store
from tests.attacker import MONTHS, Attacker

pytestmark = pytest.mark.anyio

PROVINCES = int(os.environ.get("MOTCUA_PROVINCES", "2"))
TODAY = datetime(2027, 1, 20, 2, tzinfo=UTC)
UNITS, RESPONSES = 6, 2000


@asynccontextmanager
async def attacked(folder: Path, seed: int) -> AsyncIterator[tuple[Store, Attacker, list[str]]]:
    """A simulated year in the real application, and somebody who reads it."""
    settings = Settings.model_validate(
        {"database": f"sqlite:///{folder / 'm.db'}", "secret_key_file": folder / "m.key"}
    )
    load_keys(settings.secret_key_file)
    app = create_app(settings, lambda: TODAY)
    async with app.router.lifespan_context(app):
        service = app.state.service
        where = places(UNITS, seed, date(2027, 1, 1))
        counters = simulated_counters(where.counters, shipped())
        world = province(counters, SCENARIOS["quiet"], seed, date(2026, 1, 1), 365, RESPONSES)
        await load(service.store, where, world, lambda month, n: None)
        tree = (await service.state()).directory
        units = [unit.code for unit in tree.units if unit.published]
        below = {
            unit.code: frozenset(e.code for e in tree.subtree(unit) if e.published)
            for unit in tree.units
        }
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            yield service.store, Attacker(client, below), sorted(set(units))


async def small_cells(store: Store) -> set[tuple[str, str]]:
    """Units' months with one to nine answers to the question about the whole visit."""
    refs = shipped()
    found: dict[tuple[str, str], int] = defaultdict(int)
    rows = await store.reader.execute_fetchall(
        "select u.code, m.atom, i.ref, m.tally from rollup_margins m join units u using (unit_id)"
        " join instruments i using (instrument_id) where m.dimension = 0"
    )
    for code, number, ref, stored in rows:
        counts, _ = level_counts(refs[ref], from_bytes(stored))["overall"]
        found[code, f"{half_month(number).first:%Y-%m}"] += counts.n
    return {cell for cell, n in found.items() if 0 < n < N_FROM}


async def recovered(folder: Path, seed: int) -> tuple[int, int, int]:
    """Hidden small cells, those that the attacker recovers, and figures read."""
    async with attacked(folder, seed) as (store, attacker, units):
        await attacker.collect(units)
        cells = {cell for cell in await small_cells(store) if cell[1] in MONTHS}
        known = [cell for cell in cells if attacker.knows([cell[0]], parse_period(cell[1]))]
        return len(cells), len(known), attacker.shown


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


async def test_nothing_hidden_is_recovered(tmp_path: Path) -> None:
    """Over units, overlapping periods and months; MOTCUA_PROVINCES=50 makes the long drill."""
    found = [await recovered(_made(tmp_path / str(seed)), seed) for seed in range(PROVINCES)]
    hidden, known, shown = (sum(column) for column in zip(*found, strict=True))
    print(f"{PROVINCES} provinces: {shown} figures, {hidden} hidden cells, {known} recovered")

    assert hidden and shown
    assert known == 0


async def test_the_attacker_finds_what_only_small_cells_hide(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the minimum alone and nothing complementary, subtraction recovers cells."""
    kept = Running.shown_in

    def bare(
        self: Running, table: object, nodes: object, members: object, period: Period
    ) -> object:
        found = kept(self, table, nodes, members, period)  # type: ignore[arg-type]
        if found is None:
            return None
        whole = self._counted(table, set(members), period)  # type: ignore[arg-type, call-overload]
        return replace(found, period=period, tallies=whole, hiding=NOTHING_HIDDEN)

    monkeypatch.setattr(Running, "shown_in", bare)
    hidden, known, _ = await recovered(_made(tmp_path / "bare"), 0)

    assert hidden
    assert known
