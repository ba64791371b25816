"""Which half-months of a simulated counter are named, by what its answers alone show.

Everybody has a conversation of one's own and nobody a receipt here, so signs of one source and of
disputes are never there: what is told is the least that is found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta

from bot.simulation.moods import Answers
from bot.simulation.province import SimulatedCounter
from sipas.integrity import Counts, named, signs
from sipas.packing import LEVELS
from sipas.periods import atom
from sipas.verdicts import SCALES_LEAST
from storage.integrity import PAST_ATOMS

Said = list[Answers]
_OFFICIALS = 2


def half_of(day: int) -> int:
    """The half-month of a day counted from the first of 2026."""
    return atom(date(2026, 1, 1) + timedelta(days=day))


def named_halves(
    counter: SimulatedCounter, own: Mapping[int, Said], bursts: Mapping[int, int]
) -> set[int]:
    """The half-months of which the counter would be named.

    Args:
        own: its answers by day.
        bursts: how many of them are flagged as a burst.
    """
    halves: dict[int, list[int]] = {}
    for day in own:
        halves.setdefault(half_of(day), []).append(day)
    each = {half: _Half(counter, own, days, bursts) for half, days in halves.items()}
    return {half for half in each if named(signs(_counts(each, half)))}


class _Half:
    """What is counted of one half-month."""

    def __init__(
        self,
        counter: SimulatedCounter,
        own: Mapping[int, Said],
        days: list[int],
        bursts: Mapping[int, int],
    ) -> None:
        said = [each for day in days for each in own[day]]
        hours = Counter((day, each.hour) for day in days for each in own[day])
        self.n, self.hour = len(said), max(hours.values())
        self.ways = Counter(f"{each.stratum} {each.channel}" for each in said)
        straight = sum(_is_straight(counter, each) for each in said)
        self.flags = Counter(straight=straight, burst=sum(bursts[day] for day in days))


def _is_straight(counter: SimulatedCounter, said: Answers) -> bool:
    pairs = zip(counter.items, said.levels, strict=True)
    levels = [mark for (_, kind), mark in pairs if kind == "scale" and mark in LEVELS]
    return len(levels) >= SCALES_LEAST and len(set(levels)) == 1 and not said.reasons


def _counts(each: Mapping[int, _Half], half: int) -> Counts:
    now = each[half]
    past = [each[number] for number in range(half - PAST_ATOMS, half) if number in each]
    return Counts(
        n=now.n,
        before=sum(half.n for half in past),
        flags=now.flags,
        flags_before=sum((half.flags for half in past), Counter()),
        ways=now.ways,
        ways_before=sum((half.ways for half in past), Counter()),
        hour=now.hour,
        officials=_OFFICIALS,
    )
