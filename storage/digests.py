"""Where weekly digests are mailed (sealed), and which were: each week, unit and reader once."""

from __future__ import annotations

from typing import NamedTuple

from storage.queries import write as sql
from storage.transaction import Transaction


class Issue(NamedTuple):
    """One digest for one reader."""

    week: str
    unit_code: str
    person_id: int


def set_address(tx: Transaction, person_id: int, address: str) -> None:
    """Keep where the person wants digests, sealed; an empty address stops them."""
    if address:
        sealed = tx.cipher.seal(address, _context(person_id))
        sql.set_digest_address(tx.connection, person_id=person_id, address=sealed)
    else:
        sql.drop_digest_address(tx.connection, person_id=person_id)


def address(tx: Transaction, person_id: int) -> str:
    """Where the person wants digests, or nothing."""
    sealed = sql.digest_address(tx.connection, person_id=person_id)
    return "" if sealed is None else tx.cipher.open(sealed, _context(person_id))


def readers(tx: Transaction) -> list[str]:
    """Names of the accounts that want digests and are open."""
    return [name for (name,) in sql.digest_readers(tx.connection)]


def claim(tx: Transaction, issue: Issue) -> bool:
    """Take it upon oneself to send *issue*; False where somebody has before."""
    return bool(sql.claim_digest(tx.connection, **issue._asdict()))


def give_back(tx: Transaction, issue: Issue) -> None:
    """It could not be sent: the next round may try again."""
    sql.release_digest(tx.connection, **issue._asdict())


def _context(person_id: int) -> bytes:
    return b"digest:%d" % person_id
