"""What may be shown of weeks and day ranges: only to a role, and only of settled half-months.

Inside a half-month a day's end is open where every unit in it has nothing or enough both since the
last open end and up to the half-month's own; so all differences of ranges are of enough as well.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

from handlers.forest import Node
from handlers.running import Running
from handlers.tables import RESPONSES, Key, Shown, Table
from sipas.computed import Hiding
from sipas.openings import ALL_FROM, Mass, inner_ends, ready
from sipas.periods import Period, atom, half_month
from sipas.tally import level_columns, responses

Days = Mapping[tuple[int, ...], int]
"""Tallies by (unit, day, questionnaire)."""
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class End:
    """The end of a day: what each unit has got until then, and items that are not known there."""

    day: date
    sums: Mapping[int, int]
    hidden: frozenset[str] = frozenset()


def shown_days(
    running: Running,
    version: int,
    nodes: Sequence[Node],
    members: Collection[int],
    period: Period,
    days: Days,
) -> Shown | None:
    """What may be shown of *members* between the outermost open ends of days in *period*.

    Args:
        days: of every half-month that *period* touches.
    """
    table = running.tables[version]
    units = [unit for unit in members if unit in table.sums]
    found: dict[date, End] = {}
    for number in range(atom(period.first), atom(period.last) + 1):
        daily = _came(units, number, version, days)
        for end in _ends(running, table, nodes, number, daily):
            found.setdefault(end.day, end)
    inside = [found[day] for day in sorted(found) if _before(period) <= day <= period.last]
    if not inside:
        return None
    first, last = inside[0], inside[-1]
    came = {unit: last.sums[unit] - first.sums[unit] for unit in units}
    tallies: dict[Key, int] = {unit: each for unit, each in came.items() if each}
    hidden = first.hidden | last.hidden
    shown = Period(first.day + timedelta(days=1), last.day, period.code, period.needs_role)
    return Shown(shown, tallies, Hiding(hidden, hidden)) if tallies else None


def _before(period: Period) -> date:
    return period.first - timedelta(days=1)


def _ends(
    running: Running,
    table: Table,
    nodes: Sequence[Node],
    number: int,
    came: Mapping[int, Sequence[int]],
) -> list[End]:
    """The open ends of days in a settled half-month that is open at both of its own ends.

    Args:
        came: the half-month's tallies day by day, by unit.
    """
    at, half = number - running.first, half_month(number)
    if not 0 <= at < table.settled:
        return []
    every = {
        key: running.is_open(table, nodes, (ALL_FROM, key), (at, at + 1))
        for key in (RESPONSES, *table.keys)
    }
    if not every[RESPONSES]:
        return []
    numbers = _numbers(half)
    hidden = {key for key, known in every.items() if key and not known}
    opened = [True] * len(numbers)
    for each in came.values():
        masses = _masses(table, each)
        ends = inner_ends(masses, ALL_FROM)
        opened = [one and other for one, other in zip(opened, ends, strict=True)]
        hidden |= _rare(table, masses, ends)
    start = {unit: table.sums[unit][at] for unit in came}
    sums = {unit: [start[unit] + each for each in accumulate(days)] for unit, days in came.items()}
    found = [End(half.first - timedelta(days=1), start, frozenset(hidden))]
    for place, day in enumerate(numbers):
        if opened[place]:
            here = {unit: each[place] for unit, each in sums.items()}
            found.append(End(EPOCH + timedelta(days=day), here, frozenset(hidden)))
    return found


def _came(
    units: Sequence[int], number: int, version: int, days: Days
) -> Mapping[int, Sequence[int]]:
    """What came on each day of a half-month, by unit; gone through once, whatever the units."""
    numbers = _numbers(half_month(number))
    found = {unit: [0] * len(numbers) for unit in units}
    for (unit, day, of), each in days.items():
        if of == version and unit in found and day in numbers:
            found[unit][day - numbers[0]] += each
    return found


def _numbers(half: Period) -> range:
    """The half-month's days, counted from 1970-01-01."""
    return range((half.first - EPOCH).days, (half.last - EPOCH).days + 1)


def _masses(table: Table, came: Sequence[int]) -> list[Mass]:
    columns = level_columns(table.instrument, came)
    answers = [list(map(sum, zip(*columns[key], strict=True))) for key in table.keys]
    return list(zip(map(responses, came), *answers, strict=True))


def _rare(table: Table, masses: Sequence[Mass], ends: Sequence[bool]) -> set[str]:
    """Items that were answered too rarely between two open ends."""
    blocks: dict[int, list[Mass]] = defaultdict(list)
    for place, mass in enumerate(masses):
        blocks[sum(ends[:place])].append(mass)
    sums = [tuple(map(sum, zip(*block, strict=True))) for block in blocks.values()]
    return {
        key
        for place, key in enumerate(table.keys, 1)
        if not all(ready((block[place],), ALL_FROM) for block in sums)
    }
