"""`tt01.v1` of a unit from what is stored: dossiers' days, respondents' answers, what it states."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bot.instruments import shipped
from bot.keys import Keys
from bot.surveys import survey
from handlers.scores import Scores
from handlers.service import Service
from handlers.tt01 import sheet
from sipas.dossiers import DossierEvent
from sipas.packing import HANOI, half_day, pack
from sipas.periods import parse_period
from sipas.tt01 import Note, Pace
from sipas.tt01_units import QUESTIONS, Line, Sheet, Source, Stored, unit_sheet
from storage import numbering
from storage.dossiers import add_events
from storage.release import release
from storage.store import Store
from storage.transaction import Transaction
from tests.databases import database as address
from tests.server import COUNTER, MICRO, furnish
from tests.test_release import A_RESPONSE

UNIT, DAY = "15448", date(2026, 10, 6)
EARLY, LATE = ("early", "0", "", "0", "no"), ("late", "2+", "mine", "1", "yes")
BY_DAYS = {Pace.EARLY: 6, Pace.LATE: 6, None: 8}


def test_days_decide_where_enough_are_known() -> None:
    """Ten dossiers with an appointed day are enough; then no answer counts for indicator 1."""
    days = unit_sheet(Stored(BY_DAYS, {EARLY: 40})).lines[1]
    told = unit_sheet(Stored({Pace.EARLY: 9, None: 99}, {EARLY: 40})).lines[1]

    assert days == Line(Decimal("1.0"), Source.DAYS, 12, 20)
    assert told == Line(Decimal("2.0"), Source.ANSWERS, 40, 40)


def test_answers_need_thirty_and_are_counted_in_tens() -> None:
    """Two periods, subtracted, must not tell how many said something in between."""
    few = unit_sheet(Stored({}, {EARLY: 29})).lines[7]
    many = unit_sheet(Stored({}, {EARLY: 39, ("", "", "", "", ""): 5})).lines[7]

    assert few == Line(too_few=True)
    assert (many.scored, many.of) == (30, 44)


def test_a_note_is_told_of_ten_dossiers() -> None:
    """Fewer would point at those who complained."""
    nine, ten = (unit_sheet(Stored({}, {EARLY: 40, LATE: n})).lines for n in (9, 10))

    assert (nine[7].notes, ten[7].notes) == ((), (Note.COMPLAINT_PENDING,))
    assert ten[3].notes == (Note.BY_APPLICANT,)


def test_a_class_needs_all_nine_and_what_is_stored_cannot_be_restated() -> None:
    """What a unit states fills gaps only."""
    stored = Stored(BY_DAYS, {EARLY: 40})
    stated = dict.fromkeys((1, 2, 5, 6, 8, 9), Decimal(2))
    gaps, full = unit_sheet(stored), unit_sheet(stored, stated)

    assert (gaps.total.shown, gaps.total.band, gaps.total.missing) == (
        "7.0/8",
        None,
        (2, 5, 6, 8, 9),
    )
    assert (full.total.shown, str(full.total.band)) == ("17.0/18", "excellent")
    assert full.lines[1].source is Source.DAYS
    with pytest.raises(ValueError, match="indicator 8"):
        unit_sheet(stored, {8: Decimal("2.5")})


pytestmark = pytest.mark.anyio


class Town:
    """The small province at noon of 23 November 2026."""

    def __init__(self, service: Service) -> None:
        self.service, self.store = service, service.store

    async def ended(self, number: int, day: date, due: date | None, stage: str = "result") -> None:
        """A dossier reached a stage."""
        code = f"H56.12.34-260201-{number:05}"
        event = DossierEvent(code, stage, UNIT, "", "land", COUNTER, day, due)
        assert (await self.store.write(add_events, [(1, event)])).added == 1

    async def sheet(self, unit: str, period: str) -> Sheet:
        """Its sheet, as a filing asks for it."""
        state = await self.service.state()
        found = state.directory.unit(unit)
        assert found
        return await sheet(Scores(self.service, state), found, parse_period(period))


@pytest.fixture
async def town(tmp_path: Path, keys: Keys) -> AsyncIterator[Town]:
    """No dossier, no response yet."""
    furnish(tmp_path / "m.db")
    store = await Store(address(tmp_path / "m.db"), keys).open()
    noon = datetime(2026, 11, 23, 5, tzinfo=UTC)
    yield Town(Service(store, survey(keys), lambda: noon, "http://test", 0, 1000))
    await store.close()


def _answer(tx: Transaction, counter: str, told: tuple[str, ...], n: int) -> None:
    """*n* released responses to the counter's questionnaire that tell this."""
    counter_id, unit_id = tx.counter_ids(counter)
    ref = "short.1" if counter == COUNTER else "micro.1"
    instrument = shipped()[ref]
    marks = {"overall": "5"}
    for key, code in zip(QUESTIONS, told, strict=True):
        for option in instrument.by_key[key].options if key in instrument.by_key else ():
            marks |= {key: option.letter} if option.code == code else {}
    one = replace(A_RESPONSE, counter_id=counter_id, unit_id=unit_id, instrument=ref)
    half = half_day(datetime(DAY.year, DAY.month, DAY.day, 9, tzinfo=HANOI))
    for _ in range(n):
        number = numbering.row_id(half, random.getrandbits(numbering.RANDOM_BITS))
        tx.close(replace(one, response_id=number, levels=pack(instrument, marks)))
    release(tx, shipped(), half, random.Random(7))


async def test_a_dossier_ends_once_on_its_first_day(town: Town) -> None:
    """Told again on another day, or waiting, or ended in another quarter: not counted again."""
    for number in range(12):
        await town.ended(number, DAY, DAY + timedelta(1 if number < 6 else -1))
        await town.ended(number, DAY + timedelta(9), DAY + timedelta(30))
    await town.ended(50, DAY, DAY, "waiting")
    await town.ended(51, date(2026, 9, 30), date(2026, 9, 30))
    await town.ended(52, DAY, None, "rejected")
    line = (await town.sheet(UNIT, "2026-Q4")).lines[1]

    assert line == Line(Decimal("1.0"), Source.DAYS, 12, 13)


async def test_answers_are_those_behind_the_units_figures(town: Town) -> None:
    """Every questionnaire's, of the unit and what is published below it; hidden ones are not."""
    await town.store.write(_answer, COUNTER, ("early", "", "", "", "no"), 30)
    await town.store.write(_answer, COUNTER, ("late", "", "", "", "yes"), 10)
    await town.store.write(_answer, MICRO, ("", "", "", "", ""), 40)  # of an unpublished unit
    own, whole = [(await town.sheet(unit, "2026-Q4")).lines for unit in (UNIT, "38")]
    other = (await town.sheet(UNIT, "2026-Q3")).lines

    assert own[7] == Line(Decimal("1.5"), Source.ANSWERS, 40, 40, (Note.COMPLAINT_PENDING,))
    assert own[3] == Line()  # the short form does not ask
    assert whole == own
    assert other[7] == Line()
