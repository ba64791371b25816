"""Level counts, top-2-box scores, Wilson's interval and rounding."""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint  # type: ignore[import-untyped]

from sipas import scoring
from sipas.scoring import Interval, LevelCounts, Score, TooFew, percent, score, wilson

COUNTS = st.tuples(*[st.integers(0, 10_000)] * 5).map(LevelCounts)


@pytest.mark.parametrize(
    ("levels", "n", "top2", "mean", "shown"),
    [
        ((2, 3, 10, 20, 15), 50, 35, "3.86", "70.00"),
        ((3, 5, 12, 41, 39), 100, 80, "4.08", "80.00"),
        ((4, 9, 37, 188, 162), 400, 350, "4.2375", "87.50"),
        ((0, 1, 2, 13, 14), 30, 27, "13/3", "90.00"),
        ((1, 0, 0, 0, 2), 3, 2, "11/3", "66.67"),
        ((0, 0, 0, 10, 0), 10, 10, "4", "100.00"),
        ((0, 0, 10, 0, 0), 10, 0, "3", "0.00"),
        ((10, 0, 0, 0, 0), 10, 0, "1", "0.00"),
    ],
)
def test_counts_have_these_figures(
    levels: tuple[int, ...], n: int, top2: int, mean: str, shown: str
) -> None:
    """The domain's acceptance values."""
    counts = LevelCounts(levels)

    assert (counts.n, counts.top2, counts.mean) == (n, top2, Fraction(mean))
    assert counts.total == counts.mean * n
    assert counts.top2box == Fraction(top2, n)
    assert percent(counts.top2box) == shown


def test_groups_are_pooled_and_never_averaged() -> None:
    """Counters of 10 of 10 and 60 of 90 satisfied make 70 %, not 83.33 %."""
    pooled = LevelCounts((0, 0, 0, 0, 10)) + LevelCounts((30, 0, 0, 0, 60))

    assert pooled == LevelCounts((30, 0, 0, 0, 70))
    assert percent(pooled.top2box) == "70.00"


@given(st.lists(COUNTS, min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_counts_add_in_any_order(parts: list[LevelCounts], chance: random.Random) -> None:
    """So a score never changes with the order of rows."""
    zero = LevelCounts((0,) * 5)

    assert sum(parts, zero) == sum(chance.sample(parts, len(parts)), zero)


@pytest.mark.parametrize("levels", [(), (1, 2, 3, 4), (1, 2, 3, 4, 5, 6), (1, 2, -1, 4, 5)])
def test_level_counts_are_five_and_not_negative(levels: tuple[int, ...]) -> None:
    """Anything else is no count of levels."""
    with pytest.raises(ValueError, match="expected five counts, got"):
        LevelCounts(levels)


def test_variance_is_that_of_the_sample() -> None:
    """Against the definition: squared distances from the mean over n - 1."""
    levels = [1] * 2 + [2] * 3 + [3] * 10 + [4] * 20 + [5] * 15
    mean = sum(levels) / 50
    plain = sum((level - mean) ** 2 for level in levels) / 49

    assert LevelCounts((2, 3, 10, 20, 15)).variance == pytest.approx(plain, rel=1e-14)
    assert LevelCounts((0, 0, 7, 0, 0)).variance == 0


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        (42, 50, "71.49", "91.66"),
        (323, 385, "79.89", "87.23"),
        (10, 10, "72.25", "100.00"),
        (0, 10, "0.00", "27.75"),
        (27, 30, "74.38", "96.54"),
    ],
)
def test_wilson_gives_the_acceptance_values(successes: int, n: int, low: str, high: str) -> None:
    """At two decimals, as shown."""
    interval = wilson(successes, n)

    assert (percent(interval.low), percent(interval.high)) == (low, high)


@given(st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_is_that_of_statsmodels(case: tuple[int, int]) -> None:
    """An implementation that this project did not write agrees to 1e-12."""
    low, high = proportion_confint(*case, alpha=0.05, method="wilson")
    interval = wilson(*case)

    assert abs(interval.low - low) < 1e-12
    assert abs(interval.high - high) < 1e-12


@given(st.integers(1, 10**9).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_its_share_and_stays_a_share(case: tuple[int, int]) -> None:
    """0 <= low <= p <= high <= 1, without exception."""
    interval = wilson(*case)

    assert 0 <= interval.low <= case[0] / case[1] <= interval.high <= 1


@given(st.integers(1, 1000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_more_confidence_is_a_wider_interval(case: tuple[int, int]) -> None:
    """The quantile is an argument, and a larger one widens."""
    ninety_five, ninety_nine = wilson(*case), wilson(*case, z=2.5758293035489004)

    assert ninety_nine.low <= ninety_five.low
    assert ninety_nine.high >= ninety_five.high


@pytest.mark.parametrize(("successes", "n"), [(0, 0), (1, 0), (-1, 5), (6, 5), (0, -1), (-2, -1)])
def test_wilson_needs_a_share(successes: int, n: int) -> None:
    """Nothing of nothing has no interval, and no interval is invented."""
    with pytest.raises(ValueError, match=f"got {successes} of {n}"):
        wilson(successes, n)


def test_a_score_carries_n_value_and_interval() -> None:
    """Enough answers: the exact share."""
    counts = LevelCounts((2, 3, 10, 20, 15))

    assert score(counts, 30) == Score(50, Fraction(7, 10), wilson(35, 50))
    assert score(counts, 50) == score(counts, 1)


@pytest.mark.parametrize(
    ("levels", "minimum", "n"),
    [((0, 0, 0, 20, 9), 30, 29), ((0,) * 5, 30, 0), ((0,) * 5, 0, 0), ((0,) * 5, -1, 0)],
)
def test_too_few_is_no_score(levels: tuple[int, ...], minimum: int, n: int) -> None:
    """29 of 30 is too few; nobody is too few for every minimum."""
    assert score(LevelCounts(levels), minimum) == TooFew(n, minimum)


def test_thirty_of_thirty_and_one_of_none_are_enough() -> None:
    """The minimum itself is enough, and one answer is where none is asked for."""
    assert isinstance(score(LevelCounts((0, 0, 0, 20, 10)), 30), Score)
    assert isinstance(score(LevelCounts((0, 0, 0, 1, 0)), 0), Score)


@pytest.mark.parametrize(
    ("value", "places", "shown"),
    [
        (Fraction("2.25"), 1, "2.3"),
        (Fraction("2.35"), 1, "2.4"),
        (Fraction("0.125"), 2, "0.13"),
        (Decimal("2.35"), 1, "2.4"),
        (Decimal("80.9375"), 2, "80.94"),
        (Fraction(5, 4), 1, "1.3"),
        (Decimal("2.5"), 0, "3"),
        (Fraction(-1, 8), 2, "-0.13"),
        (0.5, 0, "1"),
        (Fraction(-1, 1000), 2, "0.00"),  # nothing is never minus nothing
        (Fraction(1, 100), 2, "0.01"),
        (Fraction(2, 3), 4, "0.6667"),
        (7, 2, "7.00"),
        (Fraction(10**30 + 15, 10), 0, "1" + "0" * 28 + "2"),  # more digits than Decimal keeps
    ],
)
def test_halves_round_up(value: Fraction | Decimal | float, places: int, shown: str) -> None:
    """Once, from exact values; never to the even neighbour."""
    assert scoring.half_up(value, places) == shown


@given(st.fractions(), st.integers(0, 6))
def test_rounding_errs_by_half_a_unit_at_most(value: Fraction, places: int) -> None:
    """And shows exactly the decimals asked for."""
    shown = scoring.half_up(value, places)

    assert abs(Fraction(shown) - value) <= Fraction(1, 2 * 10**places)
    assert len(shown.partition(".")[2]) == places


def test_shares_that_are_whole_add_up() -> None:
    """90.06, 8.98 and 0.96 are shown so that they sum to 100."""
    shown = [percent(Fraction(share, 10_000)) for share in (9006, 898, 96)]

    assert shown == ["90.06", "8.98", "0.96"]
    assert sum(map(Decimal, shown)) == 100


def test_an_interval_is_two_numbers() -> None:
    """Frozen and comparable."""
    assert Interval(0.1, 0.2) == Interval(low=0.1, high=0.2)


def test_a_sample_has_the_size_of_the_guidance() -> None:
    """Yamane's sizes at 5 %, half up; another margin, no transactions, and less than none."""
    sizes = [scoring.sample_size(n) for n in (100, 500, 1_000, 5_000, 20_000, 100_000)]

    assert sizes == [80, 222, 286, 370, 392, 398]
    assert scoring.sample_size(1_000, Fraction(1, 10)) == 91
    assert scoring.sample_size(0) == 0
    with pytest.raises(ValueError, match="got -1"):
        scoring.sample_size(-1)
