"""Figures weighted to handled dossiers: what they would be if every field answered alike often.

People are put into groups that are shown by themselves (units, and fields within them), and each
group weighs as its dossiers do (post-stratification; L. Kish, Survey Sampling (1965), 3.4 and
11.7). What is too small, or hidden, is together in its unit's *rest*, and a unit's in that of
all. So a weighted value follows from values that are shown and from numbers of dossiers, and tells
nobody more about a hidden cell than those do. Raking to margins would rest on hidden cells.

It corrects for who answers only as far as those who answer in a group are like the others in it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from typing import Final, NamedTuple

from sipas.clusters import Factor, interval, points, together
from sipas.figures import SHOWN_FROM
from sipas.formulas import formula
from sipas.items import Instrument
from sipas.scoring import FIVE, LevelCounts
from sipas.tally import level_counts

TRIMMED_AT: Final = 3
"""No answer weighs more than three times as much as on average, or less than a third."""


ALONE: Final = Factor()
"""Every answer stands alone."""


class Group(NamedTuple):
    """People of whom a running total is shown.

    Attributes:
        tally: their answers.
        dossiers: how many dossiers were handled for people like them.
        parts: shown groups among them.
        hidden: items that may not be shown of this group alone.
        aside: nobody knows which dossiers were theirs (no field was told), so they have no weight.
    """

    tally: int
    dossiers: int
    parts: tuple[Group, ...] = ()
    hidden: frozenset[str] = frozenset()
    aside: bool = False


class Stratum(NamedTuple):
    """People who weigh alike in one item; those *aside* do not weigh."""

    counts: LevelCounts
    dossiers: int
    aside: bool = False


class Weight(NamedTuple):
    """A stratum with what one answer in it weighs, 1 on average before trimming."""

    stratum: Stratum
    each: Fraction
    trimmed: bool


@dataclass(frozen=True, slots=True)
class Weighted:
    """A figure weighted to dossiers, beside the figure itself and never instead.

    Attributes:
        n: answers that weigh; of a composite the fewest of its items.
        design_effect: how many times the variance of answers that stand alone and weigh alike; of a
            composite by weights only.
        strata: groups that weigh differently; of a composite the most of its items.
        trimmed: the share of answers whose weight was cut, at most of its items.
    """

    value: Fraction
    low: float
    high: float
    n: int
    design_effect: float
    strata: int
    trimmed: float

    @property
    def effective_n(self) -> float:
        """How many answers that stand alone and weigh alike would tell as much."""
        return self.n / self.design_effect


def strata(instrument: Instrument, whole: Group) -> dict[str, tuple[Stratum, ...]]:
    """The strata of every item: the smallest groups that are shown, and what is left of each.

    A rest with fewer than thirty answers goes into the smallest group beside it, one with none is
    left out. Where those without a field may not be shown, a unit's fields are not told apart.
    """
    return {
        key: tuple(each for each in found if not each.aside)
        for key, found in _strata(instrument, whole).items()
    }


def _strata(instrument: Instrument, group: Group) -> dict[str, list[Stratum]]:
    parts = [(part, _strata(instrument, part)) for part in group.parts]
    found = {}
    for key, (counts, _) in level_counts(instrument, group.tally).items():
        apart = not any(part.aside and key in part.hidden for part in group.parts)
        known = [own[key] for part, own in parts if apart and key not in part.hidden]
        found[key] = _with_rest(Stratum(counts, group.dossiers, group.aside), known)
    return found


def _with_rest(whole: Stratum, parts: Iterable[list[Stratum]]) -> list[Stratum]:
    found = [each for part in parts if _added(part).counts.n >= SHOWN_FROM for each in part]
    weighing = [each for each in found if not each.aside]
    rest = _less(whole, found)
    if rest.counts.n >= SHOWN_FROM:
        return [*found, rest]
    if not weighing:
        return [whole]
    if rest.counts.n:
        smallest = min(weighing, key=lambda each: each.counts.n)
        found.remove(smallest)
        found.append(_added([smallest, rest]))
    return found


def _added(found: Sequence[Stratum]) -> Stratum:
    return reduce(lambda a, b: Stratum(a.counts + b.counts, a.dossiers + b.dossiers), found)


def _less(whole: Stratum, found: Sequence[Stratum]) -> Stratum:
    if not found:
        return whole
    taken = _added(found)
    levels = tuple(map(int.__sub__, whole.counts.levels, taken.counts.levels))
    return Stratum(LevelCounts(levels), max(0, whole.dossiers - taken.dossiers))


def weights(found: Sequence[Stratum]) -> tuple[Weight, ...]:
    """What an answer weighs in each stratum: its dossiers per answer over those of all, trimmed.

    >>> few, many = LevelCounts((0, 0, 0, 0, 30)), LevelCounts((0, 0, 90, 0, 0))
    >>> [str(each.each) for each in weights([Stratum(few, 200), Stratum(many, 200)])]
    ['2', '2/3']
    """
    n, dossiers = sum(each.counts.n for each in found), sum(each.dossiers for each in found)
    return tuple(_weight(each, n, dossiers) for each in found)


def _weight(stratum: Stratum, n: int, dossiers: int) -> Weight:
    full = Fraction(stratum.dossiers * n, dossiers * stratum.counts.n) if dossiers else Fraction(1)
    each = min(max(full, Fraction(1, TRIMMED_AT)), Fraction(TRIMMED_AT))
    return Weight(stratum, each, each != full)


def kish(found: Iterable[Weight]) -> float:
    """How many times weights that differ make the variance larger: n·Σw² / (Σw)².

    Source: L. Kish, Survey Sampling (1965), 11.7.

    >>> two = [Stratum(LevelCounts((0, 0, 0, 0, 50)), dossiers) for dossiers in (100, 300)]
    >>> kish(weights(two))
    1.25
    """
    pairs = [(each.stratum.counts.n, each.each) for each in found]
    n = sum(n for n, _ in pairs)
    return float(n * sum(n * w * w for n, w in pairs) / sum(n * w for n, w in pairs) ** 2)


def weighted(
    found: Mapping[str, Sequence[Stratum]],
    items: Sequence[str],
    formula_id: str,
    design: Factor = ALONE,
) -> Weighted | None:
    """The mean of *items*, each weighted by its strata; None where weighting changes nothing.

    The variance is that of the figure, clusters included (*design*), times Kish's effect of weights
    (S. Gabler, S. Haeder, P. Lahiri, Survey Methodology 25 (1999), 105-106): on the safe side where
    strata differ.

    Args:
        found: the strata of each item; somebody has answered in each.
    """
    each = [_item(weights(found[key]), formula_id) for key in items]
    singly = together([one.variance for one in each])
    most = max(one.strata for one in each)
    if not singly or most == 1:
        return None
    value = sum((one.value for one in each), Fraction()) / len(each)
    effect = max(one.effect for one in each)
    ratio, freedom = design.told()
    between = interval(value, singly * effect * ratio, freedom, formula_id)
    return Weighted(
        value=value,
        low=between.low,
        high=between.high,
        n=min(one.n for one in each),
        design_effect=effect * (ratio if len(each) == 1 else 1),
        strata=most,
        trimmed=max(one.trimmed for one in each),
    )


class _Item(NamedTuple):
    """One item weighted; *variance* is of answers that stand alone and weigh alike."""

    value: Fraction
    variance: float
    n: int
    effect: float
    strata: int
    trimmed: float


def _item(found: Sequence[Weight], formula_id: str) -> _Item:
    n = sum(each.stratum.counts.n for each in found)
    total = sum(each.each * each.stratum.counts.n for each in found)
    shares = [
        sum((each.each * each.stratum.counts.levels[level] for each in found), Fraction()) / total
        for level in range(FIVE)
    ]
    value = sum((s * p for s, p in zip(shares, _points(formula_id), strict=True)), Fraction())
    off = ((p - float(value)) ** 2 for p in points(formula_id))
    variance = math.fsum(float(share) * each for share, each in zip(shares, off, strict=True)) / n
    cut = sum(each.stratum.counts.n for each in found if each.trimmed)
    return _Item(value, variance, n, kish(found), len(found), cut / n)


def _points(formula_id: str) -> Iterator[Fraction]:
    """As `points`, exactly."""
    for level in range(FIVE):
        one = tuple(int(at == level) for at in range(FIVE))
        yield formula(formula_id)(LevelCounts(one)).value
