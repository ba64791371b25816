"""What the owner of a response code may do once the conversation has ended: erase, or take back.

*Erase* destroys the words, their salt and the code; the anonymous levels stay, and still verify.
*Take back* does so too, and withdraws the levels: of a response that waits, before anybody counted
them; of a released one by an entry in the log.
"""

from __future__ import annotations

from enum import StrEnum

from sipas.canonical import lines
from storage import case_ends, lost_quotes, receipts, sealing
from storage.ledger import ERASE, WITHDRAW
from storage.queries import write as sql
from storage.transaction import Transaction

LEDGER_KNOWN = "acts of the ledger"


class Done(StrEnum):
    """What became of the response."""

    ERASED = "erased"
    REMOVED = "removed"
    WITHDRAWN = "withdrawn"


def erase(tx: Transaction, code_hash: int) -> Done | None:
    """Destroy words and code of the response with this code hash; None without one."""
    if (waiting := _waiting(tx, code_hash)) is not None:
        _note(tx, ERASE, code_hash)
        case_ends.erase(tx, code_hash)
        sql.drop_comment(tx.connection, response_id=waiting[0])
        sql.forget_code_of_closed(tx.connection, response_id=waiting[0])
        receipts.forget(tx, waiting[0])
        return Done.ERASED
    found = _released(tx, code_hash)
    if found is None:
        return None
    _note(tx, ERASE, code_hash)
    case_ends.erase(tx, code_hash)
    _erase_released(tx, *found)
    return Done.ERASED


def withdraw(tx: Transaction, code_hash: int) -> Done | None:
    """Take back the response with this code hash; None without one."""
    if (waiting := _waiting(tx, code_hash)) is not None:
        _note(tx, WITHDRAW, code_hash)
        case_ends.erase(tx, code_hash, withdrawn=True)
        _remove(tx, *waiting)
        return Done.REMOVED
    found = _released(tx, code_hash)
    if found is None:
        return None
    _note(tx, WITHDRAW, code_hash)
    case_ends.erase(tx, code_hash, withdrawn=True)
    response_id, leaf = found
    sql.add_withdrawal(tx.connection, response_id=response_id, counted=1)
    sealing.add_act(tx, lines("motcua.entry.withdrawn.1", {"leaf": leaf.hex()}))
    _erase_released(tx, response_id, leaf)
    return Done.WITHDRAWN


def _note(tx: Transaction, kind: str, code_hash: int) -> None:
    """Write the act down outside the database, so that no backup brings back what it destroys."""
    tx.traces = True
    if tx.ledger is not None:
        known = tx.ledger.add(kind, code_hash)
        sql.set_installation(tx.connection, key=LEDGER_KNOWN, value=str(known))


def _waiting(tx: Transaction, code_hash: int) -> tuple[int, int] | None:
    """Number and counter of a response that is not released yet."""
    found: tuple[int, int] | None = sql.closed_by_code(tx.connection, code_hash=code_hash)
    return found


def _released(tx: Transaction, code_hash: int) -> tuple[int, bytes] | None:
    """Number and leaf of a released response."""
    found: tuple[int, bytes] | None = sql.leaf_by_code(tx.connection, code_hash=code_hash)
    return found


def _remove(tx: Transaction, response_id: int, counter_id: int) -> None:
    """Nothing of it stays, as if it had been deleted while it was open."""
    drops = (sql.drop_comment, sql.drop_verdicts, sql.drop_duration, sql.drop_closed)
    for drop in drops:
        drop(tx.connection, response_id=response_id)
    receipts.remove(tx, response_id)
    tx.take_back_arrival(counter_id)


def _erase_released(tx: Transaction, response_id: int, leaf: bytes) -> None:
    """The commitment stays in the leaf; an entry says why nothing fits it any more."""
    lost_quotes.lose(tx, response_id)
    if sql.drop_comment(tx.connection, response_id=response_id):
        sql.add_erasure(tx.connection, response_id=response_id)
        sealing.add_act(tx, lines("motcua.entry.erased.1", {"leaf": leaf.hex()}))
    sql.forget_code(tx.connection, response_id=response_id)
    receipts.forget(tx, response_id)
