"""Uncertainty by counter-days, against statsmodels and R's survey package, and by its laws."""

from __future__ import annotations

import json
import math
import random
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import statsmodels.api as sm  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t as student  # type: ignore[import-untyped]

from sipas import tally
from sipas.clusters import (
    ASSUMED,
    LEAST,
    Factor,
    Spread,
    alone,
    design,
    interval,
    narrowed,
    pooled,
    quantile,
    spreads,
)
from sipas.computed import figures
from sipas.figures import Part, Query
from sipas.formulas import FORMULAS
from sipas.scoring import LevelCounts, wilson
from tests.questionnaires import instrument

SMALL = instrument(("a", "b"), {"f": ("a", "b")})
FROM_R = json.loads((Path(__file__).parent / "data" / "survey.json").read_text("utf-8"))

Day = list[tuple[str, str, str]]
"""Levels of `overall`, `a` and `b`, for every response of a counter-day."""


def days(seed: int, number: int = 25, a_day: int = 8) -> list[Day]:
    """Counter-days whose mood all their answers share."""
    chance = random.Random(seed)
    found = []
    for _ in range(number):
        mood = chance.choice((0.55, 0.75, 0.95))
        found.append([_said(mood, chance) for _ in range(chance.randint(1, 2 * a_day))])
    return found


def _said(mood: float, chance: random.Random) -> tuple[str, str, str]:
    def one() -> str:
        return chance.choice("45") if chance.random() < mood else chance.choice("123")

    return one(), one(), "n" if chance.random() < 0.2 else one()


def tallies(of: list[Day]) -> list[int]:
    """One tally for each counter-day."""
    return [sum(tally.tally(SMALL, f"{a}{b}{c}---") for a, b, c in responses) for responses in of]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("formula_id", sorted(FORMULAS))
def test_a_share_by_days_is_what_statsmodels_finds(seed: int, formula_id: str) -> None:
    """Least squares on a constant with errors that go together by day, to twelve digits."""
    drawn = days(seed)
    found = spreads(SMALL, tallies(drawn), formula_id, 30)["overall"]
    worth = [_worth(said[0], formula_id) for day in drawn for said in day]
    group = [number for number, day in enumerate(drawn) for _ in day]
    fitted = sm.OLS(np.array(worth), np.ones(len(worth))).fit(
        cov_type="cluster", cov_kwds={"groups": np.array(group)}
    )

    assert found.variance == pytest.approx(fitted.bse[0] ** 2, rel=1e-12)
    assert (found.freedom, found.n) == (len(drawn) - 1, len(worth))


def _worth(level: str, formula_id: str) -> float:
    at = int(level) - 1
    one = LevelCounts(tuple(int(place == at) for place in range(5)))
    return float(FORMULAS[formula_id](one).value)


@pytest.mark.parametrize("case", FROM_R, ids=lambda case: f"seed {case['seed']}")
def test_composites_by_days_are_what_survey_finds(case: dict[str, float]) -> None:
    """Ratios, and the mean of two ratios with different denominators, to ten digits.

    R's svyratio and svycontrast with days as clusters; `scripts/survey.R` makes the file.
    """
    found = spreads(SMALL, tallies(days(int(case["seed"]))), "t2b.v1", 30)

    for key in ("overall", "a", "b", "f"):
        assert math.sqrt(found[key].variance) == pytest.approx(case[key], rel=1e-10), key


def test_an_index_of_like_items_is_no_wider_than_its_items() -> None:
    """What one respondent says to several items goes together, but not as one."""
    found = spreads(SMALL, tallies(days(1)), "t2b.v1", 30)

    assert found["f"].variance < max(found["a"].variance, found["b"].variance)
    assert found["f"] == found["index"]


def test_answers_one_by_one_have_no_design_effect_on_average() -> None:
    """A response a day: the ratio is m/(m-1) exactly."""
    drawn = [[said] for day in days(2) for said in day]
    counted = tallies(drawn)
    found = design(SMALL, sum(counted), spreads(SMALL, counted, "t2b.v1", 30), "t2b.v1", 30)

    assert found["overall"].ratio == pytest.approx(len(drawn) / (len(drawn) - 1), rel=1e-12)


def test_a_figure_gets_the_interval_of_its_days() -> None:
    """Wilson's with the effective number of answers, wider than answers one by one."""
    counted = tallies(days(3))
    total = sum(counted)
    found = design(SMALL, total, spreads(SMALL, counted, "t2b.v1", 30), "t2b.v1", 30)
    wide = {f.key: f for f in figures(SMALL, total, Query("u", "p"), 1, "t2b.v1", design=found)}
    narrow = {f.key: f for f in figures(SMALL, total, Query("u", "p"), 1, "t2b.v1")}
    own, bare = wide["overall"], narrow["overall"]

    assert own.value == bare.value
    assert own.design_effect == found["overall"].told().ratio > 1.3
    assert own.low is not None
    assert bare.low is not None
    assert own.low < bare.low
    effective = (own.n or 0) / own.design_effect * (1.959964 / quantile(24)) ** 2
    expected = wilson(float(own.value or 0) * effective, effective)
    assert own.low == pytest.approx(expected.low, abs=1e-7)
    assert bare.design_effect is None


def test_too_few_days_are_taken_to_go_together_as_assumed() -> None:
    """Below six counter-days the correlation is assumed, and infinite freedom said."""
    drawn = days(4, number=LEAST - 1)
    counted = tallies(drawn)
    found = spreads(SMALL, counted, "t2b.v1", 10)["overall"]
    n = sum(map(len, drawn))
    singly = alone(tally.level_counts(SMALL, sum(counted))["overall"][0], "t2b.v1")

    assert found.variance == pytest.approx(singly * (1 + (n / len(drawn) - 1) * ASSUMED))
    assert math.isinf(found.freedom)


def test_answers_all_alike_keep_wilson() -> None:
    """Nobody differs, so days tell nothing; the interval is that of so many answers."""
    counted = [tally.tally(SMALL, "55n---") * 4] * 10
    found = design(SMALL, sum(counted), spreads(SMALL, counted, "t2b.v1", 30), "t2b.v1", 30)
    made = figures(SMALL, sum(counted), Query("u", "p"), 1, "t2b.v1", (Part.OVERALL,), found)[0]

    assert made.value == made.high == 1
    assert made.low == wilson(40, 40).low


@pytest.mark.parametrize("number", [LEAST, 20, 60])
@pytest.mark.parametrize("satisfied", range(1, 20))
def test_days_that_are_all_the_same_narrow_no_interval(number: int, satisfied: int) -> None:
    """The same share of twenty every day is no certainty: as wide as if answers stood alone."""
    day = sum(tally.tally(SMALL, "555---" if at < satisfied else "111---") for at in range(20))
    counted = [day] * number
    found = design(SMALL, sum(counted), spreads(SMALL, counted, "t2b.v1", 30), "t2b.v1", 30)
    made = figures(SMALL, sum(counted), Query("u", "p"), 1, "t2b.v1", design=found)
    bare = wilson(satisfied * number, 20 * number)

    for each in made:
        assert each.low == pytest.approx(bare.low, abs=0.003), each.key  # the ratio has two digits
        assert each.high == pytest.approx(bare.high, abs=0.003), each.key


def test_days_by_luck_alike_narrow_no_interval() -> None:
    """Nineteen or eighteen of twenty by turns: less than chance, so as answers that stand alone."""
    days_ = [["555---"] * (19 - at % 2) + ["111---"] * (1 + at % 2) for at in range(6)]
    counted = [sum(tally.tally(SMALL, said) for said in day) for day in days_]
    found = design(SMALL, sum(counted), spreads(SMALL, counted, "t2b.v1", 30), "t2b.v1", 30)
    made = {
        f.key: f for f in figures(SMALL, sum(counted), Query("u", "p"), 1, "t2b.v1", design=found)
    }
    bare = wilson(111, 120)

    assert made["a"].low == pytest.approx(bare.low, abs=0.003)
    assert found["a"].ratio * (quantile(5) / 1.959964) ** 2 == pytest.approx(1)
    assert found["f"].ratio == pytest.approx(found["a"].ratio / 2)


@pytest.mark.parametrize("formula_id", sorted(FORMULAS))
@pytest.mark.parametrize("level", "12345")
def test_rounding_makes_no_variance_where_all_answer_alike(formula_id: str, level: str) -> None:
    """Whatever binary digits are left over, there is no design to say."""
    for responses in (3, 7, 11):
        counted = [tally.tally(SMALL, level * 3 + "---") * responses] * 13
        found = spreads(SMALL, counted, formula_id, 30)

        assert design(SMALL, sum(counted), found, formula_id, 30) == {}


def test_units_stand_for_themselves_when_pooled() -> None:
    """What two units differ by adds nothing: only what each is uncertain about."""
    low = spreads(SMALL, tallies(days(5)), "t2b.v1", 30)["a"]
    other = low._replace(n=3 * low.n)
    found = pooled([{"a": low}, {"a": other}, {}])["a"]

    assert found.variance == pytest.approx(low.variance * (0.25**2 + 0.75**2))
    assert (found.freedom, found.n) == (2 * low.freedom, 4 * low.n)


def test_a_small_part_goes_together_less() -> None:
    """A part that holds a hundredth of the answers has hardly two on one day."""
    whole = {"overall": Factor(4.0, 30), "f": Factor(2.0, 30)}
    part = narrowed(whole, 0.01)

    assert part["overall"].ratio == pytest.approx(4 * 1.02 / 3)
    assert narrowed(whole, 1.0) == whole
    assert narrowed({}, 0.5) == {}


@given(
    st.lists(st.floats(0.05, 40), min_size=1, max_size=30),
    st.floats(0, 1),
)
def test_no_part_is_more_certain_than_answers_that_stand_alone(
    ratios: list[float], share: float
) -> None:
    """Nor than the whole is, where a composite's items have little in common; nor less so."""
    whole = {str(at): Factor(ratio, 9) for at, ratio in enumerate(ratios)}

    for key, (ratio, _) in narrowed(whole, share).items():
        assert min(1.0, whole[key].ratio) <= ratio <= whole[key].ratio


def test_intervals_of_means_stay_within_what_can_be() -> None:
    """From 0.2 to 1 for the mean over five; symmetrical inside."""
    wide = interval(Fraction(9, 10), 1.0, 10, "m5.v1")
    narrow = interval(Fraction(3, 5), 0.0001, math.inf, "m5.v1")

    assert (wide.low, wide.high) == (0.2, 1.0)
    assert narrow.high - 0.6 == pytest.approx(0.0196, abs=1e-4)


@pytest.mark.parametrize("freedom", [*range(5, 41), 100, 1000])
def test_the_quantile_is_students(freedom: int) -> None:
    """To three digits from five degrees of freedom on."""
    assert quantile(freedom) == pytest.approx(student.ppf(0.975, freedom), abs=5e-4 * 3)


def test_nobody_is_no_spread() -> None:
    """Items that nobody answered are left out, and a spread of nothing is nothing."""
    nothing = [tally.tally(SMALL, "nnn---")] * 10

    assert spreads(SMALL, nothing, "t2b.v1", 30) == {}
    assert design(SMALL, 0, {"a": Spread(0.1, 3, 9)}, "t2b.v1", 30) == {}


def test_items_that_are_each_all_alike_keep_their_interval() -> None:
    """One item satisfies everybody and the other nobody: the factor varies with nothing."""
    counted = [tally.tally(SMALL, "415---") * 4] * 10
    found = design(SMALL, sum(counted), spreads(SMALL, counted, "t2b.v1", 30), "t2b.v1", 30)
    made = figures(SMALL, sum(counted), Query("u", "p"), 1, "t2b.v1", (Part.FACTOR,), found)[0]
    bare = figures(SMALL, sum(counted), Query("u", "p"), 1, "t2b.v1", (Part.FACTOR,))[0]

    assert made == bare
    assert made.value == Fraction(1, 2)


def test_a_composite_of_which_days_tell_nothing_keeps_its_bounds() -> None:
    """A design from elsewhere cannot widen what does not vary."""
    counted = tally.tally(SMALL, "415---") * 40
    lent = {"f": Factor(3.0, 20)}
    made = figures(SMALL, counted, Query("u", "p"), 1, "t2b.v1", (Part.FACTOR,), lent)[0]

    assert made == figures(SMALL, counted, Query("u", "p"), 1, "t2b.v1", (Part.FACTOR,))[0]
