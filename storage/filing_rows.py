"""What a filing is made of, as it is stored and read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sipas.filings import State
from sipas.ledger import Record
from sipas.quarter_sheet import Given, Side
from storage.plan_rows import Plan


class Filing(NamedTuple):
    """One report; *submitted_on* is the day of its first submission.

    Attributes:
        version: of its figures; 0 before the first snapshot, which has no release either.
        revision: of the officer's paragraphs, counted up when they are saved.
    """

    filing_id: int
    type: str
    unit: str
    about: str
    period: str
    due: str
    state: State
    opened_on: str
    submitted_on: str | None
    version: int
    revision: int
    release_id: int | None
    taken_at: str | None


class New(NamedTuple):
    """A filing to be opened; *about* is the unit whose figures it holds."""

    type: str
    unit: str
    about: str
    period: str
    due: str


class By(NamedTuple):
    """Who does it, when, and on which day that is in Viet Nam."""

    actor: str
    at: str
    day: str


@dataclass(frozen=True, slots=True)
class Taken:
    """Figures as they are at one release."""

    release_id: int
    figures: Sequence[Record]


class Entry(NamedTuple):
    """A line of the ledger: which figure became which, in which version, and why."""

    version: int
    place: str
    before: Record | None
    after: Record | None
    at: str
    actor: str
    reason: str


class Done(NamedTuple):
    """An act as it was done; *words* are the paragraphs of a submission, by part."""

    at: str
    actor: str
    act: str
    state: State
    version: int
    reason: str
    words: Mapping[int, str] | None


class Scored(NamedTuple):
    """The points of one side as they were saved."""

    side: Side
    revision: int
    at: str
    actor: str
    given: Mapping[int, Given]


@dataclass(frozen=True, slots=True)
class Whole:
    """A filing with everything in it.

    Attributes:
        taken_from: of paragraphs that nobody has changed since, the period they came from.
        points: every saving of the sheet's points, oldest first.
        plans: corrective plans of all units, as they were when it was submitted, or are now.
    """

    filing: Filing
    figures: Sequence[Record]
    words: Mapping[int, str]
    entries: Sequence[Entry]
    acts: Sequence[Done]
    taken_from: Mapping[int, str]
    points: Sequence[Scored]
    plans: Sequence[Plan]

    def scored(self, side: Side) -> Scored:
        """The side's present points; those never saved have revision 0."""
        own = [each for each in self.points if each.side is side]
        return own[-1] if own else Scored(side, 0, "", "", {})
