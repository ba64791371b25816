"""What a presented receipt leads to: a first use, the question whose it was, or a refusal."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from sipas.events import Fact, Received, Scanned
from sipas.packing import HANOI, day_of
from sipas.receipts import (
    Fault,
    Mac,
    Receipt,
    Use,
    is_meant,
    is_token,
    period,
    read_code,
    read_token,
    second,
    tag,
    use,
)
from sipas.session import Place, Session, Stratum
from storage import receipts
from storage.transaction import Transaction

ONE_BY_ONE = (Stratum.RECEIPT, Stratum.OPEN)
"""At a kiosk or with a clerk a receipt is not asked for: those answers stay apart."""

_EPOCH = date(1970, 1, 1)


def no_key(period: int, now: int) -> bytes | None:
    """For an installation that hands out no receipts."""
    return None


@dataclass(frozen=True, slots=True)
class Receipts:
    """What checking receipts needs from outside the transaction.

    Attributes:
        mac: authentication code of what a token tells.
        key: the key of a period's tags, given the present one; None once it is destroyed.
    """

    mac: Mac
    key: Callable[[int, int], bytes | None] = no_key


NO_RECEIPTS = Receipts(lambda told: b"")


@dataclass(frozen=True, slots=True)
class Begun:
    """The answer that is being given while the receipt is presented; empty where none is."""

    counter: str = ""
    stage: str = ""


def looks_like_one(text: str) -> bool:
    """Whether *text* may be a token or a code; asked before anything is looked up."""
    return is_token(text) or read_code(text) is not None


def presented(
    tx: Transaction, known: Receipts, told: str, session: Session, begun: Begun, now: datetime
) -> tuple[Receipt, Scanned] | Fault | Use | None:
    """The receipt meant by *told* and what scanning it is, without its place; or why it is refused.

    None where *told* is words after all.
    """
    if session.place and session.stratum not in ONE_BY_ONE:
        return None
    receipt = receipt_of(tx, known, told)
    if not isinstance(receipt, Receipt):
        return receipt
    today = now.astimezone(HANOI).date()
    key = known.key(period(receipt), today.year * 12 + today.month - 1)
    if key is None:
        return Use.EXPIRED
    return _judged(tx, receipt, tag(key, receipt), session, begun, today)


def receipt_of(tx: Transaction, known: Receipts, told: str) -> Receipt | Fault | None:
    """The receipt that a token tells or a typed code finds, whether or not it may be used."""
    read = read_token(told, known.mac) if is_token(told) else read_code(told)
    if not isinstance(read, str) or isinstance(read, Fault):
        return read
    unknown = Fault.UNKNOWN if is_meant(told) else None
    return receipts.found(tx, read) or unknown


def _judged(
    tx: Transaction, receipt: Receipt, one: str, session: Session, begun: Begun, today: date
) -> tuple[Receipt, Scanned] | Fault | Use:
    if receipts.found(tx, receipt.code) != receipt:  # a right token, and never minted here
        return Fault.UNKNOWN
    if session.place and session.receipt in (one, second(one)):  # their own, once more
        return receipt, Scanned(None, Stratum.RECEIPT, receipt=session.receipt)
    voices = receipts.voices(tx, one)
    found = use(receipt, (today - _EPOCH).days, len(voices), begun.counter, begun.stage)
    if found not in (Use.FIRST, Use.REPLAY):
        return found
    used = _told(voices[0]) if voices else ""
    return receipt, Scanned(None, Stratum.RECEIPT, receipt=one, used=used)


def placed(event: Scanned, receipt: Receipt, place: Place | None, problem: str) -> Scanned:
    """The event at the receipt's counter, while that takes ratings."""
    if place is None:
        return Scanned(None, problem=problem)
    return replace(event, place=place._replace(stage=receipt.stage))


def overtaken(tx: Transaction, session: Session, facts: Iterable[Fact]) -> Scanned | Use | None:
    """What a first level with a receipt is that somebody else has used since it was presented."""
    claims = any(isinstance(fact, Received) and fact.receipt for fact in facts)
    voices = receipts.voices(tx, session.receipt) if claims else []
    if not voices:
        return None
    if voices[0].number == 2 or len(voices) == 2:
        return Use.SPENT
    return Scanned(session.place, session.stratum, receipt=session.receipt, used=_told(voices[0]))


def _told(voice: receipts.Voice) -> str:
    return f"{day_of(voice.half_day):%d/%m/%Y}"
