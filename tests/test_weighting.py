"""Weights by handled dossiers: against ipfn, R's survey package and by their laws."""

from __future__ import annotations

import json
import math
import random
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ipfn.ipfn import ipfn  # type: ignore[import-untyped]
from statsmodels.stats.weightstats import DescrStatsW  # type: ignore[import-untyped]

from sipas import tally
from sipas.clusters import alone, design, quantile, spreads
from sipas.formulas import FORMULAS, formula
from sipas.scoring import Z95, LevelCounts
from sipas.weighting import (
    TRIMMED_AT,
    Group,
    Stratum,
    kish,
    strata,
    weighted,
    weights,
)
from tests.questionnaires import instrument

SMALL = instrument(("a", "b"), {"f": ("a", "b")})
FROM_R = json.loads((Path(__file__).parent / "data" / "weights.json").read_text("utf-8"))
HANDLED = {"land": 800, "civil": 450, "trade": 300}
_LIKELY = {"land": (0.6, 3), "civil": (0.8, 4), "trade": (0.9, 6)}  # satisfied; answers a day


class Said(NamedTuple):
    """A response of a day."""

    day: int
    field: str
    satisfied: bool


def said(seed: int, days: int = 30) -> list[Said]:
    """Those whose fields are served well answer more often; a day's answers share its mood."""
    chance, found = random.Random(seed), list[Said]()
    for day in range(days):
        mood = chance.uniform(-0.15, 0.15)
        for field, (likely, most) in _LIKELY.items():
            for _ in range(chance.randint(0, 2 * most)):
                found.append(Said(day, field, chance.random() < likely + mood))
    return found


def csv(seeds: range) -> str:
    """What scripts/weights.R reads."""
    rows = (
        f"{seed},{each.day},{each.field},{HANDLED[each.field]},{int(each.satisfied)}"
        for seed in seeds
        for each in said(seed)
    )
    return "\n".join(["seed,day,field,dossiers,satisfied", *rows])


def one(levels: str, n: int = 1) -> int:
    """The tally of *n* responses with these levels of `overall`, `a` and `b`."""
    return n * tally.tally(SMALL, f"{levels}---")


def summed(responses: list[Said]) -> int:
    """Their tally; only `overall` is answered."""
    return sum(one("5nn" if each.satisfied else "2nn") for each in responses)


@pytest.mark.parametrize("case", FROM_R, ids=lambda case: f"seed {case['seed']}")
def test_shares_and_errors_are_those_of_r(case: dict[str, float]) -> None:
    """The value to twelve digits; the error, by Kish's effect, from a tenth less to a third more.

    R takes from it what fields differ by, and adds what days and fields have in common.
    """
    drawn = said(int(case["seed"]))
    fields = [
        Group(summed([each for each in drawn if each.field == field]), handled)
        for field, handled in HANDLED.items()
    ]
    whole = Group(summed(drawn), sum(HANDLED.values()), tuple(fields))
    days = [summed([each for each in drawn if each.day == day]) for day in range(30)]
    known = spreads(SMALL, days, "t2b.v1", 30)
    factor = design(SMALL, whole.tally, known, "t2b.v1", 30)["overall"]
    found = weighted(strata(SMALL, whole), ["overall"], "t2b.v1", factor)
    assert found

    value = float(found.value)
    error = math.sqrt(value * (1 - value) / found.effective_n)
    singly = alone(tally.level_counts(SMALL, whole.tally)["overall"][0], "t2b.v1")
    least = singly * (Z95 / quantile(29)) ** 2  # no narrower than answers alone
    assert value == pytest.approx(case["value"], abs=1e-12)
    assert known["overall"].variance == pytest.approx(max(case["raw_se"] ** 2, least), rel=1e-10)
    assert 0.9 < error / case["se"] < 1.34
    assert found.low < value < found.high


COUNTS = st.lists(st.integers(0, 60), min_size=5, max_size=5).map(
    lambda levels: LevelCounts((levels[0] + 1, *levels[1:]))
)
STRATA = st.lists(st.builds(Stratum, COUNTS, st.integers(1, 500)), min_size=2, max_size=8)


@given(found=STRATA)
def test_weights_before_they_are_trimmed_are_those_of_ipfn(found: list[Stratum]) -> None:
    """Iterative proportional fitting of the answers to the dossiers gives the same."""
    n, dossiers = (
        sum(numbers)
        for numbers in zip(*((each.counts.n, each.dossiers) for each in found), strict=True)
    )
    seed = np.array([float(each.counts.n) for each in found])
    target = np.array([each.dossiers * n / dossiers for each in found])
    fitted = ipfn(seed.copy(), [target], [[0]]).iteration() / seed

    for weight, other in zip(weights(found), fitted, strict=True):
        assert weight.each == pytest.approx(min(max(other, 1 / TRIMMED_AT), TRIMMED_AT))
        assert weight.trimmed == (not 1 / TRIMMED_AT <= other <= TRIMMED_AT) or other in (
            pytest.approx(1 / TRIMMED_AT),
            pytest.approx(TRIMMED_AT),
        )


@given(found=STRATA, formula_id=st.sampled_from(sorted(FORMULAS)))
def test_value_and_effective_n_are_those_of_statsmodels(
    found: list[Stratum], formula_id: str
) -> None:
    """The weighted mean, its standard deviation, and Kish's effective number of answers."""
    made = weighted({"a": found}, ["a"], formula_id)
    ones = [LevelCounts(tuple(int(at == level) for at in range(5))) for level in range(5)]
    worth = [float(formula(formula_id)(each).value) for each in ones]
    rows = [
        (worth[level], float(weight.each))
        for weight in weights(found)
        for level, n in enumerate(weight.stratum.counts.levels)
        for _ in range(n)
    ]
    told = DescrStatsW(np.array([row[0] for row in rows]), np.array([row[1] for row in rows]))
    squares = np.array([row[1] for row in rows])
    effective = squares.sum() ** 2 / (squares**2).sum()

    assert kish(weights(found)) == pytest.approx(len(rows) / effective, rel=1e-12)
    if made:
        assert float(made.value) == pytest.approx(told.mean, rel=1e-12)
        assert made.effective_n == pytest.approx(effective, rel=1e-12)
        assert made.low <= made.value <= made.high


def test_a_value_follows_from_what_is_shown() -> None:
    """Moving answers between two hidden fields of a unit moves no weighted figure."""
    shown = Group(one("444", 60), 100)
    whole = Group(shown.tally + one("222", 40) + one("544", 30), 500, (shown,))
    parts = strata(SMALL, whole)

    assert [(each.counts.n, each.dossiers) for each in parts["overall"]] == [(60, 100), (70, 400)]
    assert parts["overall"][1].counts.levels == (0, 40, 0, 0, 30)


def test_a_small_rest_goes_into_the_smallest_group() -> None:
    """29 answers are no group of their own; nobody is none at all."""
    small, large = Group(one("444", 40), 10), Group(one("555", 80), 20)
    both = small.tally + large.tally
    rest = strata(SMALL, Group(both + one("222", 29), 100, (large, small)))["overall"]
    none = strata(SMALL, Group(both, 100, (large, small)))["overall"]

    assert [(each.counts.n, each.dossiers) for each in rest] == [(80, 20), (69, 80)]
    assert [(each.counts.n, each.dossiers) for each in none] == [(80, 20), (40, 10)]


def test_an_item_that_is_hidden_of_a_group_is_in_the_rest() -> None:
    """Each item has strata of its own."""
    part = Group(one("444", 60), 100, hidden=frozenset({"a"}))
    found = strata(SMALL, Group(part.tally + one("222", 40), 300, (part,)))

    assert [each.counts.n for each in found["a"]] == [100]
    assert [each.counts.n for each in found["b"]] == [60, 40]


def test_who_told_no_field_does_not_weigh() -> None:
    """They are aside where they are shown; where not, no field of the unit is told apart."""
    land, civil = Group(one("444", 40), 10), Group(one("222", 40), 90)
    nobody = Group(one("555", 50), 7, aside=True)
    parts = (land, civil, nobody)
    tally_ = sum(each.tally for each in parts)
    apart = strata(SMALL, Group(tally_, 107, parts))["overall"]
    hidden = nobody._replace(hidden=frozenset({"overall"}))
    together = strata(SMALL, Group(tally_, 107, (land, civil, hidden)))["overall"]
    alone = strata(SMALL, Group(nobody.tally + one("222", 5), 107, (nobody,)))["overall"]

    assert [(each.counts.n, each.dossiers) for each in apart] == [(40, 10), (40, 90)]
    assert [(each.counts.n, each.dossiers) for each in together] == [(130, 107)]
    assert [each.counts.n for each in alone] == [55]


def test_units_and_their_fields_nest() -> None:
    """Fields within a unit, units within the province, and what is hidden of each in its rest."""
    fields = (Group(one("444", 40), 50), Group(one("222", 35), 150))
    large = Group(sum(each.tally for each in fields) + one("333", 30), 300, fields)
    other = Group(one("555", 90), 100)
    found = strata(SMALL, Group(large.tally + other.tally + one("111", 32), 450, (large, other)))

    assert [(each.counts.n, each.dossiers) for each in found["overall"]] == [
        (40, 50), (35, 150), (30, 100), (90, 100), (32, 50),
    ]  # fmt: skip


def test_weights_are_cut_and_it_is_told() -> None:
    """One answer for thirty dossiers and 2.7 for one: they count three times and a third."""
    rare, usual = Group(one("222", 30), 900), Group(one("444", 270), 100)
    found = strata(SMALL, Group(rare.tally + usual.tally, 1000, (rare, usual)))
    made = weighted(found, ["a", "b"], "t2b.v1")
    assert made

    assert made.value == Fraction(270, 3) / (Fraction(270, 3) + 3 * 30)
    assert made.trimmed == 1.0
    assert (made.n, made.strata) == (300, 2)


def test_where_nothing_differs_there_is_nothing_to_weight() -> None:
    """One group, or answers that are all alike; without dossiers everybody weighs the same."""
    alone = strata(SMALL, Group(one("444", 40) + one("222", 40), 10))
    alike = strata(SMALL, Group(one("444", 80), 10, (Group(one("444", 40), 2),)))
    untold = strata(SMALL, Group(one("444", 40) + one("222", 40), 0, (Group(one("444", 40), 0),)))

    assert weighted(alone, ["a"], "t2b.v1") is None
    assert weighted(alike, ["a"], "t2b.v1") is None
    assert [each.each for each in weights(untold["a"])] == [1, 1]
