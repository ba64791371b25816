"""A rating given inside an invitation: stars on a platform's own form, without a conversation.

The invitation says which counter it was about; nobody knows who gave it, not even the platform's
answer to us. An answer that comes before its invitation is recorded waits for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from handlers.inbound import Inbound
from handlers.receive import Survey, hour_of, make_true
from handlers.verdicts import tick_of
from sipas.events import Closed, Received
from sipas.flow import TEXT_MOST
from sipas.instrument import Instrument
from sipas.items import Item, Kind
from sipas.packing import GIVEN, TAGS_MOST, pack, pack_tags
from sipas.session import Stratum
from storage import invitations
from storage.invitations import Invitation
from storage.transaction import Transaction

QUESTIONNAIRE = "micro"
OVERALL, REASONS, COMMENT = "overall", "reasons", "comment"
STAGE = "result"  # an invitation goes out when the dossier's result is given back


@dataclass(frozen=True, slots=True)
class Rating:
    """What was given.

    Attributes:
        level: 1-5; stars count the way levels do.
        note: words of the respondent's own.
        labels: the template's reasons that were chosen; those that read like ours are kept.
    """

    level: int
    note: str = ""
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rated:
    """One rating as it came.

    Attributes:
        conversation: a key made of the invitation, because there is no respondent to name.
        tracking: the invitation's one-time id.
    """

    account_id: int
    channel: str
    update_id: str
    conversation: bytes
    tracking: str
    rating: Rating


def rate(tx: Transaction, survey: Survey, rated: Rated, now: datetime) -> bool:
    """Count *rated* for its invitation, once; False for a repeat and for one that must wait."""
    if not tx.first_time(rated.account_id, rated.update_id, hour_of(now)):
        return False
    counter = invitations.answered(tx, rated.account_id, rated.tracking)
    if counter is None:
        day = hour_of(now) // 24
        invitations.park(tx, rated.account_id, rated.tracking, day, _dump(rated))
        return False
    _close(tx, survey, rated, counter, now)
    return True


def invite(
    tx: Transaction, survey: Survey, account_id: int, invitation: Invitation, now: datetime
) -> None:
    """Record an invitation before it is sent, and count what was answered to it already."""
    invitations.issue(tx, account_id, invitation, hour_of(now) // 24)
    waiting = invitations.parked(tx, account_id, invitation.tracking)
    if waiting is not None:
        rate(tx, survey, _load(waiting, account_id, invitation.tracking), now)


def _dump(rated: Rated) -> str:
    given = rated.rating
    words = (given.level, given.note, given.labels)
    return json.dumps((rated.channel, rated.conversation.hex(), *words))


def _load(waiting: str, account_id: int, tracking: str) -> Rated:
    channel, conversation, level, note, labels = json.loads(waiting)
    rating = Rating(level, note, tuple(labels))
    update_id = f"parked {tracking}"  # its own was seen when it came
    return Rated(account_id, channel, update_id, bytes.fromhex(conversation), tracking, rating)


def _close(tx: Transaction, survey: Survey, rated: Rated, counter: str, now: datetime) -> None:
    """Received and closed in one, as if the respondent had tapped once and left."""
    came = Inbound(rated.account_id, rated.channel, rated.update_id, rated.conversation, ())
    closed = _closed(survey, rated.rating, counter, now)
    for fact in (Received(counter), closed):
        make_true(tx, survey, came, fact, now)


def _closed(survey: Survey, rating: Rating, counter: str, now: datetime) -> Closed:
    """One level, perhaps reasons and words, of the questionnaire that asks no more than that."""
    instrument = _questionnaire(survey)
    moment = survey.moment(now)
    reasons = _reasons(instrument, rating.labels)
    comment = rating.note.strip()[:TEXT_MOST]
    marks = {OVERALL: str(rating.level)}
    marks |= {REASONS: GIVEN} if reasons else {}
    marks |= {COMMENT: GIVEN} if comment else {}
    return Closed(
        counter=counter,
        half_day=moment.half_day,
        instrument=instrument.ref,
        levels=pack(instrument, marks),
        tags=pack_tags({REASONS: reasons}),
        comment=comment,
        quote=False,
        stage=STAGE,
        field="",
        kind="",
        stratum=Stratum.RECEIPT,
        consent=moment.notice,
        complete=True,
        language="vi",
        answers=len(marks),
        code=moment.code,
        began=tick_of(now),
    )


def _questionnaire(survey: Survey) -> Instrument:
    """The newest version of the shortest questionnaire."""
    own = (each for each in survey.instruments.values() if each.id == QUESTIONNAIRE)
    return max(own, key=lambda each: each.version)


def _reasons(instrument: Instrument, labels: Iterable[str]) -> list[str]:
    """The codes of the labels that are word for word ours, at most three."""
    item: Item = instrument.item(REASONS)
    if item.kind is not Kind.REASONS:
        return []
    codes = {words: each.code for each in item.options for words in each.texts.values()}
    return [codes[label] for label in dict.fromkeys(labels) if label in codes][:TAGS_MOST]
