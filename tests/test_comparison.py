"""Differences, ranks and groups."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import (  # type: ignore[import-untyped]
    confint_proportions_2indep,
)

from sipas.comparison import Known, Verdict, combined, difference
from sipas.ranks import rank_intervals, ranked
from sipas.scoring import Z95, wilson

COUNTS = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def known(successes: int, n: int) -> Known:
    """A share with Wilson's interval."""
    found = wilson(successes, n)
    return Known(successes / n, found.low, found.high)


@given(COUNTS, COUNTS)
def test_shares_differ_as_newcombe_says(one: tuple[int, int], other: tuple[int, int]) -> None:
    """To nine digits what statsmodels finds."""
    found = difference(known(*one), known(*other), Z95)
    low, high = confint_proportions_2indep(*one, *other, method="newcomb", compare="diff")

    assert found.low == pytest.approx(low, abs=1e-9)
    assert found.high == pytest.approx(high, abs=1e-9)


@given(COUNTS, COUNTS)
def test_a_difference_turned_round_is_turned_round(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    """Who is higher than whom does not depend on who is asked."""
    turned = {
        Verdict.HIGHER: Verdict.LOWER,
        Verdict.LOWER: Verdict.HIGHER,
        Verdict.UNCLEAR: Verdict.UNCLEAR,
    }
    forth, back = difference(known(*one), known(*other)), difference(known(*other), known(*one))

    assert back.verdict is turned[forth.verdict]
    assert (back.low, back.high) == pytest.approx((-forth.high, -forth.low))


def test_groups_together_are_as_sure_as_their_answers() -> None:
    """Four groups of 250 that are alike know as much as one of 1,000."""
    found = combined([known(200, 250)] * 4, [250] * 4)
    whole = known(800, 1000)

    assert found.value == pytest.approx(whole.value)
    assert found.high - found.low == pytest.approx(whole.high - whole.low, rel=0.02)


def test_a_rank_is_as_sure_as_the_values() -> None:
    """Clear values have one rank each, vague ones share all."""
    shares = [0.5, 0.6, 0.7, 0.8, 0.9]
    clear = [Known(each, each - 0.01, each + 0.01) for each in shares]
    vague = [Known(each, each - 0.4, each + 0.4) for each in shares]

    assert rank_intervals(clear) == [(5, 5), (4, 4), (3, 3), (2, 2), (1, 1)]
    assert rank_intervals(vague) == [(1, 5)] * 5
    assert rank_intervals(clear[:1]) == [(1, 1)]


def test_groups_are_against_all_others() -> None:
    """One far above, one far below, the rest not to be told from each other."""
    chance = random.Random(1)
    shares = [0.98, 0.4] + [0.8 + chance.uniform(-0.01, 0.01) for _ in range(20)]
    units = [known(round(500 * each), 500) for each in shares]
    found = ranked(units, [500] * len(units))

    assert [each.group for each in found[:2]] == [Verdict.HIGHER, Verdict.LOWER]
    assert {each.group for each in found[2:]} == {Verdict.UNCLEAR}
    assert found[0][:2] == (1, 1)
    assert found[2].best == 2
    assert found[2].worst == 21


def test_alone_there_is_nothing_to_be_above() -> None:
    """A single unit is neither high nor low."""
    assert ranked([known(9, 10)], [10])[0] == (1, 1, Verdict.UNCLEAR)
