"""What is planted in a simulated year, so that whoever looks for it can be graded."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from bot.simulation.moods import Answers
from bot.simulation.province import SimulatedCounter

STUFFED = (12, 24, 60)
SMEARED = (15, 40)
CAMPAIGN, AFTERNOON = 80, (13, 14, 15, 16)
_DROP = 0.75  # from about 90 % satisfied to about 75 %
_EACH = 4  # of every kind, as far as there are counters
_OUTAGE = 3
_WHAT = {"5": "stuffing", "1": "smear"}


@dataclass(slots=True)
class Desk:
    """A counter with what is true of it; *visitors* of an ordinary day, how ready to answer."""

    counter: SimulatedCounter
    visitors: float
    quality: float
    officials: tuple[float, ...]
    drift: float
    drops: tuple[tuple[int, float], ...] = ()
    ready: float = 1.0


@dataclass(frozen=True, slots=True)
class Planted:
    """One planted thing: what, at which counter ("" everywhere), on which days, how large."""

    what: str
    counter: str
    first: int
    last: int
    size: float


@dataclass(frozen=True, slots=True)
class Sown:
    """What is planted, by (place of the counter, number of the day)."""

    told: tuple[Planted, ...] = ()
    outages: frozenset[int] = frozenset()
    campaigns: Mapping[tuple[int, int], int] = field(default_factory=dict)
    false: Mapping[tuple[int, int], list[Answers]] = field(default_factory=dict)


def sow(desks: Sequence[Desk], open_days: Sequence[int], chance: random.Random) -> Sown:
    """Plant drops, stuffing, smears, campaign days and an outage, each at counters of its own.

    Args:
        open_days: numbers of the days on which counters are open.
    """
    third = len(open_days) // 3
    dark = chance.choice(open_days[third:-3])
    outages = frozenset(range(dark, dark + _OUTAGE))
    days = [day for day in open_days if day not in outages]
    places = [place for place, desk in enumerate(desks) if desk.counter.lasts]
    spots = iter(chance.sample(places, len(places)))
    drops = {place: chance.choice(days[third : 2 * third]) for place in islice(spots, _EACH)}
    for place, since in drops.items():
        desks[place].drops = ((since, _DROP),)
    campaigns = {(place, chance.choice(days)): CAMPAIGN for place in islice(spots, _EACH)}
    false = {
        (place, chance.choice(days)): _false(desks[place].counter, level, size, chance)
        for level, sizes in (("5", STUFFED), ("1", SMEARED))
        for size in sizes
        for place in islice(spots, _EACH)
    }
    told = [
        Planted("outage", "", dark, dark + _OUTAGE - 1, 0),
        *(Planted("drop", _code(desks, at), day, days[-1], _DROP) for at, day in drops.items()),
        *(_planted("campaign", desks, at, CAMPAIGN) for at in campaigns),
        *(_planted(_WHAT[said[0].levels[0]], desks, at, len(said)) for at, said in false.items()),
    ]
    return Sown(tuple(told), outages, campaigns, false)


def _planted(what: str, desks: Sequence[Desk], at: tuple[int, int], size: int) -> Planted:
    place, day = at
    return Planted(what, _code(desks, place), day, day, size)


def _code(desks: Sequence[Desk], place: int) -> str:
    return desks[place].counter.code


def _false(
    counter: SimulatedCounter, level: str, size: int, chance: random.Random
) -> list[Answers]:
    """Answers of nobody: one tap, half of them with every question answered alike."""
    scales = "".join(level if kind == "scale" else "-" for _, kind in counter.items)
    hour = chance.choice((11, 16))
    short = level + "-" * (len(scales) - 1)
    return [
        Answers(chance.choice((short, scales)), "", "open", "web", "", (), hour, -1)
        for _ in range(size)
    ]
