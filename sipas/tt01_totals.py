"""`tt01.v1` added up: one indicator over dossiers, and the totals of a unit and of an official.

Points stay whole numbers and scores decimals of one place; no binary float comes near a class.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from sipas.scoring import half_up
from sipas.tt01 import Note, Points

UNIT = (1, 2, 3, 4, 5, 6, 7, 8, 9)
OFFICIAL = (1, 2, 3, 4, 7)
HIGHEST = 2


class UnitClass(StrEnum):
    """The class of a unit, best first; each begins at its lower bound."""

    EXCELLENT = "excellent"
    GOOD = "good"
    FAIR = "fair"
    AVERAGE = "average"
    WEAK = "weak"


class OfficialClass(StrEnum):
    """How far an official has fulfilled the tasks."""

    FULL = "full"
    MOST = "most"
    LITTLE = "little"


Band = TypeVar("Band", UnitClass, OfficialClass)

UNIT_BOUNDS = (
    (Decimal(15), UnitClass.EXCELLENT),
    (Decimal(12), UnitClass.GOOD),
    (Decimal(9), UnitClass.FAIR),
    (Decimal(6), UnitClass.AVERAGE),
    (Decimal(0), UnitClass.WEAK),
)
OFFICIAL_BOUNDS = (
    (Decimal(5), OfficialClass.FULL),
    (Decimal("3.5"), OfficialClass.MOST),
    (Decimal(0), OfficialClass.LITTLE),
)


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator over many dossiers.

    Attributes:
        score: points over dossiers scored, one decimal half up; None if none was.
        scored: dossiers with points, of *dossiers* in all: the coverage.
        notes: how many dossiers carry each note.
    """

    score: Decimal | None
    scored: int
    dossiers: int
    notes: Mapping[Note, int]


@dataclass(frozen=True, slots=True)
class Total:
    """Points reached of those that could be; no class unless every indicator is known.

    Attributes:
        points: the sum of the scores known.
        highest: what they could have made.
        missing: indicators without a score.
        band: the class, or None.
    """

    points: Decimal
    highest: int
    missing: tuple[int, ...]
    band: UnitClass | OfficialClass | None

    @property
    def shown(self) -> str:
        """Reached / possible, such as 12.4/16.

        >>> unit_total({**dict.fromkeys(range(1, 9), Decimal("1.5")), 8: Decimal("1.9")}).shown
        '12.4/16'
        """
        return f"{half_up(self.points, 1)}/{self.highest}"


def indicator(points: Iterable[Points]) -> Indicator:
    """The score of one indicator over these dossiers.

    >>> made = indicator(map(Points, (2, 2, 1, 0, None)))
    >>> made.score, made.scored, made.dossiers
    (Decimal('1.3'), 4, 5)
    """
    every = tuple(points)
    values = [each.value for each in every if each.value is not None]
    score = Decimal(half_up(Fraction(sum(values), len(values)), 1)) if values else None
    notes = Counter(note for each in every for note in each.notes)
    return Indicator(score, len(values), len(every), notes)


def unit_total(scores: Mapping[int, Decimal | None]) -> Total:
    """A unit's total of nine indicators and its class.

    Raises:
        ValueError: a score is not 0 to 2 with at most one decimal.

    >>> unit_total(dict.fromkeys(UNIT, Decimal(2))).band.value
    'excellent'
    """
    return _total(scores, UNIT, UNIT_BOUNDS)


def official_total(scores: Mapping[int, Decimal | None]) -> Total:
    """An official's total of indicators 1, 2, 3, 4 and 7, and the band; 6 is the unit's alone.

    Raises:
        ValueError: a score is not 0 to 2 with at most one decimal.

    >>> official_total(dict.fromkeys(range(1, 8), Decimal(2))).shown
    '10.0/10'
    """
    return _total(scores, OFFICIAL, OFFICIAL_BOUNDS)


def unit_class(points: Decimal) -> UnitClass:
    """The class of a unit with this full total.

    >>> unit_class(Decimal("15.0")).value, unit_class(Decimal("14.9")).value
    ('excellent', 'good')
    """
    return _band(points, UNIT_BOUNDS)


def official_class(points: Decimal) -> OfficialClass:
    """The band of an official with this full total.

    >>> official_class(Decimal("3.5")).value, official_class(Decimal("3.4")).value
    ('most', 'little')
    """
    return _band(points, OFFICIAL_BOUNDS)


def _total(
    scores: Mapping[int, Decimal | None],
    wanted: tuple[int, ...],
    bounds: tuple[tuple[Decimal, Band], ...],
) -> Total:
    known = {number: each for number in wanted if (each := scores.get(number)) is not None}
    for number, each in known.items():
        _check(number, each)
    points = sum(known.values(), Decimal(0))
    missing = tuple(number for number in wanted if number not in known)
    return Total(points, HIGHEST * len(known), missing, None if missing else _band(points, bounds))


def _band(points: Decimal, bounds: tuple[tuple[Decimal, Band], ...]) -> Band:
    """The first band whose lower bound is reached; nothing lies below the last."""
    return next((band for lowest, band in bounds if points >= lowest), bounds[-1][1])


def _check(number: int, score: Decimal) -> None:
    if not score.is_finite() or not 0 <= score <= HIGHEST or score * 10 % 1:
        raise ValueError(f"indicator {number}: expected 0 to 2 with one decimal, got {score}")
