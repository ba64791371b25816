"""The list of declining criteria of two simulated years, against a recount that shares no code.

What may be shown at all (which items, of which days) is taken from the figures, as the attacker's
tests look after that; every number and every sign is counted again from the raw responses.
"""

from __future__ import annotations

import math
import tomllib
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from scipy import stats  # type: ignore[import-untyped]

import sipas
from bot.instruments import shipped
from bot.keys import Keys
from bot.loading import Places, load, places, simulated_counters
from bot.simulation.scenarios import SCENARIOS
from bot.simulation.world import World, province
from bot.surveys import survey
from handlers.plans.listing import Asked, behind_of, listing
from handlers.scores import Scores
from handlers.service import Service
from sipas.declining import Sign
from sipas.earlier import Against
from sipas.figures import Figure, Part
from sipas.periods import parse_period
from storage.store import Store
from tests.databases import database as address

FIRST, DAYS, MERGER = date(2025, 1, 1), 730, date(2026, 1, 1)
UNITS, RESPONSES, SEED = 9, 24_000, 2
SHORT, LONG = "short.1", "sipas-g2-2026-service16.1"
TODAY = datetime(2027, 1, 20, 3, tzinfo=UTC)
EPOCH = date(1970, 1, 1)
Z99, Z95 = stats.norm.ppf(0.995), stats.norm.ppf(0.975)
Rows = list[tuple[date, str, Mapping[str, str]]]
"""Day, counter, and the mark given to each item."""
Found = tuple[float, float, float]
"""A share with its 95 % interval."""
Shown = Mapping[tuple[str, str], tuple[date, date]]
"""By questionnaire and item: the days whose answers may be shown."""


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """The module's database is opened once."""
    return "asyncio"


@pytest.fixture(scope="module")
async def years(
    tmp_path_factory: pytest.TempPathFactory, keys: Keys, anyio_backend: str
) -> AsyncIterator[tuple[Service, World, Places]]:
    """Two simulated years of nine communes, three of them born by a merger in between."""
    where = with_long_forms(places(UNITS, SEED, MERGER))
    counters = simulated_counters(where.counters, shipped())
    world = province(counters, SCENARIOS["year"], SEED, FIRST, DAYS, RESPONSES)
    store = await Store(address(tmp_path_factory.mktemp("declining") / "two.db"), keys).open()
    await load(store, where, world, lambda month, n: None)
    yield Service(store, survey(keys), lambda: TODAY, "http://test", 0, 1000), world, where
    await store.close()


def with_long_forms(where: Places) -> Places:
    """Two communes ask the long form, whose factors are means of items."""
    chosen = sorted({row.unit for row in where.counters if "cu-" not in row.unit})[:2]
    rows = (replace(row, instrument=LONG) if row.unit in chosen else row for row in where.counters)
    return replace(where, counters=tuple(rows))


def raw(world: World) -> dict[tuple[str, str], Rows]:
    """Every simulated answer by unit and questionnaire, false ones too: nobody knows which."""
    found: dict[tuple[str, str], Rows] = defaultdict(list)
    for each in world.draw():
        counter = world.desks[each.desk].counter
        keys = [key for key, _ in counter.items]
        for said in each.answers:
            marks = dict(zip(keys, said.levels, strict=True))
            day = EPOCH + timedelta(days=each.day)
            found[counter.unit, counter.instrument].append((day, counter.code, marks))
    return found


def factors_of(instrument: str) -> dict[str, list[str]]:
    """The items of each factor, from the questionnaire's file."""
    name = instrument.rpartition(".")[0]
    file = Path(sipas.__file__).parent / "instruments" / f"{name}.toml"
    found: dict[str, list[str]] = tomllib.loads(file.read_text("utf-8"))["factors"]
    return found


def wilson(share: float, n: float) -> Found:
    """Wilson's interval, written down once more."""
    z = Z95
    centre = share + z * z / (2 * n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return share, (centre - half) / (1 + z * z / n), (centre + half) / (1 + z * z / n)


def share(rows: Rows, items: Sequence[str]) -> Found:
    """The mean share satisfied of some items, with the interval by counter-days."""
    given = {key: [m[key] in "45" for _, _, m in rows if m[key] in "12345"] for key in items}
    each = {key: sum(levels) / len(levels) for key, levels in given.items()}
    value = sum(each.values()) / len(items)
    if value in (0.0, 1.0):
        bounds = [wilson(each[key], len(given[key])) for key in items]
        low, high = (sum(bound[at] for bound in bounds) / len(items) for at in (1, 2))
        return value, low, high
    pulls: dict[tuple[date, str], float] = defaultdict(float)
    for day, counter, marks in rows:
        pulls[day, counter] += sum(
            ((marks[key] in "45") - each[key]) / len(given[key])
            for key in items
            if marks[key] in "12345"
        ) / len(items)
    days = len(pulls)
    assert days >= 6, "choose a larger province: with few days another rule holds"
    variance = sum(pull * pull for pull in pulls.values()) * days / (days - 1)
    wide = variance * (stats.t.ppf(0.975, days - 1) / Z95) ** 2
    return wilson(value, value * (1 - value) / wide)


def apart(now: Found, before: Found, z: float = Z99) -> tuple[float, float]:
    """The interval of a difference, from the two intervals alone."""
    scale = z / Z95
    low = now[0] - before[0] - scale * math.hypot(now[0] - now[1], before[2] - before[0])
    high = now[0] - before[0] + scale * math.hypot(now[2] - now[0], before[0] - before[1])
    return low, high


def shown(figures: Sequence[Figure]) -> Shown:
    """The items that show a value, each with its days."""
    found = {}
    for each in figures:
        if each.part is Part.ITEM and each.value is not None:
            days = parse_period(each.period)
            first = date.fromisoformat(each.first) if each.first else days.first
            last = date.fromisoformat(each.last) if each.last else days.last
            found[each.instrument, each.key] = (first, last)
    return found


def criteria(instrument: str, items: Sequence[str]) -> dict[tuple[str, str], list[str]]:
    """What there is to compare of a questionnaire whose *items* are shown."""
    factors = factors_of(instrument)
    told = {key for key, of in factors.items() if of == [key]}
    index = [key for of in factors.values() for key in of]
    found = {("index", "index"): [key for key in index if key in items]}
    found[("overall", "overall_direct")] = [key for key in items if key == "overall"]
    found |= {("factor", key): [i for i in of if i in items] for key, of in factors.items()}
    found |= {("item", key): [key] for key in items if key not in told and key != "overall"}
    return {name: of for name, of in found.items() if of}


def recount(
    rows: Mapping[str, Rows], now: Shown, before: Shown | None, main: str
) -> dict[str, set[str]]:
    """Signs by criterion, from raw answers; *before* is None where nothing may be compared."""
    found: dict[str, set[str]] = defaultdict(set)
    lowest: list[tuple[float, str, str]] = []
    for instrument in {name for name, _ in now}:
        of_now = [key for name, key in now if name == instrument]
        then = [key for name, key in before or () if name == instrument]
        both = [key for key in of_now if key in then]
        for (part, key), items in criteria(instrument, of_now).items():
            name, verdict = f"{instrument}|{part}|{key}", ""
            common = [item for item in items if item in both]
            if common:
                one, other = (
                    share(within(rows[instrument], days[instrument, common[0]]), common)
                    for days in (now, before or {})
                )
                low, high = apart(one, other)
                assert min(abs(low), abs(high)) > 1e-4, "too close to call: choose another seed"
                verdict = "fell" if high < 0 else "higher" if low > 0 else ""
                if not verdict and one[0] < other[0]:
                    verdict = "lower"
                found[name] |= {verdict} & {"fell", "lower"}
            if part == "factor" and instrument == main:
                own = share(within(rows[instrument], now[instrument, items[0]]), items)
                lowest.append((own[0], name, verdict))
    for value, name, verdict in lowest:
        if value <= sorted(lowest)[:3][-1][0] + 1e-12 and verdict != "higher":
            found[name].add("low")
    return {name: signs for name, signs in found.items() if signs}


def within(rows: Rows, days: tuple[date, date]) -> Rows:
    """The answers of some days."""
    return [row for row in rows if days[0] <= row[0] <= days[1]]


def behind(levels: Mapping[str, tuple[Found, int]]) -> set[str]:
    """Units whose overall level is clearly below that of all the others together."""
    z, found = stats.norm.ppf(1 - 0.025 / len(levels)), set()
    for unit, (own, _) in levels.items():
        rest = [each for code, each in levels.items() if code != unit]
        total = sum(n for _, n in rest)
        value = sum(each[0] * n for each, n in rest) / total
        down, up = (
            math.hypot(*(n / total * abs(each[0] - each[at]) for each, n in rest)) for at in (1, 2)
        )
        if apart(own, (value, value - down, value + up), z)[1] < 0:
            found.add(unit)
    return found


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("against", "expected"),
    [(Against.YEAR, set(Sign)), (Against.BEFORE, set(Sign) - {Sign.FELL})],
    ids=["year", "before"],
)
async def test_the_list_is_what_a_recount_finds(
    years: tuple[Service, World, Places], against: Against, expected: set[Sign]
) -> None:
    """Every unit, the last quarter, against a year earlier and against the quarter before."""
    service, world, where = years
    state, rows = await service.state(), raw(world)
    wanted = Asked(parse_period("2026-Q4"), against)
    assert wanted.before is not None
    born = {row.new for row in where.lineage}
    units = [each for each in state.directory.units if each.parent_code and not each.valid_to]
    below = await behind_of(service, state, wanted.period, {each.kind for each in units})
    levels: dict[str, tuple[Found, int]] = {}
    counted: dict[str, dict[str, set[str]]] = {}
    listed = {}
    for unit in units:
        own = {name: each for (code, name), each in rows.items() if code == unit.code}
        scores = Scores(service, state, own=frozenset({unit.code}))
        now, then = [
            await scores.of_unit(unit, period) for period in (wanted.period, wanted.before)
        ]
        broken = unit.code in born and wanted.before.first < MERGER
        before = None if broken else shown(then)
        counted[unit.code] = recount(own, shown(now), before, now[0].instrument)
        if days := shown(now).get((SHORT, "overall")):
            some = within(own[SHORT], days)
            given = [marks for _, _, marks in some if marks["overall"] in "12345"]
            levels[unit.code] = share(some, ["overall"]), len(given)
        made = await listing(service, state, unit, wanted, below)
        assert bool(made.broken) is broken
        listed[unit.code] = {
            "|".join((each.figure.instrument, each.figure.part, each.figure.key)): {
                str(sign) for sign in each.signs
            }
            for each in made.found
        }
    for code in behind(levels):
        counted[code].setdefault(f"{SHORT}|overall|overall_direct", set()).add("behind")

    assert listed == counted
    found = {sign for signs in listed.values() for each in signs.values() for sign in each}
    assert found == expected, "a list that lacks a sign proves nothing about it"
