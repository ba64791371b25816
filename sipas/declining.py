"""Which criteria of a unit have fallen, are behind or stay low, and which may only seem so.

A criterion is what a figure is about: the index, the overall level, a factor or an item. It stands
on a list only by figures that are shown: what is suppressed or of too few is on none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from sipas.comparison import Difference, Verdict
from sipas.figures import OVERALL, Figure, Part

LOWEST = 3
"""So many of a unit's factors are its lowest, and all that are as low as the last of them."""


class Sign(StrEnum):
    """Why a criterion is on a list; the last says too little to ask anything of anybody."""

    FELL = (
        "fell"  # lower than in the earlier period: the 99 % interval of the difference is below 0
    )
    BEHIND = "behind"  # the unit is clearly below the others of its kind taken together
    LOW = "low"  # among the lowest factors of the unit, and not clearly higher than before
    LOWER = "lower"  # lower than before, but not enough evidence: it may be chance


ASKING = frozenset({Sign.FELL, Sign.BEHIND, Sign.LOW})
"""Signs for which a plan is asked."""

Criterion = tuple[str, str, str]
"""Instrument, part and key."""


class Pair(NamedTuple):
    """A figure, the same of the earlier period, and the difference: now less before."""

    now: Figure
    before: Figure
    difference: Difference


class Declining(NamedTuple):
    """A criterion with its signs; *pair* is None where nothing was to compare with."""

    signs: tuple[Sign, ...]
    figure: Figure
    pair: Pair | None

    @property
    def asks(self) -> bool:
        """Whether a plan is asked for."""
        return not ASKING.isdisjoint(self.signs)


def criterion(figure: Figure) -> Criterion:
    """What the figure is about, in whatever unit and period.

    >>> made = ("id", "38", "", "f_staff", Part.FACTOR, "direct", "2026-Q4", "t2b.v1", "short.1")
    >>> criterion(Figure(*made))
    ('short.1', 'factor', 'f_staff')
    """
    return figure.instrument, str(figure.part), figure.key


def declining(
    figures: Sequence[Figure], pairs: Iterable[Pair], lowest: int = LOWEST, behind: str = ""
) -> tuple[Declining, ...]:
    """The criteria with any sign, in the order of the figures.

    Args:
        figures: of one unit and period, those of the questionnaire most used first.
        pairs: the figures that can be compared with the earlier period; none over a break.
        lowest: how many of the factors are the lowest.
        behind: the questionnaire by whose overall level the unit is behind others, if it is.

    >>> made = ("id", "38", "", "f_staff", Part.FACTOR, "direct", "2026-Q4", "t2b.v1", "short.1")
    >>> [str(sign) for sign in declining([Figure(*made, value=Fraction(1, 2))], [])[0].signs]
    ['low']
    """
    told = {criterion(each): each for each in _once(figures) if each.value is not None}
    known = {criterion(pair.now): pair for pair in pairs}
    low = _lowest(list(told.values()), lowest)
    paired = ((figure, known.get(name)) for name, figure in told.items())
    found = ((figure, pair, _signs(figure, pair, low, behind)) for figure, pair in paired)
    return tuple(
        Declining(signs, pair.now if pair else figure, pair)
        for figure, pair, signs in found
        if signs
    )


def _once(figures: Sequence[Figure]) -> list[Figure]:
    """The figures without items that are told as a factor or as the overall level already."""
    told = {(each.instrument, each.key) for each in figures if each.part is Part.FACTOR}
    asked_overall = {each.instrument for each in figures if each.part is Part.OVERALL}
    return [
        each
        for each in figures
        if each.part is not Part.ITEM
        or not (
            (each.instrument, each.key) in told
            or (each.key == OVERALL and each.instrument in asked_overall)
        )
    ]


def _lowest(figures: Sequence[Figure], most: int) -> frozenset[Criterion]:
    """The lowest factors of the questionnaire most used."""
    factors = [
        (each.value or Fraction(0), each)
        for each in figures
        if each.part is Part.FACTOR and each.instrument == figures[0].instrument
    ]
    lowest = sorted(value for value, _ in factors)[:most]
    return frozenset(criterion(each) for value, each in factors if value in lowest)


def _signs(
    figure: Figure, pair: Pair | None, low: frozenset[Criterion], behind: str
) -> tuple[Sign, ...]:
    verdict = pair.difference.verdict if pair else Verdict.UNCLEAR
    fell = verdict is Verdict.LOWER
    is_lower = pair is not None and not fell and pair.difference.value < 0
    is_behind = figure.part is Part.OVERALL and figure.instrument == behind
    is_low = criterion(figure) in low and verdict is not Verdict.HIGHER
    checked = ((Sign.FELL, fell), (Sign.BEHIND, is_behind), (Sign.LOW, is_low))
    return tuple(sign for sign, is_so in (*checked, (Sign.LOWER, is_lower)) if is_so)
