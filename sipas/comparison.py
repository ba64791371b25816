"""Whether one figure is higher or lower than another: the difference with its interval.

The interval is made from the two published intervals alone, so that everybody can check it: the
square of each of its arms is the sum of the squares of the two arms that point the same way.

Source: G. Y. Zou and A. Donner, Construction of confidence limits about effect measures: a general
approach, Statistics in Medicine 27 (2008), 1693-1702; for shares R. G. Newcombe, Interval
estimation for the difference between independent proportions, Statistics in Medicine 17 (1998),
873-890.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sipas.scoring import Z95

Z99 = 2.5758293035489004


class Verdict(StrEnum):
    """What a difference says."""

    HIGHER = "higher"
    LOWER = "lower"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Known:
    """A value with its 95 % interval, as published."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference:
    """One value less another, with its interval."""

    value: float
    low: float
    high: float

    @property
    def verdict(self) -> Verdict:
        """Unclear as long as no difference at all is within the interval."""
        if self.low > 0:
            return Verdict.HIGHER
        return Verdict.LOWER if self.high < 0 else Verdict.UNCLEAR


def difference(one: Known, other: Known, z: float = Z99) -> Difference:
    """*one* less *other*, of groups that share no answers.

    Args:
        z: quantile of the normal distribution; the default gives 99 %, as many differences are
            looked at and a false "has changed" does more harm than a late one.

    >>> found = difference(Known(0.9, 0.86, 0.93), Known(0.8, 0.75, 0.84))
    >>> round(found.low, 3), round(found.high, 3), str(found.verdict)
    (0.026, 0.177, 'higher')
    """
    scale, value = z / Z95, one.value - other.value
    down = math.hypot(one.value - one.low, other.high - other.value)
    up = math.hypot(one.high - one.value, other.value - other.low)
    return Difference(value, value - scale * down, value + scale * up)


def combined(groups: Sequence[Known], answers: Sequence[int]) -> Known:
    """What is known of several groups together, each weighing as much as it has answers.

    >>> found = combined([Known(0.9, 0.86, 0.94), Known(0.8, 0.77, 0.83)], [100, 300])
    >>> round(found.value, 3), round(found.low, 3), round(found.high, 3)
    (0.825, 0.8, 0.85)
    """
    total = sum(answers)
    weighed = [(each, n / total) for each, n in zip(groups, answers, strict=True)]
    value = math.fsum(share * each.value for each, share in weighed)
    down = math.hypot(*(share * (each.value - each.low) for each, share in weighed))
    up = math.hypot(*(share * (each.high - each.value) for each, share in weighed))
    return Known(value, value - down, value + up)
