"""Invitations to rate: a chance id that ties an answer to a counter, and to nobody."""

from __future__ import annotations

from dataclasses import dataclass

from storage.queries import write as sql
from storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Invitation:
    """One invitation.

    Attributes:
        tracking: at most 48 letters and digits, chance.
        counter: six digits.
        template: the platform's id of what was sent.
    """

    tracking: str
    counter: str
    template: str


def issue(tx: Transaction, account_id: int, invitation: Invitation, day: int) -> None:
    """Record an invitation before it is sent; *day* counts from 1970-01-01.

    Raises:
        LookupError: there is no such counter.
    """
    found = sql.counter_ids(tx.connection, code=invitation.counter)
    if found is None:
        raise LookupError(f"no counter {invitation.counter}")
    sql.issue_invitation(
        tx.connection,
        tracking=invitation.tracking,
        account_id=account_id,
        counter_id=found[0],
        template=invitation.template,
        day=day,
    )


def answered(tx: Transaction, account_id: int, tracking: str) -> str | None:
    """The counter of an invitation that is answered now and never again; None for no such."""
    counter = sql.invited_counter(tx.connection, account_id=account_id, tracking=tracking)
    sql.drop_invitation(tx.connection, account_id=account_id, tracking=tracking)
    return None if counter is None else str(counter)


def withdraw(tx: Transaction, account_id: int, tracking: str) -> None:
    """It did not go out."""
    sql.drop_invitation(tx.connection, account_id=account_id, tracking=tracking)


def park(tx: Transaction, account_id: int, tracking: str, day: int, told: str) -> None:
    """Keep an answer whose invitation is not recorded yet, sealed; the first one stays."""
    sql.park_answer(
        tx.connection,
        account_id=account_id,
        tracking=tracking,
        day=day,
        sealed=tx.cipher.seal(told, _context(tracking)),
    )


def parked(tx: Transaction, account_id: int, tracking: str) -> str | None:
    """Take out the answer that waits for this invitation."""
    sealed = sql.parked_answer(tx.connection, account_id=account_id, tracking=tracking)
    if sealed is None:
        return None
    sql.drop_parked_answer(tx.connection, account_id=account_id, tracking=tracking)
    return tx.cipher.open(sealed, _context(tracking))


def _context(tracking: str) -> bytes:
    return f"parked:{tracking}".encode()
