"""Wrong passwords, counted by the name that was typed and by where they come from.

Both are keyed hashes, for every process that shares the database.
"""

from __future__ import annotations

from storage.queries import write as sql
from storage.transaction import Transaction

FAILURES_MOST = 5
LOCKED_S = 15 * 60


def attempt(tx: Transaction, name: str, now: int) -> bool:
    """Whether a password may be tried for *name*, which need not exist; the try is counted.

    It counts as a failure before it is known to be one, so that no five tries at once become six.
    After five the name is locked for a quarter of an hour.
    """
    mark = _mark(tx, name)
    if (sql.locked_until(tx.connection, mark=mark) or 0) > now:
        return False
    sql.count_failure(tx.connection, mark=mark, now=now, since=now - LOCKED_S)
    sql.lock_name(tx.connection, mark=mark, most=FAILURES_MOST, locked_until=now + LOCKED_S)
    return True


def forgive(tx: Transaction, name: str) -> None:
    """Forget the wrong passwords that were typed for *name*."""
    sql.forget_failures(tx.connection, mark=_mark(tx, name))


def crowded(tx: Transaction, origin: str, now: int, most: int) -> bool:
    """Whether *most* sign-ins from one origin were refused in this quarter of an hour and the last.

    So never more pass in any fifteen minutes, and who must wait, waits at most thirty.
    """
    marks = {
        "mark": _origin_mark(tx, origin, now),
        "earlier": _origin_mark(tx, origin, now - LOCKED_S),
    }
    refused: int = sql.failures(tx.connection, **marks)
    return refused >= most


def count_refusal(tx: Transaction, origin: str, now: int) -> None:
    """Count a refused sign-in against where it came from, whichever process refused it."""
    mark = _origin_mark(tx, origin, now)
    sql.count_failure(tx.connection, mark=mark, now=now, since=now - LOCKED_S)


def purge_failures(tx: Transaction, now: int) -> None:
    """Drop what no longer counts."""
    sql.purge_failures(tx.connection, last_before=now - LOCKED_S)


def _mark(tx: Transaction, name: str) -> int:
    return tx.cipher.mark(f"sign-in:{name}")


def _origin_mark(tx: Transaction, origin: str, now: int) -> int:
    """Another one in each quarter of an hour: nobody can follow an address through the day."""
    return tx.cipher.mark(f"sign-in from:{origin} {now // LOCKED_S}")
