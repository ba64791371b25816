"""What a respondent did, as the engine wants it: codes looked up, payloads and receipts read."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from handlers.cases.respondent import told as told_of_case
from handlers.inbound import Attachment, Blocked, Happening, Start, Tap, Text
from handlers.privacy.exercise import told
from handlers.receipts import using
from handlers.receipts.using import Begun, looks_like_one
from handlers.survey import Survey
from handlers.verdicts import COUNTER, PAYLOAD, RECEIPT, REJECT
from sipas.case_talk import read_case
from sipas.codes import is_code
from sipas.events import Attached, Event, Exercised, Scanned, Stopped, Tapped, Typed, read_payload
from sipas.packing import HANOI
from sipas.plan import plan
from sipas.reading import read_counter, says_counter
from sipas.receipts import Fault
from sipas.rights import read_right
from sipas.session import Place, Session
from storage.transaction import Transaction

_STRANGER = Tapped("?", "?", "?")  # a payload that is none of ours
_NO_CODES = ("unknown_counter", "bad_check_digit")


def event_of(
    tx: Transaction,
    survey: Survey,
    session: Session,
    happening: Happening,
    channel: str,
    now: datetime,
) -> Event:
    """The event of what happened while *session* was what the conversation remembered."""
    match happening:
        case Start(code, stratum):
            if looks_like_one(code):
                return _presented(tx, survey, session, code, now) or Scanned(
                    None, problem=Fault.UNKNOWN
                )
            place, problem = _place(tx, code, now)
            if problem in _NO_CODES:
                survey.count(COUNTER, REJECT)
            return Scanned(place, stratum, problem)
        case Tap(about) | Text(about) if asked := read_case(about):
            return Exercised(told_of_case(tx, survey, asked, now))
        case Tap(payload):
            tapped = read_payload(payload)
            if tapped is None and payload:
                survey.count(PAYLOAD, REJECT)
            return tapped or _STRANGER
        case Text(text) if wanted := read_right(text):
            return Exercised(told(tx, wanted, survey.code_hash, channel, now))
        case Text(text):
            typed = read_counter(text)
            place, problem = _place(tx, typed, now) if typed else (None, "")
            # Six digits alone may be a dossier's number; "#" says that a counter is meant.
            if place or says_counter(text):
                return Scanned(place, problem=problem)
            receipt = _presented(tx, survey, session, text, now) if looks_like_one(text) else None
            return receipt or Typed(text)
        case Attachment(kind):
            return Attached(kind)
        case Blocked():
            return Stopped()
    assert_never(happening)


def tells_code(happening: Happening) -> bool:
    """Whether somebody tells a response code, right or wrong."""
    match happening:
        case Tap(about) | Text(about) if asked := read_case(about):
            return bool(asked.code)
        case Text(text) if wanted := read_right(text):
            return bool(wanted.code)
    return False


def _presented(
    tx: Transaction, survey: Survey, session: Session, told: str, now: datetime
) -> Scanned | None:
    """A receipt as the engine wants it; None where *told* is words."""
    found = using.presented(tx, survey.receipts, told, session, _begun(survey, session), now)
    if found is None:
        return None
    if isinstance(found, tuple):
        receipt, event = found
        return using.placed(event, receipt, *_place(tx, receipt.counter, now))
    survey.count(RECEIPT, REJECT)
    return Scanned(None, problem=found)


def _begun(survey: Survey, session: Session) -> Begun:
    """The answer being given, once it has a level: a receipt of another visit is not for it."""
    place = session.place
    if place is None or session.half_day is None:
        return Begun()
    told = plan(survey.instruments[place.instrument]).told(place, session.answers, "stage")
    return Begun(place.counter, told or place.stage)


def _place(tx: Transaction, code: str, now: datetime) -> tuple[Place | None, str]:
    """The counter behind a code as the engine wants it, or why there is none."""
    if not code:
        return None, "no_counter"
    if not is_code(code):
        digits = len(code) == 6 and code.isdecimal()
        return None, "bad_check_digit" if digits else "unknown_counter"
    row = tx.counter(code, now.astimezone(HANOI).date().isoformat())
    if row is None:
        return None, "unknown_counter"
    if not row.open:
        return None, "closed_counter"
    place = Place(row.code, row.name, row.unit_name, row.instrument, row.fields, split=row.split)
    return place, ""
