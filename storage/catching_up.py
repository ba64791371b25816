"""What the ledger tells and the database does not know is done again, whenever it is opened."""

from __future__ import annotations

from typing import NamedTuple

from storage import taking_back
from storage.ledger import WITHDRAW, Ledger, hash_of
from storage.queries import write as sql
from storage.taking_back import LEDGER_KNOWN
from storage.transaction import Transaction


class CaughtUp(NamedTuple):
    """How the database stood to its ledger.

    Attributes:
        told: acts that it did not know.
        done: those whose response was there.
        missing: acts that it knows and the ledger does not, because that is an older one.
    """

    told: int
    done: int
    missing: int


def catch_up(tx: Transaction, ledger: Ledger) -> CaughtUp:
    """Do what the ledger has more than the database; nothing of it is written down again."""
    known, length = int(sql.installation(tx.connection, key=LEDGER_KNOWN) or 0), ledger.length
    acts = ledger.after(known)
    done = sum(_act(tx, kind, code_hash) for kind, code_hash in _matched(tx, acts))
    if length > known:
        sql.set_installation(tx.connection, key=LEDGER_KNOWN, value=str(length))
    return CaughtUp(max(length - known, 0), done, max(known - length, 0))


def _matched(tx: Transaction, acts: dict[str, str]) -> list[tuple[str, int]]:
    """Acts whose code is still kept, with the code's hash as it is kept."""
    if not acts:
        return []
    kept = ((hash_of(code_hash), code_hash) for (code_hash,) in sql.kept_codes(tx.connection))
    return [(acts[found], code_hash) for found, code_hash in kept if found in acts]


def _act(tx: Transaction, kind: str, code_hash: int) -> bool:
    again = Transaction(tx.connection, tx.cipher)
    act = taking_back.withdraw if kind == WITHDRAW else taking_back.erase
    return act(again, code_hash) is not None
