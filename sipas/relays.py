"""Relays: a newsroom asks a unit about a released quote, and the unit's answer is published.

What a relay may become in each state is one table, so that every combination has an answer and
every refusal has a name.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

DUE_SOONEST, DUE_LATEST, DUE_USUAL = timedelta(3), timedelta(60), timedelta(15)


class State(StrEnum):
    """Where a relay stands; everybody is told of *asked* and *written* as of one."""

    ASKED = "asked"
    WRITTEN = "written"  # there is a draft, which only the unit reads
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"  # also, whatever it was before, once its quote is taken back or erased


class Act(StrEnum):
    """What is done to a relay: by the unit, by whoever approves, by the newsroom."""

    WRITE = "write"
    PUBLISH = "publish"
    CORRECT = "correct"  # of what was published; the wording before stays to be read
    WITHDRAW = "withdraw"


class Refusal(StrEnum):
    """Why an act is not possible now."""

    NOT_WRITTEN = "not_written"
    EMPTY = "empty"  # an answer has words
    NOT_PUBLISHED = "not_published"
    PUBLISHED = "is_published"  # newspapers may have printed it
    WITHDRAWN = "is_withdrawn"


class Outcome(StrEnum):
    """What the unit says has come of it."""

    FIXED = "fixed"
    PLANNED = "planned"
    EXPLAINED = "explained"


_NO = Refusal
# Columns: asked, written, published, withdrawn.
_TABLE: Mapping[Act, tuple[State | Refusal, ...]] = {
    Act.WRITE: (State.WRITTEN, State.WRITTEN, _NO.PUBLISHED, _NO.WITHDRAWN),
    Act.PUBLISH: (_NO.NOT_WRITTEN, State.PUBLISHED, _NO.PUBLISHED, _NO.WITHDRAWN),
    Act.CORRECT: (*(_NO.NOT_PUBLISHED,) * 2, State.PUBLISHED, _NO.WITHDRAWN),
    Act.WITHDRAW: (State.WITHDRAWN, State.WITHDRAWN, _NO.PUBLISHED, _NO.WITHDRAWN),
}
_STATES = tuple(State)
_SAYING = (Act.WRITE, Act.CORRECT)


def step(state: State, act: Act, words: str = "") -> State | Refusal:
    """What a relay becomes by *act*, or why it stays as it is.

    Args:
        words: the answer, where it is written or put right.

    >>> step(State.ASKED, Act.PUBLISH), step(State.ASKED, Act.WRITE, " ")
    (<Refusal.NOT_WRITTEN: 'not_written'>, <Refusal.EMPTY: 'empty'>)
    >>> step(State.WRITTEN, Act.PUBLISH)
    <State.PUBLISHED: 'published'>
    """
    found = _TABLE[act][_STATES.index(state)]
    if act in _SAYING and isinstance(found, State) and not words.strip():
        return Refusal.EMPTY
    return found


def is_open(state: State) -> bool:
    """Whether an answer is still waited for.

    >>> [is_open(each) for each in State]
    [True, True, False, False]
    """
    return state in (State.ASKED, State.WRITTEN)


def overdue(state: State, due: date, today: date) -> int:
    """How many days an answer is late; 0 where it is not.

    >>> overdue(State.WRITTEN, date(2026, 3, 20), date(2026, 3, 22))
    2
    >>> overdue(State.PUBLISHED, date(2026, 3, 20), date(2026, 3, 22))
    0
    """
    return max((today - due).days, 0) if is_open(state) else 0


def may_be_due(due: date, today: date) -> bool:
    """Whether a unit may be asked for an answer by *due*.

    >>> [may_be_due(date(2026, 3, day), date(2026, 3, 20)) for day in (22, 23)]
    [False, True]
    """
    return DUE_SOONEST <= due - today <= DUE_LATEST
