"""Factors and the index: equal item weights, items left out, and an interval that covers."""

from __future__ import annotations

import random
from fractions import Fraction
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipas.composites import Composite, composite, measure
from sipas.formulas import FORMULAS, top2box
from sipas.scoring import LevelCounts, TooFew, percent

LEVELS = st.tuples(*[st.integers(0, 40)] * 5).map(LevelCounts)
ITEMS = st.dictionaries(st.sampled_from("abcdefgh"), LEVELS, min_size=1)


def satisfied(share: Fraction | int, n: int) -> LevelCounts:
    """*n* answers of which *share* percent are level 5 and the rest level 1."""
    top = Fraction(share) * n / 100
    assert top.denominator == 1
    return LevelCounts((n - int(top), 0, 0, 0, int(top)))


def of(counts: dict[str, LevelCounts], minimum: int = 30) -> Composite | TooFew:
    """The top-2-box composite of all items."""
    return composite(measure(counts, top2box, minimum), list(counts))


def test_items_weigh_the_same_however_many_answered() -> None:
    """70 (n 50), 80 (n 100) and 90 (n 30) make 80, not 78.89 as pooled answers would."""
    found = of({"a": satisfied(70, 50), "b": satisfied(80, 100), "c": satisfied(90, 30)})

    assert isinstance(found, Composite)
    assert found.value == Fraction(4, 5)
    assert (found.items, found.n_min, found.n_max) == (("a", "b", "c"), 30, 100)
    assert not found.partial


def test_blocks_of_unequal_size_are_averaged_over_items() -> None:
    """23 items at 83.84 and 16 at 84.09 make 83.94; the mean of the two blocks would be 83.97."""
    found = of(
        {f"a{i}": satisfied(Fraction("83.84"), 10_000) for i in range(23)}
        | {f"b{i}": satisfied(Fraction("84.09"), 10_000) for i in range(16)}
    )

    assert isinstance(found, Composite)
    assert percent(found.value) == "83.94"


def test_an_item_that_too_few_answered_is_left_out_and_named() -> None:
    """29 answers are not enough, 30 are; the figure is then partial."""
    found = of({"a": satisfied(50, 30), "b": LevelCounts((29, 0, 0, 0, 0)), "c": satisfied(75, 40)})

    assert isinstance(found, Composite)
    assert (found.items, found.missing, found.partial) == (("a", "c"), ("b",), True)
    assert found.value == Fraction(5, 8)
    assert (found.n_min, found.n_max) == (30, 40)


def test_without_any_item_there_is_no_figure() -> None:
    """It says how many answered the best of the items, and how many are needed."""
    assert of({"a": satisfied(0, 7), "b": satisfied(100, 29)}) == TooFew(29, 30)
    assert composite(measure({}, top2box, 30), []) == TooFew(0, 30)


@pytest.mark.parametrize("minimum", [0, -5, 1])
def test_one_answer_is_the_least_minimum(minimum: int) -> None:
    """Nobody's answers are never a figure, whatever minimum is asked for."""
    assert of({"a": LevelCounts((0,) * 5)}, minimum) == TooFew(0, 1)
    assert isinstance(of({"a": LevelCounts((1, 0, 0, 0, 0))}, minimum), Composite)


def test_only_the_items_asked_for_count() -> None:
    """Measured once, the same items make several composites."""
    measured = measure({"a": satisfied(50, 30), "b": satisfied(100, 30)}, top2box, 30)
    alone = composite(measured, ["b"])

    assert isinstance(alone, Composite)
    assert (alone.value, alone.items, alone.missing) == (Fraction(1), ("b",), ())


def test_a_composite_of_one_item_is_that_item() -> None:
    """Value, bounds and n are the item's own."""
    counts = LevelCounts((2, 3, 10, 20, 15))
    found, alone = of({"a": counts}), top2box(counts)

    assert found == Composite(alone.value, alone.low, alone.high, ("a",), (), 50, 50)


@pytest.mark.parametrize("formula_id", list(FORMULAS))
@given(ITEMS)
def test_the_interval_encloses_the_value(formula_id: str, counts: dict[str, LevelCounts]) -> None:
    """For every formula; and the value is the plain mean of the items' values."""
    measured = measure(counts, FORMULAS[formula_id], 1)
    found = composite(measured, sorted(counts))
    if isinstance(found, TooFew):
        assert not measured.estimates
        return

    values = [measured.estimates[key].value for key in found.items]
    assert found.value == sum(values, Fraction(0)) / len(values)
    assert -1e-12 <= found.low <= float(found.value) + 1e-12
    assert float(found.value) - 1e-12 <= found.high <= 1 + 1e-12


@given(ITEMS, st.randoms(use_true_random=False))
def test_the_order_of_items_changes_nothing(
    counts: dict[str, LevelCounts], chance: random.Random
) -> None:
    """Not even the last digit of a bound."""
    measured = measure(counts, top2box, 1)
    keys = sorted(counts)
    one, other = composite(measured, keys), composite(measured, chance.sample(keys, len(keys)))
    if isinstance(one, TooFew) or isinstance(other, TooFew):
        assert one == other
        return

    assert (one.value, one.low, one.high) == (other.value, other.low, other.high)


@pytest.mark.parametrize("correlation", [1.0, 0.6, 0.3, 0.0])
def test_the_interval_covers_when_items_go_together(correlation: float) -> None:
    """Simulated respondents: at least 95 % of intervals hold the truth, whatever the correlation.

    Every respondent has a mood that all five items share to the given degree, and one in five does
    not answer an item, so that n differs between items.
    """
    chance, shares = random.Random(20261123), (0.70, 0.78, 0.84, 0.88, 0.93)
    limits = [NormalDist().inv_cdf(share) for share in shares]
    truth, rounds, covered = sum(shares) / 5, 400, 0
    for _ in range(rounds):
        found = of(_simulated(chance, limits, correlation, respondents=80))
        assert isinstance(found, Composite)
        covered += found.low <= truth <= found.high

    assert covered / rounds >= 0.95


def _simulated(
    chance: random.Random, limits: list[float], correlation: float, respondents: int
) -> dict[str, LevelCounts]:
    own = (1 - correlation) ** 0.5
    tops, sizes = [0] * len(limits), [0] * len(limits)
    for _ in range(respondents):
        mood = chance.gauss(0, 1) * correlation**0.5
        for place, limit in enumerate(limits):
            if chance.random() < 0.8:
                sizes[place] += 1
                tops[place] += mood + own * chance.gauss(0, 1) < limit
    return {
        f"item{place}": LevelCounts((size - top, 0, 0, 0, top))
        for place, (size, top) in enumerate(zip(sizes, tops, strict=True))
    }
