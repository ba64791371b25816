"""Between which ranks a unit lies, and which of three groups it is in.

A rank alone would be false precision: units next to each other mostly differ by chance. A unit's
best rank counts who is clearly higher, its worst who is not clearly lower. "Clearly" allows for how
many are compared, so that a unit's true rank is within its interval in at least 95 % of cases.

Source: M. Mogstad, J. P. Romano, A. M. Shaikh and D. Wilhelm, Inference for ranks with applications
to mobility across neighbourhoods and academic achievement across countries, Review of Economic
Studies 91 (2024), 476-518 (marginal confidence sets; Bonferroni's critical value).
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist
from typing import NamedTuple

from sipas.comparison import Known, Verdict, combined, difference

CHANCE = 0.05


class Ranked(NamedTuple):
    """A unit's place among those compared; 1 is the highest.

    Attributes:
        best, worst: its true rank is between them.
        group: clearly higher or lower than all the others together, or unclear.
    """

    best: int
    worst: int
    group: Verdict


def rank_intervals(units: Sequence[Known]) -> list[tuple[int, int]]:
    """Best and worst rank of each unit.

    >>> rank_intervals([Known(0.95, 0.93, 0.97), Known(0.8, 0.7, 0.9), Known(0.5, 0.4, 0.6)])
    [(1, 1), (2, 2), (3, 3)]
    >>> rank_intervals([Known(0.82, 0.7, 0.9), Known(0.8, 0.7, 0.9)])
    [(1, 2), (1, 2)]
    """
    z = _critical(len(units) - 1)
    return [_interval(own, units, z) for own in units]


def ranked(units: Sequence[Known], answers: Sequence[int]) -> list[Ranked]:
    """Ranks and groups of *units* with so many *answers* each.

    The chance that any unit at all is wrongly put into a group is at most 5 %.

    >>> units = [Known(0.95, 0.93, 0.97), Known(0.8, 0.75, 0.85), Known(0.79, 0.74, 0.84)]
    >>> [str(each.group) for each in ranked(units, [300, 200, 200])]
    ['higher', 'lower', 'lower']
    """
    z = _critical(len(units))
    return [
        Ranked(*interval, _group(at, units, answers, z))
        for at, interval in enumerate(rank_intervals(units))
    ]


def _group(at: int, units: Sequence[Known], answers: Sequence[int], z: float) -> Verdict:
    others = [*units[:at], *units[at + 1 :]]
    if not others:
        return Verdict.UNCLEAR
    rest = combined(others, [*answers[:at], *answers[at + 1 :]])
    return difference(units[at], rest, z).verdict


def _interval(own: Known, units: Sequence[Known], z: float) -> tuple[int, int]:
    verdicts = [difference(each, own, z).verdict for each in units]
    higher, lower = verdicts.count(Verdict.HIGHER), verdicts.count(Verdict.LOWER)
    return 1 + higher, len(units) - lower


def _critical(comparisons: int) -> float:
    return NormalDist().inv_cdf(1 - CHANCE / 2 / max(comparisons, 1))
