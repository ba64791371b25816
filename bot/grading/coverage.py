"""How often intervals hold the truth, in bands of effective n, with Monte-Carlo intervals."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from bot.grading.estimators import estimates
from bot.grading.quarters import UnitQuarter, of_items, quarter, world
from sipas.comparison import Verdict, difference
from sipas.ranks import rank_intervals
from sipas.scoring import Z95

BANDS = ((30, 50, "30-50"), (50, 200, "50-200"), (200, math.inf, "> 200"))
FEW = "< 30"
LEAST_DAYS = 10
RANK, UNCHANGED = "rank", "unchanged"
RANKED_BY = ("share", "overall")

HELD_TO = ("quiet", "clustered")
"""Scenarios in which statements must hold; the others show where they do not."""
HELD = " + ".join(HELD_TO)

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
    """One province-quarter: how many of its statements are right, by kind and band.

    The same truth is drawn twice. An interval's band is that of the other draw, so that no interval
    is sorted by its own luck; and between the two draws nothing has changed.
    """
    simulated, found = world(scenario, seed), defaultdict[Place, list[_Judged]](list)
    twice = [
        {each.unit: each for each in quarter(simulated, again) if len(each.days) >= LEAST_DAYS}
        for again in (0, 1)
    ]
    both = [(twice[0][code], twice[1][code]) for code in twice[0].keys() & twice[1].keys()]
    for unit, again in both:
        for kind, band, judged in _of_unit(unit, again):
            found[scenario, kind, band].append(judged)
    found[scenario, RANK, ""] = list(_of_ranks([unit for unit, _ in both]))
    return {place: _hits(judged) for place, judged in found.items()}


class _Judged(NamedTuple):
    """A statement: whether it is right, the bias of who answers, whether it holds of everybody."""

    right: bool
    bias: float = 0.0
    right_of_all: bool = True


def _hits(judged: list[_Judged]) -> Hits:
    return Hits(
        sum(each.right for each in judged),
        len(judged),
        sum(each.bias for each in judged),
        sum(each.right_of_all for each in judged),
    )


def _of_unit(unit: UnitQuarter, again: UnitQuarter) -> Iterable[tuple[str, str, _Judged]]:
    once, twice = estimates(unit), estimates(again)
    for name in once.keys() & twice.keys():
        (kind, _), (items, known, _), other = name, once[name], twice[name]
        true, of_all = (of_items(unit.truth, items, everybody) for everybody in (False, True))
        right, right_of_all = (known.low <= each <= known.high for each in (true, of_all))
        yield kind, _band(other.effective), _Judged(right, true - of_all, right_of_all)
        if items == other.items:
            changed = difference(other.known, known).verdict is not Verdict.UNCLEAR
            yield UNCHANGED, kind, _Judged(not changed)


def _band(effective: float) -> str:
    return next((band for least, below, band in BANDS if least <= effective < below), FEW)


def _of_ranks(units: list[UnitQuarter]) -> Iterable[_Judged]:
    """Whether the true rank of each unit that is shown lies within its interval of ranks."""
    shown = [(unit, found) for unit in units if (found := estimates(unit).get(RANKED_BY))]
    true = [of_items(unit.truth, found.items) for unit, found in shown]
    intervals = rank_intervals([found.known for _, found in shown])
    for own, (best, worst) in zip(true, intervals, strict=True):
        yield _Judged(best <= 1 + sum(each > own for each in true) <= worst)


def pooled(provinces: Iterable[Mapping[Place, Hits]]) -> dict[Place, Covered]:
    """Over all provinces; the Monte-Carlo interval takes each province as one draw.

    The scenarios in which statements must hold are pooled besides.
    """
    by_place: dict[Place, list[Hits]] = defaultdict(list)
    for province in provinces:
        for (scenario, *place), hits in province.items():
            by_place[scenario, place[0], place[1]].append(hits)
            if scenario in HELD_TO:
                by_place[HELD, place[0], place[1]].append(hits)
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
