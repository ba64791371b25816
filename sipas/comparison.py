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


def rest(whole: Known, part: Known, share: float) -> Known:
    """What is known of a group without a *part* of it that has this *share* of the answers.

    >>> found = rest(Known(0.85, 0.84, 0.86), Known(0.9, 0.88, 0.92), 0.2)
    >>> round(found.value, 4), found.low < found.value < found.high
    (0.8375, True)
    """
    left = 1 - share
    value = (whole.value - share * part.value) / left
    down = _left(whole.value - whole.low, part.value - part.low, share)
    up = _left(whole.high - whole.value, part.high - part.value, share)
    return Known(value, value - down, value + up)


def _left(whole: float, part: float, share: float) -> float:
    return math.sqrt(max(0.0, whole**2 - (share * part) ** 2)) / (1 - share)
