"""Corrective plans: what a state may become and what refuses it, and how a plan stands today.

Home Affairs calls for plans, so a criterion is listed; its unit enters causes, measures, a deadline
and the post in charge, notes progress, and reports the measures as done; Home Affairs verifies that
or returns the plan. Which act is possible in which state is one table, as for filings.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

SOON = 7
"""Days before a day that somebody is reminded of it."""

_POST_MOST = 120
_PERSONAL = re.compile(r"@|\d(?:[ .-]?\d){5,}")  # an address, or a number as long as a telephone's


class State(StrEnum):
    """Where a plan stands."""

    LISTED = "listed"
    OPEN = "open"
    DONE = "done"
    VERIFIED = "verified"
    RETURNED = "returned"


class Act(StrEnum):
    """What is done to a plan: the unit does the first three, Home Affairs the others."""

    WRITE = "write"
    NOTE = "note"
    FINISH = "finish"
    VERIFY = "verify"
    RETURN = "return"


class Refusal(StrEnum):
    """Why an act is not possible now."""

    NO_PLAN = "no_plan"  # nothing has been entered yet
    NOT_DONE = "not_done"
    WAITING = "waiting"  # reported as done: it is with Home Affairs
    WITH_UNIT = "with_unit"  # it was returned already
    CLOSED = "closed"  # verified: a later fall is listed anew
    NO_WORDS = "no_words"  # a note, a result and a return say something
    NO_CAUSES = "no_causes"
    NO_MEASURES = "no_measures"
    NO_DEADLINE = "no_deadline"
    PAST_DEADLINE = "past_deadline"
    NO_POST = "no_post"
    NOT_A_POST = "not_a_post"  # an address or a telephone number: a private person's


class Standing(StrEnum):
    """How a plan stands with whoever waits for it, the most urgent first."""

    OVERDUE = "overdue"
    MISSING = "missing"
    RETURNED = "returned"
    DONE = "done"
    AWAITED = "awaited"
    OPEN = "open"
    VERIFIED = "verified"


@dataclass(frozen=True, slots=True)
class Entered:
    """What a unit enters; *deadline* is a day as 2026-12-31, *post* who is in charge."""

    causes: str = ""
    measures: str = ""
    deadline: str = ""
    post: str = ""


_NO = Refusal
# Columns: listed, open, done, verified, returned.
_TABLE: Mapping[Act, tuple[State | Refusal, ...]] = {
    Act.WRITE: (State.OPEN, State.OPEN, _NO.WAITING, _NO.CLOSED, State.OPEN),
    Act.NOTE: (_NO.NO_PLAN, State.OPEN, State.DONE, _NO.CLOSED, State.RETURNED),
    Act.FINISH: (_NO.NO_PLAN, State.DONE, _NO.WAITING, _NO.CLOSED, State.DONE),
    Act.VERIFY: (_NO.NO_PLAN, _NO.NOT_DONE, State.VERIFIED, _NO.CLOSED, _NO.NOT_DONE),
    Act.RETURN: (_NO.NO_PLAN, State.RETURNED, State.RETURNED, _NO.CLOSED, _NO.WITH_UNIT),
}
_SAYING = frozenset({Act.NOTE, Act.FINISH, Act.RETURN})
_STATES = tuple(State)


def step(state: State, act: Act, words: str = "") -> State | Refusal:
    """What a plan becomes by *act*, or why it stays as it is.

    >>> step(State.OPEN, Act.FINISH, "Two more officials at the desk.")
    <State.DONE: 'done'>
    >>> step(State.OPEN, Act.VERIFY)
    <Refusal.NOT_DONE: 'not_done'>
    """
    found = _TABLE[act][_STATES.index(state)]
    if isinstance(found, State) and act in _SAYING and not words.strip():
        return Refusal.NO_WORDS
    return found


def possible(state: State) -> tuple[Act, ...]:
    """What may be done in *state* by whoever has the right.

    >>> [str(act) for act in possible(State.DONE)]
    ['note', 'verify', 'return']
    """
    return tuple(act for act in Act if isinstance(step(state, act, "words"), State))


def faults(entered: Entered, today: date) -> tuple[Refusal, ...]:
    """What is wrong with a plan as entered on the day *today*; nothing if it is complete.

    >>> faults(Entered("queue", "two desks", "2026-12-31", "call 0912 345 678"), date(2026, 12, 1))
    (<Refusal.NOT_A_POST: 'not_a_post'>,)
    """
    day, post = _day(entered.deadline), entered.post.strip()
    is_private = bool(_PERSONAL.search(post)) or len(post) > _POST_MOST
    checked = (
        (Refusal.NO_CAUSES, not entered.causes.strip()),
        (Refusal.NO_MEASURES, not entered.measures.strip()),
        (Refusal.NO_DEADLINE, day is None),
        (Refusal.PAST_DEADLINE, day is not None and day < today),
        (Refusal.NO_POST, not post),
        (Refusal.NOT_A_POST, is_private),
    )
    return tuple(refusal for refusal, is_so in checked if is_so)


def standing(state: State, due: date, deadline: date | None, today: date) -> Standing:
    """How a plan stands today.

    Args:
        due: until when the plan is to be entered.
        deadline: until when its measures are to be done; None before it is entered.

    >>> standing(State.OPEN, date(2026, 1, 31), date(2026, 3, 31), date(2026, 4, 1)).value
    'overdue'
    """
    if state is State.LISTED:
        return Standing.MISSING if today > due else Standing.AWAITED
    under_way = state in (State.OPEN, State.RETURNED)
    if under_way and deadline is not None and today > deadline:
        return Standing.OVERDUE
    return Standing(state.value)


def presses(stands: Standing, due: date, deadline: date | None, today: date) -> bool:
    """Whether its unit is to be reminded of the plan today.

    >>> presses(Standing.AWAITED, date(2026, 1, 31), None, date(2026, 1, 24))
    True
    """
    if stands in (Standing.OVERDUE, Standing.MISSING, Standing.RETURNED):
        return True
    waits_for = {Standing.AWAITED: due, Standing.OPEN: deadline}.get(stands)
    return waits_for is not None and waits_for - today <= timedelta(days=SOON)


def _day(told: str) -> date | None:
    try:
        return date.fromisoformat(told)
    except ValueError:
        return None
