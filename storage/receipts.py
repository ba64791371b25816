"""Receipts: minted from dossier events, found by what is typed, used once by each voice.

What leads from a dossier to its receipt is on the slip alone: `minted` knows the dossier,
`receipts` the code's keyed hash, `contest_tags` a hash of it under a key that is not kept here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from sipas.receipts import CODE_BITS, Receipt, Slip, receipt_code
from storage.numbering import STAGES
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
        if sql.add_minted(tx.connection, dossier_hash=dossier_hash, stage=stage):
            made.append(Slip(_receipt(tx, counter, wanted.stage, last_day, chance), last_four))
    return made


def without_counter(tx: Transaction, wanted: Wanted) -> int:
    """Events that no receipt can be made of, because nobody told their counter."""
    n: int = sql.events_without_counter(tx.connection, **wanted.events)
    return n


def _receipt(
    tx: Transaction, counter: str, stage: str, last_day: int, chance: Callable[[int], int]
) -> Receipt:
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
