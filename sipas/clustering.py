"""What a counter's days say of its share, when the answers of one day go together.

A day's answers share the official on duty, the weather and the queue, so their number of successes
is beta-binomial, not binomial: share p, correlation rho within the day. Neither is known. Both are
points of a grid with weights, so that whatever is concluded carries their uncertainty.

Source: J. G. Skellam (1948), A probability distribution derived from the binomial distribution by
regarding the probability of success as variable, J. R. Stat. Soc. B 10, 257-261.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate, chain
from math import exp, lgamma, log
from typing import Final

COUNT: Final = "I"  # how many answers a day has, as it is remembered
STEP: Final = 0.2
LOGITS: Final = tuple(round(-1 + STEP * i, 1) for i in range(29))
"""Shares from 27 % to 99 %, evenly spaced in log-odds."""

CORRELATIONS: Final = (0.0, 0.01, 0.025, 0.06, 0.15, 0.35)
"""From none to a counter whose official makes the day. Close together, as a busy counter whose true
correlation lies between two of them would be explained badly by both."""

_CENTRE, _SPREAD = 2.0, 1.2
_CORRELATION_WEIGHTS: Final = (0.5, 0.14, 0.12, 0.1, 0.08, 0.06)
_NEGLIGIBLE: Final = 1e-9  # adds less than that to a probability


def share(logit: float) -> float:
    """The share with these log-odds.

    >>> share(0.0)
    0.5
    """
    return 1 / (1 + exp(-logit))


POINTS: Final = tuple((logit, rho) for logit in LOGITS for rho in CORRELATIONS)


def _prior() -> tuple[float, ...]:
    bell = [exp(-(((logit - _CENTRE) / _SPREAD) ** 2) / 2) for logit in LOGITS]
    whole = sum(bell)
    return tuple(each / whole * weight for each in bell for weight in _CORRELATION_WEIGHTS)


PRIOR: Final = _prior()
"""Weights of `POINTS` before anything is known: most counters satisfy between 50 and 98 of 100."""


def log_likelihood(n: int, k: int, p: float, rho: float) -> float:
    """Log-probability of one order of *k* successes among the *n* answers of a day.

    >>> round(exp(log_likelihood(2, 1, 0.5, 0.0)), 4), round(exp(log_likelihood(2, 1, 0.5, 0.2)), 4)
    (0.25, 0.2)
    """
    if not rho:
        return k * log(p) + (n - k) * log(1 - p)
    size = _size(n)
    return _sums(p, rho, size)[k] + _sums(1 - p, rho, size)[n - k] - _sums(1.0, rho, size)[n]


def _size(n: int) -> int:
    """Sums for so many answers are remembered together, as a busy day asks again at each."""
    return max(1 << n.bit_length(), 64)


@lru_cache(maxsize=4096)
def _sums(p: float, rho: float, size: int) -> Sequence[float]:
    """Logs of the chances of the first, the second, … success of one day, added up."""
    return _kept(accumulate((log(p * (1 - rho) + i * rho) for i in range(size)), initial=0.0))


@lru_cache(maxsize=2048)
def likelihoods(n: int, k: int, lower: float = 0.0) -> Sequence[float]:
    """Likelihood of the day at every one of `POINTS`, the share *lower* by so many log-odds.

    Only ratios between points matter: all are relative to the day's own share.
    """
    scale = log_likelihood(n, k, (k + 0.5) / (n + 1), 0.0)
    return _kept(
        exp(log_likelihood(n, k, share(logit - lower), rho) - scale) for logit, rho in POINTS
    )


def learn(weights: Sequence[float], n: int, k: int, lower: float = 0.0) -> tuple[float, ...]:
    """*weights* of `POINTS` after a day with *k* of *n*, adding up to one.

    >>> round(mean(learn(PRIOR, 50, 45)), 1)
    0.9
    """
    after = [w * like for w, like in zip(weights, likelihoods(n, k, lower), strict=True)]
    whole = sum(after)
    return tuple(each / whole for each in after)


def learned(days: Iterable[tuple[int, int]], lower: float = 0.0) -> tuple[float, ...]:
    """Weights of `POINTS` after *days* of (n, k).

    >>> learned([]) == PRIOR
    True
    """
    return tuple(_learned(array(COUNT, chain.from_iterable(days)).tobytes(), lower))


@lru_cache(maxsize=1024)
def _learned(days: bytes, lower: float) -> Sequence[float]:
    """Remembered, as in a busy hour every answer of a counter asks for the days before it."""
    weights, numbers = PRIOR, iter(array(COUNT, days))
    for n, k in zip(numbers, numbers, strict=True):
        weights = learn(weights, n, k, lower)
    return _kept(weights)


def _kept(values: Iterable[float]) -> Sequence[float]:
    """Hundreds for each of a thousand days: as a tuple they take four times as much memory."""
    return array("d", values)


def mean(weights: Sequence[float], lower: float = 0.0) -> float:
    """The expected share.

    >>> mean(PRIOR) > mean(PRIOR, lower=1.0)
    True
    """
    levels = (share(logit - lower) for logit, _ in POINTS)
    return sum(w * p for w, p in zip(weights, levels, strict=True)) / sum(weights)


def at_least(weights: Sequence[float], n: int, k: int, lower: float = 0.0) -> float:
    """Probability of *k* or more successes among *n* answers of the next day.

    >>> at_least(PRIOR, 10, 0)
    1.0
    >>> round(at_least(PRIOR, 1, 1) - mean(PRIOR), 9)
    0.0
    """
    if k <= 0:
        return 1.0
    return sum(
        w * _tail(n, k, share(logit - lower), rho)
        for w, (logit, rho) in zip(weights, POINTS, strict=True)
        if w > _NEGLIGIBLE
    )


@lru_cache(maxsize=8192)
def _tail(n: int, k: int, p: float, rho: float) -> float:
    """Upper tail of the beta-binomial number, the smaller side added up."""
    size, orders = _size(n), _orders(n)
    hits, misses = _sums(p, rho, size), _sums(1 - p, rho, size)
    whole = _sums(1.0, rho, size)[n]
    numbers = range(k) if 2 * k <= n else range(k, n + 1)
    found = sum(exp(orders[i] + hits[i] + misses[n - i] - whole) for i in numbers)
    return max(0.0, 1 - found) if 2 * k <= n else found


@lru_cache(maxsize=512)
def _orders(n: int) -> Sequence[float]:
    """Logs of how many orders any number of successes among *n* can have."""
    return _kept(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) for k in range(n + 1))
