"""Judges a response in the moment it closes, and says what was refused at the door.

The facts come from the transaction that closes it, the checks from `sipas.verdicts`. Only codes
stay: no address, no time, no words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from sipas.events import Closed
from sipas.figures import OVERALL
from sipas.instrument import Instrument
from sipas.packing import LEVELS
from sipas.session import Stratum
from sipas.stuffing import Day, alike
from sipas.verdicts import (
    TICK_S,
    Facts,
    Outcome,
    Verdict,
    comparable,
    duration_class,
    fits,
    flags,
    given_levels,
    is_busy,
    judge,
)
from storage import verdicts
from storage.transaction import Transaction

Count = Callable[[str, str], object]
"""Told a check and its outcome, for the metrics."""

# What is refused before there is a response: forged calls, unreadable ones, unknown counters, and
# receipts that may not be used.
FORGED, PAYLOAD, COUNTER, RECEIPT = "forged", "payload", "counter", "receipt"
REJECT = Outcome.REJECT.value

_REFUSED: dict[int, str] = {
    HTTPStatus.UNAUTHORIZED: FORGED,
    HTTPStatus.FORBIDDEN: FORGED,
    HTTPStatus.BAD_REQUEST: PAYLOAD,
    HTTPStatus.UNPROCESSABLE_ENTITY: PAYLOAD,
}

_HOUR_TICKS = 3600 // TICK_S
_EAST_TICKS = 7 * _HOUR_TICKS  # hours are those of Viet Nam
_ONE_BY_ONE = (Stratum.RECEIPT, Stratum.OPEN)


def uncounted(check: str, outcome: str) -> None:
    """Counts nothing; for where nobody looks at metrics."""


def count_refused(count: Count, status: int) -> None:
    """Count what was refused at the door with this HTTP status, if it was for what was sent."""
    check = _REFUSED.get(status)
    if check is not None:
        count(check, REJECT)


def tick_of(now: datetime) -> int:
    """Now, no finer than an open response remembers it."""
    return int(now.timestamp()) // TICK_S


@dataclass(frozen=True, slots=True)
class Closing:
    """A response that closes *now*, with its questionnaire and the number of its counter."""

    instrument: Instrument
    closed: Closed
    counter_id: int
    now: datetime


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is kept of the verdicts: the flags, and how long several answers took.

    Attributes:
        level: the answer about the visit as a whole, as it is packed.
    """

    rejected: bool
    flags: tuple[Verdict, ...]
    duration: int | None
    level: str

    def keep(self, tx: Transaction, response_id: int) -> None:
        """Store it beside the response."""
        verdicts.keep(tx, response_id, self.flags, self.duration)


def judged(tx: Transaction, closing: Closing, conversation: bytes, count: Count) -> Judgement:
    """What the checks say of a response, each verdict counted."""
    facts = _facts(tx, closing, conversation)
    found = judge(facts)
    for verdict in found:
        count(verdict.check, verdict.outcome)
    return Judgement(
        rejected=any(verdict.outcome is Outcome.REJECT for verdict in found),
        flags=flags(found),
        duration=facts.duration if facts.answers > 1 else None,
        level=_overall(closing),
    )


def _facts(tx: Transaction, closing: Closing, conversation: bytes) -> Facts:
    closed, counter_id = closing.closed, closing.counter_id
    arrived, usual = verdicts.hour_of_counter(tx, counter_id, _hour(closed.began))
    return Facts(
        fits=fits(closing.instrument, closed.levels),
        levels=given_levels(closing.instrument, closed.levels),
        answers=closed.answers,
        stratum=closed.stratum,
        worded=bool(closed.comment or closed.tags),
        duration=duration_class(closed.began, tick_of(closing.now)),
        closed_today=_closed_today(tx, closing, conversation),
        arrived=arrived,
        usual=usual,
        alike=_alike(tx, closing) if is_busy(arrived, usual) else 1.0,
        text_seen=_text_seen(tx, closing),
    )


def _alike(tx: Transaction, closing: Closing) -> float:
    """How likely so many answers at this one's level are at the counter on that day."""
    counter_id, day = closing.counter_id, _hour(closing.closed.began) // 24
    level = _overall(closing)
    if level not in LEVELS:
        return 1.0
    before = verdicts.days_at_level(tx, closing.instrument, counter_id, day, int(level))
    today = verdicts.day_at_level(tx, closing.instrument, counter_id, day, int(level))
    return alike(before, Day(today.n + 1, today.very + 1), level)


def _overall(closing: Closing) -> str:
    place = [item.key for item in closing.instrument.items].index(OVERALL)
    return closing.closed.levels[place : place + 1]


def _closed_today(tx: Transaction, closing: Closing, conversation: bytes) -> int:
    """A kiosk's or a clerk's conversation is nobody's own: it is not counted."""
    if closing.closed.stratum not in _ONE_BY_ONE:
        return 1
    return verdicts.closed_today(tx, conversation, _hour(tick_of(closing.now)) // 24)


def _text_seen(tx: Transaction, closing: Closing) -> int:
    words = comparable(closing.closed.comment) if closing.closed.comment else ""
    if not words:
        return 0
    return verdicts.times_left(tx, closing.counter_id, words, _hour(tick_of(closing.now)))


def _hour(tick: int) -> int:
    """Hours since 1970-01-01 00:00 in Viet Nam, as arrivals are counted."""
    return (tick + _EAST_TICKS) // _HOUR_TICKS
