"""Has a counter fallen? Asked every day, of every counter, with few false alarms in a year.

For every counter two stories compete: *quiet* (one level for ever) and *fallen* (one level until
some day, a lower one since). `Watch.quiet` holds how well each level explains the days so far,
`Watch.fallen` the same for every level and drop, added over every day on which the drop may have
begun. Their ratio, over the number of such days in a year, is the counter's *evidence*.

**Why it errs rarely.** In a quiet counter each day of beginning adds a likelihood ratio, whose
expectation stays 1 however long one looks; so the sum over the days of a year less the number of
days so far is a martingale, and the evidence, at whatever moment of the year one looks, is above x
with probability at most 1/x (Doob). `raised` asks the counters together: k of them are named when
each has evidence of at least K/(k * 5 %), K being all that are watched. In a province where all are
quiet that needs a mean evidence of 20 or more, and the mean has the same expectation as each: any
false alarm at all in a year has probability of at most 5 %, whether K is 1 or 3,321, and whatever
links the counters. Where some have really fallen, at most 5 % of those named are expected not to.
The level is not taken as known: level and day-clustering are drawn from `sipas.clustering.PRIOR`
and learned from the counter's own days; the expectation is over that draw.

Source: J. Shin, A. Ramdas, A. Rinaldo (2023), E-detectors: a nonparametric framework for sequential
change detection, New England J. Stat. Data Sci. 2, 229-260 (sum over beginnings); A. N. Shiryaev
(1963), On optimum methods in quickest detection problems, Theory Probab. Appl. 8, 22-46; R. Wang,
A. Ramdas (2022), False discovery rate control with e-values, J. R. Stat. Soc. B 84, 822-852 (the
joint rule); I. Waudby-Smith, A. Ramdas (2024), Estimating means of bounded random variables by
betting, J. R. Stat. Soc. B 86, 1-27 (mixing over the size of the bet, here of the drop).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import log, sqrt
from typing import Final, NamedTuple

from sipas.clustering import POINTS, PRIOR, likelihoods, mean

ERROR: Final = 0.05
"""Chance of any false alarm in a quiet year."""

BEGINNINGS: Final = 260
"""Days of a year on which a drop may begin: the working days, and a few to spare."""

DROPS: Final = ((0.6, 0.35), (1.2, 0.65))
"""Falls in log-odds with their weights: 90 % to 83 %, 90 % to 73 %. Steps of the grid, so that a
level between two of its points is explained as badly by quiet as by fallen."""

_FLOOR = 1e-30  # what a level can lose to the best one; a stored weight is never nothing
_LAYOUT = struct.Struct(f"<HH{len(POINTS) * (1 + len(DROPS))}f")


@dataclass(frozen=True, slots=True)
class Watch:
    """What is remembered of one counter: two kilobytes, and no answer.

    Attributes:
        year: the calendar year whose beginnings are added up.
        days: how many of them there were.
        quiet: weight of each of `POINTS` if nothing has changed; they add up to one.
        fallen: for each of `DROPS`, the same after it, added over the beginnings, on that scale.
    """

    year: int
    days: int
    quiet: tuple[float, ...]
    fallen: tuple[tuple[float, ...], ...]


class Levels(NamedTuple):
    """The share satisfied before and after a drop, as far as the days tell."""

    before: float
    after: float


_NOTHING = tuple((0.0,) * len(POINTS) for _ in DROPS)


def begin(year: int) -> Watch:
    """A counter of which nothing is known.

    >>> evidence(begin(2026))
    0.0
    """
    return Watch(year, 0, PRIOR, _NOTHING)


def watched(watch: Watch, year: int, n: int, satisfied: int) -> Watch:
    """The watch after one more day, with *satisfied* of *n* answers.

    >>> watch = begin(2026)
    >>> for _ in range(60): watch = watched(watch, 2026, 8, 7)
    >>> for _ in range(12): watch = watched(watch, 2026, 8, 4)
    >>> evidence(watch) > 20
    True
    """
    if year > watch.year:  # what comes late of an old year is counted in the new one
        watch = _turned(watch, year)
    if n == 0:
        return watch
    opens = watch.days < BEGINNINGS
    quiet = _times(watch.quiet, likelihoods(n, satisfied))
    fallen = tuple(
        _times(_joined(sums, watch.quiet, weight * opens), likelihoods(n, satisfied, drop))
        for sums, (drop, weight) in zip(watch.fallen, DROPS, strict=True)
    )
    whole = sum(quiet)
    return Watch(
        year=watch.year,
        days=watch.days + opens,
        quiet=tuple(max(each / whole, _FLOOR) for each in quiet),
        fallen=tuple(tuple(each / whole for each in sums) for sums in fallen),
    )


def _turned(watch: Watch, year: int) -> Watch:
    """A new year, a new account; what was learned of the level counts half.

    Likelihoods to the power of one half have an expectation of at most one as well (Hellinger), so
    forgetting costs nothing of the guarantee, and a level that creeps is followed.
    """
    half = [sqrt(each * prior) for each, prior in zip(watch.quiet, PRIOR, strict=True)]
    whole = sum(half)
    return Watch(year, 0, tuple(each / whole for each in half), _NOTHING)


def _times(weights: Sequence[float], factors: Sequence[float]) -> list[float]:
    return [weight * factor for weight, factor in zip(weights, factors, strict=True)]


def _joined(sums: Sequence[float], quiet: Sequence[float], weight: float) -> list[float]:
    """The beginnings until yesterday, and today's."""
    return [old + weight * new for old, new in zip(sums, quiet, strict=True)]


def evidence(watch: Watch) -> float:
    """How many times better *fallen* explains the days than *quiet*, all beginnings paid for."""
    return sum(map(sum, watch.fallen)) / BEGINNINGS


def raised(evidences: Mapping[int, float], watched_counters: int) -> frozenset[int]:
    """The counters to name, out of *watched_counters*: the longest list that keeps the error.

    >>> sorted(raised({7: 50.0, 8: 30.0, 9: 1.0}, 2)), sorted(raised({7: 50.0, 8: 30.0}, 3))
    ([7, 8], [7, 8])
    >>> sorted(raised({7: 50.0}, 3))
    []
    """
    order = sorted(evidences, key=lambda counter: (-evidences[counter], counter))
    for length in range(len(order), 0, -1):
        if evidences[order[length - 1]] * length * ERROR >= watched_counters:
            return frozenset(order[:length])
    return frozenset()


def levels(watch: Watch) -> Levels:
    """Where the share was and where it is now, if it has fallen.

    >>> watch = begin(2026)
    >>> for _ in range(60): watch = watched(watch, 2026, 10, 9)
    >>> for _ in range(12): watch = watched(watch, 2026, 10, 7)
    >>> [round(each, 1) for each in levels(watch)]
    [0.9, 0.7]
    """
    weights = [sum(sums) for sums in watch.fallen]
    whole = sum(weights) or 1.0
    pairs = [(sums, drop) for sums, (drop, _) in zip(watch.fallen, DROPS, strict=True)]
    before = sum(sum(sums) * mean(sums) for sums, _ in pairs if any(sums))
    after = sum(sum(sums) * mean(sums, drop) for sums, drop in pairs if any(sums))
    return Levels(before / whole, after / whole)


def began(days: Sequence[tuple[int, int]], fall: Levels) -> int:
    """Place in *days* of (n, satisfied), oldest first, from which the lower level fits best.

    >>> began([(10, 9), (10, 9), (10, 6), (10, 8), (10, 7)], Levels(0.9, 0.75))
    2
    """
    hit = log(fall.after / fall.before)
    miss = log((1 - fall.after) / (1 - fall.before))
    best, place, total = 0.0, max(len(days) - 1, 0), 0.0
    for number in range(len(days) - 1, -1, -1):
        n, satisfied = days[number]
        total += satisfied * hit + (n - satisfied) * miss
        if total > best:
            best, place = total, number
    return place


def calmed(watch: Watch) -> Watch:
    """After an alarm that was none: the evidence is dropped, the level stays known."""
    return replace(watch, fallen=_NOTHING)


def dump(watch: Watch) -> bytes:
    """*watch* as it is stored.

    >>> load(dump(begin(2026))).year
    2026
    """
    sums = [each for drop in watch.fallen for each in drop]
    return _LAYOUT.pack(watch.year, watch.days, *watch.quiet, *(min(each, 1e30) for each in sums))


def load(stored: bytes) -> Watch:
    """The watch that `dump` stored.

    Raises:
        struct.error: these bytes are no watch of this release.
    """
    year, days, *weights = _LAYOUT.unpack(stored)
    size = len(POINTS)
    parts = [tuple(weights[at : at + size]) for at in range(0, len(weights), size)]
    return Watch(year, days, parts[0], tuple(parts[1:]))
