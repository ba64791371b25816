"""A day on which far more people than usual came, and far more of them than usual were delighted.

Neither alone is remarkable: a campaign brings eighty honest ratings in an afternoon, and a good day
brings good ratings. False ratings do both, as they come on top of the day's own and are all alike.

A day is remarked on if it is busy by the counter's own rhythm *and* its number of top answers
is beyond what the counter's own days make likely (`LINE`). The first keeps the second from being
asked every day: with b busy days in a year, a campaign's included, an honest counter is remarked
on with probability of at most b * LINE. Where most answers are at the top already, false ones are
not to be told from honest ones, and nothing is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import comb, sqrt
from typing import Final, NamedTuple

from sipas.clustering import at_least, learned, mean

LINE: Final = 0.001
DAYS_LEAST: Final = 40
MORE_LEAST: Final = 6

KNOWN_FROM: Final = 10
"""Days from which on a counter's own share is known well enough to be asked."""

_LOWER = 2.0  # the grid of shares, moved to 5-93 %: "very satisfied" is rarer than "satisfied"

# By extreme level: how far the grid of shares is moved down, and the share where none is known.
_EXTREMES: Final = {"5": (_LOWER, 0.75), "1": (5.0, 0.25)}


class Day(NamedTuple):
    """The answers of a counter's day, and how many of them were *very satisfied*."""

    n: int
    very: int


def busy(numbers: Sequence[int]) -> float:
    """How many answers make a day busy: three deviations above the usual day, at least six.

    >>> busy([8, 8, 8, 8])
    16.48528137423857
    """
    usual = sum(numbers) / len(numbers)
    spread = sum((each - usual) ** 2 for each in numbers) / max(len(numbers) - 1, 1)
    return usual + max(MORE_LEAST, 3 * sqrt(max(spread, usual)))


def stuffed(before: Sequence[Day], day: Day) -> bool:
    """Whether *day* is busy and its top answers are too many, by the days *before* it.

    >>> before = [Day(8, 4)] * 40
    >>> stuffed(before, Day(32, 28)), stuffed(before, Day(80, 42)), stuffed(before, Day(8, 8))
    (True, False, False)
    """
    days = [each for each in before if each.n]
    if len(days) < DAYS_LEAST or day.n <= busy([each.n for each in days]):
        return False
    return at_least(learned(days, _LOWER), day.n, day.very, _LOWER) <= LINE


def alike(before: Sequence[Day], day: Day, level: str) -> float:
    """The chance of so many answers at one extreme *level*, by the days *before*.

    Of a counter with few days nothing is known: three in four may be *very satisfied*, one in four
    the contrary, and answers are taken one by one. What is neither is nothing remarkable.

    Args:
        before, day: numbers of answers, and of those at *level*.
        level: "1" or "5"; any other has the chance 1.

    >>> before = [Day(8, 4)] * 40
    >>> alike(before, Day(80, 42), "5") > 0.1, alike(before, Day(32, 31), "5") < 1e-4
    (True, True)
    >>> alike([], Day(33, 33), "5") < 1e-4 < alike([], Day(32, 32), "5")
    True
    """
    if level not in _EXTREMES:
        return 1.0
    lower, unknown = _EXTREMES[level]
    days = [each for each in before if each.n]
    if len(days) < KNOWN_FROM:
        return _binomial_tail(day, unknown)
    return at_least(learned(days, lower), day.n, day.very, lower)


def _binomial_tail(day: Day, share: float) -> float:
    return sum(
        comb(day.n, k) * share**k * (1 - share) ** (day.n - k) for k in range(day.very, day.n + 1)
    )


def usual(before: Sequence[Day]) -> float:
    """The counter's own share of top answers.

    >>> round(usual([Day(8, 4)] * 40), 2)
    0.5
    """
    return mean(learned(before, _LOWER), _LOWER)
