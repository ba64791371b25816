"""Data grades: their rules, and what they are computed from on a real database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from bot.keys import Keys
from bot.surveys import survey
from handlers.coverage import coverage, record
from handlers.scores import Scores
from handlers.service import Service
from sipas.dossiers import DossierEvent
from sipas.grades import (
    RULES,
    Condition,
    Facts,
    Grade,
    graded,
    hidden,
    receipt_share,
    response_rate,
)
from sipas.periods import parse_period
from sipas.workdays import workdays
from storage.dossiers import add_events, dossiers_by_field
from storage.store import Store
from storage.transaction import Transaction
from tests.databases import database as address
from tests.server import COUNTER, MICRO, OTHER, furnish

BEST = Facts(
    dossiers=1000,
    responses=200,
    counters=10,
    answering=9,
    workdays=60,
    days=48,
    released=200,
    receipts=40,
    open_counters=10,
    silent=0,
)


@pytest.mark.parametrize(
    ("change", "grade", "held"),
    [
        ({}, Grade.A, ()),
        ({"responses": 199}, Grade.B, (Condition.RATE,)),
        ({"responses": 99, "dossiers": 400}, Grade.B, (Condition.RESPONSES,)),
        ({"answering": 8}, Grade.B, (Condition.COUNTERS,)),
        ({"days": 47}, Grade.B, (Condition.DAYS,)),
        ({"receipts": 39}, Grade.B, (Condition.RECEIPTS,)),
        ({"released": 0, "receipts": 0}, Grade.B, (Condition.RECEIPTS,)),
        ({"silent": 1}, Grade.B, (Condition.SILENT,)),
        ({"silent": 3}, Grade.C, (Condition.SILENT,)),
        ({"responses": 1001}, Grade.C, (Condition.PLAUSIBLE,)),
        ({"answering": 7}, Grade.C, (Condition.COUNTERS,)),
        ({"responses": 29}, Grade.D, (Condition.RESPONSES, Condition.RATE)),
        ({"counters": 0, "answering": 0}, Grade.D, (Condition.COUNTERS,)),
        ({"days": 23}, Grade.D, (Condition.DAYS,)),
        ({"dossiers": 0}, Grade.UNKNOWN, ()),
        # From one to nine, no other condition may tell how many they are.
        ({"responses": 9, "dossiers": 10, "answering": 0}, Grade.D, (Condition.RESPONSES,)),
        ({"released": 40, "receipts": 9}, Grade.B, (Condition.RECEIPTS,)),
    ],
)
def test_a_grade_is_the_best_whose_conditions_all_hold(
    change: dict[str, int], grade: Grade, held: tuple[Condition, ...]
) -> None:
    """At each edge; what fails of the next better one is named."""
    found = graded(replace(BEST, **change))

    assert (found.grade, found.held_back_by) == (grade, held)


def test_a_better_grade_never_asks_for_less() -> None:
    """The table goes down from grade to grade, so that better data cannot lose by it."""
    for better, worse in pairwise(RULES):
        assert better.responses >= worse.responses
        assert better.rate >= worse.rate
        assert better.counters >= worse.counters
        assert better.days >= worse.days
        assert better.receipts >= worse.receipts
        assert better.silent <= worse.silent
        assert better.plausible >= worse.plausible


@pytest.mark.parametrize("n", [1, 9])
def test_small_numbers_are_not_told(n: int) -> None:
    """Neither alone nor through a share or its complement."""
    assert hidden(n)
    assert response_rate(replace(BEST, responses=n)) is None
    assert response_rate(replace(BEST, dossiers=n)) is None
    assert receipt_share(replace(BEST, receipts=n)) is None
    assert receipt_share(replace(BEST, receipts=200 - n)) is None


def test_the_rate_has_an_interval_where_it_is_one() -> None:
    """More responses than dossiers: the import is incomplete, and an interval would be a lie."""
    rate, over = response_rate(BEST), response_rate(replace(BEST, responses=1001))
    assert rate and rate.interval and over

    assert (rate.n, rate.value) == (1000, Fraction(1, 5))
    assert 0.17 < rate.interval.low < 0.2 < rate.interval.high < 0.23
    assert (over.value, over.interval) == (Fraction(1001, 1000), None)
    assert response_rate(replace(BEST, dossiers=0)) is None
    assert receipt_share(BEST) == Fraction(1, 5)
    assert receipt_share(replace(BEST, released=0, receipts=0)) is None


TODAY = date(2026, 11, 23)
OCTOBER, QUARTER = parse_period("2026-10"), parse_period("2026-Q4")
pytestmark = pytest.mark.anyio


class Town:
    """The small province, with dossiers and arrivals as a test puts them."""

    def __init__(self, service: Service) -> None:
        self.service, self.store, self._codes = service, service.store, 0

    async def happened(self, counter: str, day: date, dossiers: int, responses: int) -> None:
        """So many dossiers and responses at a counter on a day."""
        events = [self._event(counter, day) for _ in range(dossiers)]
        done = await self.store.write(add_events, list(enumerate(events)))
        assert done.added == dossiers
        await self.store.write(_arrive, counter, day, responses)

    def _event(self, counter: str, day: date) -> DossierEvent:
        self._codes += 1
        code = f"H56.12.34-260201-{self._codes:05}"
        unit = "14923" if counter == MICRO else "15448"
        return DossierEvent(code, "result", unit, "", "land", counter, day)

    async def told(self, unit: str, period: str = "2026-Q4") -> dict[str, Any]:
        """The coverage block as the API tells it."""
        state = await self.service.state()
        found = state.directory.unit(unit)
        assert found
        return record(await coverage(Scores(self.service, state), found, parse_period(period)))


def _arrive(tx: Transaction, counter: str, day: date, n: int) -> None:
    counter_id, _ = tx.counter_ids(counter)
    if n:
        tx.arrive(counter_id, (day - date(1970, 1, 1)).days * 24 + 9, n)


@pytest.fixture
async def town(tmp_path: Path, keys: Keys) -> AsyncIterator[Town]:
    """Two counters of 15448, one of 14923; it is noon of 23 November 2026."""
    furnish(tmp_path / "m.db")
    store = await Store(address(tmp_path / "m.db"), keys).open()
    noon = datetime(2026, 11, 23, 5, tzinfo=UTC)
    yield Town(Service(store, survey(keys), lambda: noon, "http://test", 0, 1000))
    await store.close()


async def test_without_dossiers_the_grade_is_unknown(town: Town) -> None:
    """Nothing is guessed; silence can be told all the same."""
    await town.happened(COUNTER, TODAY, 0, 50)
    told = await town.told("15448")

    assert told["grade"] == "unknown"
    assert (told["dossiers"], told["response_rate"], told["known_from"]) == (None, None, None)
    assert told["silent_counters"] == [OTHER]


async def test_everything_is_counted_over_the_days_with_dossiers(town: Town) -> None:
    """A feed that began on 15 October is not charged with the responses of before."""
    await town.happened(COUNTER, date(2026, 10, 1), 0, 500)
    for day in workdays(date(2026, 10, 15), TODAY):
        await town.happened(COUNTER, day, 20, 3)
    told = await town.told("15448")
    working = len(workdays(date(2026, 10, 15), TODAY))

    assert (told["known_from"], told["known_to"]) == ("2026-10-15", "2026-11-30")
    assert (told["dossiers"], told["working_days"]) == (20 * working, working)
    in_tens = 3 * working // 10 * 10
    assert told["response_rate"]["value"] == pytest.approx(in_tens / (20 * working))
    assert told["response_rate"]["n"] == 20 * working
    assert told["days_answered"] == working
    assert (told["counters"], told["counters_answering"]) == (1, 1)


async def test_a_counter_with_dossiers_and_no_response_is_counted(town: Town) -> None:
    """Coverage is of the counters that have dossiers, silent ones included."""
    await town.happened(COUNTER, TODAY, 40, 12)
    await town.happened(OTHER, TODAY, 40, 0)
    told = await town.told("15448")

    assert (told["counters"], told["counters_answering"]) == (2, 1)
    assert (told["grade"], told["silent_counters"]) == ("D", [OTHER])


async def test_events_without_a_counter_stand_for_all_of_the_unit(town: Town) -> None:
    """A platform that does not know counters must not make coverage look complete."""
    events = [
        DossierEvent(f"H56-260201-{n:04}", "result", "15448", "", "", "", TODAY) for n in range(50)
    ]
    await town.store.write(add_events, list(enumerate(events)))
    await town.happened(COUNTER, TODAY, 0, 12)
    told = await town.told("15448")

    assert (told["counters"], told["counters_answering"]) == (2, 1)


async def test_a_small_number_is_told_nowhere(town: Town) -> None:
    """Nine responses: neither rate nor days nor counters, which would say how many at least."""
    await town.happened(COUNTER, TODAY, 100, 9)
    told = await town.told("15448")
    await town.happened(COUNTER, TODAY - timedelta(days=40), 9, 0)
    october = await town.told("15448", "2026-10")

    assert (told["grade"], told["dossiers"]) == ("D", 100)
    for name in ("response_rate", "days_answered", "counters_answering", "receipt_share"):
        assert told[name] is None
    assert (october["dossiers"], october["response_rate"]) == (None, None)


async def test_the_province_counts_only_what_is_published(town: Town) -> None:
    """14923 is not published: its dossiers and responses are nobody's to see."""
    await town.happened(COUNTER, TODAY, 100, 20)
    await town.happened(MICRO, TODAY, 1000, 500)
    told = await town.told("38")

    assert told["dossiers"] == 100
    assert told["response_rate"]["value"] == pytest.approx(0.2)


async def test_a_counter_is_silent_after_working_days_only(town: Town) -> None:
    """Ten working days up to today; a response on the first of them breaks the silence."""
    first = min(workdays(date(2026, 11, 1), TODAY) - workdays(date(2026, 11, 1), date(2026, 11, 9)))
    await town.happened(COUNTER, first, 0, 1)
    await town.happened(OTHER, first - timedelta(days=3), 0, 1)

    assert first == date(2026, 11, 10)
    assert (await town.told("15448"))["silent_counters"] == [OTHER]


async def test_weeks_have_no_coverage(town: Town) -> None:
    """Dossiers are counted by half-month; a week is not guessed from them."""
    await town.happened(COUNTER, TODAY, 100, 20)

    assert (await town.told("15448", "2026-W48"))["grade"] == "unknown"


async def test_cells_for_weights_are_by_field(town: Town) -> None:
    """What post-stratification asks for."""
    await town.happened(COUNTER, TODAY, 12, 0)
    found = await dossiers_by_field(town.store.reader, QUARTER)
    nothing = await dossiers_by_field(town.store.reader, OCTOBER)

    assert list(found.values()) == [12]
    assert nothing == {}
