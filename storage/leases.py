"""What only one process may do at a time: it is theirs for some seconds, and again while they ask.

Time is the database's where several processes share one: clocks of machines may differ.
"""

from __future__ import annotations

from storage.queries import write as sql
from storage.transaction import Transaction


def claim(tx: Transaction, name: str, holder: str, now: int, seconds: int) -> bool:
    """Take *name*, or keep it, for some seconds; False as long as it is another's."""
    claimed: int = sql.claim_lease(
        tx.connection, name=name, holder=holder, now=now, seconds=seconds
    )
    return claimed == 1


def give_back(tx: Transaction, name: str, holder: str) -> None:
    """Let the next one have it at once."""
    sql.give_back_lease(tx.connection, name=name, holder=holder)
