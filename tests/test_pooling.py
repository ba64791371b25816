"""Partial pooling, against statsmodels and against what is true."""

from __future__ import annotations

import random

import numpy as np
import pytest
from scipy.optimize import brentq  # type: ignore[import-untyped]
from statsmodels.stats.meta_analysis import combine_effects  # type: ignore[import-untyped]

from sipas.comparison import Known
from sipas.pooling import LEAST, between_units, pulled
from sipas.scoring import wilson


def drawn(seed: int, units: int = 40) -> tuple[list[float], list[Known]]:
    """True shares of units, and what so few answers of each say."""
    chance = random.Random(seed)
    true = [min(0.98, max(0.4, chance.gauss(0.82, 0.06))) for _ in range(units)]
    found = []
    for share in true:
        n = chance.choice((30, 45, 80, 200))
        k = sum(chance.random() < share for _ in range(n))
        interval = wilson(k, n)
        found.append(Known(k / n, interval.low, interval.high))
    return true, found


@pytest.mark.parametrize("seed", range(6))
def test_the_spread_between_units_is_paule_and_mandels(seed: int) -> None:
    """Where the weighted squares are as many as units less one: scipy's root, to nine digits."""
    chance = random.Random(seed)
    variances = np.array([chance.uniform(0.0005, 0.004) for _ in range(25)])
    values = np.array([chance.gauss(0.8, (0.004 + each) ** 0.5) for each in variances])

    def excess(between: float) -> float:
        weights = 1 / (variances + between)
        mean = np.average(values, weights=weights)
        return float((weights * (values - mean) ** 2).sum() - 24)

    assert excess(0.0) > 0
    assert between_units(list(values), list(variances)) == pytest.approx(
        brentq(excess, 0.0, 1.0, xtol=1e-14), abs=1e-9
    )


def test_the_mean_of_all_is_what_statsmodels_finds() -> None:
    """With the same spread between units, its random-effects mean is ours."""
    _, units = drawn(3)
    values = [each.value for each in units]
    variances = [((each.high - each.low) / 3.919927969) ** 2 for each in units]
    found = combine_effects(np.array(values), np.array(variances), method_re="iterated")
    alike = [Known(found.mean_effect_re, 0.0, 1.0)] * 2
    toward = pulled([*units, *alike])

    assert found.tau2 == pytest.approx(between_units(values, variances), rel=1e-3)
    assert toward[-1].value == pytest.approx(found.mean_effect_re, abs=1e-3)


def test_pulled_values_are_nearer_to_the_truth_and_as_sure_as_they_say() -> None:
    """Over 60 provinces of 40 units: the mean squared error falls, and 95 % intervals hold."""
    raw = better = held = n = 0.0
    for seed in range(60):
        true, units = drawn(seed)
        for share, own, each in zip(true, units, pulled(units), strict=True):
            raw += (own.value - share) ** 2
            better += (each.value - share) ** 2
            held += each.low <= share <= each.high
            n += 1

    assert better < 0.75 * raw
    assert held / n == pytest.approx(0.95, abs=0.015)


def test_who_has_many_answers_keeps_the_own_value() -> None:
    """Pulling follows how much the own answers leave open."""
    sure = Known(0.95, 0.945, 0.955)
    vague = Known(0.95, 0.8, 0.99)
    others = [Known(each, each - 0.03, each + 0.03) for each in (0.7, 0.75, 0.8, 0.85, 0.9)]
    first, second, *_ = pulled([sure, vague, *others])

    assert first.own > 0.95 > 0.9 > second.own
    assert 0.94 < first.value <= 0.95
    assert second.value < first.value


def test_units_all_alike_are_pulled_all_the_way_but_for_what_is_unsure() -> None:
    """No spread beyond chance: the common mean, as far as so few units can tell."""
    units = [Known(0.8 + step, 0.6, 1.0) for step in (-0.02, -0.01, 0.0, 0.01, 0.02, 0.03)]

    assert all(each.own == pytest.approx(2 / 5) for each in pulled(units))


def test_few_units_are_not_pooled() -> None:
    """Their spread cannot be told."""
    assert pulled([Known(0.8, 0.7, 0.9)] * (LEAST - 1)) == []
