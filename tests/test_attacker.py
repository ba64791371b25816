"""An attacker with every endpoint recovers no hidden cell; without the policy, many."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from pathlib import Path

import httpx
import pytest

from bot.app import create_app
from bot.instruments import shipped
from bot.keys import load_keys
from bot.loading import Places, load, load_days, load_places, places, simulated_counters
from bot.settings import Settings
from bot.simulation.scenarios import SCENARIOS
from bot.simulation.world import EPOCH, CounterDay, World, province
from handlers.running import Running
from handlers.scores import Scores
from handlers.service import Service
from sipas.computed import NOTHING_HIDDEN
from sipas.figures import record
from sipas.openings import N_FROM
from sipas.periods import Period, half_month, parse_period
from sipas.tally import level_counts
from storage import reads
from storage.directory import Directory
from storage.numbering import CHANNELS, KINDS, STAGES, STRATA
from tests.attacker import DIMENSIONS, OVERALL, Attacker, Subject

pytestmark = pytest.mark.anyio

PROVINCES = int(os.environ.get("MOTCUA_PROVINCES", "1"))
UNITS, RESPONSES, WEEKS = 6, 2000, 13
CODES = {"channel": CHANNELS, "stratum": STRATA, "kind": KINDS, "stage": STAGES}


@dataclass
class Drill:
    """A simulated year, the real application, and somebody who reads it."""

    service: Service
    attacker: Attacker
    where: Places
    world: World
    now: datetime = datetime(2027, 1, 20, 2, tzinfo=UTC)

    async def tree(self) -> Directory:
        """The directory."""
        return (await self.service.state()).directory

    async def begin(self) -> list[str]:
        """Tell the attacker what units there are, as a public page does, and return those."""
        tree = await self.tree()
        for unit in tree.units:
            below = (each.code for each in tree.subtree(unit) if each.published)
            self.attacker.members[unit.code] = frozenset(below)
        return sorted({unit.code for unit in tree.units if unit.published})

    def weeks(self) -> Iterator[tuple[date, list[CounterDay]]]:
        """The days of the world by weeks, with each week's last."""
        first = (self.world.first - EPOCH).days
        for week, days in groupby(self.world.draw(), lambda each: (each.day - first) // 7):
            yield self.world.first + timedelta(days=7 * week + 6), list(days)


@asynccontextmanager
async def drilled(folder: Path, seed: int) -> AsyncIterator[Drill]:
    """The application on an empty database, and a world of its own to load."""
    settings = Settings.model_validate(
        {"database": f"sqlite:///{folder / str(seed)}", "secret_key_file": folder / "m.key"}
    )
    load_keys(settings.secret_key_file)
    where = places(UNITS, seed, date(2026, 7, 1))
    counters = simulated_counters(where.counters, shipped())
    world = province(counters, SCENARIOS["quiet"], seed, date(2026, 1, 1), 365, RESPONSES)
    app = create_app(settings, lambda: drill.now)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            drill = Drill(app.state.service, Attacker(client, {}), where, world)
            yield drill


@dataclass(frozen=True)
class Cell:
    """One to nine answers to an item, in a part of a unit and a half-month or month."""

    subject: Subject
    unit: str
    part: str
    period: str


async def small_cells(drill: Drill) -> set[Cell]:
    """All of them, counted from what is stored."""
    found = set[Cell]()
    for dimension in ("", *DIMENSIONS):
        margins = await _margins(drill, dimension)
        counted: dict[Cell, int] = defaultdict(int)
        for (unit, number, ref, part), tally in margins:
            items = [each.key for each in shipped()[ref].items if each.kind == "scale"]
            for item in [OVERALL] if dimension else [OVERALL, *items]:
                counts, _ = level_counts(shipped()[ref], tally)[item]
                half = half_month(number)
                for period in (f"{half.first}..{half.last}", f"{half.first:%Y-%m}"):
                    counted[Cell((item, dimension), unit, part, period)] += counts.n
        found |= {cell for cell, n in counted.items() if 0 < n < N_FROM}
    return found


Margin = tuple[tuple[str, int, str, str], int]


async def _margins(drill: Drill, dimension: str) -> list[Margin]:
    """Tallies by code of the unit, half-month, questionnaire and part."""
    state, reader = await drill.service.state(), drill.service.store.reader
    tree = state.directory
    codes = {unit.unit_id: unit.code for unit in tree.units}
    names = {each.field_id: each.code for each in tree.fields} if dimension == "field" else {}
    if dimension == "counter":
        names = {each.counter_id: each.code for each in tree.counters}
        units = [await reads.margins_of_counters(reader, unit) for unit in codes]
        rows = {key: tally for found in units for key, tally in found.items()}
    else:
        rows = dict(await reads.all_margins(reader, dimension or "total"))
        names = names or dict(enumerate(CODES.get(dimension, ())))
    return [
        (
            (
                codes[unit],
                number,
                state.instruments[version],
                f"{dimension}={names.get(value, '')}" if dimension else "",
            ),
            tally,
        )
        for (unit, number, version, value), tally in rows.items()
    ]


def known_cells(drill: Drill, cells: set[Cell]) -> list[Cell]:
    """Those of *cells* that the attacker recovers."""
    solved = {each: drill.attacker.solve(*each) for each in {cell.subject for cell in cells}}
    return [
        cell
        for cell in cells
        if solved[cell.subject].has(cell.unit, cell.part, parse_period(cell.period))
    ]


async def recovered(drill: Drill) -> tuple[int, int, int]:
    """How many hidden small cells, how many the attacker recovers, and how many numbers read."""
    cells = await small_cells(drill)
    return len(cells), len(known_cells(drill, cells)), drill.attacker.shown


def _told(what: str, found: list[tuple[int, int, int]]) -> tuple[int, int, int]:
    hidden, known, shown = (sum(column) for column in zip(*found, strict=True))
    print(f"{what}: {shown} numbers read, {hidden} hidden cells, {known} recovered")
    return hidden, known, shown


async def _of_a_year(drill: Drill, dimensions: tuple[str, ...] = DIMENSIONS) -> None:
    await load(drill.service.store, drill.where, drill.world, lambda month, n: None)
    await drill.attacker.collect(await drill.begin(), dimensions=dimensions)


async def test_nothing_hidden_is_recovered(tmp_path: Path) -> None:
    """Over units, overlapping periods and parts; MOTCUA_PROVINCES=50 makes the long drill."""
    found = []
    for seed in range(PROVINCES):
        async with drilled(tmp_path, seed) as drill:
            await _of_a_year(drill)
            found.append(await recovered(drill))
    hidden, known, shown = _told(f"{PROVINCES} provinces", found)

    assert hidden
    assert shown
    assert known == 0


async def test_nothing_is_recovered_by_asking_every_week(tmp_path: Path) -> None:
    """What a release adds to a figure tells no hidden cell either, nor do both together."""
    found = []
    for seed in range(PROVINCES):
        async with drilled(tmp_path, seed) as drill:
            await drill.service.store.write(load_places, drill.where, drill.world.last)
            units = await drill.begin()
            for last, days in drill.weeks():
                await _a_week_later(drill, last, days, units)
                if last >= drill.world.first + timedelta(weeks=WEEKS):
                    break
            found.append(await recovered(drill))
    hidden, known, shown = _told(f"{PROVINCES} provinces every week", found)

    assert hidden
    assert shown
    assert known == 0


async def _a_week_later(drill: Drill, last: date, days: list[CounterDay], units: list[str]) -> None:
    await drill.service.store.write(load_days, drill.world, days)
    drill.attacker.loaded = last
    drill.now = datetime.combine(last, time(16), UTC)
    month = last.replace(day=1)
    before = month - timedelta(days=1)
    periods = ("2026", f"{month:%Y-%m}", f"{before:%Y-%m}", f"{before:%Y-%m}..{month:%Y-%m}")
    await drill.attacker.collect(units, periods)


async def test_a_unit_head_who_slides_day_ranges_recovers_nothing(tmp_path: Path) -> None:
    """Every range within two months, of a unit of one's own, beside all that is public."""
    async with drilled(tmp_path, 1) as drill:
        await _of_a_year(drill, ("counter",))
        state = await drill.service.state()
        for code in sorted(drill.attacker.members)[:3]:
            unit = state.directory.unit(code)
            assert unit is not None
            scores = Scores(drill.service, state, own=frozenset({code}))
            for first in range(0, 59, 2):
                for last in range(first, 59, 3):
                    days = [date(2026, 3, 1) + timedelta(days=each) for each in (first, last)]
                    period = parse_period("{}..{}".format(*days))
                    for figure in await scores.of_unit(unit, period):
                        drill.attacker.read(record(figure), drill.attacker.members[code])
        hidden, known, shown = _told("a unit head", [await recovered(drill)])

    assert hidden
    assert shown
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
    async with drilled(tmp_path, 0) as drill:
        await _of_a_year(drill, ("channel",))
        known = known_cells(drill, await small_cells(drill))

    assert {cell.subject for cell in known} >= {(OVERALL, ""), (OVERALL, "channel")}
