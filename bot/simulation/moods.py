"""Visitors by mood: how each mood answers, as pools of answers that are drawn from by chance.

A pool is made once, from its questionnaire and a fixed seed, and then *is* the distribution: what
is expected of a mood is counted in its pool, so the truth of a simulated year is exact.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from bot.simulation.province import (
    CHANNELS,
    HAPPY,
    KINDS,
    STAGES,
    STRATA,
    UNHAPPY,
    SimulatedCounter,
    level,
    mark,
    one_of,
)

MOODS = (-2.2, -1.2, -0.4, 0.4, 1.2, 2.2)
POOL = 1500
_SPREAD = 0.8  # of moods among the visitors of one counter on one day
_EAGER = (1.0, 0.7, 0.2, -0.3, -0.4, -0.2)  # who is angry wants to be heard, others walk on
_HOURS = (8, 8, 9, 9, 10, 10, 13, 14, 14, 15, 15, 16)
_LEVELS = "12345"
_FEEDBACK = {"f_pakn", "pakn_handled", "pakn_told"}

Items = tuple[tuple[str, str], ...]
Mix = tuple[float, ...]


class Answers(NamedTuple):
    """What one visitor says; *levels* is a character per item, *pick* chooses the field."""

    levels: str
    stage: str
    stratum: str
    channel: str
    kind: str
    reasons: tuple[str, ...]
    hour: int
    pick: int


class Expected(NamedTuple):
    """What one answer to an item is worth on average: that it is a level, 4 or 5, its sum."""

    answered: float
    satisfied: float
    total: float


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """The pools of one questionnaire, one per mood, and what is expected of each."""

    pools: tuple[tuple[Answers, ...], ...]
    expected: tuple[tuple[Expected, ...], ...]
    keys: tuple[str, ...]


def mix(quality: float) -> Mix:
    """The shares of the moods among the visitors of a counter of this quality."""
    return _mix(round(100 * quality))


def eagerness(bias: float) -> Mix:
    """How many visitors of each mood answer, of one who has no reason to; 1 where *bias* is 0."""
    return tuple(math.exp(bias * each) for each in _EAGER)


def questionnaire(counter: SimulatedCounter) -> Questionnaire:
    """The pools of the counter's questionnaire."""
    return _questionnaire(counter.instrument, counter.items)


@lru_cache(maxsize=4096)
def _mix(hundredths: int) -> Mix:
    weights = [math.exp(-(((each - hundredths / 100) / _SPREAD) ** 2) / 2) for each in MOODS]
    total = sum(weights)
    return tuple(weight / total for weight in weights)


@lru_cache(maxsize=16)
def _questionnaire(instrument: str, items: Items) -> Questionnaire:
    pools = tuple(
        tuple(_answers(instrument, items, mood, random.Random(f"{instrument} {mood} {number}")))
        for number, mood in enumerate(MOODS)
    )
    scales = [place for place, (_, kind) in enumerate(items) if kind == "scale"]
    return Questionnaire(
        pools=pools,
        expected=tuple(tuple(_expected(pool, place) for place in scales) for pool in pools),
        keys=tuple(items[place][0] for place in scales),
    )


def _answers(instrument: str, items: Items, mood: float, chance: random.Random) -> list[Answers]:
    return [_one(instrument.startswith("micro"), items, mood, chance) for _ in range(POOL)]


def _one(micro: bool, items: Items, mood: float, chance: random.Random) -> Answers:
    stage = one_of(STAGES, chance)
    more = micro or chance.random() < 0.7
    overall = level(mood, chance)
    rest = [mark(key, kind, mood, stage, chance) if more else "-" for key, kind in items[1:]]
    reasons = chance.sample(HAPPY if overall >= "4" else UNHAPPY, chance.randrange(3))
    marks = dict(zip((key for key, _ in items), (overall, *rest), strict=True))
    for key in sorted(_FEEDBACK & marks.keys()):  # asked only of those who gave feedback
        gave = marks["gave_feedback"] == "A"
        marks[key] = level(mood - 0.3, chance) if gave else "-"
    for key in {"reasons", "comment"} & marks.keys():
        marks[key] = "A" if reasons and key == "reasons" else "s"
    return Answers(
        levels="".join(marks.values()),
        stage=stage if more and not micro else "",
        stratum=one_of(STRATA, chance),
        channel=one_of(CHANNELS, chance),
        kind=one_of(KINDS, chance) if more and not micro else "",
        reasons=tuple(sorted(reasons)),
        hour=chance.choice(_HOURS),
        pick=chance.randrange(1000) if more and not micro else -1,
    )


def _expected(pool: Sequence[Answers], place: int) -> Expected:
    levels = [int(each.levels[place]) for each in pool if each.levels[place] in _LEVELS]
    return Expected(
        len(levels) / len(pool),
        sum(value >= 4 for value in levels) / len(pool),
        sum(levels) / len(pool),
    )
