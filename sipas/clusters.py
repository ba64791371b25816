"""How certain a figure is when the answers of one counter on one day go together.

A day's answers share the official on duty, the weather and the queue. So the days of counters are
taken as the drawn units, not the answers: the value would have come out otherwise with other days.
The variance is the linearised one of a ratio, and of a mean of ratios, over counter-days; it needs
no model of why answers go together, and covers what one respondent says to several items as well.

Source: W. G. Cochran, Sampling Techniques, 3rd ed. (1977), section 9A; intervals of shares by way
of the effective number of answers: E. L. Korn and B. I. Graubard, Confidence intervals for
proportions with small expected number of positive counts estimated from survey data, Survey
Methodology 24 (1998), 193-201.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Final, NamedTuple

from sipas.formulas import formula
from sipas.items import Instrument
from sipas.scoring import FIVE, Z95, Interval, LevelCounts, wilson
from sipas.tally import level_columns, level_counts

LEAST: Final = 6
"""Counter-days from which on their variance is used."""

ASSUMED: Final = 0.1
"""Correlation within a counter-day that is assumed with fewer of them."""

_NOTHING: Final = 1e-24
"""Binary rounding leaves less of a variance that is none; one other answer of 10^9 adds more."""

INDEX: Final = "index"


class Spread(NamedTuple):
    """How uncertain a figure of one group is.

    Attributes:
        variance: of its value.
        freedom: counter-days less one, added over units; infinite where none were looked at.
        n: answers, the mean over its items.
    """

    variance: float
    freedom: float
    n: float


class Factor(NamedTuple):
    """The variance of a figure over what it would be if every answer stood alone.

    Of a composite, over what it would be if besides its items moved as one.
    """

    ratio: float = 1.0
    freedom: float = math.inf

    def told(self) -> Factor:
        """To two digits: the exact ratio of few counter-days would tell how many answers each had.

        >>> Factor(1.3400001, 9).told(), Factor(0.02718).told()
        (Factor(ratio=1.3, freedom=9), Factor(ratio=0.027, freedom=inf))
        """
        return self._replace(ratio=two_digits(self.ratio))


def two_digits(ratio: float) -> float:
    """*ratio* as it is told.

    >>> two_digits(0.666)
    0.67
    """
    return float(f"{ratio:.2g}")


Spreads = Mapping[str, Spread]
Design = Mapping[str, Factor]
"""By key of figure: an item, a factor, or `INDEX`."""

ONE_BY_ONE: Final[Design] = {}
"""Every answer stands alone."""


@lru_cache(maxsize=16)
def points(formula_id: str) -> tuple[float, ...]:
    """What one answer of each level adds to the value: every formula is a mean of these.

    >>> points("t2b.v1"), points("m0.v1")
    ((0.0, 0.0, 0.0, 1.0, 1.0), (0.0, 0.25, 0.5, 0.75, 1.0))
    """
    value = formula(formula_id)
    ones = (tuple(int(at == level) for at in range(FIVE)) for level in range(FIVE))
    return tuple(float(value(LevelCounts(one)).value) for one in ones)


def alone(counts: LevelCounts, formula_id: str) -> float:
    """The variance of an item's value if every answer stood alone.

    Raises:
        ZeroDivisionError: nobody answered, so there is none.

    >>> round(alone(LevelCounts((0, 20, 0, 0, 80)), "t2b.v1"), 9)
    0.0016
    """
    given = list(zip(points(formula_id), counts.levels, strict=True))
    value = math.fsum(each * n for each, n in given) / counts.n
    return math.fsum(n * (each - value) ** 2 for each, n in given) / counts.n**2


def together(variances: Sequence[float]) -> float:
    """The variance of a mean of items that move as one: the most it can be.

    >>> round(together([0.01, 0.04]), 9)
    0.0225
    """
    return (math.fsum(map(math.sqrt, variances)) / len(variances)) ** 2


def spreads(
    instrument: Instrument, days: Sequence[int], formula_id: str, minimum: int
) -> dict[str, Spread]:
    """The spread of every figure of one unit or counter, from its tallies by counter-day.

    Items with fewer than *minimum* answers are in no composite, as in `sipas.composites`.
    """
    counts = {key: each for key, (each, _) in level_counts(instrument, sum(days)).items()}
    reached = [key for key, each in counts.items() if each.n >= max(minimum, 1)]
    columns = level_columns(instrument, days)
    pulls = {key: _pulls(columns[key], counts[key], formula_id) for key in reached}
    return {
        key: _spread([pulls[item] for item in of], [counts[item] for item in of], formula_id)
        for key, of in _composed(instrument, reached).items()
    }


def pooled(groups: Sequence[Spreads]) -> dict[str, Spread]:
    """The spread of the figures of several units together, each of which stands for itself.

    What units differ by is no uncertainty: all of them are there.

    >>> one = {"index": Spread(0.01, 20, 100)}
    >>> pooled([one, one])["index"]
    Spread(variance=0.005, freedom=40, n=200)
    """
    found: dict[str, list[Spread]] = {}
    for group in groups:
        for key, spread in group.items():
            found.setdefault(key, []).append(spread)
    return {key: _pooled(each) for key, each in found.items()}


def apart(variances: Sequence[float]) -> float:
    """The variance of a mean of items that have nothing in common: the least it can be.

    >>> round(apart([0.01, 0.04]), 9)
    0.0125
    """
    return math.fsum(variances) / len(variances) ** 2


def design(
    instrument: Instrument, tally: int, found: Spreads, formula_id: str, minimum: int
) -> dict[str, Factor]:
    """What *found*, of a group with this *tally*, says of that group and of parts of it.

    Where every unit's answers are all alike, there is nothing to say: they stand alone.
    """
    counts = {key: each for key, (each, _) in level_counts(instrument, tally).items()}
    reached = [key for key, each in counts.items() if each.n >= max(minimum, 1)]
    singly = {key: alone(counts[key], formula_id) for key in reached}
    whole = {
        key: together([singly[item] for item in of])
        for key, of in _composed(instrument, reached).items()
    }
    return {
        key: Factor(spread.variance / whole[key], spread.freedom)
        for key, spread in found.items()
        if whole.get(key, 0.0) > _NOTHING and spread.variance > _NOTHING
    }


def narrowed(whole: Design, share: float) -> Design:
    """The design of a part with this *share* of a group's answers, such as one channel's.

    Its counter-days hold fewer answers, so they go together less: 1 + (d - 1) x share, d being the
    mean of all figures, as each by itself is uncertain. What that leaves is never below 1, answers
    that stand alone; a composite below 1, whose items have little in common, stays as it is: fewer
    answers a day do not change what one respondent's have in common. The step is taken in two
    digits, as the share is of answers that may be hidden.

    Source: L. Kish, Survey Sampling (1965), section 5.4.

    >>> narrowed({"overall": Factor(3.0, 9), "index": Factor(0.4, 9)}, 0.5)
    {'overall': Factor(ratio=2.37, freedom=9), 'index': Factor(ratio=0.4, freedom=9)}
    """
    ratios = [factor.ratio for factor in whole.values()]
    usual = max(1.0, sum(ratios) / len(ratios)) if ratios else 1.0
    less = two_digits((1 + (usual - 1) * share) / usual)
    return {
        key: Factor(max(ratio * less, min(ratio, 1.0)), freedom)
        for key, (ratio, freedom) in whole.items()
    }


def interval(value: Fraction, variance: float, freedom: float, formula_id: str) -> Interval:
    """The 95 % interval of a value with this variance: Wilson's for shares, else the normal one.

    A share of 0 or 1 has no variance to go by; the caller has to know its answers.

    >>> found = interval(Fraction(21, 25), 0.84 * 0.16 / 50, math.inf, "t2b.v1")
    >>> round(100 * found.low, 2), round(100 * found.high, 2)
    (71.49, 91.66)
    """
    given, near = points(formula_id), float(value)
    wide = variance * (quantile(freedom) / Z95) ** 2
    if set(given) == {0.0, 1.0}:
        effective = near * (1 - near) / wide
        return wilson(near * effective, effective)
    half = Z95 * math.sqrt(wide)
    return Interval(max(given[0], near - half), min(given[-1], near + half))


def quantile(freedom: float) -> float:
    """The 97.5 % quantile of Student's t, to three digits from five degrees of freedom on.

    Source: M. Abramowitz and I. A. Stegun (1964), Handbook of Mathematical Functions, 26.7.5.

    >>> round(quantile(5), 2), round(quantile(60), 3)
    (2.57, 2.0)
    """
    z = Z95
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / freedom**power for power, term in enumerate(terms, 1))


def _composed(instrument: Instrument, items: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The items of every figure, as far as they are among *items*."""
    used = list(items)
    whole: dict[str, tuple[str, ...]] = {key: (key,) for key in used}
    whole |= {factor.key: factor.items for factor in instrument.factors}
    whole[INDEX] = instrument.index_items
    found = {key: tuple(item for item in of if item in used) for key, of in whole.items()}
    return {key: of for key, of in found.items() if of}


_Pulls = list[float]
"""By counter-day: how far its answers pull an item's value away from what it is."""


def _pulls(levels: Sequence[Sequence[int]], counts: LevelCounts, formula_id: str) -> _Pulls:
    given, n = points(formula_id), counts.n
    value = math.fsum(each * k for each, k in zip(given, counts.levels, strict=True)) / n
    off = [(each - value) / n for each in given]
    one, two, three, four, five = off
    return [
        a * one + b * two + c * three + d * four + e * five
        for a, b, c, d, e in zip(*levels, strict=True)
    ]


def _spread(pulls: Sequence[_Pulls], counts: Sequence[LevelCounts], formula_id: str) -> Spread:
    """The spread of the mean of some items, each with its pulls by the same counter-days.

    Days may be more alike than chance makes them, but that is chance too: no interval is narrower
    than if every answer stood alone, and exactly equal days do not tell how items go together.
    Student's factor is taken out, as `interval` puts it in.
    """
    n, days = sum(each.n for each in counts) / len(counts), len(pulls[0])
    singly = [alone(each, formula_id) for each in counts]
    if days < LEAST:
        return Spread(together(singly) * (1 + max(0.0, n / days - 1) * ASSUMED), math.inf, n)
    sums = (sum(day) / len(pulls) for day in zip(*pulls, strict=True))
    found = math.fsum(pull * pull for pull in sums) * days / (days - 1)
    least = (apart if found > _NOTHING else together)(singly) * (Z95 / quantile(days - 1)) ** 2
    return Spread(max(found, least), days - 1, n)


def _pooled(found: Sequence[Spread]) -> Spread:
    n = sum(each.n for each in found)
    variance = math.fsum((each.n / n) ** 2 * each.variance for each in found)
    return Spread(variance, sum(each.freedom for each in found), n)
