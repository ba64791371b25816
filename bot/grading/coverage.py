"""How often intervals hold the truth, in bands of effective n, with Monte-Carlo intervals."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from bot.grading.estimators import estimates
from bot.grading.quarters import UnitQuarter, of_items, quarter, world
from sipas.scoring import Z95

BANDS = ((30, 50, "30-50"), (50, 200, "50-200"), (200, math.inf, "> 200"))
LEAST_DAYS = 10

Place = tuple[str, str, str]
"""Scenario, kind of figure, band."""


class Hits(NamedTuple):
    """Of *n* statements of one province, *hits* were right; *bias* sums what who answers adds."""

    hits: int
    n: int
    bias: float = 0.0
    hits_of_all: int = 0


class Covered(NamedTuple):
    """A share of statements that were right, with its Monte-Carlo interval, over provinces."""

    n: int
    share: float
    low: float
    high: float
    bias: float
    share_of_all: float


def graded(scenario: str, seed: int) -> dict[Place, Hits]:
    """One province-quarter: how many intervals hold the truth, by kind of figure and band."""
    found: dict[Place, list[tuple[bool, float, bool]]] = defaultdict(list)
    for unit in quarter(world(scenario, seed)):
        if len(unit.days) >= LEAST_DAYS:
            for kind, band, verdict in _of_unit(unit):
                found[scenario, kind, band].append(verdict)
    return {
        place: Hits(
            sum(hit for hit, _, _ in all_),
            len(all_),
            sum(bias for _, bias, _ in all_),
            sum(hit for _, _, hit in all_),
        )
        for place, all_ in found.items()
    }


def _of_unit(unit: UnitQuarter) -> Iterable[tuple[str, str, tuple[bool, float, bool]]]:
    for each in estimates(unit):
        true = of_items(unit.truth, each.items)
        of_all = of_items(unit.truth, each.items, everybody=True)
        for least, below, band in BANDS:
            if least <= each.effective < below:
                right = each.low <= true <= each.high
                right_of_all = each.low <= of_all <= each.high
                yield each.kind, band, (right, true - of_all, right_of_all)


def pooled(provinces: Iterable[Mapping[Place, Hits]]) -> dict[Place, Covered]:
    """Over all provinces; the Monte-Carlo interval takes each province as one draw."""
    by_place: dict[Place, list[Hits]] = defaultdict(list)
    for province in provinces:
        for place, hits in province.items():
            by_place[place].append(hits)
    return {place: share_of(found) for place, found in sorted(by_place.items())}


def share_of(found: list[Hits]) -> Covered:
    """The share of right statements; those of one province may go together."""
    n = sum(each.n for each in found)
    share = sum(each.hits for each in found) / n
    squares = sum((each.hits - share * each.n) ** 2 for each in found)
    error = Z95 * math.sqrt(squares * len(found) / max(len(found) - 1, 1)) / n
    bias = sum(each.bias for each in found) / n
    of_all = sum(each.hits_of_all for each in found) / n
    return Covered(n, share, max(0.0, share - error), min(1.0, share + error), bias, of_all)
