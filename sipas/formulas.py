"""The registry of formulas: from the level counts of one item to a value with its interval.

None of them is called the official formula: the article of Quyết định 1001/QĐ-BNV that computes the
index has not been seen. Values and bounds are shares; x 100 and rounding happen when shown.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from sipas.scoring import FIVE, Z95, LevelCounts, percent, wilson

PLACES = 4  # of a printed line: two more than are published, so that rounding twice cannot mislead

_LINE = re.compile(r"[0-9]{1,18}(,[0-9]{1,18}){4}")


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value and the bounds of its 95 % interval, all within the formula's range.

    The value is exact; the bounds are floats and enclose `float(value)`.
    """

    value: Fraction
    low: float
    high: float


Formula = Callable[[LevelCounts], Estimate]


def top2box(counts: LevelCounts) -> Estimate:
    """`t2b.v1`: the share of levels 4 and 5, 0 to 1, with Wilson's interval. The headline.

    Source:
        How ministry and press phrase the index of 2017-2022: share of answers 4 and 5.

    >>> top2box(LevelCounts((2, 3, 10, 20, 15))).value
    Fraction(7, 10)
    """
    value = counts.top2box
    interval = wilson(counts.top2, counts.n)
    return Estimate(value, interval.low, interval.high)


def mean_of_five(counts: LevelCounts) -> Estimate:
    """`m5.v1`: the mean level over 5, 0.2 to 1, with the normal interval.

    Source:
        Inferred from published values since 2023: everybody "Hài lòng" makes 80, not 100.

    >>> mean_of_five(LevelCounts((0, 0, 0, 10, 0))).value
    Fraction(4, 5)
    """
    return _of_mean(counts, start=0, span=FIVE)


def mean_from_zero(counts: LevelCounts) -> Estimate:
    """`m0.v1`: the mean level moved to begin at zero, 0 to 1, with the normal interval.

    >>> mean_from_zero(LevelCounts((0, 0, 0, 10, 0))).value
    Fraction(3, 4)
    """
    return _of_mean(counts, start=1, span=FIVE - 1)


def _of_mean(counts: LevelCounts, start: int, span: int) -> Estimate:
    """(mean - start) / span and mean ± z·s/√n alike; one answer tells nothing but the range."""
    n = counts.n
    value = Fraction(counts.total - start * n, span * n)
    near, lowest = float(value), (1 - start) / span
    half = Z95 * math.sqrt(counts.variance / n) / span if n > 1 else math.inf
    return Estimate(value, max(lowest, near - half), min(1.0, near + half))


FORMULAS: Mapping[str, Formula] = MappingProxyType(
    {"t2b.v1": top2box, "m5.v1": mean_of_five, "m0.v1": mean_from_zero}
)


def formula(formula_id: str) -> Formula:
    """The formula with this id; it raises on counts of nobody.

    Raises:
        ValueError: there is none.

    >>> formula("m0.v1")(LevelCounts((0, 0, 0, 0, 3))).value
    Fraction(1, 1)
    """
    if formula_id not in FORMULAS:
        raise ValueError(f"expected one of {', '.join(FORMULAS)}, got {formula_id!r}")
    return FORMULAS[formula_id]


def needs_levels(formula_id: str) -> bool:
    """Whether a value is made of all five levels, and not of how many were satisfied.

    >>> needs_levels("t2b.v1"), needs_levels("m5.v1")
    (False, True)
    """
    return formula(formula_id) is not top2box


def evaluate_line(line: str, formula_id: str) -> str:
    """One line of level counts as value,low,high in percent, four decimals, half up.

    Raises:
        ValueError: *line* is not five counts, or there is no such formula.

    >>> evaluate_line("2,3,10,20,15", "t2b.v1")
    '70.0000,56.2496,80.8964'
    >>> evaluate_line("0,0,0,0,0", "t2b.v1")
    ',,'
    """
    evaluate, bare = formula(formula_id), re.sub(r"\s", "", line)
    if not _LINE.fullmatch(bare):
        raise ValueError(f"expected n1,n2,n3,n4,n5, got {line[:80].strip()!r}")
    counts = LevelCounts(tuple(map(int, bare.split(","))))
    if counts.n == 0:
        return ",,"
    estimate = evaluate(counts)
    return ",".join(percent(part, PLACES) for part in (estimate.value, estimate.low, estimate.high))
