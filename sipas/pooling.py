"""Partial pooling: what a small unit's value says beside those of all units of its kind.

With thirty answers a unit is high or low mostly by chance. Pulled towards the common mean, by as
much as its own answers leave open, its value is nearer to the truth on average. It stands beside
the unit's own value and never in its place: it borrows from others.

Source: C. N. Morris, Parametric empirical Bayes inference: theory and applications, JASA 78 (1983),
47-55; between units by R. C. Paule and J. Mandel, Consensus values and weighting factors, Journal
of Research of the National Bureau of Standards 87 (1982), 377-385.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

from sipas.comparison import Known
from sipas.scoring import Z95

LEAST: Final = 5
"""Units from which on their spread can be told."""

_STEPS: Final = 60  # halvings of an interval of at most 1


class Pulled(NamedTuple):
    """A value pulled towards the mean, with its 95 % interval; *own* is how much is the unit's."""

    value: float
    low: float
    high: float
    own: float


def pulled(units: Sequence[Known]) -> list[Pulled]:
    """Each unit's value as all of them together suggest it; nothing for fewer than `LEAST`.

    >>> sure = [Known(each, each - 0.01, each + 0.01) for each in (0.8, 0.81, 0.82, 0.83)]
    >>> first, *_ = pulled([Known(0.95, 0.85, 1.0), *sure])
    >>> round(first.value, 2), round(first.own, 1)
    (0.93, 0.8)
    """
    if len(units) < LEAST:
        return []
    variances = [_variance(each) for each in units]
    between = between_units([each.value for each in units], variances)
    mean = _mean([each.value for each in units], variances, between)
    return [
        _pulled(*each, mean, between, len(units)) for each in zip(units, variances, strict=True)
    ]


def between_units(values: Sequence[float], variances: Sequence[float]) -> float:
    """The variance of the true values: what is left of their spread after chance.

    >>> between_units([0.8, 0.8, 0.8], [0.01, 0.01, 0.01])
    0.0
    """
    low, high = 0.0, max(values) - min(values)
    if _excess(values, variances, 0.0) <= 0:
        return 0.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if _excess(values, variances, middle) > 0 else (low, middle)
    return (low + high) / 2


def _excess(values: Sequence[float], variances: Sequence[float], between: float) -> float:
    mean = _mean(values, variances, between)
    each = ((y - mean) ** 2 / (v + between) for y, v in zip(values, variances, strict=True))
    return math.fsum(each) - (len(values) - 1)


def _mean(values: Sequence[float], variances: Sequence[float], between: float) -> float:
    weights = [1 / (variance + between) for variance in variances]
    return math.fsum(w * y for w, y in zip(weights, values, strict=True)) / math.fsum(weights)


def _variance(unit: Known) -> float:
    return ((unit.high - unit.low) / (2 * Z95)) ** 2


def _pulled(unit: Known, variance: float, mean: float, between: float, units: int) -> Pulled:
    by = (units - 3) / (units - 1) * variance / (variance + between)
    value = unit.value - by * (unit.value - mean)
    own = variance * (1 - by * (units - 1) / units)
    unsure = 2 / (units - 3) * by**2 * (unit.value - mean) ** 2
    half = Z95 * math.sqrt(own + unsure)
    return Pulled(value, max(0.0, value - half), min(1.0, value + half), 1 - by)
