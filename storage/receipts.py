"""Receipts: minted from dossier events, found by what is typed, used once by each voice.

What leads from a dossier to its receipt is on the slip alone: `minted` knows the dossier,
`receipts` the code's keyed hash, `contest_tags` a hash of it under a key that is not kept here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from sipas.receipts import CODE_BITS, Receipt, Slip, period_of, receipt_code, second, voice_of
from sipas.verdicts import Outcome, Reason, Verdict
from storage import verdicts
from storage.engine import Reader
from storage.numbering import STAGES, half_day_of, row_id
from storage.queries import read
from storage.queries import write as sql
from storage.transaction import Transaction

EPOCH = date(1970, 1, 1)
AT_ONCE = 500
"""Answers of citizens wait for nobody's minting: it is done in pieces."""


class Wanted(NamedTuple):
    """Which events are given receipts, and the last day these may be used on.

    Attributes:
        stage: waiting or result, or whatever else dossier events tell.
        first: first day of the events, *last* their last one.
    """

    unit_id: int
    stage: str
    first: date
    last: date
    last_day: date

    @property
    def events(self) -> dict[str, int]:
        """What a query of the events is asked."""
        return {
            "unit_id": self.unit_id,
            "stage": STAGES.index(self.stage),
            "first": _day(self.first),
            "last": _day(self.last),
        }


def mint(tx: Transaction, wanted: Wanted, chance: Callable[[int], int]) -> list[Slip]:
    """Give up to `AT_ONCE` events a receipt each; none when every dossier has its own."""
    rows = list(sql.unminted(tx.connection, **wanted.events, most=AT_ONCE))
    last_day, made = _day(wanted.last_day), []
    for dossier_hash, last_four, counter in rows:
        stage = wanted.events["stage"]
        # A dossier may have come to a stage twice; it still has one voice there.
        if sql.add_minted(tx.connection, dossier_hash=dossier_hash, stage=stage, last_day=last_day):
            made.append(Slip(give(tx, counter, wanted.stage, last_day, chance), last_four))
    return made


def without_counter(tx: Transaction, wanted: Wanted) -> int:
    """Events that no receipt can be made of, because nobody told their counter."""
    n: int = sql.events_without_counter(tx.connection, **wanted.events)
    return n


def give(
    tx: Transaction, counter: str, stage: str, last_day: int, chance: Callable[[int], int]
) -> Receipt:
    """A new receipt for a stage at a counter, good until *last_day*."""
    counter_id, _ = tx.counter_ids(counter)
    while True:  # once in a million millions the code exists already
        made = Receipt(receipt_code(chance(CODE_BITS)), counter, stage, last_day)
        if sql.add_receipt(
            tx.connection,
            code_hash=_hash(tx, made.code),
            counter_id=counter_id,
            stage=STAGES.index(stage),
            last_day=last_day,
        ):
            return made


def found(tx: Transaction, code: str) -> Receipt | None:
    """The receipt with this code; None where there is none, or none any more."""
    row = sql.receipt(tx.connection, code_hash=_hash(tx, code))
    if row is None:
        return None
    counter, stage, last_day = row
    return Receipt(code, counter, STAGES[stage], last_day)


def _hash(tx: Transaction, code: str) -> int:
    return tx.cipher.mark(f"receipt {code}")


def _day(day: date) -> int:
    return (day - EPOCH).days


class Voice(NamedTuple):
    """A use of a receipt: the first or the second, and the half-day of its first level."""

    number: int
    half_day: int


def voices(tx: Transaction, tag: str) -> list[Voice]:
    """The uses of the receipt with this tag, in their order; of a second voice its own alone."""
    found = (_voice(tx, each) for each in (tag, second(tag)))
    return [each for each in found if each is not None]


def _voice(tx: Transaction, tag: str) -> Voice | None:
    row = sql.contest_tag(tx.connection, tag=bytes.fromhex(tag))
    return None if row is None else Voice(*row)


def claim(tx: Transaction, tag: str, half_day: int) -> None:
    """The voice with this tag is used from now on."""
    sql.add_contest_tag(
        tx.connection,
        tag=bytes.fromhex(tag),
        period=period_of(tag),
        voice=voice_of(tag),
        half_day=half_day,
    )


def unclaim(tx: Transaction, tag: str) -> None:
    """The response was deleted while it was open: the receipt may be used again."""
    sql.drop_contest_tag(tx.connection, tag=bytes.fromhex(tag))


def answer(tx: Transaction, tag: str, response_id: int) -> None:
    """The response with this tag is closed; where it was disputed meanwhile, it is from now on."""
    sql.tag_response(tx.connection, tag=bytes.fromhex(tag), response_id=response_id)
    if sql.is_disputed(tx.connection, tag=bytes.fromhex(tag)):
        _contest(tx, response_id)


def dispute(tx: Transaction, tag: str) -> None:
    """Who holds the receipt says that its first use was not theirs; both answers are kept."""
    sql.dispute_tag(tx.connection, tag=bytes.fromhex(tag))
    response_id = sql.response_of_tag(tx.connection, tag=bytes.fromhex(tag))
    if response_id is not None:
        _contest(tx, int(response_id))


def _contest(tx: Transaction, response_id: int) -> None:
    if sql.add_contest(tx.connection, response_id=response_id):
        verdicts.add(tx, response_id, Verdict("contest", Outcome.FLAG, Reason.DISPUTED))


def carry(tx: Transaction, response_id: int, new_id: int) -> None:
    """Give tag and dispute to the new number of their response."""
    at = {"response_id": response_id, "new_id": new_id}
    sql.carry_contest_tag(tx.connection, **at, half_day=half_day_of(new_id))
    sql.carry_contest(tx.connection, **at)


def forget(tx: Transaction, response_id: int) -> None:
    """Nothing leads from the receipt to the response any more; the receipt stays used."""
    sql.forget_contest_tag(tx.connection, response_id=response_id)


def remove(tx: Transaction, response_id: int) -> None:
    """The response is removed as if it had never been closed: its receipt may be used again."""
    sql.drop_tag_of(tx.connection, response_id=response_id)
    sql.drop_contest(tx.connection, response_id=response_id)


def purge(tx: Transaction, today: date) -> None:
    """What ended before the month of *today*: receipts, and the tags whose key is destroyed."""
    sql.purge_receipts(tx.connection, before=_day(today.replace(day=1)))
    sql.purge_contest_tags(tx.connection, before=today.year * 12 + today.month - 1)


async def disputed_by_unit(connection: Reader, first: date, last: date) -> dict[int, int]:
    """Released responses that are disputed, by unit, of the days from *first* to *last*."""
    bounds = {"first": row_id(2 * _day(first), 0), "last": row_id(2 * _day(last) + 2, 0)}
    rows = await connection.execute_fetchall(read.disputed_by_unit.sql, bounds)
    return {int(unit_id): int(n) for unit_id, n in rows}
