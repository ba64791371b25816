"""The checks on closing responses: what each flags, what it lets pass, and that none refuses."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipas.packing import NOT_SHOWN, alphabet
from sipas.session import Stratum
from sipas.verdicts import (
    CHECKS,
    DURATIONS_S,
    TICK_S,
    Facts,
    Outcome,
    busy_from,
    comparable,
    duration_class,
    fits,
    flags,
    given_levels,
    judge,
)
from tests.questionnaires import shipped

SHORT = shipped("short")
FLAG, REJECT = Outcome.FLAG, Outcome.REJECT


@dataclass(frozen=True)
class Case:
    """A response that closes, and the reasons it is flagged for."""

    says: str
    facts: Facts
    reasons: set[str]


CASES = (
    Case("one tap is a valid response", Facts(levels="5"), set()),
    Case("one tap of a kiosk", Facts(levels="5", stratum=Stratum.KIOSK), set()),
    Case("one tap in the very same tick", Facts(levels="1", duration=0), set()),
    Case("three equal levels are too few to say", Facts(levels="555", answers=3), set()),
    Case("four equal levels", Facts(levels="5555", answers=4), {"all_equal"}),
    Case("four equal low levels", Facts(levels="1111", answers=4), {"all_equal"}),
    Case("equal, with words beside them", Facts(levels="5555", answers=5, worded=True), set()),
    Case("one level differs", Facts(levels="555545", answers=6), set()),
    Case("seven answers at once are too few", Facts(answers=7, duration=0), set()),
    Case("eight answers in five seconds", Facts(answers=8, duration=0), {"under_a_second_each"}),
    Case("eight answers in ten seconds", Facts(answers=8, duration=1), set()),
    Case("ten answers in ten seconds", Facts(answers=10, duration=1), {"under_a_second_each"}),
    Case("nineteen answers in twenty seconds", Facts(answers=19, duration=2), set()),
    Case("thirty answers in over half an hour", Facts(answers=30, duration=7), set()),
    Case(
        "a kiosk hands over what it queued",
        Facts(answers=20, duration=0, stratum=Stratum.KIOSK, closed_today=90),
        set(),
    ),
    Case(
        "a clerk keys in fifty sheets",
        Facts(answers=20, duration=0, stratum=Stratum.ASSISTED, closed_today=50, arrived=50),
        set(),
    ),
    Case("a relative's phone for three", Facts(levels="4", closed_today=3), set()),
    Case("an accountant's tenth dossier", Facts(levels="4", closed_today=10), set()),
    Case("an accountant's eleventh", Facts(levels="4", closed_today=11), {"many_in_a_day"}),
    Case("twelve in a counter's quiet hour", Facts(levels="4", arrived=12, usual=0), set()),
    Case("the thirteenth", Facts(levels="5", arrived=13, usual=0.5, alike=1e-5), {"busy_hour"}),
    Case("forty where twenty are usual", Facts(levels="4", arrived=40, usual=20), set()),
    Case("many, but each their own", Facts(levels="5", arrived=80, usual=2, alike=0.2), set()),
    Case(
        "forty where two are usual",
        Facts(levels="5", arrived=40, usual=2, alike=1e-4),
        {"busy_hour"},
    ),
    Case("words said twice", Facts(levels="4", text_seen=2), set()),
    Case("words said a third time", Facts(levels="4", text_seen=3), {"same_text"}),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.says)
def test_each_case_is_flagged_for_these_reasons_and_no_other(case: Case) -> None:
    """The table above is the rule."""
    said = judge(case.facts)

    assert {str(verdict.reason) for verdict in flags(said)} == case.reasons
    assert all(verdict.outcome is not REJECT for verdict in said)


def test_every_check_speaks_once_and_in_order() -> None:
    """Metrics count each check of each response."""
    assert [verdict.check for verdict in judge(Facts())] == list(CHECKS)


def test_answers_that_fit_no_questionnaire_are_rejected() -> None:
    """Only the form rejects."""
    (form, *others) = judge(Facts(fits=False, levels="5"))

    assert (form.check, form.outcome, form.reason) == ("form", REJECT, "malformed")
    assert all(verdict.outcome is Outcome.PASS for verdict in others)


PACKED = st.tuples(*(st.sampled_from(alphabet(item) + NOT_SHOWN) for item in SHORT.items)).map(
    "".join
)
FACTS = st.builds(
    Facts,
    fits=st.just(True),
    levels=st.text("12345", max_size=20),
    answers=st.integers(0, 40),
    stratum=st.sampled_from(Stratum),
    worded=st.booleans(),
    duration=st.integers(0, len(DURATIONS_S)),
    closed_today=st.integers(1, 10_000),
    arrived=st.integers(0, 10_000),
    usual=st.floats(0, 1000),
    text_seen=st.integers(0, 10_000),
)


@given(FACTS)
def test_well_formed_input_is_never_rejected(facts: Facts) -> None:
    """Whatever else is known of a response, it counts."""
    assert all(verdict.outcome is not REJECT for verdict in judge(facts))


@given(FACTS)
def test_a_verdict_has_a_reason_exactly_where_it_is_no_pass(facts: Facts) -> None:
    """Nobody is flagged without being told why."""
    assert all((v.outcome is Outcome.PASS) == (not v.reason) for v in judge(facts))


@given(PACKED)
def test_whatever_the_questionnaire_can_hold_fits(levels: str) -> None:
    """No packed answer of ours is malformed."""
    assert fits(SHORT, levels)
    assert not fits(SHORT, levels + "5")
    assert not fits(SHORT, levels[:-1] + "7")


@given(st.integers(1, 10**9), st.one_of(st.integers(0, 40), st.integers(0, 10**6)))
def test_a_duration_is_never_taken_for_shorter_than_it_was(began: int, ticks: int) -> None:
    """A class says "not longer than"; nobody is flagged by a rounding."""
    number = duration_class(began, began + ticks)
    longest_s = (ticks + 1) * TICK_S

    assert number == len(DURATIONS_S) or longest_s <= DURATIONS_S[number]
    assert number == 0 or longest_s > DURATIONS_S[number - 1]


@given(st.floats(0, 1000))
def test_twice_the_usual_is_never_remarked_on(usual: float) -> None:
    """A good hour is no suspicion."""
    assert busy_from(usual) >= max(12, 2 * usual)


def test_words_are_compared_without_case_tones_and_marks() -> None:
    """The same sentence typed on two phones is the same sentence."""
    assert comparable("Cán bộ rất nhiệt tình!!!") == comparable("can bo RAT  nhiet tinh")
    assert comparable("Cảm ơn") == ""


def test_levels_are_those_of_scales_alone() -> None:
    """A choice "A" or "not applicable" is no level."""
    marks = {"overall": "5", "f_access": "n", "f_proc": "4", "ev_late": "A"}
    levels = "".join(marks.get(item.key, NOT_SHOWN) for item in SHORT.items)

    assert given_levels(SHORT, levels) == "54"
