"""Filings: the table of states, due dates by law, who is late, and the ledger's laws."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sipas
from sipas.filing_types import (
    About,
    FilingType,
    before,
    begun,
    due,
    is_over,
    parse,
    period_of,
    periods,
)
from sipas.filings import Act, Facts, Refusal, Standing, State, possible, standing, step
from sipas.items import InstrumentError
from sipas.ledger import Record, applied, carried, changes, place
from sipas.periods import due_date, parse_period
from sipas.workdays import workdays

FILE = Path(sipas.__file__).parent / "filings.toml"
TYPES = parse(FILE.read_text("utf-8"), FILE.name)
WHY = Facts("why")
ONE = """
[x]
name = { vi = "X", en = "X" }
title = "X"
units = []
about = "unit"
roles = ["unit_head"]
windows = ["{year}-R1"]
due_day = 20
lead_workdays = 0
least_workdays = 1
delay_days = 0
"""


@pytest.mark.parametrize(
    "way",
    [
        "freeze submit accept publish restate restate",
        "write freeze write freeze submit return write submit accept publish",
        "freeze submit return freeze submit accept publish restate",
    ],
)
def test_a_filing_goes_its_way(way: str) -> None:
    """From open to published, by way of being returned or not."""
    state = State.OPEN
    for act in map(Act, way.split()):
        found = step(state, act, WHY)
        assert isinstance(found, State), (state, act)
        state = found

    assert state in (State.PUBLISHED, State.RESTATED)


@given(st.sampled_from(State), st.sampled_from(Act), st.text(max_size=3), st.booleans())
def test_every_act_in_every_state_has_an_answer(
    state: State, act: Act, reason: str, over: bool
) -> None:
    """A state or a named refusal, and what is possible is exactly what is not refused."""
    found = step(state, act, Facts(reason, over))
    may = act in possible(state, over)

    assert isinstance(found, State | Refusal)
    assert may or isinstance(found, Refusal)
    assert may == isinstance(step(state, act, Facts("why", over)), State)


@given(st.lists(st.sampled_from(Act), max_size=12))
def test_what_is_published_never_becomes_a_draft_again(acts: list[Act]) -> None:
    """Nothing is published that was not accepted, and nothing published is unpublished."""
    seen, state = [State.OPEN], State.OPEN
    for act in acts:
        found = step(state, act, WHY)
        state = found if isinstance(found, State) else state
        seen.append(state)
    published = [each in (State.PUBLISHED, State.RESTATED) for each in seen]

    assert published == sorted(published)
    assert State.ACCEPTED in seen or True not in published


def test_each_refusal_is_met_somewhere() -> None:
    """A refusal that nothing leads to would be a word without meaning."""
    facts = [Facts(r, o, d) for r in ("", "x") for o in (True, False) for d in (True, False)]
    tried = {step(state, act, each) for state in State for act in Act for each in facts}

    assert tried >= set(Refusal)


@pytest.mark.parametrize("act", [Act.RETURN, Act.RESTATE])
def test_returning_and_restating_say_why(act: Act) -> None:
    """Blanks are no reason."""
    state = State.SUBMITTED if act is Act.RETURN else State.PUBLISHED

    assert step(state, act, Facts(" \n")) is Refusal.NO_REASON


def test_figures_are_frozen_when_their_period_is_over() -> None:
    """Not on its last day, and not while late answers may arrive."""
    kind, period = TYPES["unit_quarter"], parse_period("2026-R1")

    assert step(State.OPEN, Act.FREEZE, Facts(over=False)) is Refusal.TOO_EARLY
    assert [is_over(kind, period, date(2026, 3, day)) for day in (14, 15, 16)] == [
        False,
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("kind", "code", "day"),
    [
        # Công văn 581/BNV-CCHC: the 20th, though 20/6 and 20/12 of 2026 are days of rest
        ("home_affairs_quarter", "2026-R1", date(2026, 3, 20)),
        ("home_affairs_half_year", "2026-R6M", date(2026, 6, 20)),
        ("home_affairs_quarter", "2026-R3", date(2026, 9, 20)),
        ("home_affairs_year", "2026-RY", date(2026, 12, 20)),
        ("office_quarter", "2026-R4", date(2026, 12, 20)),
        # before 15 December
        ("decentralisation_year", "2025-12..2026-11", date(2026, 12, 14)),
        # five working days before the 20th is before the 14th: three working days to write
        ("unit_quarter", "2026-R1", date(2026, 3, 18)),
        ("unit_quarter", "2027-R2", date(2027, 6, 17)),
    ],
)
def test_due_dates_follow_the_law(kind: str, code: str, day: date) -> None:
    """The day by hand; the ministry's own due date is never later."""
    period = period_of(TYPES[kind], code)
    assert period is not None
    official = due_date(period)

    assert due(TYPES[kind], period) == day
    assert official is None or day <= official


@pytest.mark.parametrize("kind", TYPES.values(), ids=lambda kind: kind.key)
@pytest.mark.parametrize("year", [2025, 2026, 2027])
def test_there_is_time_to_write_every_report(kind: FilingType, year: int) -> None:
    """Figures may be frozen on a working day that is not after the due date."""
    for period in periods(kind, year):
        days = workdays(period.last, due(kind, period))

        assert any(is_over(kind, period, day) for day in days), period.code


def test_units_file_sooner_than_home_affairs() -> None:
    """Home Affairs builds on them."""
    unit, own = TYPES["unit_quarter"], TYPES["home_affairs_quarter"]
    for period in periods(own, 2026):
        assert due(unit, period) < due(own, period)


def test_a_long_lead_counts_working_days_back() -> None:
    """One working day before Friday 20/3 is Thursday; a due day before the end is next month's."""
    early = parse(ONE.replace("lead_workdays = 0", "lead_workdays = 1"), "x")["x"]
    tenth = parse(ONE.replace("due_day = 20", "due_day = 10"), "x")["x"]
    period = parse_period("2026-R1")

    assert due(early, period) == date(2026, 3, 19)
    assert due(tenth, period) == date(2026, 4, 10)


def test_a_type_reports_on_its_own_periods_only() -> None:
    """Home Affairs has no second quarter, nobody reports on a week."""
    assert period_of(TYPES["home_affairs_quarter"], "2026-R2") is None
    assert period_of(TYPES["unit_quarter"], "2026-W10") is None
    assert period_of(TYPES["unit_quarter"], "nonsense") is None
    told = [each.code for each in begun(TYPES["unit_quarter"], date(2026, 11, 24), 3)]
    assert told == ["2026-R4", "2026-R3", "2026-R2"]


def test_what_went_before_ended_before() -> None:
    """Two years of the type's own periods, the newest first; a half-year precedes no quarter."""
    told = [each.code for each in before(TYPES["unit_quarter"], parse_period("2026-R2"))]

    assert told[:3] == ["2026-R1", "2025-R4", "2025-R3"]
    assert told == sorted(told, reverse=True)
    assert len(told) == 9


def test_types_say_who_files() -> None:
    """Seven kinds of reports, as the chairman's letter and the ministry ask for them."""
    assert TYPES.keys() == {
        *("unit_quarter", "office_quarter", "finance_quarter", "home_affairs_quarter"),
        *("home_affairs_half_year", "home_affairs_year", "decentralisation_year"),
    }
    assert [key for key, kind in TYPES.items() if not kind.units] == ["unit_quarter"]
    assert TYPES["office_quarter"].about is About.PROVINCE


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("=", "not TOML"),
        ("x = 1", "expected a table"),
        (ONE + "color = 1", "no such setting"),
        (ONE.replace('"unit"', '"moon"'), "expected unit or province"),
        (ONE.replace('title = "X"', ""), "expected a text"),
        (ONE.replace('["{year}-R1"]', "[]"), "at least one"),
        (ONE.replace("-R1", "-R9"), "expected 2026"),
        (ONE.replace("{year}", "{month}"), "month"),
        (ONE.replace("due_day = 20", "due_day = 31"), "expected 1 to 28"),
        (ONE + "sheet = 3", "expected true or false"),
    ],
)
def test_a_faulty_file_is_refused_with_its_reason(wrong: str, told: str) -> None:
    """File, key and reason."""
    with pytest.raises(InstrumentError, match=told):
        parse(wrong, "x.toml")


@pytest.mark.parametrize(
    ("state", "submitted", "today", "stands"),
    [
        (None, None, 20, Standing.AWAITED),
        (None, None, 21, Standing.MISSING),
        (State.FROZEN, None, 21, Standing.MISSING),
        (State.SUBMITTED, 20, 25, Standing.FILED),
        (State.ACCEPTED, 21, 25, Standing.LATE),
        (State.RETURNED, 19, 20, Standing.RETURNED),
    ],
)
def test_who_is_late(
    state: State | None, submitted: int | None, today: int, stands: Standing
) -> None:
    """A due date is the last good day; what was returned waits for its unit."""
    day = submitted and date(2026, 3, submitted)

    assert standing(state, day or None, date(2026, 3, 20), date(2026, 3, today)) is stands


RECORDS = st.lists(
    st.fixed_dictionaries(
        {
            "by": st.sampled_from(["total", "field"]),
            "unit": st.sampled_from(["38", "15448"]),
            "key": st.sampled_from("abc"),
            "n": st.integers(30, 33),
            "id": st.text("0123", min_size=2, max_size=2),
            "release": st.integers(1, 2),
        }
    ),
    unique_by=place,
)


@given(RECORDS, RECORDS)
def test_versions_differ_exactly_in_the_ledger(before: list[Record], after: list[Record]) -> None:
    """The old version with the ledger's entries is the new one, record by record."""
    now = carried(before, after)
    found = changes(before, now)

    assert applied(before, found) == {place(each): each for each in now}
    assert [place(each) for each in now] == [place(each) for each in after]
    assert len({each.place for each in found}) == len(found)
    assert all(each.before != each.after for each in found)


@given(RECORDS)
def test_a_later_release_alone_changes_nothing(records: list[Record]) -> None:
    """Ids and releases move with every release; a figure that says the same is the same."""
    later = [{**each, "release": 9, "id": "later"} for each in records]

    assert changes(records, later) == ()
    assert list(carried(records, later)) == records
