"""What cases are made of, as they are stored and read."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sipas.case_opening import Cause, Desk, Place
from sipas.cases import Clocks, Finding, State, clocks


class New(NamedTuple):
    """A case to be opened with the response that closes.

    Attributes:
        visited: day of the first answer.
        code_hash: of the response's code; None where nobody was given one.
        comment: what was written, or empty.
        contact: where the respondent wished to be told of the answer, or empty.
    """

    unit_id: int
    counter_id: int
    visited: str
    opened_on: str
    instrument: str
    levels: str
    tags: str
    causes: tuple[Cause, ...]
    code_hash: int | None
    comment: str
    contact: str


class Case(NamedTuple):
    """A case without anything that somebody wrote.

    Attributes:
        since: the day from which its clocks run: the first, or that of its escalation.
        desk, body: who works on it.
        outcome: the act that closed it, or "erased".
    """

    case_id: int
    unit: str
    counter: str
    visited: str
    opened_on: str
    since: str
    instrument: str
    levels: str
    tags: str
    causes: tuple[Cause, ...]
    state: State
    desk: Desk
    body: str
    finding: Finding | None
    extended_on: str | None
    escalated: bool
    answered_on: str | None
    outcome: str | None
    closed_on: str | None

    @property
    def place(self) -> Place:
        """Who works on it."""
        return Place(self.desk, self.body)

    @property
    def clocks(self) -> Clocks:
        """Its clocks; an extension before the escalation is none of the new ones."""
        extended = self.extended_on is not None and (
            not self.escalated or self.extended_on > self.since
        )
        return clocks(date.fromisoformat(self.since), extended=extended)


class Done(NamedTuple):
    """An act as it was done; *actor* is an account's name, or `RESPONDENT`, or `CLOCK`."""

    on_day: str
    actor: str
    act: str
    state: State
    desk: Desk
    body: str
    finding: Finding | None
    words: str


RESPONDENT, CLOCK = "respondent", "clock"
OPENED, ERASED = "open", "erased"
