"""Several provinces together: their level counts are added, and each stands for itself.

What provinces differ by is no uncertainty, as all of them are there: the variance of the whole is
that of strata. Nothing here averages percentages.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import reduce
from typing import NamedTuple

from sipas.clusters import Spread, alone, interval, pooled
from sipas.comparison import Known
from sipas.formulas import formula
from sipas.scoring import LevelCounts

_KEY = "overall"


class Counted(NamedTuple):
    """One published rating, as the counts that it is made of.

    Attributes:
        design_effect, freedom: as in `Figure`; None where answers were taken to stand alone.
    """

    levels: tuple[int, ...]
    design_effect: float | None
    freedom: float | None
    formula: str

    @property
    def counts(self) -> LevelCounts:
        """The levels, to be computed with."""
        return LevelCounts(self.levels)

    @property
    def value(self) -> Fraction:
        """The value, exactly."""
        return formula(self.formula)(self.counts).value

    @property
    def spread(self) -> Spread:
        """How uncertain the value is."""
        singly = alone(self.counts, self.formula)
        return Spread(singly * (self.design_effect or 1.0), self.freedom or math.inf, self.counts.n)


class Rating(NamedTuple):
    """A value with its 95 % interval and the answers it rests on."""

    n: int
    value: Fraction
    low: float
    high: float
    levels: tuple[int, ...]

    @property
    def known(self) -> Known:
        """As comparisons take it."""
        return Known(float(self.value), self.low, self.high)


def together(parts: Sequence[Counted]) -> Rating:
    """The rating of all *parts*, which share no answers; of one part it is that part's own.

    Raises:
        ValueError: there is no part, or they are by different formulas.

    >>> one = Counted((0, 0, 10, 40, 50), 2.0, 20.0, "t2b.v1")
    >>> other = Counted((30, 30, 120, 60, 60), 2.0, 20.0, "t2b.v1")
    >>> both = together([one, other])
    >>> both.n, both.value, round(both.low, 3), round(both.high, 3)
    (400, Fraction(21, 40), 0.461, 0.588)
    """
    formulas = {each.formula for each in parts}
    if len(formulas) != 1:
        raise ValueError(f"expected ratings by one formula, got {sorted(formulas)}")
    (by,) = formulas
    counts = reduce(LevelCounts.__add__, (each.counts for each in parts))
    made = formula(by)(counts)
    spread = pooled([{_KEY: each.spread} for each in parts])[_KEY]
    if not spread.variance:  # everybody answered alike: the counts are all there is to go by
        return Rating(counts.n, made.value, made.low, made.high, counts.levels)
    found = interval(made.value, spread.variance, spread.freedom, by)
    return Rating(counts.n, made.value, found.low, found.high, counts.levels)
