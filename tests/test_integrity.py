"""Signs that somebody answered in citizens' place, and what becomes of who is named."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import betabinom  # type: ignore[import-untyped]

from sipas.findings import HEARD_WORKDAYS, Act, Facts, Refusal, State, possible, step
from sipas.integrity import (
    REMEMBERED,
    RESPONSES_LEAST,
    ROOTS,
    Counted,
    Counts,
    Sign,
    named,
    signs,
    unusual,
)
from sipas.stuffing import Day

WAYS = {"open web": 30, "kiosk web": 30}
QUIET = Counts(
    n=60,
    before=400,
    flags={"straight": 6, "rate": 1, "contest": 1},
    flags_before={"straight": 40, "rate": 3},
    ways=WAYS,
    ways_before={"open web": 200, "kiosk web": 200},
    receipts=20,
    hour=12,
    officials=2,
    reminded=Day(12, 7),
    days=[Day(8, 4)] * 30,
)


@pytest.mark.parametrize(
    ("changed", "sign"),
    [
        ({"flags": {"burst": 5}}, Sign.BURST),
        ({"hour": 41}, Sign.SERVICE),
        ({"flags": {"straight": 30}}, Sign.STRAIGHT),
        ({"flags": {"speed": 8}}, Sign.SPEED),
        ({"flags": {"rate": 8, "text": 6}}, Sign.SOURCE),
        ({"flags": {"contest": 6}}, Sign.CONTEST),
        ({"reminded": Day(30, 30)}, Sign.REMINDER),
        ({"ways": {"open web": 58, "kiosk web": 2}}, Sign.COMPOSITION),
    ],
)
def test_each_sign_and_nothing_else(changed: dict[str, Any], sign: Sign) -> None:
    """An ordinary half-month has none; one thing changed shows one, which names nobody."""
    assert signs(QUIET) == ()
    assert signs(replace(QUIET, **changed)) == (sign,)
    assert not named([sign])


@pytest.mark.parametrize(
    "changed",
    [
        {"flags": {"burst": 4}},
        {"hour": 90, "assisted": 55},  # a pile of paper
        {"flags": {"straight": 30}, "flags_before": {}},  # nobody looked before
        {"flags": {"rate": 12}, "flags_before": {"rate": 80}},  # an accountant's counter
        {"ways": {"open web": 58}, "before": 20, "ways_before": {}},  # a new counter
        {"n": RESPONSES_LEAST - 1, "flags": {"burst": 20, "rate": 20}},
    ],
)
def test_what_has_an_innocent_reason_is_no_sign(changed: dict[str, Any]) -> None:
    """Few, keyed in by the pile, usual there, or nothing to compare with."""
    assert signs(replace(QUIET, **changed)) == ()


def test_two_of_one_root_see_the_same() -> None:
    """Only signs of different roots name a counter."""
    pairs = itertools.combinations(Sign, 2)

    assert all(named(pair) == (ROOTS[pair[0]] != ROOTS[pair[1]]) for pair in pairs)


@given(st.integers(0, 80), st.integers(0, 300), st.integers(0, 300))
def test_the_chance_is_the_beta_binomial_tail(k: int, hits: int, misses: int) -> None:
    """As scipy has it; the past weighs no more than it may."""
    past = hits + misses
    weight = min(1, REMEMBERED / past) if past else 0
    expected = betabinom.sf(k - 1, 80, 1 + weight * hits, 1 + weight * misses)

    assert unusual(Counted(k, 80), Counted(hits, past), (1.0, 1.0)) == pytest.approx(
        expected, abs=1e-9
    )


def test_every_act_in_every_state_has_an_answer() -> None:
    """A decision needs a reason, and staff are heard before anything is upheld."""
    said = Facts("because", HEARD_WORKDAYS)
    table = {(state, act): step(state, act, said) for state in State for act in Act}

    assert len(table) == 12
    assert [act for act in Act if step(State.NAMED, act, Facts("  ", 99)) is Refusal.NO_REASON] == [
        *Act
    ]
    assert step(State.NAMED, Act.UPHOLD, Facts("because")) is Refusal.TOO_EARLY
    assert step(State.APPEALED, Act.UPHOLD, Facts("because")) is State.UPHELD
    assert possible(State.DISMISSED, 99) == ()
    assert possible(State.UPHELD, 99) == (Act.DISMISS,)
