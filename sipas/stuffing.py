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
from math import sqrt
from typing import Final, NamedTuple

from sipas.clustering import at_least, learned, mean

LINE: Final = 0.001
DAYS_LEAST: Final = 40
MORE_LEAST: Final = 6

_LOWER = 2.0  # the grid of shares, moved to 5-93 %: "very satisfied" is rarer than "satisfied"


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


def usual(before: Sequence[Day]) -> float:
    """The counter's own share of top answers.

    >>> round(usual([Day(8, 4)] * 40), 2)
    0.5
    """
    return mean(learned(before, _LOWER), _LOWER)
