"""`tt01.v1`: the nine indicators of Thông tư 01/2018/TT-VPCP, 0 to 2 points each.

The decree it guides was replaced on 1 July 2025, and whether this scoring survives is unconfirmed:
a tile of its own, never part of our index. Where the text has a gap our answer carries a `Note`.

Source:
    Thông tư 01/2018/TT-VPCP, articles 13 to 15; totals and classes are in `sipas.tt01_totals`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

FORMULA_ID = "tt01.v1"


class Note(StrEnum):
    """Why points are not simply those of the text."""

    LATE_WITHOUT_COMPLAINT = "gap_ind7_late"
    ONE_OTHER_BODY = "gap_ind4_one_other"
    BY_APPLICANT = "ind3_applicant"
    MIXED_ONLINE = "gap_ind9_mixed"
    COMPLAINT_PENDING = "ind7_pending"
    ONLINE_TERMS = "online_terms"


class Pace(StrEnum):
    """A time against its limit."""

    EARLY = "early"
    ON_TIME = "on_time"
    LATE = "late"


class Complaint(StrEnum):
    """What is known of a complaint of harassment or breach about a dossier."""

    NONE = "none"
    PENDING = "pending"
    UPHELD = "upheld"
    UNFOUNDED = "unfounded"


class Level(StrEnum):
    """Whose one-stop it is; indicator 5 asks more of those nearer to the people."""

    MINISTRY = "ministry"
    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"


@dataclass(frozen=True, slots=True)
class Points:
    """0, 1 or 2 for one indicator, or None where too little is known; with what was decided."""

    value: int | None
    notes: tuple[Note, ...] = ()


UNSCORED = Points(None)
_BY_PACE = {Pace.EARLY: 2, Pace.ON_TIME: 1, Pace.LATE: 0}
_APPROVED = {
    Level.MINISTRY: Fraction(20, 100),
    Level.PROVINCE: Fraction(20, 100),
    Level.DISTRICT: Fraction(50, 100),
    Level.COMMUNE: Fraction(1),
}


def pace(due: date, done: date) -> Pace:
    """How the day it was *done* stands to the day it was *due*.

    >>> pace(date(2026, 11, 20), date(2026, 11, 20)).value
    'on_time'
    """
    if done == due:
        return Pace.ON_TIME
    return Pace.EARLY if done < due else Pace.LATE


def pace_told(answer: str) -> Pace | None:
    """What the answer to `ev_late` says; one who still waits says nothing.

    >>> pace_told("late").value, pace_told("pending")
    ('late', None)
    """
    return Pace(answer) if answer in tuple(Pace) else None


def total_time(reached: Pace | None) -> Points:
    """Indicator 1: the total time against the limit.

    >>> [total_time(each).value for each in (*Pace, None)]
    [2, 1, 0, None]
    """
    return UNSCORED if reached is None else Points(_BY_PACE[reached])


def bodies_time(reached: Iterable[Pace]) -> Points:
    """Indicator 2: the time of each body involved; the slowest decides, and none known none.

    >>> bodies_time([Pace.EARLY, Pace.ON_TIME])
    Points(value=1, notes=())
    """
    points = [_BY_PACE[each] for each in reached]
    return Points(min(points)) if points else UNSCORED


def contacts(times: int | None, by_applicant: int = 0) -> Points:
    """Indicator 3: contacts to complete the dossier, less those the applicant caused.

    Args:
        times: how often the applicant had to come, call or write again; online counts too.
        by_applicant: how many of them were the applicant's own fault.

    >>> contacts(2, by_applicant=1)
    Points(value=1, notes=(<Note.BY_APPLICANT: 'ind3_applicant'>,))
    """
    if times is None:
        return UNSCORED
    counted = max(times - max(by_applicant, 0), 0)
    return Points(max(2 - counted, 0), (Note.BY_APPLICANT,) if by_applicant > 0 else ())


def bodies(one_stop: bool | None, others: int | None, required: int = 0) -> Points:
    """Indicator 4: bodies to be contacted to complete the dossier.

    Args:
        one_stop: the one-stop had to be contacted.
        others: how many bodies besides.
        required: how many of those the law puts in charge of a field check or a council; they
            take nothing off the one-stop.

    >>> [bodies(True, 1, required=1).value, bodies(False, 0).value, bodies(True, 1).value]
    [1, 2, 0]
    >>> bodies(False, 1)
    Points(value=1, notes=(<Note.ONE_OTHER_BODY: 'gap_ind4_one_other'>,))
    """
    if one_stop is None or others is None:
        return UNSCORED
    beyond = max(others - max(required, 0), 0)
    total = one_stop + beyond
    alone = total == 1 and not one_stop
    return Points(max(2 - total, 0), (Note.ONE_OTHER_BODY,) if alone else ())


def at_one_stop(level: Level, listed: int, approved: int, eligible: int, served: int) -> Points:
    """Indicator 5: what a one-stop receives, resolves and returns by itself.

    Args:
        level: whose one-stop it is.
        listed: procedures in its list; *approved*: those appraised and approved there.
        eligible: procedures that may be received there; *served*: received and returned there.

    >>> at_one_stop(Level.PROVINCE, listed=100, approved=20, eligible=90, served=80).value
    2
    >>> at_one_stop(Level.COMMUNE, listed=100, approved=99, eligible=90, served=90).value
    1
    """
    if listed > 0 and approved >= _APPROVED[level] * listed:
        return Points(2)
    return Points(int(served >= eligible)) if eligible > 0 else UNSCORED


def publicity(proper: bool | None, posted: bool = False, online: bool = False) -> Points:
    """Indicator 6: procedures made public, *proper* being correct, complete and timely.

    >>> [publicity(True, posted=True, online=True).value, publicity(False, True, True).value]
    [2, 0]
    """
    return UNSCORED if proper is None else Points(proper * (posted + online))


def attitude(reached: Pace | None, complaint: Complaint) -> Points:
    """Indicator 7: a complaint gives nothing unless it was found false; else the pace decides.

    >>> [attitude(Pace.EARLY, each).value for each in (Complaint.UNFOUNDED, Complaint.UPHELD)]
    [2, 0]
    >>> attitude(Pace.LATE, Complaint.NONE)
    Points(value=0, notes=(<Note.LATE_WITHOUT_COMPLAINT: 'gap_ind7_late'>,))
    """
    if complaint is Complaint.UPHELD:
        return Points(0)
    if complaint is Complaint.PENDING:
        return Points(0, (Note.COMPLAINT_PENDING,))
    late = (Note.LATE_WITHOUT_COMPLAINT,) if reached is Pace.LATE else ()
    return Points(total_time(reached).value, late)


def feedback(received: int, on_time: int, dragging: int) -> Points:
    """Indicator 8: feedback handled on time; one that drags on, an old one too, gives nothing.

    >>> [feedback(0, 0, 0).value, feedback(10, 9, 0).value, feedback(10, 10, 1).value]
    [2, 1, 0]
    """
    if dragging > 0:
        return Points(0)
    if on_time >= received:
        return Points(2)
    return Points(int(10 * on_time >= 9 * received))


def online(eligible: int, offered: int, dossiers: int, filed: int, unresolved: int) -> Points:
    """Indicator 9: online service; level 4 is read as fully online, level 3 as partly online.

    Args:
        eligible: procedures that may be offered online; *offered*: those offered at level 3-4.
        dossiers: dossiers of the period; *filed*: those filed online.
        unresolved: dossiers filed online that are unresolved or late.

    >>> online(eligible=100, offered=20, dossiers=100, filed=30, unresolved=0).value
    2
    >>> [note.value for note in online(100, 19, 100, 30, 0).notes]
    ['online_terms', 'gap_ind9_mixed']
    """
    if eligible <= 0 or (offered > 0 and dossiers <= 0):
        return UNSCORED
    terms = (Note.ONLINE_TERMS,)
    if offered <= 0 or unresolved > 0 or 100 * filed < 15 * dossiers:
        return Points(0, terms)
    if 100 * filed < 30 * dossiers:
        return Points(1, terms)
    if 100 * offered < 20 * eligible:
        return Points(1, (*terms, Note.MIXED_ONLINE))
    return Points(2, terms)
