"""What a respondent did, and what must be shown and made true because of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sipas.session import Field, Place, Session, Stratum

ANY_TAG = "-"
"""The tag of buttons on a page made before any response was open."""

PAYLOAD_BYTES = 64
"""What Telegram allows; other channels allow more."""

_PAYLOAD = re.compile(
    r"1\|([0-9A-Za-z]{1,8}|-)\|([a-z0-9._+-]{1,24})\|([a-z0-9._+-]{1,25})", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Scanned:
    """A code was opened; without a *place* the *problem* says why it led nowhere.

    Problems: ``unknown_counter``, ``bad_check_digit``, ``closed_counter``, ``no_counter``, and the
    faults and refused uses of `sipas.receipts`.

    Attributes:
        receipt: the tag of the receipt that was presented, or empty.
        used: the day on which that was used before; empty at its first use.
    """

    place: Place | None
    stratum: Stratum = Stratum.OPEN
    problem: str = ""
    receipt: str = ""
    used: str = ""


@dataclass(frozen=True, slots=True)
class Tapped:
    """A button: *value* for *question*, of the response that *tag* names."""

    question: str
    value: str
    tag: str


@dataclass(frozen=True, slots=True)
class Typed:
    """Words, exactly as they came."""

    text: str


@dataclass(frozen=True, slots=True)
class Attached:
    """Something that is no text: voice, photo, sticker, location, other."""

    kind: str


@dataclass(frozen=True, slots=True)
class Expired:
    """The respondent has been silent for too long."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """The respondent blocked the channel: nothing can be shown any more."""


@dataclass(frozen=True, slots=True)
class Reminded:
    """The respondent has been silent for a while and is shown the open question once more."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Facts of now that only the outside knows.

    Attributes:
        half_day: number of the present half-day.
        tag: tag for a response that begins now, four base32 characters.
        notice: version of the short notice.
        code: response code to give out if a response closes now.
        tick: now in the coarse ticks of sipas.verdicts.
        draw: a number nobody can foresee, which draws the items of a response that begins now.
    """

    half_day: int
    tag: str
    notice: str
    code: str = ""
    tick: int = 0
    draw: int = 0


@dataclass(frozen=True, slots=True)
class Say:
    """A message by its key, with what its text needs."""

    key: str
    params: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """A question on screen.

    Attributes:
        question: its key.
        tag: tag for the buttons.
        number: its place among the questions ahead, from 1; 0 shows no progress.
        of: how many questions there may be.
        chosen: what is answered already: a level, an option's code, several reasons.
        back: whether there is a question to go back to.
        fields: the choices before the instrument's own, when asked for the field of procedure.
        kept: a sentence written earlier that may be sent as the comment.
    """

    question: str
    tag: str
    number: int = 0
    of: int = 0
    chosen: tuple[str, ...] = ()
    back: bool = False
    fields: tuple[Field, ...] = ()
    kept: str = ""


@dataclass(frozen=True, slots=True)
class Exercised:
    """A right was used by response code, or asked about; *told* says what came of it."""

    told: Say


Event = Scanned | Tapped | Typed | Attached | Expired | Stopped | Reminded | Exercised


@dataclass(frozen=True, slots=True)
class Received:
    """The first level came: the response counts as received, and its receipt as used."""

    counter: str
    receipt: str = ""


@dataclass(frozen=True, slots=True)
class Unreceived:
    """The respondent deleted an open response that had been received; its receipt is unused."""

    counter: str
    receipt: str = ""


@dataclass(frozen=True, slots=True)
class Disputed:
    """Who holds the receipt says that its first use was not theirs."""

    receipt: str


@dataclass(frozen=True, slots=True)
class Closed:
    """A response has ended; this is everything that is kept of it.

    Attributes:
        counter: the counter's six digits.
        half_day: half-day of the first level.
        instrument: the questionnaire's reference.
        levels: packed answers, one character per item.
        tags: packed reasons.
        comment: the message left, or empty.
        quote: whether the press may quote the comment, anonymised.
        stage: where the dossier stands; empty when unknown.
        field: code of the field of procedure; empty when unknown.
        kind: respondent kind; empty when not told.
        stratum: how the respondent came.
        consent: version of the notice consented to.
        complete: the questions came to their end, or the respondent finished at "more?".
        language: the respondent's language.
        answers: how many items were answered.
        code: the response code given to the respondent.
        began: tick of the first level, for the checks; it is not kept.
        receipt: tag of the receipt it was given with, or empty.
        drawn: keys of the items drawn for the respondent, to be counted and not kept; empty where
            all are asked.
        wished: whether the respondent wishes for an answer.
    """

    counter: str
    half_day: int
    instrument: str
    levels: str
    tags: str
    comment: str
    quote: bool
    stage: str
    field: str
    kind: str
    stratum: Stratum
    consent: str
    complete: bool
    language: str
    answers: int
    code: str
    began: int = 0
    receipt: str = ""
    drawn: tuple[str, ...] = ()
    wished: bool = False


Fact = Received | Unreceived | Disputed | Closed
Screen = tuple[Say | Ask, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """What one event led to: the new session, what is shown, what storage must make true."""

    session: Session
    screen: Screen
    facts: tuple[Fact, ...] = ()


def payload(tag: str, question: str, value: str) -> str:
    """The text behind a button; at most 64 bytes.

    >>> payload("K7Q2", "overall", "5")
    '1|K7Q2|overall|5'
    """
    return f"1|{tag}|{question}|{value}"


def read_payload(text: str) -> Tapped | None:
    """The tap a button's text stands for; None when it is none of ours.

    >>> read_payload("1|K7Q2|overall|5")
    Tapped(question='overall', value='5', tag='K7Q2')
    >>> read_payload("2|K7Q2|overall|5") is None
    True
    """
    found = _PAYLOAD.fullmatch(text)
    return None if found is None else Tapped(found[2], found[3], found[1])
