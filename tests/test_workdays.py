"""Working days in Viet Nam, with holidays, Tết and swapped Saturdays."""

from __future__ import annotations

from datetime import date

import pytest

from sipas.workdays import HOLIDAYS, days, is_workday, workdays, workdays_before


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2025, 1, 29), False),  # first day of Tết Ất Tỵ
        (date(2025, 2, 3), True),
        (date(2025, 4, 26), True),  # worked for 2 May
        (date(2026, 2, 17), False),  # first day of Tết Bính Ngọ
        (date(2026, 4, 27), False),  # Hùng Kings on a Sunday, made up for
        (date(2026, 8, 31), False),
        (date(2026, 8, 22), True),  # worked for 31 August
        (date(2027, 2, 11), False),  # Tết Đinh Mùi begins on a Saturday
        (date(2027, 4, 16), False),
        (date(2028, 9, 1), True),  # no list yet: only what the calendar fixes
        (date(2028, 9, 2), False),
        (date(2029, 4, 30), False),
        (date(2026, 11, 21), False),  # a Saturday
    ],
)
def test_a_day_is_worked_or_not(day: date, works: bool) -> None:
    """As the code and the yearly notices say."""
    assert is_workday(day) is works


def test_no_holiday_is_a_weekend() -> None:
    """The list holds what is taken from the working week: eleven or twelve days, and swaps."""
    by_year = [sum(day.year == year for day in HOLIDAYS) for year in (2025, 2026, 2027)]

    assert all(day.weekday() < 5 for day in HOLIDAYS)
    assert by_year == [12, 14, 12]


def test_working_days_are_counted_back_over_a_holiday() -> None:
    """The first of ten working days that end on 27 February 2026 lies before Tết."""
    assert workdays_before(date(2026, 2, 27), 10) == date(2026, 2, 9)
    assert len(workdays(date(2026, 2, 9), date(2026, 2, 27))) == 10
    assert workdays_before(date(2026, 2, 22), 1) == date(2026, 2, 13)
    assert list(days(date(2026, 2, 2), date(2026, 2, 1))) == []


def test_none_of_no_days() -> None:
    """Counting back no day at all is a mistake of the caller."""
    with pytest.raises(ValueError, match="at least one"):
        workdays_before(date(2026, 2, 27), 0)
