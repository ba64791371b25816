"""The quarterly sheet of a unit (02): nine indicators in two columns, satisfaction in boxes.

The unit scores itself, whoever receives the sheet appraises; nobody's blank is ever read as points.
The boxes are four: the sheet's three leave out level 3, so that their shares would not add up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import NamedTuple

from sipas.tt01_totals import HIGHEST, UNIT, Total, unit_total


class Side(StrEnum):
    """Who gave the points."""

    SELF = "self"
    APPRAISED = "appraised"


class Given(NamedTuple):
    """Points of one indicator, or None where nobody gave any, with the note beside them."""

    points: Decimal | None = None
    note: str = ""


class Boxes(NamedTuple):
    """How many of *n* were not satisfied, neutral, satisfied and very satisfied."""

    dissatisfied: int
    neutral: int
    satisfied: int
    very_satisfied: int

    @property
    def n(self) -> int:
        """All of them."""
        return sum(self)


def read_points(text: str) -> Decimal | None:
    """Points as people type them, with comma or point; None for an empty field.

    Raises:
        ValueError: no number from 0 to 2 with at most one decimal.

    >>> read_points(" 1,5 "), read_points("")
    (Decimal('1.5'), None)
    """
    told = text.strip().replace(",", ".")
    if not told:
        return None
    try:
        points = Decimal(told)
    except InvalidOperation:
        points = Decimal("NaN")
    if not points.is_finite() or not 0 <= points <= HIGHEST or points * 10 % 1:
        raise ValueError(f"expected 0 to {HIGHEST} with at most one decimal, got {text!r}")
    return abs(points).quantize(Decimal("0.1"))


def total(given: Mapping[int, Given]) -> Total:
    """The sum of the points given and the class, which there is only if none is missing.

    >>> total({number: Given(Decimal(2)) for number in range(1, 9)}).shown
    '16.0/16'
    """
    return unit_total({number: given.get(number, Given()).points for number in UNIT})


def boxes(levels: Sequence[int]) -> Boxes:
    """Counts of levels 1 to 5 as the sheet's boxes, with one for level 3.

    >>> boxes((1, 2, 3, 4, 5))
    Boxes(dissatisfied=3, neutral=3, satisfied=4, very_satisfied=5)
    """
    lowest, low, middle, high, highest = levels
    return Boxes(lowest + low, middle, high, highest)


def edited(before: Mapping[int, Given], after: Mapping[int, Given]) -> tuple[int, ...]:
    """The indicators whose points or note are others than before.

    >>> edited({1: Given(Decimal(2))}, {1: Given(Decimal(2), "seen"), 2: Given()})
    (1,)
    """
    return tuple(each for each in UNIT if before.get(each, Given()) != after.get(each, Given()))
