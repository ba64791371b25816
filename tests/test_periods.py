"""Periods, their half-month atoms, reporting windows and due dates."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipas import periods
from sipas.packing import day_of, half_day
from sipas.periods import Period, PeriodError, atom, atoms, parse_period

DAYS = st.dates(date(2001, 1, 1), date(2098, 12, 31))


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026-H1", "2026-01-01", "2026-06-30"),
        ("2026-H2", "2026-07-01", "2026-12-31"),
        ("2026-Q1", "2026-01-01", "2026-03-31"),
        ("2026-Q2", "2026-04-01", "2026-06-30"),
        ("2026-Q3", "2026-07-01", "2026-09-30"),
        ("2026-Q4", "2026-10-01", "2026-12-31"),
        ("2026-11", "2026-11-01", "2026-11-30"),
        ("2028-02", "2028-02-01", "2028-02-29"),  # a leap year
        ("2025-11..2026-11", "2025-11-01", "2026-11-30"),
        ("2026-11..2026-11", "2026-11-01", "2026-11-30"),
        ("2026-R1", "2025-12-15", "2026-03-14"),
        ("2026-R2", "2026-03-15", "2026-06-14"),
        ("2026-R3", "2026-06-15", "2026-09-14"),
        ("2026-R4", "2026-09-15", "2026-12-14"),
        ("2026-R6M", "2025-12-15", "2026-06-14"),
        ("2026-RY", "2025-12-15", "2026-12-14"),
    ],
)
def test_public_periods_are_unions_of_half_months(code: str, first: str, last: str) -> None:
    """Calendar periods, month ranges and reporting windows have these days and need no role."""
    period = parse_period(code)

    assert period == Period(date.fromisoformat(first), date.fromisoformat(last), code)
    assert not period.needs_role
    covered = [periods.half_month(number) for number in atoms(period)]
    assert (covered[0].first, covered[-1].last) == (period.first, period.last)


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("2026-W47", "2026-11-16", "2026-11-22"),
        ("2026-W01", "2025-12-29", "2026-01-04"),
        ("2026-W53", "2026-12-28", "2027-01-03"),
        ("2026-11-01..2026-11-30", "2026-11-01", "2026-11-30"),
        ("2026-11-03..2026-11-03", "2026-11-03", "2026-11-03"),
        ("2016-01-01..2026-01-07", "2016-01-01", "2026-01-07"),  # 3,660 days
    ],
)
def test_weeks_and_day_ranges_need_a_role(code: str, first: str, last: str) -> None:
    """Even a day range that equals a month: its neighbours would tell single days."""
    period = parse_period(code)

    assert period == Period(date.fromisoformat(first), date.fromisoformat(last), code, True)


@pytest.mark.parametrize(
    "code",
    [
        "",
        "26",
        "1999",
        "20266",
        "2026-13",
        "2026-00",
        "2026-1",
        "2026-H3",
        "2026-Q0",
        "2026-Q5",
        "2026-q4",
        "2026-R5",
        "2026-R6",
        "2026-W00",
        "2025-W53",  # a year of 52 weeks
        "2026-W7",
        "2026-11-01",
        "2026-11-31..2026-12-01",
        "2026-11-02..2026-11-01",
        "2026-11..2026-10",
        "2016-01-01..2026-01-08",  # one day over the longest
        "2026 ",
        "2026\n",
        "２０２６",
        "2026-11a",
        "last12",
    ],
)
def test_a_period_that_does_not_exist_is_refused(code: str) -> None:
    """The message says what was needed and what came."""
    with pytest.raises(PeriodError, match=r"^expected .*got "):
        parse_period(code)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("2025-W53", "2026-11-01..2026-11-30, got '2025-W53': "),
        ("2026-11-02..2026-11-01", "expected the earlier day first, got '2026-11-02..2026-11-01'"),
        ("2026-11..2026-10", "expected the earlier day first, got '2026-11..2026-10'"),
        ("2001-01..2026-10", "expected at most ten years, got '2001-01..2026-10'"),
    ],
)
def test_the_message_names_what_is_wrong(code: str, message: str) -> None:
    """Not only that something is."""
    with pytest.raises(PeriodError, match=re.escape(message)):
        parse_period(code)


def test_a_long_wrong_code_is_cut_in_the_message() -> None:
    """A message never carries a flood back."""
    with pytest.raises(PeriodError) as caught:
        parse_period("x" * 10_000)

    assert str(caught.value) == f"{periods.EXPECTED}, got '{'x' * 40}'"


@pytest.mark.parametrize(
    ("moment", "codes"),
    [
        ("2026-03-14T16:59:00+00:00", ["2026-R1", "2026-R6M", "2026-RY"]),  # 23:59 in Viet Nam
        ("2026-03-14T17:00:00+00:00", ["2026-R6M", "2026-RY"]),  # 15 March in Viet Nam
        ("2026-06-14T23:59:00+07:00", ["2026-R6M", "2026-RY"]),
        ("2026-06-15T00:00:00+07:00", ["2026-R3", "2026-RY"]),
        ("2026-09-14T23:59:00+07:00", ["2026-R3", "2026-RY"]),
        ("2026-09-15T00:00:00+07:00", ["2026-RY"]),
        ("2026-12-14T23:59:00+07:00", ["2026-RY"]),
        ("2026-12-15T00:00:00+07:00", ["2027-R1", "2027-R6M", "2027-RY"]),
        ("2026-12-31T23:59:00+07:00", ["2027-R1", "2027-R6M", "2027-RY"]),
    ],
)
def test_a_day_belongs_to_these_reports(moment: str, codes: list[str]) -> None:
    """Reports are named by the year they end in; one day can belong to several."""
    day = day_of(half_day(datetime.fromisoformat(moment)))

    assert [window.code for window in periods.reports_of(day)] == codes


@pytest.mark.parametrize(
    ("code", "due"),
    [
        ("2026-R1", "2026-03-20"),
        ("2026-R6M", "2026-06-20"),
        ("2026-R3", "2026-09-20"),
        ("2026-RY", "2026-12-20"),
    ],
)
def test_reports_are_due_on_the_twentieth(code: str, due: str) -> None:
    """Weekend or not."""
    assert periods.due_date(parse_period(code)) == date.fromisoformat(due)


@pytest.mark.parametrize("code", ["2026-R2", "2026-R4", "2026", "2026-Q1", "2026-11"])
def test_other_periods_have_no_due_date(code: str) -> None:
    """The second and fourth windows are internal; the calendar is for readers."""
    assert periods.due_date(parse_period(code)) is None


@given(DAYS)
def test_every_day_is_in_the_atom_it_belongs_to(day: date) -> None:
    """Half-months cover every day once."""
    half = periods.half_month(atom(day))

    assert half.first <= day <= half.last
    assert atom(half.first - timedelta(days=1)) == atom(day) - 1
    assert atom(half.last + timedelta(days=1)) == atom(day) + 1
    assert not half.needs_role


def test_atoms_are_numbered_from_the_year_nought() -> None:
    """The number is stored in rollups and must never move."""
    assert atom(date(2026, 1, 1)) == atom(date(2026, 1, 14)) == 2026 * 24
    assert atom(date(2026, 1, 15)) == atom(date(2026, 1, 31)) == 2026 * 24 + 1
    assert atom(date(2026, 12, 31)) == 2026 * 24 + 23
    assert periods.half_month(2026 * 24).code == "2026-01a"
    assert periods.half_month(2026 * 24 + 23).code == "2026-12b"


@pytest.mark.parametrize("day", ["2026-01-01", "2026-12-14", "2026-12-15", "2026-12-31"])
def test_windows_of_a_year_fit_together(day: str) -> None:
    """R1 to R4 make up RY, R1 and R2 make up R6M, without gap or overlap."""
    year = date.fromisoformat(day).year
    quarters = [list(atoms(parse_period(f"{year}-R{number}"))) for number in (1, 2, 3, 4)]

    assert list(chain(*quarters)) == list(atoms(parse_period(f"{year}-RY")))
    assert list(chain(*quarters[:2])) == list(atoms(parse_period(f"{year}-R6M")))


@pytest.mark.parametrize(
    "code",
    ["2026-W47", "2026-11-02..2026-11-30", "2026-11-01..2026-11-29", "2026-11-14..2026-11-14"],
)
def test_a_period_of_single_days_has_no_atoms(code: str) -> None:
    """It would be silently widened otherwise."""
    with pytest.raises(PeriodError, match=r"expected whole half-months .*, got .2026-"):
        atoms(parse_period(code))


def test_a_day_range_of_whole_half_months_has_atoms() -> None:
    """What counts is the days, not the way they were written."""
    assert list(atoms(parse_period("2026-11-15..2026-12-14"))) == [2026 * 24 + 21, 2026 * 24 + 22]


@pytest.mark.parametrize(
    ("code", "first", "last", "count"),
    [
        ("2026", "2026-01", "2026-12", 12),
        ("2026-RY", "2025-12", "2026-12", 13),
        ("2026-W01", "2025-12", "2026-01", 2),
        ("2026-11", "2026-11", "2026-11", 1),
    ],
)
def test_a_period_touches_these_months(code: str, first: str, last: str, count: int) -> None:
    """Every month of which the period has at least a day, in order."""
    touched = periods.months(parse_period(code))

    assert (touched[0].code, touched[-1].code, len(touched)) == (first, last, count)
    assert all(month == parse_period(month.code) for month in touched)


@given(DAYS)
def test_the_trailing_year_is_twelve_full_months_and_this_one(today: date) -> None:
    """Its code is a month range, so a figure over it can be asked for again later."""
    period = periods.trailing_year(today)

    assert period == parse_period(period.code)
    assert len(periods.months(period)) == 13
    assert periods.months(period)[-1] == periods.month_of(today)


@given(DAYS)
def test_month_and_quarter_contain_their_day(day: date) -> None:
    """Both are the calendar's."""
    month, quarter = periods.month_of(day), periods.quarter_of(day)

    assert month.first <= day <= month.last
    assert quarter.first <= month.first and month.last <= quarter.last
    assert len(periods.months(quarter)) == 3
