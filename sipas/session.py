"""What a conversation remembers between two updates, and how that is written down."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Any, NamedTuple

Field = tuple[str, str, str]
"""A field of procedure: code, Vietnamese name, English name."""

MOST_FIELDS = 8

_VERSION = 1
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Stratum(StrEnum):
    """How the respondent came: by a receipt's code, an open code, a kiosk, or assisted."""

    RECEIPT = "receipt"
    OPEN = "open"
    KIOSK = "kiosk"
    ASSISTED = "assisted"


class Place(NamedTuple):
    """The counter that is rated, as the respondent meets it.

    Attributes:
        counter: its six digits.
        name: the counter's name.
        unit: the name of the unit it belongs to.
        instrument: the questionnaire's reference, for example ``short.1``.
        fields: the fields of procedure it serves, most usual first.
        stage: where the dossier stands, when a receipt tells it; else empty.
        split: how many items of the index each respondent is asked, drawn by chance; 0 asks all.
    """

    counter: str
    name: str
    unit: str
    instrument: str
    fields: tuple[Field, ...] = ()
    stage: str = ""
    split: int = 0


class Session(NamedTuple):
    """A conversation's memory; without a *place* no response is open and nothing is remembered.

    Attributes:
        language: vi or en, chosen by the respondent.
        place: the counter being rated.
        stratum: how the respondent came.
        tag: tells this response's buttons from those of earlier ones.
        notice: version of the notice that was shown; the first answer consents to it.
        half_day: half-day of the first level; None until a level came.
        answers: one character per question of the instrument, as in packed answers; context
            questions hold the letter of their option.
        current: place of the question on screen in the asking order.
        tags: chosen reasons as sorted ``item:code``.
        comment: the message the respondent left.
        kept: sentences written where a choice was asked, to be offered as comment.
        failures: how often in a row the current question was answered unreadably.
        aside: key of a question the conversation itself has put, or empty.
        other: the other counter scanned meanwhile, with its stratum.
        began: when the first level came, in the coarse ticks of sipas.verdicts; 0 until then.
        receipt: tag of the receipt that was presented, or empty.
    """

    language: str = "vi"
    place: Place | None = None
    stratum: Stratum = Stratum.OPEN
    tag: str = ""
    notice: str = ""
    half_day: int | None = None
    answers: str = ""
    current: int = 0
    tags: tuple[str, ...] = ()
    comment: str = ""
    kept: str = ""
    failures: int = 0
    aside: str = ""
    other: tuple[Place, Stratum] | None = None
    began: int = 0
    receipt: str = ""


def dump(session: Session) -> str:
    """The session as compact JSON: a list by position, the version first.

    >>> dump(Session("en"))
    '[1,"en"]'
    """
    if session.place is None:
        return _encode((_VERSION, session.language))
    return _encode((_VERSION, *session))


def load(text: str) -> Session:
    """The session that `dump` wrote.

    Raises:
        ValueError: the text is no session of this version.

    >>> load(dump(Session("en"))) == Session("en")
    True
    """
    version, *values = json.loads(text)
    if version != _VERSION:
        raise ValueError(f"session: expected version {_VERSION}, got {version!r}")
    return _open(values) if len(values) > 1 else Session(*values)


def _open(values: list[Any]) -> Session:
    """JSON knows only lists and texts; here they become what they were."""
    values[_PLACE] = _place(values[_PLACE])
    values[_STRATUM] = _STRATA[values[_STRATUM]]
    values[_TAGS] = tuple(values[_TAGS])
    if values[_OTHER]:
        place, stratum = values[_OTHER]
        values[_OTHER] = (_place(place), _STRATA[stratum])
    return Session(*values)  # one written before a field was added has that field's default


_PLACE, _STRATUM, _TAGS, _OTHER = map(Session._fields.index, ("place", "stratum", "tags", "other"))
_FIELDS = Place._fields.index("fields")
# A lookup costs a fifth of calling the enumeration.
_STRATA = {str(stratum): stratum for stratum in Stratum}


def _place(values: list[Any]) -> Place:
    values[_FIELDS] = tuple(map(tuple, values[_FIELDS]))
    return Place(*values)  # one written before a field was added has that field's default
