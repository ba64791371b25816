"""What happens when an update arrives: one plain function in one transaction.

Deduplicate, load the conversation, let the engine step, do what it says, save, queue the reply.
The caller answers only after the commit.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import assert_never

from handlers.cases.opening import contact_of, open_case
from handlers.cases.respondent import shows_case
from handlers.inbound import Blocked, Happening, Inbound, Start, Tap, Text
from handlers.privacy.exercise import shows_data
from handlers.receipts import using
from handlers.receipts.using import looks_like_one
from handlers.scanning import event_of
from handlers.screens import Shown, dump_shown, load_shown
from handlers.survey import Survey as Survey  # where everybody looks for it
from handlers.verdicts import (
    Closing,
    judged,
)
from sipas.case_talk import read_case
from sipas.conversation import languages, step
from sipas.events import (
    Closed,
    Disputed,
    Event,
    Expired,
    Fact,
    Received,
    Say,
    Scanned,
    Screen,
    Step,
    Unreceived,
)
from sipas.packing import HANOI, LEVELS, day_of, half_day
from sipas.periods import atom
from sipas.reading import read_counter
from sipas.receipts import Use
from sipas.rights import read_right
from sipas.session import Session, dump, load
from sipas.understanding import language_wish, wish
from storage import outbox, receipts
from storage.draws import count_draw
from storage.integrity import count_after_reminder
from storage.numbering import RANDOM_BITS, code_row, row_id
from storage.transaction import ClosedRow, Held, Transaction

_EPOCH = date(1970, 1, 1)


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
    known_by_form = (read_counter, looks_like_one, read_right, read_case)
    if any(wishes) or any(read(each) for read in known_by_form for each in words):
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
        event = event_of(tx, survey, session, happening, inbound.channel, now)
        result = _stepped(tx, survey, session, event, now)
        says = [say for fact in result.facts for say in make_true(tx, survey, inbound, fact, now)]
        session, screen = result.session, (*says, *result.screen)
        if isinstance(happening, Start) and not _opened(event, session):
            break
    return session, screen


def _stepped(
    tx: Transaction, survey: Survey, session: Session, event: Event, now: datetime
) -> Step:
    """What follows; where somebody has used the receipt since it was presented, whose it was."""
    moment = survey.moment(now)
    result = step(survey.instruments, session, event, moment)
    other = using.overtaken(tx, session, result.facts)
    if isinstance(other, Use):
        return Step(Session(session.language), (Say(other),))
    return step(survey.instruments, session, other, moment) if other else result


def _opened(event: Event, session: Session) -> bool:
    """A start that did not open its counter must not let the tap beside it count for another."""
    if not isinstance(event, Scanned) or event.place is None or session.place is None:
        return False
    return session.place.counter == event.place.counter and (event.receipt in ("", session.receipt))


def make_true(
    tx: Transaction, survey: Survey, inbound: Inbound, fact: Fact, now: datetime
) -> tuple[Say, ...]:
    """Do what a fact says; what is to be said of it."""
    match fact:
        case Received(counter, receipt):
            tx.arrive(tx.counter_ids(counter)[0], hour_of(now))
            if receipt:
                receipts.claim(tx, receipt, half_day(now))
        case Unreceived(counter, receipt):
            tx.take_back_arrival(tx.counter_ids(counter)[0])
            if receipt:
                receipts.unclaim(tx, receipt)
        case Disputed(receipt):
            receipts.dispute(tx, receipt)
        case Closed():
            return _close(tx, survey, inbound, fact, now)
        case _:
            assert_never(fact)
    return ()


def _close(
    tx: Transaction, survey: Survey, inbound: Inbound, closed: Closed, now: datetime
) -> tuple[Say, ...]:
    """Keep the response without a link to who gave it: its id and its code hash are chance."""
    counter_id, unit_id = tx.counter_ids(closed.counter)
    closing = Closing(survey.instruments[closed.instrument], closed, counter_id, now)
    judgement = judged(tx, closing, inbound.conversation, survey.count)
    if judgement.rejected:
        tx.take_back_arrival(counter_id)
        if closed.receipt:
            receipts.unclaim(tx, closed.receipt)
        return ()
    response_id = row_id(closed.half_day, survey.chance(RANDOM_BITS))
    code_hash = code_row(closed.half_day, survey.code_hash(closed.code))
    count_draw(tx, day_of(closed.half_day), closed.instrument, closed.drawn)
    tx.close(_row(closed, inbound.channel, (response_id, counter_id, unit_id), code_hash))
    if closed.comment:
        tx.comment(response_id, closed.comment, closed.quote)
    judgement.keep(tx, response_id)
    if inbound.happenings and judgement.level in LEVELS:  # who answered after it, not who expired
        half_month, very = atom(day_of(closed.half_day)), judgement.level == LEVELS[-1]
        count_after_reminder(tx, inbound.conversation, counter_id, half_month, very=very)
    if closed.receipt:
        receipts.answer(tx, closed.receipt, response_id)
    ids = unit_id, counter_id, code_hash
    return open_case(tx, survey, closed, ids, now, contact_of(inbound, closed))


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
    kept = None if shows_data(shown.screen) or shows_case(shown.screen) else payload
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
