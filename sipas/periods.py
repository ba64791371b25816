"""Periods: whole days, both ends included, in Viet Nam; their public atom is the half-month.

Reporting windows run from the 15th to the 14th (Công văn 581/BNV-CCHC). Because half-months are
1-14 and 15-end, every public period is a union of atoms, and no two of them differ by a few days.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

_HALF = 14  # last day of a month's first half
_MOST_DAYS = 3660  # ten years: nobody needs a longer range, and no request may ask for one

SETTLED_AFTER = 4
"""Days after a half-month's end in which late responses still count in it."""

# Window: first month and last month, each 15th to 14th; a first month of 12 is of the year before.
WINDOWS = {
    "R1": (12, 3),
    "R2": (3, 6),
    "R3": (6, 9),
    "R4": (9, 12),
    "R6M": (12, 6),
    "RY": (12, 12),
}
# The reports that the state asks for, and the day of the window's last month when they are due.
_REPORTS = ("R1", "R6M", "R3", "RY")
_DUE_DAY = 20

EXPECTED = (
    "expected 2026, 2026-H1, 2026-Q4, 2026-11, 2025-11..2026-10, 2026-R1 (R2 R3 R4 R6M RY), "
    "2026-W47 or 2026-11-01..2026-11-30"
)


class PeriodError(ValueError):
    """A period that does not exist; the message says what was needed and what came."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days *first* to *last*, both included; weeks and day ranges need a role to be shown."""

    first: date
    last: date
    code: str
    needs_role: bool = False


def parse_period(text: str) -> Period:
    """The period that *text* is the code of.

    Raises:
        PeriodError: there is no such period.

    >>> period = parse_period("2026-R1")
    >>> f"{period.first} to {period.last}"
    '2025-12-15 to 2026-03-14'
    """
    for pattern, make in _FORMS:
        if found := pattern.fullmatch(text):
            return _made(text, make, found.groups())
    raise PeriodError(f"{EXPECTED}, got {text[:40]!r}")


def _made(text: str, make: Callable[..., Period], parts: tuple[str, ...]) -> Period:
    try:
        return make(text, *parts)
    except PeriodError:
        raise
    except ValueError as wrong:
        raise PeriodError(f"{EXPECTED}, got {text!r}: {wrong}") from wrong


def _year(code: str, year: str) -> Period:
    return _months(code, int(year), 1, 12)


def _half_year(code: str, year: str, half: str) -> Period:
    return _months(code, int(year), 6 * int(half) - 5, 6)


def _quarter(code: str, year: str, quarter: str) -> Period:
    return _months(code, int(year), 3 * int(quarter) - 2, 3)


def _month(code: str, year: str, month: str) -> Period:
    return _months(code, int(year), int(month), 1)


def _months(code: str, year: int, month: int, count: int) -> Period:
    last = date(year, month + count - 1, 1)
    return Period(date(year, month, 1), _month_end(last), code)


def _month_range(code: str, year: str, month: str, last_year: str, last_month: str) -> Period:
    first = date(int(year), int(month), 1)
    last = date(int(last_year), int(last_month), 1)
    return _ordered(Period(first, _month_end(last), code))


def _window(code: str, year: str, window: str) -> Period:
    first, last = WINDOWS[window]
    starts = int(year) - (first == 12)
    return Period(date(starts, first, _HALF + 1), date(int(year), last, _HALF), code)


def _week(code: str, year: str, week: str) -> Period:
    monday = date.fromisocalendar(int(year), int(week), 1)
    return Period(monday, monday + timedelta(days=6), code, needs_role=True)


def _days(code: str, first: str, last: str) -> Period:
    days = Period(date.fromisoformat(first), date.fromisoformat(last), code, needs_role=True)
    return _ordered(days)


def _ordered(period: Period) -> Period:
    if period.first > period.last:
        raise PeriodError(f"expected the earlier day first, got {period.code!r}")
    if (period.last - period.first).days >= _MOST_DAYS:
        raise PeriodError(f"expected at most ten years, got {period.code!r}")
    return period


_Y, _M, _D = "(20[0-9]{2})", "([0-9]{2})", "(20[0-9]{2}-[0-9]{2}-[0-9]{2})"
_FORMS: tuple[tuple[re.Pattern[str], Callable[..., Period]], ...] = (
    (re.compile(_Y), _year),
    (re.compile(f"{_Y}-H([12])"), _half_year),
    (re.compile(f"{_Y}-Q([1-4])"), _quarter),
    (re.compile(f"{_Y}-{_M}"), _month),
    (re.compile(f"{_Y}-{_M}\\.\\.{_Y}-{_M}"), _month_range),
    (re.compile(f"{_Y}-({'|'.join(WINDOWS)})"), _window),
    (re.compile(f"{_Y}-W([0-9]{{2}})"), _week),
    (re.compile(f"{_D}\\.\\.{_D}"), _days),
)


def month_of(day: date) -> Period:
    """The calendar month of *day*.

    >>> month_of(date(2026, 2, 3)).code
    '2026-02'
    """
    return _months(f"{day:%Y-%m}", day.year, day.month, 1)


def quarter_of(day: date) -> Period:
    """The calendar quarter of *day*.

    >>> quarter_of(date(2026, 11, 23)).code
    '2026-Q4'
    """
    return parse_period(f"{day.year}-Q{(day.month + 2) // 3}")


def trailing_year(today: date) -> Period:
    """The twelve full months before the month of *today*, and that month.

    >>> trailing_year(date(2026, 11, 23)).code
    '2025-11..2026-11'
    """
    return parse_period(f"{today.year - 1}-{today:%m}..{today:%Y-%m}")


def reports_of(day: date) -> tuple[Period, ...]:
    """The reporting windows that the state asks for and that contain *day*, shortest first.

    >>> [window.code for window in reports_of(date(2026, 3, 14))]
    ['2026-R1', '2026-R6M', '2026-RY']
    """
    year = day.year + (day >= date(day.year, 12, _HALF + 1))
    windows = (parse_period(f"{year}-{window}") for window in _REPORTS)
    return tuple(window for window in windows if window.first <= day <= window.last)


def due_date(period: Period) -> date | None:
    """When the report on *period* is due at the latest; None where no report is asked for.

    A due date on a weekend or holiday stays.

    >>> due_date(parse_period("2026-R1"))
    datetime.date(2026, 3, 20)
    """
    asked = period.code[5:] in _REPORTS
    return period.last.replace(day=_DUE_DAY) if asked else None


def atom(day: date) -> int:
    """The number of the half-month of *day*; neighbours in time are neighbours in number.

    >>> atom(date(2026, 11, 15)) - atom(date(2026, 11, 14))
    1
    """
    return (day.year * 12 + day.month - 1) * 2 + (day.day > _HALF)


def half_month(number: int) -> Period:
    """The days of an atom, the reverse of `atom`; its code is its first day's month, a or b.

    >>> half_month(atom(date(2026, 2, 20))).last
    datetime.date(2026, 2, 28)
    """
    months, second = divmod(number, 2)
    first = date(months // 12, months % 12 + 1, 1)
    if second:
        return Period(first.replace(day=_HALF + 1), _month_end(first), f"{first:%Y-%m}b")
    return Period(first, first.replace(day=_HALF), f"{first:%Y-%m}a")


def settled_before(today: date) -> int:
    """The number of the first half-month that is not settled yet on the day *today*.

    A half-month takes no more responses from the fifth day after it has ended.

    >>> [settled_before(date(2026, 12, day)) - atom(date(2026, 12, 1)) for day in (4, 5, 18, 19)]
    [-1, 0, 0, 1]
    """
    return atom(today - timedelta(days=SETTLED_AFTER))


def atoms(period: Period) -> range:
    """The half-months that *period* consists of.

    Raises:
        PeriodError: it begins or ends within one; such periods are counted by day.

    >>> len(atoms(parse_period("2026-Q4")))
    6
    """
    if not is_whole(period):
        raise PeriodError(f"expected whole half-months (1-14, 15-end), got {period.code!r}")
    return range(atom(period.first), atom(period.last) + 1)


def is_whole(period: Period) -> bool:
    """Whether *period* consists of half-months.

    >>> is_whole(parse_period("2026-R1")), is_whole(parse_period("2026-W47"))
    (True, False)
    """
    first, last = half_month(atom(period.first)), half_month(atom(period.last))
    return (first.first, last.last) == (period.first, period.last)


def months(period: Period) -> tuple[Period, ...]:
    """The calendar months that *period* touches, in order.

    >>> [month.code for month in months(parse_period("2026-R1"))]
    ['2025-12', '2026-01', '2026-02', '2026-03']
    """
    first, last = atom(period.first) // 2, atom(period.last) // 2
    return tuple(month_of(half_month(2 * month).first) for month in range(first, last + 1))


def _month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])
