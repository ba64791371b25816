"""Filings: what a state may become and what refuses it, who is late, and which reports there are.

A filing is a period's report on its way: open, frozen (its figures are a snapshot), submitted,
accepted or returned with a reason, published, restated. Which act is possible in which state is
one table, so that every combination has an answer and every refusal has a name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

PARTS = (1, 2, 3, 4, 5)  # I to V of the common outline, each with the officer's own paragraphs


class State(StrEnum):
    """Where a filing stands."""

    OPEN = "open"
    FROZEN = "frozen"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    PUBLISHED = "published"
    RESTATED = "restated"


class Act(StrEnum):
    """What is done to a filing; whoever files does the first four, who receives it the others."""

    WRITE = "write"
    SCORE = "score"
    FREEZE = "freeze"
    SUBMIT = "submit"
    APPRAISE = "appraise"
    ACCEPT = "accept"
    RETURN = "return"
    PUBLISH = "publish"
    RESTATE = "restate"


class Refusal(StrEnum):
    """Why an act is not possible now."""

    NOT_FROZEN = "not_frozen"  # there is no snapshot of figures to submit
    WAITING = "waiting"  # submitted: it is with its receiver until that one decides
    NOT_SUBMITTED = "not_submitted"
    DECIDED = "decided"  # accepted: only publishing is left
    NOT_ACCEPTED = "not_accepted"
    PUBLISHED = "is_published"  # from here on figures change by a restatement only
    NOT_PUBLISHED = "not_published"
    NO_REASON = "no_reason"  # returning and restating say why
    TOO_EARLY = "too_early"  # the period is not over, or late answers may still arrive
    NOTHING_NEW = "nothing_new"  # a restatement that changes no figure would restate nothing


class Standing(StrEnum):
    """How a report stands with whoever waits for it."""

    FILED = "filed"
    LATE = "late"
    RETURNED = "returned"
    MISSING = "missing"
    AWAITED = "awaited"


_Row = tuple[State | Refusal, ...]
_NO = Refusal
# Columns: open, frozen, submitted, accepted, returned, published, restated.
_TYPING: _Row = (
    *(State.OPEN, State.FROZEN, _NO.WAITING, _NO.DECIDED, State.RETURNED),
    *(_NO.PUBLISHED, _NO.PUBLISHED),
)
_TABLE: Mapping[Act, _Row] = {
    Act.WRITE: _TYPING,
    Act.SCORE: _TYPING,
    Act.FREEZE: (
        *(State.FROZEN, State.FROZEN, _NO.WAITING, _NO.DECIDED, State.FROZEN),
        *(_NO.PUBLISHED, _NO.PUBLISHED),
    ),
    Act.SUBMIT: (
        *(_NO.NOT_FROZEN, State.SUBMITTED, _NO.WAITING, _NO.DECIDED, State.SUBMITTED),
        *(_NO.PUBLISHED, _NO.PUBLISHED),
    ),
    Act.APPRAISE: (
        *(_NO.NOT_SUBMITTED, _NO.NOT_SUBMITTED, State.SUBMITTED, _NO.DECIDED, _NO.NOT_SUBMITTED),
        *(_NO.PUBLISHED, _NO.PUBLISHED),
    ),
    Act.ACCEPT: (
        *(_NO.NOT_SUBMITTED, _NO.NOT_SUBMITTED, State.ACCEPTED, _NO.DECIDED, _NO.NOT_SUBMITTED),
        *(_NO.PUBLISHED, _NO.PUBLISHED),
    ),
    Act.RETURN: (
        *(_NO.NOT_SUBMITTED, _NO.NOT_SUBMITTED, State.RETURNED, _NO.DECIDED, _NO.NOT_SUBMITTED),
        *(_NO.PUBLISHED, _NO.PUBLISHED),
    ),
    Act.PUBLISH: (
        *(_NO.NOT_ACCEPTED, _NO.NOT_ACCEPTED, _NO.NOT_ACCEPTED, State.PUBLISHED),
        *(_NO.NOT_ACCEPTED, _NO.PUBLISHED, _NO.PUBLISHED),
    ),
    Act.RESTATE: (
        *(_NO.NOT_PUBLISHED,) * 5,
        *(State.RESTATED, State.RESTATED),
    ),
}
_SAYING_WHY = frozenset({Act.RETURN, Act.RESTATE})
_STATES = tuple(State)


@dataclass(frozen=True, slots=True)
class Facts:
    """What an act depends on besides the state.

    Attributes:
        reason: why a filing is returned or restated.
        over: whether the period's figures are complete, see `sipas.filing_types.is_over`.
        differs: whether the figures are others than those of the last snapshot.
    """

    reason: str = ""
    over: bool = True
    differs: bool = True


PLAIN = Facts()


def step(state: State, act: Act, facts: Facts = PLAIN) -> State | Refusal:
    """What a filing becomes by *act*, or why it stays as it is.

    >>> step(State.OPEN, Act.SUBMIT)
    <Refusal.NOT_FROZEN: 'not_frozen'>
    >>> step(State.SUBMITTED, Act.RETURN, Facts("Part III has no causes."))
    <State.RETURNED: 'returned'>
    """
    found = _TABLE[act][_STATES.index(state)]
    if isinstance(found, Refusal):
        return found
    if act in _SAYING_WHY and not facts.reason.strip():
        return Refusal.NO_REASON
    if act is Act.FREEZE and not facts.over:
        return Refusal.TOO_EARLY
    if act is Act.RESTATE and not facts.differs:
        return Refusal.NOTHING_NEW
    return found


def possible(state: State, over: bool = True) -> tuple[Act, ...]:
    """What may be done in *state* by whoever has the right, in the order of a filing's life.

    >>> [str(act) for act in possible(State.SUBMITTED)]
    ['appraise', 'accept', 'return']
    """
    tried = ((act, step(state, act, Facts("a reason", over))) for act in Act)
    return tuple(act for act, found in tried if isinstance(found, State))


def standing(state: State | None, submitted: date | None, due: date, today: date) -> Standing:
    """How a report due on *due* stands today.

    Args:
        state: of its filing; None where nobody has begun one.
        submitted: the day on which it was submitted first.

    >>> standing(None, None, date(2026, 3, 20), date(2026, 3, 21)).value
    'missing'
    """
    if state is State.RETURNED:
        return Standing.RETURNED
    if submitted is None:
        return Standing.MISSING if today > due else Standing.AWAITED
    return Standing.LATE if submitted > due else Standing.FILED
