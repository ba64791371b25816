"""The formulas of the registry and the lines of `motcua formula`."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.weightstats import DescrStatsW  # type: ignore[import-untyped]

from sipas.formulas import FORMULAS, evaluate_line, formula
from sipas.scoring import Z95, LevelCounts, percent, wilson

COUNTS = st.tuples(*[st.integers(0, 3_000)] * 5).filter(any).map(LevelCounts)


@pytest.mark.parametrize(
    ("levels", "t2b", "m5", "m0"),
    [
        ((2, 3, 10, 20, 15), "70.00", "77.20", "71.50"),
        ((3, 5, 12, 41, 39), "80.00", "81.60", "77.00"),
        ((4, 9, 37, 188, 162), "87.50", "84.75", "80.94"),
        ((0, 1, 2, 13, 14), "90.00", "86.67", "83.33"),
        ((0, 0, 0, 10, 0), "100.00", "80.00", "75.00"),
        ((0, 0, 10, 0, 0), "0.00", "60.00", "50.00"),
        ((10, 0, 0, 0, 0), "0.00", "20.00", "0.00"),
        ((1, 0, 0, 0, 2), "66.67", "73.33", "66.67"),
    ],
)
def test_each_formula_gives_the_acceptance_value(
    levels: tuple[int, ...], t2b: str, m5: str, m0: str
) -> None:
    """At two decimals, half up, as published figures are."""
    counts = LevelCounts(levels)
    shown = {name: percent(evaluate(counts).value) for name, evaluate in FORMULAS.items()}

    assert shown == {"t2b.v1": t2b, "m5.v1": m5, "m0.v1": m0}


@given(COUNTS)
def test_every_estimate_lies_in_its_range(counts: LevelCounts) -> None:
    """lowest <= low <= value <= high <= 1 for every formula and all counts of somebody."""
    for name, evaluate in FORMULAS.items():
        estimate = evaluate(counts)
        lowest = 0.2 if name == "m5.v1" else 0

        assert lowest <= estimate.low <= float(estimate.value) <= estimate.high <= 1


@given(COUNTS.filter(lambda counts: counts.n > 1 and counts.variance > 0))
def test_the_interval_of_a_mean_is_that_of_statsmodels(counts: LevelCounts) -> None:
    """mean ± z·s/√n, cut to the range, against an implementation this project did not write."""
    low, high = DescrStatsW(range(1, 6), weights=counts.levels).zconfint_mean()
    m5, m0 = formula("m5.v1")(counts), formula("m0.v1")(counts)

    assert m5.low == pytest.approx(max(low, 1) / 5, abs=1e-12)
    assert m5.high == pytest.approx(min(high, 5) / 5, abs=1e-12)
    assert m0.low == pytest.approx((max(low, 1) - 1) / 4, abs=1e-12)
    assert m0.high == pytest.approx((min(high, 5) - 1) / 4, abs=1e-12)


def test_the_headline_has_wilsons_interval() -> None:
    """Not the normal one, which says 100 to 100 for ten of ten."""
    estimate, interval = formula("t2b.v1")(LevelCounts((0, 0, 0, 4, 6))), wilson(10, 10)

    assert (estimate.low, estimate.high) == (interval.low, interval.high)


def test_a_mean_interval_by_hand() -> None:
    """193/50 levels, variance (50·799 - 193²)/(50·49): written out once."""
    half = Z95 * math.sqrt((50 * 799 - 193**2) / (50 * 49) / 50)
    estimate = formula("m5.v1")(LevelCounts((2, 3, 10, 20, 15)))

    assert estimate.low == pytest.approx((3.86 - half) / 5, abs=1e-15)
    assert estimate.high == pytest.approx((3.86 + half) / 5, abs=1e-15)


def test_one_answer_tells_nothing_but_the_range() -> None:
    """The variance of one answer is unknown, so its interval is everything possible."""
    one = LevelCounts((0, 0, 0, 1, 0))

    assert [formula("m5.v1")(one).low, formula("m5.v1")(one).high] == [0.2, 1]
    assert [formula("m0.v1")(one).low, formula("m0.v1")(one).high] == [0, 1]


def test_two_answers_have_an_interval() -> None:
    """Two are the fewest with a variance; it is wide, and cut at the range."""
    estimate = formula("m5.v1")(LevelCounts((0, 0, 1, 1, 0)))

    assert estimate.low == pytest.approx((3.5 - Z95 * math.sqrt(0.5 / 2)) / 5)
    assert estimate.high == pytest.approx((3.5 + Z95 * math.sqrt(0.5 / 2)) / 5)


@pytest.mark.parametrize("formula_id", ["t2b", "t2b.v2", "", "sipas"])
def test_an_unknown_formula_is_named_with_those_that_exist(formula_id: str) -> None:
    """The message says what was needed and what came."""
    with pytest.raises(ValueError, match=r"^expected one of t2b\.v1, m5\.v1, m0\.v1, got '"):
        formula(formula_id)


@pytest.mark.parametrize("formula_id", list(FORMULAS))
def test_nobody_has_no_figure(formula_id: str) -> None:
    """A formula refuses counts of nobody; a line of them is two commas, never a zero."""
    with pytest.raises((ValueError, ZeroDivisionError)):
        formula(formula_id)(LevelCounts((0,) * 5))

    assert evaluate_line("0,0,0,0,0", formula_id) == ",,"


@pytest.mark.parametrize(
    ("line", "formula_id", "printed"),
    [
        ("2,3,10,20,15", "t2b.v1", "70.0000,56.2496,80.8964"),
        ("4,9,37,188,162\n", "m0.v1", "80.9375,79.0043,82.8707"),
        (" 0, 0, 0, 0, 10 ", "t2b.v1", "100.0000,72.2467,100.0000"),
        ("10,0,0,0,0", "m5.v1", "20.0000,20.0000,20.0000"),
    ],
)
def test_a_line_of_counts_becomes_a_line_of_percent(
    line: str, formula_id: str, printed: str
) -> None:
    """Value, low and high with four decimals; spaces do not matter."""
    assert evaluate_line(line, formula_id) == printed


@pytest.mark.parametrize(
    "line",
    [
        "",
        "1,2,3,4",
        "1,2,3,4,5,6",
        "1,2,3,4,-5",
        "1,2,3,4,5.0",
        "a,b,c,d,e",
        "1;2;3;4;5",
        "١,2,3,4,5",
    ],
)
def test_a_bad_line_is_told_with_its_content(line: str) -> None:
    """So that the line can be found in a file."""
    with pytest.raises(ValueError, match=r"^expected n1,n2,n3,n4,n5, got ") as caught:
        evaluate_line(line, "t2b.v1")

    assert str(caught.value).endswith(repr(line))


def test_a_long_bad_line_is_cut() -> None:
    """A message never carries a flood back, and no number is too long to be refused."""
    with pytest.raises(ValueError, match=r"got '9{80}'$"):
        evaluate_line("9" * 5_000 + ",0,0,0,0", "t2b.v1")
