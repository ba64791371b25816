"""`qd766.v1`: the satisfaction group of the real-time index of Quyết định 766/QĐ-TTg, 0 to 18.

It means "nobody complained", so it sits near its maximum. It is a tile of its own and of its own
type, never compared or averaged with our index. The equal split over three rates is derived (only
the third is quoted as 6), and the wording of the negative mark is unconfirmed.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

FORMULA_ID = "qd766.v1"
EACH = 6


@dataclass(frozen=True, slots=True)
class Happened:
    """What happened in a period.

    Attributes:
        feedback: feedback received.
        on_time: of it, handled on or before time.
        amiss: of it, answered "không hài lòng", complained about again, or handled late.
        dossiers: dossiers of the period.
        marked: of them, those that carry a negative mark.
    """

    feedback: int
    on_time: int
    amiss: int
    dossiers: int
    marked: int

    def __post_init__(self) -> None:
        """Raise ValueError where a part is larger than its whole."""
        for part, whole in (
            (self.on_time, self.feedback),
            (self.amiss, self.feedback),
            (self.marked, self.dossiers),
        ):
            if not 0 <= part <= whole:
                raise ValueError(f"expected a part within 0 to {whole}, got {part}")


@dataclass(frozen=True, slots=True)
class NothingOccurred:
    """No points and no total: there was nothing to divide by, which is not zero and not full."""

    rates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RealTimePoints:
    """The three rates, exactly, and what they make; deliberately no number of its own."""

    handled_on_time: Fraction
    without_fault: Fraction
    unmarked: Fraction

    @property
    def points(self) -> Fraction:
        """6·r1 + 6·r2 + 6·r3, of 18."""
        return EACH * (self.handled_on_time + self.without_fault + self.unmarked)


def real_time(happened: Happened) -> RealTimePoints | NothingOccurred:
    """The points of the satisfaction group, or which rates have nothing to divide by.

    Source:
        Quyết định 766/QĐ-TTg of 23 June 2022, the group "satisfaction", after secondary sources.

    >>> real_time(Happened(feedback=10, on_time=9, amiss=2, dossiers=100, marked=5)).points
    Fraction(159, 10)
    >>> real_time(Happened(feedback=0, on_time=0, amiss=0, dossiers=100, marked=5))
    NothingOccurred(rates=('r1', 'r2'))
    """
    empty = ("r1", "r2") * (happened.feedback == 0) + ("r3",) * (happened.dossiers == 0)
    if empty:
        return NothingOccurred(empty)
    return RealTimePoints(
        Fraction(happened.on_time, happened.feedback),
        Fraction(happened.feedback - happened.amiss, happened.feedback),
        Fraction(happened.dossiers - happened.marked, happened.dossiers),
    )
