"""Where a series must not be read across: another questionnaire or unit, or items drawn by chance.

A series has the one formula that was asked for; that never changes within it. A break is on the
first day of the new, and lies within a period that has days before it too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from sipas.periods import Period
from sipas.units import LineageRow


class Cause(StrEnum):
    """What changed."""

    INSTRUMENT = "instrument"
    BOUNDARY = "boundary"
    SPLIT = "split"


@dataclass(frozen=True, slots=True)
class Break:
    """From *on* the figures are about something else.

    Attributes:
        old, new: codes of units or questionnaires, or numbers of items drawn, before and after; one
            side is empty where a unit began or ended without a predecessor or successor.
    """

    on: date
    cause: Cause
    old: tuple[str, ...]
    new: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """A unit's row: its code between two days; a change of name or border closes it."""

    code: str
    first: date
    last: date | None


@dataclass(frozen=True, slots=True)
class Asking:
    """From *first* on a counter asks each respondent so many drawn *items*; 0: all, as at first."""

    counter: int
    first: date
    items: int


def boundary_breaks(
    members: Iterable[Span], lineage: Iterable[LineageRow], period: Period
) -> tuple[Break, ...]:
    """Mergers, splits, beginnings and ends of *members* within *period*, one break a day.

    >>> row = LineageRow("old", "new", date(2025, 7, 1))
    >>> year = Period(date(2025, 1, 1), date(2025, 12, 31), "2025")
    >>> boundary_breaks([Span("new", date(2025, 7, 1), None)], [row], year)[0].old
    ('old',)
    """
    spans = tuple(members)
    codes = {span.code for span in spans}
    old: dict[date, set[str]] = defaultdict(set)
    new: dict[date, set[str]] = defaultdict(set)
    for row in lineage:
        if codes & {row.old, row.new}:
            old[row.on].add(row.old)
            new[row.on].add(row.new)
    for span in spans:
        new[span.first].add(span.code)
        if span.last is not None:
            old[span.last + timedelta(days=1)].add(span.code)
    return tuple(
        Break(on, Cause.BOUNDARY, tuple(sorted(old[on])), tuple(sorted(new[on])))
        for on in sorted(old.keys() | new.keys())
        if within(on, period)
    )


def instrument_breaks(by_month: Mapping[date, str], period: Period) -> tuple[Break, ...]:
    """Changes of the questionnaire from one month with responses (its first day) to the next.

    >>> year = Period(date(2026, 1, 1), date(2026, 12, 31), "2026")
    >>> instrument_breaks({date(2026, 1, 1): "short.1", date(2026, 3, 1): "short.2"}, year)[0].on
    datetime.date(2026, 3, 1)
    """
    return tuple(
        Break(month, Cause.INSTRUMENT, (before,), (after,))
        for (_, before), (month, after) in pairwise(sorted(by_month.items()))
        if before != after and within(month, period)
    )


def split_breaks(askings: Iterable[Asking], period: Period) -> tuple[Break, ...]:
    """Days within *period* on which counters turned to another number of drawn items.

    >>> year = Period(date(2026, 1, 1), date(2026, 12, 31), "2026")
    >>> found = split_breaks([Asking(7, date(2026, 3, 1), 2), Asking(7, date(2026, 5, 1), 0)], year)
    >>> [(each.on.month, each.old, each.new) for each in found]
    [(3, ('0',), ('2',)), (5, ('2',), ('0',))]
    """
    turns: dict[date, set[tuple[int, int]]] = defaultdict(set)
    before: dict[int, int] = {}
    for each in sorted(askings, key=lambda asking: asking.first):
        if (was := before.get(each.counter, 0)) != each.items:
            turns[each.first].add((was, each.items))
        before[each.counter] = each.items
    return tuple(
        Break(on, Cause.SPLIT, _codes(was for was, _ in turns[on]), _codes(n for _, n in turns[on]))
        for on in sorted(turns)
        if within(on, period)
    )


def _codes(numbers: Iterable[int]) -> tuple[str, ...]:
    return tuple(map(str, sorted(set(numbers))))


def within(on: date, period: Period) -> bool:
    """Whether days of *period* lie on both sides of a break.

    >>> within(date(2025, 7, 1), Period(date(2025, 7, 1), date(2025, 7, 31), "2025-07"))
    False
    """
    return period.first < on <= period.last
