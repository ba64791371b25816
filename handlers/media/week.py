"""Which week a pack is of, which months it may tell, and when it is everybody's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from handlers.service import VIETNAM
from sipas.earlier import Against, earlier
from sipas.periods import Period, atom, month_of, settled_before

PUBLIC_AT = time(10, 0)
"""On Monday, in Viet Nam: until then only outlets read a week's pack."""


@dataclass(frozen=True, slots=True)
class Week:
    """What a pack is about.

    Attributes:
        day: the Monday after the week.
        now, then: the newest settled month and the one before.
        fresh: whether that month was settled in this week.
    """

    day: date
    now: Period
    then: Period

    @property
    def fresh(self) -> bool:
        return settled_month(self.day - timedelta(days=7)) != self.now

    @property
    def code(self) -> str:
        """As ISO 8601 writes it."""
        year, week, _ = (self.day - timedelta(days=1)).isocalendar()
        return f"{year}-W{week:02}"

    @property
    def until(self) -> datetime:
        """The moment from which the pack is everybody's."""
        return datetime.combine(self.day, PUBLIC_AT, VIETNAM).astimezone(UTC)


def week_before(today: date) -> Week:
    """The last week that is over on the day *today*."""
    day = today - timedelta(days=today.weekday())
    now = settled_month(day)
    then = earlier(now, Against.BEFORE)
    if then is None:
        raise ValueError(f"expected a month with one before it, got {now.code}")
    return Week(day, now, then)


def settled_month(day: date) -> Period:
    """The newest month that takes no more responses on a day.

    >>> [settled_month(date(2026, 12, day)).code for day in (4, 5)]
    ['2026-10', '2026-11']
    """
    month = month_of(day)
    while atom(month.last) >= settled_before(day):
        month = month_of(month.first - timedelta(days=1))
    return month
