"""Working days in Viet Nam: Monday to Friday, without public holidays, with swapped Saturdays.

Source: Bộ luật Lao động 2019 article 112 (New Year 1, Tết 5, Hùng Kings 1, 30 April, 1 May,
National Day 2; a holiday at a weekend is made up for on the next working day) and the yearly
notices about swapped days for the civil service. 24 November is a holiday from 2026 on (Nghị quyết
80-NQ/TW). The days of 2027 follow the code alone until its notice is out: look at them again then.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

_SATURDAY = 5
FIRST_YEAR, LAST_YEAR = 2025, 2027

# "first" or "first..last", weekends within do not matter.
_HOLIDAYS = (
    *("2025-01-01", "2025-01-27..2025-01-31", "2025-04-07", "2025-04-30..2025-05-02"),
    "2025-09-01..2025-09-02",
    *("2026-01-01..2026-01-02", "2026-02-16..2026-02-20", "2026-04-27"),
    *("2026-04-30..2026-05-01", "2026-08-31..2026-09-02", "2026-11-24"),
    *("2027-01-01", "2027-02-05..2027-02-11", "2027-04-16", "2027-04-30", "2027-05-03"),
    *("2027-09-02..2027-09-03", "2027-11-24"),
)
# Saturdays worked for a swapped day.
_WORKED = frozenset({date(2025, 4, 26), date(2026, 1, 10), date(2026, 8, 22)})
# In years without a list: the holidays whose day the calendar fixes.
_FIXED = frozenset({(1, 1), (4, 30), (5, 1), (9, 2), (11, 24)})


def _spread() -> Iterator[date]:
    for span in _HOLIDAYS:
        first, _, last = span.partition("..")
        yield from days(date.fromisoformat(first), date.fromisoformat(last or first))


def days(first: date, last: date) -> Iterator[date]:
    """The days from *first* to *last*, both included; none if *last* is before.

    >>> [f"{day}" for day in days(date(2026, 2, 28), date(2026, 3, 1))]
    ['2026-02-28', '2026-03-01']
    """
    for back in range((last - first).days + 1):
        yield first + timedelta(days=back)


HOLIDAYS = frozenset(day for day in _spread() if day.weekday() < _SATURDAY)


def is_workday(day: date) -> bool:
    """Whether offices work on *day*.

    >>> is_workday(date(2026, 2, 17)), is_workday(date(2026, 2, 23)), is_workday(date(2026, 8, 22))
    (False, True, True)
    """
    listed = FIRST_YEAR <= day.year <= LAST_YEAR
    off = day in HOLIDAYS if listed else (day.month, day.day) in _FIXED
    return day in _WORKED or (day.weekday() < _SATURDAY and not off)


def workdays(first: date, last: date) -> frozenset[date]:
    """The working days from *first* to *last*, both included.

    >>> len(workdays(date(2026, 2, 1), date(2026, 2, 28)))
    15
    """
    return frozenset(day for day in days(first, last) if is_workday(day))


def workdays_before(day: date, count: int) -> date:
    """The first of the *count* working days that end with *day*, or with the last one before it.

    >>> workdays_before(date(2026, 2, 23), 2)
    datetime.date(2026, 2, 13)

    Raises:
        ValueError: *count* is not positive.
    """
    if count < 1:
        raise ValueError(f"expected at least one working day, got {count}")
    while True:
        count -= is_workday(day)
        if count == 0:
            return day
        day -= timedelta(days=1)


def workdays_after(day: date, count: int) -> date:
    """The *count*-th working day after *day*, which itself does not count.

    >>> workdays_after(date(2026, 2, 13), 1)
    datetime.date(2026, 2, 23)

    Raises:
        ValueError: *count* is not positive.
    """
    if count < 1:
        raise ValueError(f"expected at least one working day, got {count}")
    while count:
        day += timedelta(days=1)
        count -= is_workday(day)
    return day
