"""Cases: what opens one, who works on it, the table of states, and clocks over weekends and Tết."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.instruments import shipped
from sipas.case_opening import Cause, Desk, Place, causes, desk_of, placed, raised, told
from sipas.cases import (
    ANSWER_DAYS,
    DONE,
    Act,
    Facts,
    Finding,
    Refusal,
    Standing,
    State,
    clocks,
    due,
    lapses,
    possible,
    standing,
    step,
)
from sipas.packing import pack
from sipas.workdays import is_workday, workdays_after

SAID = Facts("words", Finding.FOUNDED)
TREE = ("15448", "38")
INSPECTION = "38.tt"
DAYS = st.dates(date(2026, 1, 1), date(2027, 11, 1))


@pytest.mark.parametrize(
    ("answers", "worded", "wished", "found"),
    [
        ({"overall": "1"}, False, False, []),  # a low level alone says nothing to be answered
        ({"overall": "1"}, True, False, [Cause.LOW]),
        ({"overall": "2"}, False, True, [Cause.WISH]),
        ({"overall": "3"}, True, True, []),
        ({"overall": "n"}, True, True, []),
        ({}, True, True, []),
        ({"overall": "5", "ev_money": "yes"}, False, False, [Cause.MONEY]),
        ({"ev_trouble": "yes"}, False, False, [Cause.TROUBLE]),
        ({"ev_trouble": "r", "ev_money": "no"}, False, False, []),  # who does not say reports none
        ({"ev_late": "late", "ev_late_apology": "no"}, False, False, [Cause.LATE]),
        ({"ev_late": "late", "ev_late_apology": "unknown"}, False, False, []),
        ({"ev_late": "on_time", "ev_late_apology": "no"}, False, False, []),
    ],
)
def test_what_opens_a_case(
    answers: dict[str, str], worded: bool, wished: bool, found: list[Cause]
) -> None:
    """A low level with words or a wish, harassment, money, and a delay without an apology."""
    assert list(causes(answers, worded=worded, wished=wished)) == found


def test_packed_answers_are_read_by_their_codes() -> None:
    """Levels and what is no answer stay as they are."""
    short = shipped()["short.1"]
    levels = pack(short, {"overall": "1", "ev_trouble": "B", "ev_money": "r"})

    assert told(short, levels) == {"overall": "1", "ev_trouble": "yes", "ev_money": "r"}


@pytest.mark.parametrize("found", list(product([*Cause, None], repeat=2)))
def test_harm_goes_to_the_inspection_and_nothing_to_the_rated_unit(
    found: tuple[Cause | None, ...],
) -> None:
    """Wherever the rated unit stands in the tree and whichever unit inspects."""
    desk = desk_of(tuple(each for each in found if each))

    assert (desk is Desk.INSPECTION) == bool({Cause.MONEY, Cause.TROUBLE} & set(found))
    for inspection in ("", INSPECTION, "15448"):
        at = placed(TREE, desk, inspection)
        assert at.body != "15448"
        assert raised(at, ("38",), "15448", inspection).body != "15448"


def test_a_case_about_the_highest_unit_goes_to_its_inspection() -> None:
    """Nobody is above it; from a unit that inspects it does not come back to it either."""
    assert placed(("38",), Desk.ABOVE, "") == Place(Desk.INSPECTION, "38")
    at = placed(("38",), Desk.ABOVE, INSPECTION)

    assert at == Place(Desk.INSPECTION, INSPECTION)
    assert raised(at, (INSPECTION, "38"), "38", INSPECTION) == at


def test_an_escalation_goes_one_level_up() -> None:
    """From the top of the offices to the inspection; from the highest inspection to its others."""
    district = Place(Desk.ABOVE, "38.1")
    assert raised(district, ("38.1", "38"), "15448", "") == Place(Desk.ABOVE, "38")
    assert raised(Place(Desk.ABOVE, "38"), ("38",), "15448", "") == Place(Desk.INSPECTION, "38")
    at_top = Place(Desk.INSPECTION, "38")

    assert raised(at_top, ("38",), "15448", INSPECTION) == at_top


# What happens to a case from its opening to its end; the words say what is refused and why.
WAY = [
    (State.NEW, Act.VERIFY, SAID, Refusal.NOT_TAKEN),
    (State.NEW, Act.ANSWER, SAID, Refusal.NOT_TAKEN),
    (State.NEW, Act.SOLVED, SAID, Refusal.NOT_ANSWERED),
    (State.NEW, Act.TAKE, SAID, State.TAKEN),
    (State.TAKEN, Act.TAKE, SAID, Refusal.IS_TAKEN),
    (State.TAKEN, Act.EXTEND, Facts(), Refusal.NO_WORDS),
    (State.TAKEN, Act.EXTEND, SAID, State.TAKEN),
    (State.TAKEN, Act.EXTEND, Facts("words", extended=True), Refusal.EXTENDED),
    (State.TAKEN, Act.HAND_OVER, SAID, State.NEW),
    (State.TAKEN, Act.ANSWER, SAID, Refusal.NOT_VERIFIED),
    (State.TAKEN, Act.VERIFY, Facts("words"), Refusal.NO_FINDING),
    (State.TAKEN, Act.VERIFY, SAID, State.VERIFIED),
    (State.VERIFIED, Act.VERIFY, SAID, Refusal.IS_VERIFIED),
    (State.VERIFIED, Act.ANSWER, Facts(" "), Refusal.NO_WORDS),
    (State.VERIFIED, Act.ANSWER, SAID, State.ANSWERED),
    (State.ANSWERED, Act.ANSWER, SAID, Refusal.IS_ANSWERED),
    (State.ANSWERED, Act.EXTEND, SAID, Refusal.IS_ANSWERED),
    (State.ANSWERED, Act.SOLVED, Facts(), State.CLOSED),
    (State.ANSWERED, Act.LAPSE, Facts(), State.CLOSED),
    (State.ANSWERED, Act.UNSOLVED, Facts(), State.ESCALATED),
    (State.ESCALATED, Act.HAND_OVER, SAID, State.ESCALATED),
    (State.ESCALATED, Act.ANSWER, SAID, Refusal.NOT_TAKEN),
    (State.ESCALATED, Act.TAKE, Facts(), State.TAKEN),
    (State.VERIFIED, Act.ANSWER, Facts("w", escalated=True, same_person=True), Refusal.SAME_PERSON),
    (State.ANSWERED, Act.UNSOLVED, Facts(escalated=True), State.CLOSED),
    (State.CLOSED, Act.REMARK, SAID, Refusal.IS_CLOSED),
    (State.CLOSED, Act.TAKE, SAID, Refusal.IS_CLOSED),
    (State.CLOSED, Act.APPEAL, SAID, State.CLOSED),
    (State.CLOSED, Act.APPEAL, Facts("words", appealed=True), Refusal.APPEALED),
    (State.CLOSED, Act.DECIDE, SAID, Refusal.NO_APPEAL),
    (
        State.CLOSED,
        Act.DECIDE,
        Facts("words", Finding.UNCLEAR, appealed=True, same_person=True),
        Refusal.SAME_PERSON,
    ),
    (State.CLOSED, Act.DECIDE, Facts("w", Finding.UNFOUNDED, appealed=True), State.CLOSED),
]


@pytest.mark.parametrize(("state", "act", "facts", "after"), WAY)
def test_a_case_moves_or_says_why_not(
    state: State, act: Act, facts: Facts, after: State | Refusal
) -> None:
    """Taken, verified, answered, judged; escalated once, extended once."""
    assert step(state, act, facts) is after


@given(st.sampled_from(State), st.sampled_from(Act), st.booleans(), st.booleans(), st.booleans())
def test_every_act_in_every_state_has_an_answer(
    state: State, act: Act, extended: bool, escalated: bool, same: bool
) -> None:
    """What is called possible is; only an answered case is judged, and a closed one stays so."""
    facts = Facts("w", Finding.UNCLEAR, extended, escalated, same_person=same)
    after = step(state, act, facts)

    assert (act in possible(state, facts)) == isinstance(after, State)
    assert state is not State.CLOSED or after in (State.CLOSED, *Refusal)
    assert act not in DONE or state is State.ANSWERED or isinstance(after, Refusal)
    assert after is not State.ESCALATED or state is after or not escalated


@pytest.mark.parametrize(
    ("since", "extended", "days"),
    [
        ("2026-11-02", False, ["2026-11-03", "2026-11-05", "2026-11-11"]),  # a Monday
        ("2026-11-06", False, ["2026-11-09", "2026-11-11", "2026-11-17"]),  # a Friday
        ("2026-11-07", False, ["2026-11-09", "2026-11-11", "2026-11-17"]),  # a Saturday
        ("2026-11-20", False, ["2026-11-23", "2026-11-26", "2026-12-02"]),  # over 24 November
        # Tết Bính Ngọ: no office from Saturday 14 to Sunday 22 February.
        ("2026-02-12", False, ["2026-02-13", "2026-02-24", "2026-03-02"]),
        ("2026-02-13", False, ["2026-02-23", "2026-02-25", "2026-03-03"]),
        ("2026-02-17", False, ["2026-02-23", "2026-02-25", "2026-03-03"]),
        ("2026-02-13", True, ["2026-02-23", "2026-02-25", "2026-03-13"]),
        # The Saturday worked for 31 August counts.
        ("2026-08-21", False, ["2026-08-22", "2026-08-25", "2026-09-03"]),
    ],
)
def test_clocks_count_working_days(since: str, extended: bool, days: list[str]) -> None:
    """One to be taken, three to be verified, seven to be answered, fifteen if extended."""
    found = clocks(date.fromisoformat(since), extended=extended)

    assert [each.isoformat() for each in found] == days


@given(DAYS, st.integers(1, 20))
def test_a_clock_ends_on_a_working_day(day: date, count: int) -> None:
    """So many working days lie after its first day, however long the holidays between."""
    end = workdays_after(day, count)
    between = (day + timedelta(days=n) for n in range(1, (end - day).days + 1))

    assert is_workday(end)
    assert sum(map(is_workday, between)) == count


def test_no_clock_of_no_days() -> None:
    """Counting on no day at all is a mistake of the caller."""
    with pytest.raises(ValueError, match="at least one"):
        workdays_after(date(2026, 2, 27), 0)


def test_how_a_case_stands_from_day_to_day() -> None:
    """Nothing is overdue during Tết; the day after the clock's end it is."""
    running = clocks(date(2026, 2, 12))
    seen = {
        day: standing(State.TAKEN, running, date(2026, 2, day)).value
        for day in (12, 13, 17, 22, 23, 24, 25)
    }

    assert seen == {
        12: "running",
        13: "running",
        17: "running",
        22: "running",
        23: "running",
        24: "due",
        25: "overdue",
    }


def test_what_waits_for_the_respondent_is_nobody_s_fault() -> None:
    """Who has answered waits fifteen working days for a word."""
    running = clocks(date(2026, 2, 12))
    late = date(2026, 12, 1)

    assert standing(State.ANSWERED, running, late) is Standing.WAITING
    assert standing(State.CLOSED, running, late) is Standing.CLOSED
    assert [due(state, running) for state in State] == [
        *(running.take, running.verify, running.answer, None, running.take, None)
    ]
    assert lapses(date(2026, 2, 12)) == date(2026, 3, 12)
    assert ANSWER_DAYS == 7
