"""A figure without disputed answers: between which values it lies, whatever these answers were.

A receipt's holder may say that its first use was not theirs. That answer is kept in every figure;
beside it stands what the figure can be without the disputed ones. Only their number is used: what
they said would be told by the difference of two exact figures.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from sipas.scoring import Interval, wilson


class Without(NamedTuple):
    """The least and the greatest share that is possible."""

    low: Fraction
    high: Fraction


def without(value: Fraction, n: int, disputed: int) -> Without | None:
    """The share of *n* answers without *disputed* of them; None where none would be left.

    >>> without(Fraction(90, 100), 100, 10)
    Without(low=Fraction(8, 9), high=Fraction(1, 1))
    """
    left = n - disputed
    if left <= 0:
        return None
    top = value * n
    return Without(max(top - disputed, Fraction(0)) / left, min(top, Fraction(left)) / left)


def around(found: Without, n: float) -> Interval:
    """From the lower end of the least share's interval to the upper end of the greatest's.

    Args:
        n: answers that are left, effective ones where those of a day go together.

    >>> ends = around(Without(Fraction(8, 9), Fraction(1)), 90)
    >>> round(ends.low, 4), ends.high
    (0.8074, 1.0)
    """
    low, high = (wilson(float(share) * n, n) for share in found)
    return Interval(low.low, high.high)
