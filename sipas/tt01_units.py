"""`tt01.v1` of a unit's period, from what is stored: its dossiers' days and respondents' answers.

Answers carry no dossier's code, so days and answers are two countings and are never mixed in one
indicator: indicator 1 is from days where they are known, else from what respondents told; 3, 4 and
7 are from answers. The others are facts that the unit states.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from sipas.figures import SHOWN_FROM
from sipas.openings import N_FROM
from sipas.tt01 import Note, Pace, Points, total_time
from sipas.tt01_dossiers import Dossier, dossier_points
from sipas.tt01_totals import UNIT, Indicator, Total, indicator, unit_total

QUESTIONS = ("ev_late", "ev_contacts", "ev_contacts_cause", "ev_agencies", "ev_trouble")
"""What the indicators of a dossier ask of its respondent."""
FROM_ANSWERS = (3, 4, 7)

Told = tuple[str, ...]
"""The option chosen for each of `QUESTIONS`; empty where none was."""


class Source(StrEnum):
    """Where a score comes from."""

    DAYS = "days"
    ANSWERS = "answers"
    STATED = "stated"
    NONE = ""


@dataclass(frozen=True, slots=True)
class Stored:
    """What is stored of a unit and period.

    Attributes:
        days: dossiers that ended, by how the day stands to the appointed one; None: not known.
        told: released responses, by what they told.
    """

    days: Mapping[Pace | None, int]
    told: Mapping[Told, int]


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator of a sheet.

    Attributes:
        score: 0 to 2 with one decimal; None where nothing is known or too few say so.
        scored: dossiers, or responses in tens, that the score is of; None if stated or too few.
        of: the dossiers that ended, or the responses, among which they are.
        notes: what at least ten of them carry.
    """

    score: Decimal | None = None
    source: Source = Source.NONE
    scored: int | None = None
    of: int | None = None
    notes: tuple[Note, ...] = ()
    too_few: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """The nine indicators of a unit by number, and their total; no class if one is missing."""

    lines: Mapping[int, Line]
    total: Total


def unit_sheet(stored: Stored, stated: Mapping[int, Decimal] | None = None) -> Sheet:
    """The sheet of a unit: what is stored, and what the unit states where nothing is.

    Args:
        stated: scores that the unit gives itself, for indicators that nothing stored decides.

    Returns:
        Lines 1 to 9. A score from days is of at least ten dossiers, one from answers of at least
        thirty; below that the line is `too_few`, and what is stated stands in.

    Raises:
        ValueError: a stated score is not 0 to 2 with at most one decimal.

    >>> told = {("early", "0", "", "0", "no"): 30, ("late", "2+", "", "0", "no"): 10}
    >>> sheet = unit_sheet(Stored({Pace.EARLY: 9}, told), {8: Decimal(2)})
    >>> {number: str(line.score) for number, line in sheet.lines.items() if line.source}
    {1: '1.5', 3: '1.5', 4: '1.8', 7: '1.5', 8: '2'}
    >>> sheet.total.shown, sheet.total.band
    ('8.3/10', None)
    """
    known = {1: _timed(stored), **{each: _answered(stored, each) for each in FROM_ANSWERS}}
    lines = {number: known.get(number, Line()) for number in UNIT}
    for number, score in (stated or {}).items():
        if lines[number].score is None:
            lines[number] = Line(score, Source.STATED)
    return Sheet(lines, unit_total({number: line.score for number, line in lines.items()}))


def _timed(stored: Stored) -> Line:
    """Indicator 1, from days if enough are known, else from answers."""
    points = Counter({total_time(each): n for each, n in stored.days.items()})
    found = _line(indicator(points.elements()), Source.DAYS, N_FROM)
    return _answered(stored, 1) if found.score is None else found


def _answered(stored: Stored, number: int) -> Line:
    points = Counter[Points]()
    for told, n in stored.told.items():
        answers = dict(zip(QUESTIONS, told, strict=True))
        points[dossier_points(Dossier(answers=answers))[number]] += n
    return _line(indicator(points.elements()), Source.ANSWERS, SHOWN_FROM)


def _line(found: Indicator, source: Source, least: int) -> Line:
    if found.scored < least:
        return Line(too_few=found.scored > 0)
    notes = tuple(sorted(note for note, n in found.notes.items() if n >= N_FROM))
    tens = 1 if source is Source.DAYS else 10  # exact numbers of two periods would tell few answers
    return Line(found.score, source, found.scored // tens * tens, found.dossiers, notes)
