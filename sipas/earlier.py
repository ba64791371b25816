"""Which other period a period is compared with: the same a year earlier, or the one before.

Source: reference of the reports to the ministry (Công văn 581/BNV-CCHC): a report is compared with
the same period of the year before.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from itertools import count, takewhile

from sipas.periods import Period, parse_period

_YEAR = re.compile("20[0-9]{2}")
_KIND = re.compile(r"(20[0-9]{2})(?:-(H|Q|R|)([0-9]{1,2})|-(RY))?")
# How many periods of a kind a year has; the kinds whose periods follow each other without a gap.
_A_YEAR = {"H": 2, "Q": 4, "R": 4, "": 12}


class Against(StrEnum):
    """What a period is compared with."""

    YEAR = "year"  # the same period one year earlier
    BEFORE = "before"  # the period before it, of the same kind


def earlier(period: Period, against: Against) -> Period | None:
    """The period that *period* is compared with; None where there is no such.

    >>> earlier(parse_period("2026-R1"), Against.YEAR).code
    '2025-R1'
    >>> earlier(parse_period("2026-R1"), Against.BEFORE).code
    '2025-R4'
    >>> earlier(parse_period("2026-W47"), Against.YEAR) is None
    True
    """
    return _year_before(period) if against is Against.YEAR else _beside(period, -1)


def later(period: Period, today: date) -> tuple[Period, ...]:
    """The periods of the same kind that followed *period* and have begun, the newest first.

    >>> [each.code for each in later(parse_period("2026-Q2"), date(2026, 12, 1))]
    ['2026-Q4', '2026-Q3']
    """
    followed = (_beside(period, way) for way in count(1))
    begun = takewhile(lambda each: each is not None and each.first <= today, followed)
    return tuple(each for each in begun if each is not None)[::-1]


def _year_before(period: Period) -> Period | None:
    """The same code with every year one less; a week or range of days has none."""
    if period.needs_role:
        return None
    code = _YEAR.sub(lambda found: str(int(found[0]) - 1), period.code)
    return parse_period(code) if _YEAR.match(code) else None


def _beside(period: Period, way: int) -> Period | None:
    """The period of the same kind so many places later; None where the kind has no order."""
    found = _KIND.fullmatch(period.code)
    if found is None:
        return None
    year, kind, number, whole = int(found[1]), found[2], found[3], found[4] or ""
    if number is None:
        code = f"{year + way}" + (f"-{whole}" if whole else "")
    else:
        many = _A_YEAR[kind]
        at = year * many + int(number) - 1 + way
        code = f"{at // many}-{kind}{at % many + 1:0{1 if kind else 2}}"
    return parse_period(code) if _YEAR.match(code) else None
