"""Findings: what becomes of a counter that was named, until somebody has decided.

A finding is a question to people. The unit's staff may appeal, inspection or Home Affairs decide,
and only what is upheld is told in public. One table holds every combination of state and act.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

HEARD_WORKDAYS = 10
"""So long after it was named nothing is upheld without an appeal: staff are heard first."""


class State(StrEnum):
    """Where a finding stands."""

    NAMED = "named"
    APPEALED = "appealed"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


class Act(StrEnum):
    """What is done: the unit's staff appeal, inspection or Home Affairs do the others."""

    APPEAL = "appeal"
    UPHOLD = "uphold"
    DISMISS = "dismiss"


class Refusal(StrEnum):
    """Why an act is not possible now."""

    ALREADY = "already"
    DECIDED = "decided"
    NO_REASON = "no_reason"
    TOO_EARLY = "too_early"  # staff may still appeal


_Row = tuple[State | Refusal, ...]
# Columns: named, appealed, upheld, dismissed. What proves wrong later is still dismissed.
_TABLE: Mapping[Act, _Row] = {
    Act.APPEAL: (State.APPEALED, Refusal.ALREADY, Refusal.DECIDED, Refusal.DECIDED),
    Act.UPHOLD: (State.UPHELD, State.UPHELD, Refusal.ALREADY, Refusal.DECIDED),
    Act.DISMISS: (State.DISMISSED, State.DISMISSED, State.DISMISSED, Refusal.ALREADY),
}
_STATES = tuple(State)


@dataclass(frozen=True, slots=True)
class Facts:
    """What an act depends on besides the state; *waited* are the workdays since it was named."""

    reason: str = ""
    waited: int = 0


def step(state: State, act: Act, facts: Facts) -> State | Refusal:
    """What a finding becomes by *act*, or why it stays as it is.

    >>> step(State.NAMED, Act.UPHOLD, Facts("Eight phones, one desk.", 3))
    <Refusal.TOO_EARLY: 'too_early'>
    >>> step(State.APPEALED, Act.UPHOLD, Facts("Eight phones, one desk.", 3))
    <State.UPHELD: 'upheld'>
    """
    found = _TABLE[act][_STATES.index(state)]
    if isinstance(found, Refusal):
        return found
    if not facts.reason.strip():
        return Refusal.NO_REASON
    early = state is State.NAMED and facts.waited < HEARD_WORKDAYS
    return Refusal.TOO_EARLY if act is Act.UPHOLD and early else found


def possible(state: State, waited: int) -> tuple[Act, ...]:
    """What may be done by whoever has the right.

    >>> [str(act) for act in possible(State.NAMED, 3)]
    ['appeal', 'dismiss']
    """
    facts = Facts("a reason", waited)
    return tuple(act for act in Act if isinstance(step(state, act, facts), State))
