"""Which responses open a case, and who works on it: never the rated unit.

A low level with words or with a wish for an answer opens one, and so do harassment, money beyond
the rules, and a delay without an apology.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from sipas.figures import OVERALL
from sipas.items import Instrument
from sipas.packing import unpack

_LOW = ("1", "2")


class Cause(StrEnum):
    """What opened a case; one may have several."""

    MONEY = "money"
    TROUBLE = "trouble"
    LATE = "late"
    WISH = "wish"
    LOW = "low"


class Desk(StrEnum):
    """Who works on a case: the bodies above the rated unit, or the inspection."""

    ABOVE = "above"
    INSPECTION = "inspection"


def causes(answers: Mapping[str, str], *, worded: bool, wished: bool) -> tuple[Cause, ...]:
    """Why a response opens a case; nothing where it does not.

    Args:
        answers: levels and the codes chosen, by item, see `told`.
        worded: whether words were left.
        wished: whether an answer is wished for.

    >>> causes({"overall": "1", "ev_trouble": "yes"}, worded=True, wished=False)
    (<Cause.TROUBLE: 'trouble'>, <Cause.LOW: 'low'>)
    >>> causes({"overall": "3"}, worded=True, wished=False)
    ()
    """
    is_low = answers.get(OVERALL) in _LOW
    late = answers.get("ev_late") == "late" and answers.get("ev_late_apology") == "no"
    found = (
        (Cause.MONEY, answers.get("ev_money") == "yes"),
        (Cause.TROUBLE, answers.get("ev_trouble") == "yes"),
        (Cause.LATE, late),
        (Cause.WISH, is_low and wished),
        (Cause.LOW, is_low and worded),
    )
    return tuple(cause for cause, is_so in found if is_so)


def desk_of(found: tuple[Cause, ...]) -> Desk:
    """Who works on a case with these causes.

    >>> desk_of((Cause.MONEY, Cause.LOW)), desk_of((Cause.LATE,))
    (<Desk.INSPECTION: 'inspection'>, <Desk.ABOVE: 'above'>)
    """
    harm = Cause.MONEY in found or Cause.TROUBLE in found
    return Desk.INSPECTION if harm else Desk.ABOVE


class Place(NamedTuple):
    """Who works on a case: the desk, and the code of the unit that it is at."""

    desk: Desk
    body: str


def placed(line: Sequence[str], found: Desk, inspection: str) -> Place:
    """Who works on a case that *found* wants: never the rated unit itself, where any is above.

    Args:
        line: codes of the rated unit and of those above it, nearest first.
        inspection: code of the unit that inspects, or empty for the highest.

    >>> placed(("15448", "38"), Desk.ABOVE, "")
    Place(desk=<Desk.ABOVE: 'above'>, body='38')
    >>> placed(("15448", "38"), Desk.INSPECTION, "38.tt").body, placed(("38",), Desk.ABOVE, "").desk
    ('38.tt', <Desk.INSPECTION: 'inspection'>)
    """
    if found is Desk.ABOVE and len(line) > 1:
        return Place(Desk.ABOVE, line[1])
    own = inspection in ("", line[0])
    return Place(Desk.INSPECTION, line[-1] if own else inspection)


def raised(at: Place, line: Sequence[str], rated: str, inspection: str) -> Place:
    """Who works on a case next, one level above *at*; at the top, others of the inspection.

    Args:
        line: codes of the unit that the case is at and of those above it, nearest first.

    >>> raised(Place(Desk.INSPECTION, "38.tt"), ("38.tt", "38"), "15448", "38.tt").body
    '38'
    >>> raised(Place(Desk.ABOVE, "38"), ("38",), "15448", "38.tt")
    Place(desk=<Desk.INSPECTION: 'inspection'>, body='38.tt')
    """
    if len(line) > 1 and line[1] != rated:
        return Place(at.desk, line[1])
    if at.desk is Desk.ABOVE:
        return placed((rated, *line), Desk.INSPECTION, inspection)
    return at


def told(instrument: Instrument, levels: str) -> dict[str, str]:
    """What was answered, by item: a level, or the code of what was chosen."""
    letters = {item.key: {o.letter: o.code for o in item.options} for item in instrument.items}
    marks = unpack(instrument, levels)
    return {key: letters[key].get(mark, mark) for key, mark in marks.items()}
