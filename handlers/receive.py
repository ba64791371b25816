"""What happens when an update arrives: one plain function in one transaction.

Deduplicate, load the conversation, let the engine step, do what it says, save, queue the reply.
The caller answers only after the commit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import assert_never

from handlers.inbound import Attachment, Blocked, Happening, Inbound, Start, Tap, Text
from handlers.privacy.exercise import shows_data, told
from handlers.screens import Shown, dump_shown, load_shown
from handlers.verdicts import COUNTER, PAYLOAD, REJECT, Closing, Count, judged, tick_of, uncounted
from sipas.codes import CHANCE_BITS, is_code, response_code
from sipas.conversation import languages, step
from sipas.events import (
    Attached,
    Closed,
    Event,
    Exercised,
    Expired,
    Fact,
    Moment,
    Received,
    Scanned,
    Screen,
    Stopped,
    Tapped,
    Typed,
    Unreceived,
    read_payload,
)
from sipas.instrument import Instrument
from sipas.packing import HANOI, half_day
from sipas.reading import read_counter, says_counter
from sipas.rights import read_right
from sipas.session import Place, Session, dump, load
from sipas.understanding import language_wish, wish
from storage import outbox
from storage.numbering import RANDOM_BITS, row_id
from storage.transaction import ClosedRow, Held, Transaction

TAG_BITS = 32
_EPOCH = date(1970, 1, 1)
_STRANGER = Tapped("?", "?", "?")  # a payload that is none of ours
_NO_CODES = ("unknown_counter", "bad_check_digit")


@dataclass(frozen=True)
class Survey:
    """What receiving needs from outside the transaction.

    Attributes:
        instruments: by reference.
        notice: version of the short notice that a first level consents to.
        chance: as `secrets.randbits`.
        code_hash: keyed hash of a response code, 64 bits.
        count: told every verdict, for the metrics; a write done again is told again.
    """

    instruments: Mapping[str, Instrument]
    notice: int
    chance: Callable[[int], int]
    code_hash: Callable[[str], int]
    count: Count = uncounted

    def moment(self, now: datetime) -> Moment:
        """The facts of *now*, with chance for what this update may begin or close."""
        half = half_day(now)
        drawn = self.chance(TAG_BITS + CHANCE_BITS)
        tag = f"{drawn >> CHANCE_BITS:0{TAG_BITS // 4}X}"
        code = response_code(half >> 1, drawn % (1 << CHANCE_BITS))
        return Moment(half, tag, str(self.notice), code, tick_of(now))


def receive(tx: Transaction, survey: Survey, inbound: Inbound, now: datetime) -> Shown | None:
    """Apply *inbound* and return what its conversation shows now; None when nothing is to be shown.

    A repeat changes nothing and returns what was shown before.
    """
    if not tx.first_time(inbound.account_id, inbound.update_id, hour_of(now)):
        return _shown_before(tx, inbound)
    held = tx.held(inbound.conversation)
    session = load(held.session) if held and held.session else Session(inbound.language or "vi")
    answered_at = _answered_at(held, inbound)
    if inbound.sent_at < answered_at:
        inbound = _late(survey, session.language, inbound)
    if session.language not in languages(survey.instruments.values()):
        session = session._replace(language="vi")  # the operator has switched it off since
    session, screen = _apply(tx, survey, inbound, session, now)
    if Blocked() in inbound.happenings:
        outbox.stop(tx, inbound.conversation)
        tx.forget(inbound.conversation)
        return None
    reference = session.place.instrument if session.place else ""
    edit = isinstance(inbound.happenings[-1], Tap)
    shown = Shown(session.language, reference, screen, inbound.reference, edit)
    written = max(answered_at, inbound.sent_at)
    _save(tx, inbound, session, shown, now, held is not None, written)
    return shown


def _answered_at(held: Held | None, inbound: Inbound) -> int:
    """When the last update that a pushed question answers was written; 0 where nobody tells."""
    told = held.screen if held and inbound.sent_at else None
    return int(told) if told else 0


def _late(survey: Survey, language: str, inbound: Inbound) -> Inbound:
    """Words that come after a later update was answered were meant for an earlier question.

    A button names its question and a code its counter, so these are as good as ever.
    """
    known = survey.instruments.values()
    words = [each.text for each in inbound.happenings if isinstance(each, Text)]
    wishes = (wish(known, language, each) or language_wish(known, each) for each in words)
    if any(wishes) or any(map(read_counter, words)) or any(map(read_right, words)):
        return inbound
    return replace(inbound, happenings=tuple(map(_stale, inbound.happenings)))


def _stale(happening: Happening) -> Happening:
    return Tap("") if isinstance(happening, Text) else happening


def _apply(
    tx: Transaction, survey: Survey, inbound: Inbound, session: Session, now: datetime
) -> tuple[Session, Screen]:
    """Let the engine take every happening in turn; the last one decides what is shown."""
    screen: Screen = ()
    for happening in inbound.happenings:
        if isinstance(happening, Tap | Text) and _started_elsewhere(inbound, session):
            break
        event = _event(tx, survey, inbound, happening, now)
        result = step(survey.instruments, session, event, survey.moment(now))
        for fact in result.facts:
            make_true(tx, survey, inbound, fact, now)
        session, screen = result.session, result.screen
    return session, screen


def _started_elsewhere(inbound: Inbound, session: Session) -> bool:
    """A start that did not open its counter must not let the tap beside it count for another."""
    codes = [each.code for each in inbound.happenings if isinstance(each, Start)]
    return bool(codes) and (session.place is None or session.place.counter != codes[0])


def _event(tx: Transaction, survey: Survey, came: Inbound, each: Happening, now: datetime) -> Event:
    match each:
        case Start(code, stratum):
            place, problem = _place(tx, code, now)
            if problem in _NO_CODES:
                survey.count(COUNTER, REJECT)
            return Scanned(place, stratum, problem)
        case Tap(payload):
            tapped = read_payload(payload)
            if tapped is None and payload:
                survey.count(PAYLOAD, REJECT)
            return tapped or _STRANGER
        case Text(text) if wanted := read_right(text):
            return Exercised(told(tx, wanted, survey.code_hash, came.channel, now))
        case Text(text):
            typed = read_counter(text)
            place, problem = _place(tx, typed, now) if typed else (None, "")
            # Six digits alone may be a dossier's number; "#" says that a counter is meant.
            return Scanned(place, problem=problem) if place or says_counter(text) else Typed(text)
        case Attachment(kind):
            return Attached(kind)
        case Blocked():
            return Stopped()
    assert_never(each)


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
    return Place(row.code, row.name, row.unit_name, row.instrument, row.fields), ""


def make_true(tx: Transaction, survey: Survey, inbound: Inbound, fact: Fact, now: datetime) -> None:
    """Do what a fact says."""
    match fact:
        case Received(counter):
            tx.arrive(tx.counter_ids(counter)[0], hour_of(now))
        case Unreceived(counter):
            tx.take_back_arrival(tx.counter_ids(counter)[0])
        case Closed():
            _close(tx, survey, inbound, fact, now)
        case _:
            assert_never(fact)


def _close(
    tx: Transaction, survey: Survey, inbound: Inbound, closed: Closed, now: datetime
) -> None:
    """Keep the response without a link to who gave it: its id and its code hash are chance."""
    counter_id, unit_id = tx.counter_ids(closed.counter)
    closing = Closing(survey.instruments[closed.instrument], closed, counter_id, now)
    judgement = judged(tx, closing, inbound.conversation, survey.count)
    if judgement.rejected:
        tx.take_back_arrival(counter_id)
        return
    response_id = row_id(closed.half_day, survey.chance(RANDOM_BITS))
    code_hash = row_id(closed.half_day, survey.code_hash(closed.code))
    tx.close(_row(closed, inbound.channel, (response_id, counter_id, unit_id), code_hash))
    if closed.comment:
        tx.comment(response_id, closed.comment, closed.quote)
    judgement.keep(tx, response_id)


def _row(closed: Closed, channel: str, ids: tuple[int, int, int], code_hash: int) -> ClosedRow:
    """The closed response as stored; *ids* are its own, its counter's and its unit's."""
    response_id, counter_id, unit_id = ids
    return ClosedRow(
        response_id=response_id,
        counter_id=counter_id,
        unit_id=unit_id,
        instrument=closed.instrument,
        levels=closed.levels,
        tags=closed.tags,
        stage=closed.stage,
        stratum=closed.stratum,
        channel=channel,
        kind=closed.kind,
        field=closed.field,
        consent=int(closed.consent),
        code_hash=code_hash,
    )


def _save(
    tx: Transaction,
    inbound: Inbound,
    session: Session,
    shown: Shown,
    now: datetime,
    known: bool,
    written: int,
) -> None:
    """Keep the session, and the reply: as last screen where it is pulled, queued where pushed."""
    payload = dump_shown(shown)
    kept = None if shows_data(shown.screen) else payload
    pushed = inbound.address is not None
    if pushed and shown.screen:
        if not known:  # an address stays as long as its conversation
            address = inbound.address or ""
            outbox.remember_address(tx, inbound.account_id, inbound.conversation, address)
        outbox.queue(tx, inbound.account_id, inbound.conversation, int(now.timestamp()), payload)
    if pushed and session.place is None:
        tx.forget(inbound.conversation)
        return
    tx.hold(
        inbound.conversation,
        inbound.account_id,
        counter=session.place.counter if session.place and session.half_day is not None else "",
        minute=int(now.timestamp()) // 60,
        session=dump(session) if session.place else None,
        screen=(str(written) if written else None) if pushed else kept,
    )


def _shown_before(tx: Transaction, inbound: Inbound) -> Shown | None:
    held = tx.held(inbound.conversation)
    pulled = inbound.address is None and held is not None and held.screen
    return load_shown(pulled) if pulled else None


def expire(
    tx: Transaction, survey: Survey, now: datetime, silent_since: datetime, most: int
) -> int:
    """Close conversations silent since *silent_since* as they are; return how many were ended."""
    idle = tx.idle(int(silent_since.timestamp()) // 60, int(now.timestamp()) // 60 - 60, most)
    for conversation, account_id, channel in idle:
        held = tx.held(conversation)
        if held and held.session:
            result = step(survey.instruments, load(held.session), Expired(), survey.moment(now))
            ended = Inbound(account_id, channel, "", conversation, ())
            for fact in result.facts:
                make_true(tx, survey, ended, fact, now)
        tx.forget(conversation)
    return len(idle)


def hour_of(now: datetime) -> int:
    """Hours since 1970-01-01 00:00 in Viet Nam, so that 24 of them make one of its days."""
    local = now.astimezone(HANOI)
    return (local.date() - _EPOCH).days * 24 + local.hour
