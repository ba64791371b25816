"""Cases: what a state may become and what refuses it, and the clocks.

Somebody above the rated unit, or the inspection, takes a case, finds out and answers; the
respondent says whether it is solved. "No" takes it one level up, once. Which act is possible in
which state is one table, as for filings. All clocks count working days.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from sipas.workdays import workdays_after

TAKE_DAYS, VERIFY_DAYS, ANSWER_DAYS, LONGEST_DAYS = 1, 3, 7, 15
SILENT_DAYS = 15
"""Working days that the respondent has to say whether an answer solved it."""


class State(StrEnum):
    """Where a case stands."""

    NEW = "new"
    TAKEN = "taken"
    VERIFIED = "verified"
    ANSWERED = "answered"
    ESCALATED = "escalated"
    CLOSED = "closed"


class Act(StrEnum):
    """What is done to a case: by whoever works on it, its respondent, time, or the rated unit."""

    TAKE = "take"
    VERIFY = "verify"
    EXTEND = "extend"
    HAND_OVER = "hand_over"
    ANSWER = "answer"
    DECIDE = "decide"
    REMARK = "remark"
    SOLVED = "solved"
    UNSOLVED = "unsolved"
    LAPSE = "lapse"
    APPEAL = "appeal"


class Finding(StrEnum):
    """What came out when it was verified."""

    FOUNDED = "founded"
    UNFOUNDED = "unfounded"
    UNCLEAR = "unclear"


class Refusal(StrEnum):
    """Why an act is not possible now."""

    NOT_TAKEN = "not_taken"  # nobody has acknowledged it yet
    IS_TAKEN = "is_taken"
    NOT_VERIFIED = "not_verified"  # an answer rests on what was found out
    IS_VERIFIED = "is_verified"
    NOT_ANSWERED = "not_answered"
    IS_ANSWERED = "is_answered"  # it is the respondent's turn
    IS_CLOSED = "is_closed"
    NO_WORDS = "no_words"
    NO_FINDING = "no_finding"
    EXTENDED = "extended"  # only once
    SAME_PERSON = "same_person"  # who answered, or verified, does not judge that
    APPEALED = "appealed"  # only once
    NO_APPEAL = "no_appeal"


class Standing(StrEnum):
    """How a case stands with whoever waits for it, the most urgent first."""

    OVERDUE = "overdue"
    DUE = "due"
    RUNNING = "running"
    WAITING = "waiting"
    CLOSED = "closed"


STAFF = (Act.TAKE, Act.VERIFY, Act.EXTEND, Act.HAND_OVER, Act.ANSWER, Act.DECIDE)
RESPONDENT = (Act.REMARK, Act.SOLVED, Act.UNSOLVED)
DONE = (Act.SOLVED, Act.UNSOLVED, Act.LAPSE)
"""What may close a case: its outcome."""

_Row = tuple[State | Refusal, ...]
_NO = Refusal
_STATES = tuple(State)
# Columns: new, taken, verified, answered, escalated, closed.
_ASKED: _Row = (*(_NO.NOT_ANSWERED,) * 3, State.CLOSED, _NO.NOT_ANSWERED, _NO.IS_CLOSED)
_TABLE: Mapping[Act, _Row] = {
    Act.TAKE: (
        *(State.TAKEN, _NO.IS_TAKEN, _NO.IS_TAKEN, _NO.IS_ANSWERED),
        *(State.TAKEN, _NO.IS_CLOSED),
    ),
    Act.VERIFY: (
        *(_NO.NOT_TAKEN, State.VERIFIED, _NO.IS_VERIFIED, _NO.IS_ANSWERED),
        *(_NO.NOT_TAKEN, _NO.IS_CLOSED),
    ),
    Act.EXTEND: (
        *(_NO.NOT_TAKEN, State.TAKEN, State.VERIFIED, _NO.IS_ANSWERED),
        *(_NO.NOT_TAKEN, _NO.IS_CLOSED),
    ),
    Act.HAND_OVER: (
        *(State.NEW, State.NEW, State.NEW, _NO.IS_ANSWERED),
        *(State.ESCALATED, _NO.IS_CLOSED),
    ),
    Act.ANSWER: (
        *(_NO.NOT_TAKEN, _NO.NOT_VERIFIED, State.ANSWERED, _NO.IS_ANSWERED),
        *(_NO.NOT_TAKEN, _NO.IS_CLOSED),
    ),
    Act.REMARK: (*_STATES[:-1], _NO.IS_CLOSED),
    Act.SOLVED: _ASKED,
    Act.UNSOLVED: _ASKED,
    Act.LAPSE: _ASKED,
    Act.APPEAL: _STATES,
    Act.DECIDE: _STATES,
}
_SAYING = frozenset({Act.EXTEND, Act.HAND_OVER, Act.ANSWER, Act.DECIDE, Act.REMARK, Act.APPEAL})
_FINDING = frozenset({Act.VERIFY, Act.DECIDE})


@dataclass(frozen=True, slots=True)
class Facts:
    """What an act depends on besides the state.

    Attributes:
        words: what is said with it.
        finding: what was found out, where that is decided.
        extended: the time was extended before.
        escalated: the respondent has said "not solved" before.
        appealed: the rated unit has appealed.
        decided: that appeal was decided.
        same_person: who acts answered before the escalation, or made the finding appealed against.
    """

    words: str = ""
    finding: Finding | None = None
    extended: bool = False
    escalated: bool = False
    appealed: bool = False
    decided: bool = False
    same_person: bool = False


PLAIN = Facts()


def step(state: State, act: Act, facts: Facts = PLAIN) -> State | Refusal:
    """What a case becomes by *act*, or why it stays as it is.

    >>> step(State.ANSWERED, Act.UNSOLVED)
    <State.ESCALATED: 'escalated'>
    >>> step(State.ANSWERED, Act.UNSOLVED, Facts(escalated=True))
    <State.CLOSED: 'closed'>
    >>> step(State.TAKEN, Act.ANSWER, Facts("We are sorry."))
    <Refusal.NOT_VERIFIED: 'not_verified'>
    """
    found = _TABLE[act][_STATES.index(state)]
    if isinstance(found, Refusal):
        return found
    if refused := _refused(act, facts):
        return refused
    if act is Act.UNSOLVED and not facts.escalated:
        return State.ESCALATED
    return found


def _refused(act: Act, facts: Facts) -> Refusal | None:
    """What speaks against an act that the state allows."""
    judges = (act is Act.ANSWER and facts.escalated) or act is Act.DECIDE
    checked = (
        (Refusal.EXTENDED, act is Act.EXTEND and facts.extended),
        (Refusal.APPEALED, act is Act.APPEAL and facts.appealed),
        (Refusal.NO_APPEAL, act is Act.DECIDE and (facts.decided or not facts.appealed)),
        (Refusal.SAME_PERSON, judges and facts.same_person),
        (Refusal.NO_FINDING, act in _FINDING and facts.finding is None),
        (Refusal.NO_WORDS, act in _SAYING and not facts.words.strip()),
    )
    return next((refusal for refusal, is_so in checked if is_so), None)


def possible(state: State, facts: Facts = PLAIN) -> tuple[Act, ...]:
    """What may be done in *state*, whatever has to be said with it.

    >>> [str(act) for act in possible(State.ANSWERED)]
    ['remark', 'solved', 'unsolved', 'lapse', 'appeal']
    """
    said = Facts(
        *("words", Finding.UNCLEAR, facts.extended, facts.escalated),
        *(facts.appealed, facts.decided, facts.same_person),
    )
    return tuple(act for act in Act if isinstance(step(state, act, said), State))


class Clocks(NamedTuple):
    """The days by which a case is to be taken, verified and answered."""

    take: date
    verify: date
    answer: date


def clocks(since: date, *, extended: bool = False) -> Clocks:
    """The clocks of a case that runs from the day *since*: its first, or that of its escalation.

    >>> clocks(date(2026, 2, 13)).take.isoformat()  # a Friday, then Tết
    '2026-02-23'
    """
    answer = LONGEST_DAYS if extended else ANSWER_DAYS
    return Clocks(*(workdays_after(since, n) for n in (TAKE_DAYS, VERIFY_DAYS, answer)))


def due(state: State, running: Clocks) -> date | None:
    """By when the next act is to be done by whoever works on a case; None if it is not theirs.

    >>> due(State.TAKEN, clocks(date(2026, 11, 27))).isoformat()
    '2026-12-02'
    """
    by_state = {
        State.NEW: running.take,
        State.ESCALATED: running.take,
        State.TAKEN: running.verify,
        State.VERIFIED: running.answer,
    }
    return by_state.get(state)


def standing(state: State, running: Clocks, today: date) -> Standing:
    """How a case stands today; it is due on the last working day that its clock leaves.

    >>> standing(State.NEW, clocks(date(2026, 11, 27)), date(2026, 11, 30)).value
    'due'
    """
    day = due(state, running)
    if day is None:
        return Standing.CLOSED if state is State.CLOSED else Standing.WAITING
    if today > day:
        return Standing.OVERDUE
    return Standing.DUE if workdays_after(today, 1) > day else Standing.RUNNING


def lapses(answered: date) -> date:
    """The last day on which the respondent may say whether an answer solved it.

    >>> lapses(date(2026, 11, 30)).isoformat()
    '2026-12-21'
    """
    return workdays_after(answered, SILENT_DAYS)
