"""Level counts, their scores and intervals: counts in, shares in [0, 1] out.

Sums stay integers until the last division, and values stay exact fractions until they are shown.
Percentages of groups are never averaged: add the counts, then score.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

Z95 = 1.959963984540054
FIVE = 5


@dataclass(frozen=True, slots=True)
class LevelCounts:
    """How often each of the five levels was chosen, level 1 first; adding pools two groups.

    >>> LevelCounts((2, 3, 10, 20, 15)) + LevelCounts((0, 0, 0, 0, 1))
    LevelCounts(levels=(2, 3, 10, 20, 16))
    """

    levels: tuple[int, ...]

    def __post_init__(self) -> None:
        """Raise ValueError unless there are five counts, none negative."""
        if len(self.levels) != FIVE or min(self.levels) < 0:
            raise ValueError(f"expected five counts, got {self.levels!r}")

    def __add__(self, other: LevelCounts) -> LevelCounts:
        """Counts of both groups together."""
        return LevelCounts(tuple(map(int.__add__, self.levels, other.levels)))

    @property
    def n(self) -> int:
        """How many levels were given; whatever else was answered is not among them."""
        one, two, three, four, five = self.levels
        return one + two + three + four + five

    @property
    def top2(self) -> int:
        """How many chose level 4 or 5."""
        return self.levels[3] + self.levels[4]

    @property
    def total(self) -> int:
        """The sum of all levels given."""
        one, two, three, four, five = self.levels
        return one + 2 * two + 3 * three + 4 * four + 5 * five

    @property
    def mean(self) -> Fraction:
        """The mean level, exactly.

        Raises:
            ZeroDivisionError: nobody answered, so there is none.

        >>> LevelCounts((2, 3, 10, 20, 15)).mean
        Fraction(193, 50)
        """
        return Fraction(self.total, self.n)

    @property
    def top2box(self) -> Fraction:
        """The share of levels 4 and 5, exactly.

        Raises:
            ZeroDivisionError: nobody answered, so there is none.

        >>> LevelCounts((2, 3, 10, 20, 15)).top2box
        Fraction(7, 10)
        """
        return Fraction(self.top2, self.n)

    @property
    def variance(self) -> float:
        """The sample variance of the levels (divisor n - 1).

        Raises:
            ZeroDivisionError: fewer than two answered, so there is none.

        >>> LevelCounts((1, 0, 0, 0, 1)).variance
        8.0
        """
        n = self.n
        squares = sum(level * level * count for level, count in enumerate(self.levels, 1))
        return (n * squares - self.total**2) / (n * (n - 1))


@dataclass(frozen=True, slots=True)
class Interval:
    """Where the value of the whole population lies with 95 % confidence, if chance alone chose."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Score:
    """The share of levels 4 and 5 among *n* answers, with its Wilson interval."""

    n: int
    value: Fraction
    interval: Interval


@dataclass(frozen=True, slots=True)
class TooFew:
    """Why there is no score: *n* answers came, *minimum* are needed."""

    n: int
    minimum: int


def wilson(successes: float, n: float, z: float = Z95) -> Interval:
    """Wilson's interval for a share; it holds near 0 and 1 and for few answers.

    Args:
        successes: how many of the *n*; neither needs to be whole, as effective numbers are not.
        n: more than 0.
        z: quantile of the normal distribution; the default gives 95 %.

    Raises:
        ValueError: *n* is no positive number, or *successes* is not within it.

    Source:
        E. B. Wilson, Probable inference, the law of succession, and statistical inference,
        JASA 22 (1927), 209-212.

    >>> interval = wilson(42, 50)
    >>> percent(interval.low), percent(interval.high)
    ('71.49', '91.66')
    """
    if not 0 <= successes <= n or n == 0:
        raise ValueError(f"expected 0 to n successes of at least one, got {successes} of {n}")
    share, squared = successes / n, z * z
    centre = share + squared / (2 * n)
    half = z * math.sqrt(share * (1 - share) / n + squared / (4 * n * n))
    scale = 1 + squared / n
    low, high = (centre - half) / scale, (centre + half) / scale
    # At 0 and 1 a bound is the share itself, which binary rounding may miss by one digit.
    return Interval(low if successes > 0 else 0.0, high if successes < n else 1.0)


def score(counts: LevelCounts, minimum: int) -> Score | TooFew:
    """Top-2-box score of one item, or the reason there is none.

    >>> score(LevelCounts((0, 0, 0, 2, 1)), minimum=10)
    TooFew(n=3, minimum=10)
    """
    n = counts.n
    if n < max(minimum, 1):
        return TooFew(n, minimum)
    return Score(n, counts.top2box, wilson(counts.top2, n))


def sample_size(population: int, error: Fraction = Fraction(1, 20)) -> int:
    """Responses that a sample of *population* transactions needs for this margin of error.

    Source: T. Yamane, Statistics, 1967: n = N / (1 + N e²), as the state's guidance uses it.

    Raises:
        ValueError: the population is negative.

    >>> [sample_size(n) for n in (100, 500, 1_000, 5_000, 20_000, 100_000)]
    [80, 222, 286, 370, 392, 398]
    """
    if population < 0:
        raise ValueError(f"expected a number of transactions, got {population}")
    return int(half_up(population / (1 + population * error**2), 0))


def half_up(value: Fraction | Decimal | float, places: int) -> str:
    """*value* rounded once, half up (away from zero), as it is shown.

    A float is taken at the exact value it has; ties are only met by exact values.

    >>> half_up(Fraction("2.25"), 1), half_up(Decimal("0.125"), 2)
    ('2.3', '0.13')
    """
    exact = Fraction(value)
    units = (2 * abs(exact) * 10**places + 1) // 2
    sign = "-" if exact < 0 and units else ""
    digits = f"{units:0{places + 1}}"
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"


def percent(value: Fraction | Decimal | float, places: int = 2) -> str:
    """A share as percent, half up, as it is shown.

    >>> percent(Fraction(647, 800))
    '80.88'
    """
    return half_up(Fraction(value) * 100, places)
