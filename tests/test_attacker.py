"""An attacker with every endpoint recovers no hidden cell; without the policy, many.

The long drill (MOTCUA_PROVINCES=50) asks for more periods and dimensions in each province; with
MOTCUA_FIRST_PROVINCE=25 and MOTCUA_PROVINCES=25 it is the second half.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from bot.app import create_app
from bot.instruments import shipped
from bot.keys import load_keys
from bot.loading import Places, load, load_days, load_places, places, simulated_counters
from bot.sealing import Signer, seal
from bot.settings import Settings
from bot.simulation.scenarios import SCENARIOS
from bot.simulation.world import EPOCH, CounterDay, World, province
from handlers.log.statement import stated
from handlers.running import Running
from handlers.scores import ALL_PARTS, By, Scores
from handlers.service import Service
from sipas.computed import NOTHING_HIDDEN
from sipas.figures import Figure, record
from sipas.openings import ALL_FROM, N_FROM
from sipas.periods import Period, atom, half_month, month_of, parse_period
from sipas.tally import level_counts, responses
from storage import reads
from storage.directory import Directory, Unit
from storage.numbering import CHANNELS, KINDS, STAGES, STRATA
from tests.attacker import (
    ALL_LEVELS,
    DIMENSIONS,
    MONTHS,
    OVERALL,
    PERIODS,
    RESOLVING,
    RESPONSES,
    Attacker,
    Fact,
    Subject,
    Told,
)
from tests.databases import database

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.long,
    pytest.mark.usefixtures("sealed_by_the_test_alone"),
]

PROVINCES = int(os.environ.get("MOTCUA_PROVINCES", "1"))
FIRST = int(os.environ.get("MOTCUA_FIRST_PROVINCE", "0"))
SEEDS = range(FIRST, FIRST + PROVINCES)
LONG = PROVINCES > 1
UNITS, PEOPLE = 6, 2400 if LONG else 2000
WEEKS, DAY = 9 if LONG else 6, timedelta(days=1)
PARTS = (*DIMENSIONS, RESOLVING) if LONG else ("channel", "counter")
EVERY, SOME = ("", *PARTS), ("", "channel", "counter")
"""Of what levels are tried; a finished year has too many cells to try all of every part."""
HEADS = 2 if LONG else 1
FEW_PERIODS = ("2026", *MONTHS, *(f"2026-Q{quarter}" for quarter in range(1, 5)))
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

    async def publish(self) -> None:
        """Seal what is released and let the attacker read the public package."""
        signed, told = Signer(b"a key for tests, of 32 bytes ..."), partial(stated, self.service)
        assert await seal(self.service.store, self.now.date().isoformat(), signed, told)
        await self.attacker.unpack()

    def weeks(self) -> Iterator[tuple[date, list[CounterDay]]]:
        """The days of the world by weeks, with each week's last."""
        first = (self.world.first - EPOCH).days
        for week, days in groupby(self.world.draw(), lambda each: (each.day - first) // 7):
            yield self.world.first + timedelta(days=7 * week + 6), list(days)


@asynccontextmanager
async def drilled(folder: Path, seed: int) -> AsyncIterator[Drill]:
    """The application on an empty database, and a world of its own to load."""
    settings = Settings.model_validate(
        {"database": database(folder / str(seed)), "secret_key_file": folder / "m.key"}
    )
    load_keys(settings.secret_key_file)
    where = places(UNITS, seed, date(2026, 7, 1))
    counters = simulated_counters(where.counters, shipped())
    world = province(counters, SCENARIOS["quiet"], seed, date(2026, 1, 1), 365, PEOPLE)
    app = create_app(settings, lambda: drill.now)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            drill = Drill(app.state.service, Attacker(client, {}), where, world)
            yield drill


class Cell(NamedTuple):
    """A number that no figure shows, and whether it may be nought.

    Attributes:
        level: whose answers are counted, or 0 for those to all levels.
        n: what is stored.
    """

    subject: Subject
    fact: Fact
    level: int
    n: int


@dataclass
class Count:
    """What is hidden of each sort, and how much of it is recovered."""

    shown: int = 0
    hidden: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)

    def add(self, other: Count) -> None:
        """Count another province, too."""
        self.shown += other.shown
        self.hidden.update(other.hidden)
        self.known.update(other.known)

    def told(self, what: str) -> Count:
        """Print it as docs/proofs.md has it."""
        sorts = ", ".join(f"{self.known[s]} of {self.hidden[s]} {s}" for s in sorted(self.hidden))
        print(f"{what}: {self.shown} numbers read; recovered {sorts}")
        return self


NUMBERS, LEVELS, NOUGHTS = "cells of 1-9", "levels in cells of 1-29", "noughts in cells of 1-29"


def sort_of(cell: Cell) -> str:
    """Numbers of responses or answers, positive numbers of one level, or noughts of one."""
    return NUMBERS if not cell.level else LEVELS if cell.n else NOUGHTS


async def small_cells(drill: Drill, levels_of: Collection[str]) -> list[Cell]:
    """All of them in half-months and months, counted from what is stored."""
    found: list[Cell] = []
    for dimension in EVERY:
        counted: dict[tuple[Subject, Fact], Told] = {}
        for (unit, number, form, part), tally in await _margins(drill, dimension):
            half = half_month(number)
            for period in (half, month_of(half.first)):
                fact = Fact(frozenset({unit}), part, period.first - DAY, period.last)
                for item, told in _answers(form, tally, whole=not dimension):
                    key = Subject(form, item, dimension), fact
                    before = counted.get(key, Told(0, (0,) * 5))
                    levels = tuple(map(int.__add__, before.levels, told.levels))
                    counted[key] = Told(before.n + told.n, levels)
        for (subject, fact), told in counted.items():
            if 0 < told.n < N_FROM:
                found.append(Cell(subject, fact, 0, told.n))
            if dimension in levels_of and 0 < told.n < ALL_FROM and subject.item == OVERALL:
                numbered = zip(ALL_LEVELS, told.levels, strict=True)
                found += [
                    Cell(subject, fact, *each) for each in numbered if each[1] or not dimension
                ]
    return found


def _answers(form: str, tally: int, whole: bool) -> Iterator[tuple[str, Told]]:
    yield RESPONSES, Told(responses(tally), (0,) * 5)
    for item, (counts, _) in level_counts(shipped()[form], tally).items():
        if whole or item == OVERALL:
            yield item, Told(counts.n, counts.levels)


Margin = tuple[tuple[str, int, str, str], int]


async def _margins(drill: Drill, dimension: str) -> list[Margin]:
    """Tallies by code of the unit, half-month, questionnaire and part."""
    state, reader = await drill.service.state(), drill.service.store.reader
    tree = state.directory
    codes = {unit.unit_id: unit.code for unit in tree.units}
    names = {each.field_id: each.code for each in tree.fields} if dimension == "field" else {}
    names = codes if dimension == RESOLVING else names
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


async def recovered(drill: Drill, levels_of: Collection[str] = EVERY, one_in: int = 1) -> Count:
    """What the attacker knows of all small cells, or of some of each sort."""
    by_subject: dict[tuple[Subject, bool], list[Cell]] = defaultdict(list)
    for cell in await small_cells(drill, levels_of):
        by_subject[cell.subject, cell.level > 0].append(cell)
    found = Count(drill.attacker.shown)
    for (subject, levels), every in by_subject.items():
        cells = every[::one_in]
        found.hidden.update(map(sort_of, cells))
        solved = drill.attacker.solve(subject, levels)
        known = solved.recovered([(cell.fact, cell.level, cell.n) for cell in cells])
        found.known.update(sort_of(cells[place]) for place in known)
    return found


async def _of_a_year(drill: Drill) -> None:
    await load(drill.service.store, drill.where, drill.world, lambda month, n: None)
    units = await drill.begin()
    await drill.attacker.collect(units, PERIODS if LONG else FEW_PERIODS)
    await drill.attacker.divide(units, FEW_PERIODS, PARTS)
    await drill.publish()


async def test_nothing_hidden_is_recovered(tmp_path: Path) -> None:
    """Over units, overlapping periods, formulas and parts; then also by heads who slide days."""
    found = Count()
    for seed in SEEDS:
        async with drilled(tmp_path, seed) as drill:
            await _of_a_year(drill)
            for code in (await drill.begin())[:HEADS]:
                await _slide(drill, code)
            found.add(await recovered(drill, SOME))
            found.told(f"{seed - FIRST + 1} provinces, a finished year and unit heads")

    assert found.shown
    assert min(found.hidden.values()) > 0
    assert found.known[NUMBERS] == 0
    assert found.known[LEVELS] == 0


async def _slide(drill: Drill, code: str) -> None:
    """All that a head sees of a unit: every half-month by parts, and days within two months."""
    state = await drill.service.state()
    unit, attacker = state.directory.unit(code), drill.attacker
    assert unit is not None
    scores = Scores(drill.service, state, own=frozenset({code}))
    for number in range(atom(drill.world.first), atom(drill.world.last) + 1):
        half = half_month(number)
        period = parse_period(f"{half.first}..{half.last}")
        for by in (None, *(By(part) for part in PARTS if part != RESOLVING)):
            for value, figure in await _everything(scores, unit, period, by):
                told = record(figure) | ({str(by): value} if value else {})
                members = frozenset({figure.unit}) if by is By.COUNTER else attacker.members[code]
                attacker.read(told, members, str(by or ""))
    for first in range(0, 59, 5):
        for last in range(first, 59, 7):
            days = [date(2026, 3, 1) + timedelta(days=each) for each in (first, last)]
            for figure in await scores.of_unit(unit, parse_period("{}..{}".format(*days))):
                attacker.read(record(figure), attacker.members[code])


async def _everything(
    scores: Scores, unit: Unit, period: Period, by: By | None
) -> list[tuple[str, Figure]]:
    """With factors and items of every value, as the staff's dashboard shows them."""
    if by in (None, By.COUNTER):
        return await scores.asked_for(unit, period, by)
    return await scores.by_value(unit, period, by, ALL_PARTS)


async def test_nothing_is_recovered_by_asking_every_week(tmp_path: Path) -> None:
    """What a release adds to a figure tells no hidden cell either, nor do both together."""
    found = Count()
    for seed in SEEDS:
        async with drilled(tmp_path, seed) as drill:
            await drill.service.store.write(load_places, drill.where, drill.world.last)
            units = await drill.begin()
            for last, days in drill.weeks():
                await _a_week_later(drill, last, days, units)
                if last >= drill.world.first + timedelta(weeks=WEEKS):
                    break
            found.add(await recovered(drill))
            found.told(f"{seed - FIRST + 1} provinces, asked every week")

    assert found.shown
    assert min(found.hidden.values()) > 0
    assert found.known[NUMBERS] == 0
    assert found.known[LEVELS] == 0


async def _a_week_later(drill: Drill, last: date, days: list[CounterDay], units: list[str]) -> None:
    await drill.service.store.write(load_days, drill.world, days)
    drill.attacker.loaded = last
    drill.now = datetime.combine(last, time(16), UTC)
    month = last.replace(day=1)
    before = month - DAY
    periods = ("2026", f"{month:%Y-%m}", f"{before:%Y-%m}", f"{before:%Y-%m}..{month:%Y-%m}")
    await drill.attacker.collect(units, periods, formulas=())
    await drill.attacker.divide(units, periods[-1:], PARTS)
    await drill.publish()


@pytest.mark.parametrize("read", ["interface", "package"])
async def test_the_attacker_finds_what_only_small_cells_hide(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read: str
) -> None:
    """With the minimum alone and nothing complementary, numbers and levels are recovered."""
    kept = Running.shown_in

    def bare(
        self: Running, table: object, nodes: object, members: object, period: Period, least: int
    ) -> object:
        found = kept(self, table, nodes, members, period, least)  # type: ignore[arg-type]
        if found is None:
            return None
        whole = self._counted(table, set(members), period)  # type: ignore[arg-type, call-overload]
        return replace(found, period=period, tallies=whole, hiding=NOTHING_HIDDEN)

    async with drilled(tmp_path, 0) as drill:
        await load(drill.service.store, drill.where, drill.world, lambda month, n: None)
        units = await drill.begin()
        if read == "interface":
            monkeypatch.setattr(Running, "shown_in", bare)
            await drill.attacker.collect(units, FEW_PERIODS, formulas=())
            await drill.attacker.divide(units, FEW_PERIODS, ["channel"])
        else:
            monkeypatch.setattr(Running, "_is_open", lambda self, ends, at: True)
            await drill.publish()
        found = (await recovered(drill, one_in=20)).told(f"with the minimum alone, {read}")

    assert found.known[NUMBERS]
    assert found.known[LEVELS]
