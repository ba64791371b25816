"""What plans are made of, as they are stored and read."""

from __future__ import annotations

from typing import NamedTuple

from sipas.ledger import Record
from sipas.plans import Entered, State

FIGURE, SCORECARD = "figure", "scorecard"


class New(NamedTuple):
    """A call for plans on one period; *against* says which period it was compared with."""

    kind: str
    period: str
    against: str
    release_id: int
    due: str


class Call(NamedTuple):
    """A call as it stands; *due* was last set by *actor*."""

    call_id: int
    kind: str
    period: str
    against: str
    release_id: int
    due: str
    at: str
    actor: str


class Found(NamedTuple):
    """A criterion to be listed: of which unit, by which name, and what was found."""

    unit: str
    criterion: str
    listed: Record


class Plan(NamedTuple):
    """A listed criterion with what its unit entered.

    Attributes:
        due: until when it is to be entered.
        listed: the figures or points as they were when it was listed.
        revision: counts every act; a form brings back the one that it was made from.
        entered_on, done_on: days of the first entry and of the last report that it is done.
    """

    plan_id: int
    call_id: int
    kind: str
    period: str
    due: str
    unit: str
    criterion: str
    listed: Record
    revision: int
    state: State
    entered: Entered
    entered_on: str | None
    done_on: str | None

    @property
    def deadline(self) -> str:
        """Until when its measures are to be done; empty before it is entered."""
        return self.entered.deadline


class Unverified(NamedTuple):
    """So many plans of a unit that stand alike and are not verified."""

    unit: str
    state: State
    due: str
    deadline: str
    n: int


class Done(NamedTuple):
    """An act as it was done, with all that the plan said after it."""

    at: str
    actor: str
    act: str
    state: State
    entered: Entered
    note: str
