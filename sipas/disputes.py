"""A figure without disputed answers: between which values it lies, whatever these answers were.

A receipt's holder may say that its first use was not theirs. That answer is kept in every figure;
beside it stands what the figure can be without the disputed ones. Only their number is used: what
they said would be told by the difference of two exact figures.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple


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
