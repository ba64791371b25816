"""The period before another: of the same kind where there is one, else as long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from sipas.periods import (
    WINDOWS,
    Period,
    PeriodError,
    atom,
    atoms,
    half_month,
    is_whole,
    parse_period,
)

_NO_DIGITS = str.maketrans("", "", "0123456789")


def preceding(period: Period) -> Period:
    """The period of the same kind that ends the day before *period* begins, or one as long.

    >>> [preceding(parse_period(code)).code for code in ("2026-Q1", "2026-R1", "2026-W01")]
    ['2025-Q4', '2025-R4', '2025-W52']
    >>> preceding(parse_period("2026-R6M")).code
    '2025-06-15..2025-12-14'
    >>> preceding(parse_period("2025-11..2026-10")).code, preceding(parse_period("2000-01")).code
    ('2024-11..2025-10', '1999-12-01..1999-12-31')
    """
    last = period.first - timedelta(days=1)
    alike = (each for each in _ending(last) if _shape(each.code) == _shape(period.code))
    return next(alike, _as_long(period, last))


def _ending(last: date) -> Iterator[Period]:
    """Periods with a name that end on the day *last*."""
    for code in _codes(last):
        try:
            period = parse_period(code)
        except PeriodError:  # before 2000
            continue
        if period.last == last:
            yield period


def _codes(last: date) -> Iterator[str]:
    week, year = last.isocalendar(), last.year
    yield from (f"{year}", f"{year}-H{(last.month + 5) // 6}", f"{year}-Q{(last.month + 2) // 3}")
    yield from (f"{last:%Y-%m}", f"{week.year}-W{week.week:02}")
    yield from (f"{year + more}-{window}" for more in (0, 1) for window in WINDOWS)


def _shape(code: str) -> str:
    return code.translate(_NO_DIGITS)


def _as_long(period: Period, last: date) -> Period:
    """As many half-months where *period* consists of them, else as many days."""
    first = last - (period.last - period.first)
    if is_whole(period):
        first = half_month(atom(last) + 1 - len(atoms(period))).first
    if _shape(period.code) == "-..-":
        return Period(first, last, f"{first:%Y-%m}..{last:%Y-%m}")
    return Period(first, last, f"{first}..{last}", needs_role=True)
