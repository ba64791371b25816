"""Figures over several items: factors and the index, every item weighing the same.

The mean is over the unrounded values of the items, never over pooled answers, so an item that few
could answer weighs as much as the others. An item that too few answered is left out and named.

The interval of a composite runs from the mean of its items' lower bounds to the mean of their upper
bounds. The answers of one respondent to several items go together, and how closely is not kept in
level counts. Whatever the correlation, the standard error of a mean of items is at most the mean of
their standard errors (Cauchy-Schwarz), with equality when the items move as one. So this interval
is never too narrow for that reason; it is too wide by as much as the items differ. Where
counter-days are known, `sipas.clusters` replaces it by one that is neither.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sipas.formulas import Estimate, Formula
from sipas.scoring import LevelCounts, TooFew


@dataclass(frozen=True, slots=True)
class Measured:
    """Items with their counts, and the estimates of those that at least *minimum* answered."""

    counts: Mapping[str, LevelCounts]
    minimum: int
    estimates: Mapping[str, Estimate]


@dataclass(frozen=True, slots=True)
class Composite:
    """The mean of the values of *items*; *missing* items had too few answers to be among them."""

    value: Fraction
    low: float
    high: float
    items: tuple[str, ...]
    missing: tuple[str, ...]
    n_min: int
    n_max: int

    @property
    def partial(self) -> bool:
        """Whether items are missing; such figures are compared over common items only."""
        return bool(self.missing)


def measure(counts: Mapping[str, LevelCounts], formula: Formula, minimum: int) -> Measured:
    """Estimate every item that enough people answered; one answer is the least possible minimum."""
    least = max(minimum, 1)
    reached = {key: formula(item) for key, item in counts.items() if item.n >= least}
    return Measured(counts, least, reached)


def composite(measured: Measured, keys: Sequence[str]) -> Composite | TooFew:
    """The composite of the items *keys*, or how many answered the best of them.

    >>> from sipas.formulas import top2box
    >>> counts = {"a": LevelCounts((15, 0, 0, 0, 35)), "b": LevelCounts((10, 0, 0, 0, 90))}
    >>> composite(measure(counts, top2box, minimum=30), ["a", "b"]).value
    Fraction(4, 5)
    """
    used = tuple(key for key in keys if key in measured.estimates)
    if not used:
        return TooFew(max((measured.counts[key].n for key in keys), default=0), measured.minimum)
    estimates = [measured.estimates[key] for key in used]
    sizes = [measured.counts[key].n for key in used]
    return Composite(
        value=_mean([estimate.value for estimate in estimates]),
        low=math.fsum(estimate.low for estimate in estimates) / len(used),
        high=math.fsum(estimate.high for estimate in estimates) / len(used),
        items=used,
        missing=tuple(key for key in keys if key not in measured.estimates),
        n_min=min(sizes),
        n_max=max(sizes),
    )


def _mean(values: Sequence[Fraction]) -> Fraction:
    """Exactly; one division at the end is several times faster than adding fractions."""
    common = math.lcm(*(value.denominator for value in values))
    total = sum(value.numerator * (common // value.denominator) for value in values)
    return Fraction(total, common * len(values))
