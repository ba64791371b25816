"""Tokens of Official Accounts: a refresh token is handed out once, a new pair replaces the old.

A refresh token works once, and a second use kills the grant. So it is claimed in a transaction of
its own before it is used; after a crash the claim stands, and nobody uses the token again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from storage.queries import write as sql
from storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Pair:
    """What the token endpoint gives.

    Attributes:
        access_until: when the access token ends, in seconds.
    """

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    access_until: int


@dataclass(frozen=True, slots=True)
class Grant:
    """The pair in use.

    Attributes:
        generation: grows with every pair.
        asked_at: when its refresh token was claimed (seconds); None while it is unused.
    """

    generation: int
    pair: Pair
    asked_at: int | None


def held(tx: Transaction, account_id: int) -> Grant | None:
    """The account's pair, or None before its first authorisation."""
    row = sql.grant(tx.connection, account_id=account_id)
    if row is None:
        return None
    generation, sealed, access_until, asked_at = row
    access, refresh = json.loads(tx.cipher.open(sealed, _context(account_id)))
    return Grant(generation, Pair(access, refresh, access_until), asked_at)


def former(tx: Transaction, account_id: int) -> Pair | None:
    """The pair before, for audit."""
    row = sql.former_grant(tx.connection, account_id=account_id)
    if row is None:
        return None
    access, refresh = json.loads(tx.cipher.open(row[1], _context(account_id)))
    return Pair(access, refresh, 0)


def claim(tx: Transaction, account_id: int, generation: int, now: int) -> bool:
    """Whether the caller, and nobody else ever, may use this generation's refresh token."""
    claimed: int = sql.claim_grant(
        tx.connection, account_id=account_id, generation=generation, now=now
    )
    return claimed == 1


def unclaim(tx: Transaction, account_id: int, generation: int) -> None:
    """The refresh token was certainly not used: it may be claimed again."""
    sql.unclaim_grant(tx.connection, account_id=account_id, generation=generation)


def bury(tx: Transaction, account_id: int, generation: int) -> None:
    """The refresh token was refused, or nobody will ever know: it is never used again."""
    sql.bury_grant(tx.connection, account_id=account_id, generation=generation)


def replace(tx: Transaction, account_id: int, generation: int, pair: Pair, now: int) -> bool:
    """Put *pair* in the place of *generation*; False when a person has authorised meanwhile."""
    found = held(tx, account_id)
    if found is None or found.generation != generation:
        return False
    _save(tx, account_id, generation + 1, pair, now, _seed(tx, account_id))
    return True


def authorise(
    tx: Transaction, account_id: int, pair: Pair, now: int, seed: str | None = None
) -> None:
    """Begin anew with *pair*, whatever became of the one before.

    Args:
        seed: tells the configured refresh token it came from; None where a person authorised.
    """
    found = held(tx, account_id)
    seed = _seed(tx, account_id) if seed is None else seed
    _save(tx, account_id, found.generation + 1 if found else 1, pair, now, seed)


def revoke(tx: Transaction, account_id: int, now: int) -> None:
    """Use none of the account's tokens any more."""
    authorise(tx, account_id, Pair("", "", 0), now)
    found = held(tx, account_id)
    if found is not None:
        bury(tx, account_id, found.generation)


def sow(tx: Transaction, account_id: int, refresh: str, seed: str, now: int) -> None:
    """Begin with a configured refresh token, unless it is the one that was begun with before."""
    if _seed(tx, account_id) != seed:
        authorise(tx, account_id, Pair("", refresh, 0), now, seed)


def _save(
    tx: Transaction, account_id: int, generation: int, pair: Pair, now: int, seed: str
) -> None:
    sql.keep_former_grant(tx.connection, account_id=account_id, now=now)
    sealed = tx.cipher.seal(json.dumps((pair.access, pair.refresh)), _context(account_id))
    sql.save_grant(
        tx.connection,
        account_id=account_id,
        generation=generation,
        sealed=sealed,
        access_until=pair.access_until,
        seed=seed,
    )


def _seed(tx: Transaction, account_id: int) -> str:
    """A person's authorisation keeps it, so that a restart does not fall back on the old token."""
    return str(sql.grant_seed(tx.connection, account_id=account_id) or "")


def _context(account_id: int) -> bytes:
    return b"grant:%d" % account_id
