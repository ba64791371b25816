"""Weekly packs as they were made, and outlets; of an outlet's secret only the hash is kept."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from storage import registry
from storage.queries import write as sql
from storage.transaction import Transaction

NAME_MOST = 60


class Pack(NamedTuple):
    """A week's pack; *told* is JSON, *until* the moment from which it is everybody's (UTC)."""

    week: str
    made_at: str
    until: str
    told: str


class Outlet(NamedTuple):
    """A newsroom that reads packs early."""

    outlet_id: int
    name: str
    created_on: str
    ended_on: str | None


class Act(NamedTuple):
    """Who does it, and when, as the audit writes it."""

    at: str
    actor: str


def keep(tx: Transaction, pack: Pack) -> bool:
    """Keep a week's pack; whether it is new: one that is kept is never made again."""
    return bool(sql.add_pack(tx.connection, **pack._asdict()))


def packs(tx: Transaction) -> list[Pack]:
    """Every pack, the newest first."""
    return [Pack(*row) for row in sql.packs(tx.connection, week="")]


def pack(tx: Transaction, week: str) -> Pack | None:
    """The pack of a week."""
    return next((Pack(*row) for row in sql.packs(tx.connection, week=week) if week), None)


def add_outlet(tx: Transaction, name: str, secret: str, act: Act) -> int:
    """Let an outlet read early with *secret*; its number."""
    number = int(
        sql.add_outlet(
            tx.connection, name=name, secret_hash=_hashed(secret), created_on=act.at[:10]
        )
    )
    registry.audit(tx, act.at, act.actor, "outlet add", str(number), name)
    return number


def outlets(tx: Transaction) -> list[Outlet]:
    """Every outlet, the ended ones included."""
    return [Outlet(*row) for row in sql.outlets(tx.connection)]


def outlet_of(tx: Transaction, secret: str) -> str | None:
    """The name of the outlet that holds the secret; None for nobody's."""
    found: str | None = sql.outlet_of(tx.connection, secret_hash=_hashed(secret))
    return found


def outlet(tx: Transaction, number: int | None) -> Outlet | None:
    """The outlet of an editor; None of whoever is no outlet's, or of one that has ended."""
    row = sql.outlet(tx.connection, outlet_id=number or 0)
    return None if row is None else Outlet(*row)


def renew(tx: Transaction, number: int, secret: str, act: Act) -> bool:
    """Let an outlet read early with *secret* and its old link no more; False of an ended one."""
    renewed = sql.renew_outlet(tx.connection, outlet_id=number, secret_hash=_hashed(secret))
    if renewed:
        registry.audit(tx, act.at, act.actor, "outlet link", str(number), "")
    return bool(renewed)


def end_outlet(tx: Transaction, number: int, act: Act) -> bool:
    """End an outlet's link at once, and close its editors' accounts; whether it had one."""
    ended = bool(sql.end_outlet(tx.connection, outlet_id=number, ended_on=act.at[:10]))
    if ended:
        sql.close_editors(tx.connection, outlet_id=number)
        sql.end_logins_of_editors(tx.connection, outlet_id=number)
        registry.audit(tx, act.at, act.actor, "outlet end", str(number), "")
    return ended


def bind(tx: Transaction, name: str, number: int | None, act: Act) -> bool:
    """Make the account an editor of the outlet, or of none; False where either is not there."""
    if number is not None and outlet(tx, number) is None:
        return False
    bound = sql.bind_person(tx.connection, name=name, outlet_id=number)
    if bound:
        registry.audit(tx, act.at, act.actor, "account bound", name, str(number or ""))
    return bool(bound)


def _hashed(secret: str) -> bytes:
    """The secret has 256 random bits, so one round is enough."""
    return hashlib.sha256(secret.encode()).digest()
