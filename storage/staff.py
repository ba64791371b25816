"""People with an account: their passwords (hashed), second factors (sealed), roles and logins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import aiosqlite

from storage.queries import read
from storage.queries import write as sql
from storage.transaction import Transaction

FAILURES_MOST = 5
LOCKED_S = 15 * 60


@dataclass(frozen=True, slots=True)
class Grant:
    """A role for a unit and everything below it."""

    role: str
    unit: str


@dataclass(frozen=True, slots=True)
class Staff:
    """One account.

    Attributes:
        password: argon2 hash; None where only single sign-on opens it.
        totp: the second factor's secret, sealed; None where there is none.
        totp_step: the last time step that was used, which cannot be used again.
        subject: issuer and subject at the identity provider, if it knows the person.
        locked_until: seconds since 1970 before which no password is tried.
    """

    person_id: int
    name: str
    full_name: str
    password: str | None
    must_change: bool
    totp: bytes | None
    totp_step: int
    subject: str | None
    failures: int
    locked_until: int
    disabled: bool
    grants: tuple[Grant, ...] = ()


@dataclass(frozen=True, slots=True)
class Login:
    """Somebody who is signed in, and when the login was last seen (seconds)."""

    staff: Staff
    seen: int


def add(
    tx: Transaction, name: str, full_name: str, grants: Iterable[Grant], created: str
) -> int | None:
    """Add an account without a password; None when the name is taken."""
    if not sql.add_person(tx.connection, name=name, full_name=full_name, created=created):
        return None
    person_id = int(sql.person_by_name(tx.connection, name=name)[0])
    set_grants(tx, person_id, grants)
    return person_id


def set_grants(tx: Transaction, person_id: int, grants: Iterable[Grant]) -> None:
    """Replace what the person may do; it holds from the next request on."""
    sql.drop_roles(tx.connection, person_id=person_id)
    for grant in grants:
        sql.add_role(tx.connection, person_id=person_id, role=grant.role, unit_code=grant.unit)


def set_password(tx: Transaction, person_id: int, password: str, must_change: bool) -> None:
    """Store a hash; every login of the person ends."""
    sql.set_password(
        tx.connection, person_id=person_id, password=password, must_change=int(must_change)
    )
    sql.end_logins(tx.connection, person_id=person_id)


def set_totp(tx: Transaction, person_id: int, secret: str | None) -> None:
    """Store a second factor, sealed, or take it away."""
    sealed = None if secret is None else tx.cipher.seal(secret, _context(person_id))
    sql.set_totp(tx.connection, person_id=person_id, totp=sealed)


def totp_secret(tx: Transaction, staff: Staff) -> str | None:
    """The second factor's secret."""
    return None if staff.totp is None else tx.cipher.open(staff.totp, _context(staff.person_id))


def set_subject(tx: Transaction, person_id: int, subject: str) -> None:
    """Remember who the identity provider says the person is."""
    sql.set_subject(tx.connection, person_id=person_id, subject=subject)


def disable(tx: Transaction, person_id: int, disabled: bool) -> None:
    """Close the account, or open it again; its logins end."""
    sql.set_disabled(tx.connection, person_id=person_id, disabled=int(disabled))
    sql.end_logins(tx.connection, person_id=person_id)


def failed(tx: Transaction, person_id: int, now: int) -> None:
    """Count a wrong password; after five the account is locked for a quarter of an hour."""
    sql.count_failure(tx.connection, person_id=person_id)
    sql.lock_person(
        tx.connection, person_id=person_id, most=FAILURES_MOST, locked_until=now + LOCKED_S
    )


def begin_login(
    tx: Transaction, person_id: int, token_hash: bytes, now: int, totp_step: int
) -> None:
    """Sign the person in; *totp_step* cannot be used again."""
    sql.welcome_person(tx.connection, person_id=person_id, totp_step=totp_step)
    sql.begin_login(tx.connection, token_hash=token_hash, person_id=person_id, now=now)


def touch_login(tx: Transaction, token_hash: bytes, now: int) -> None:
    """The login is in use."""
    sql.touch_login(tx.connection, token_hash=token_hash, now=now)


def end_login(tx: Transaction, token_hash: bytes) -> None:
    """Sign out."""
    sql.end_login(tx.connection, token_hash=token_hash)


def end_logins(tx: Transaction, person_id: int) -> None:
    """Sign the person out everywhere."""
    sql.end_logins(tx.connection, person_id=person_id)


def purge_logins(tx: Transaction, began_before: int, seen_before: int) -> None:
    """Drop logins that are too old or were left lying."""
    sql.purge_logins(tx.connection, began_before=began_before, seen_before=seen_before)


async def by_name(connection: aiosqlite.Connection, name: str) -> Staff | None:
    """The account of this name."""
    return await _with_grants(connection, await read.person_by_name(connection, name=name))


async def by_subject(connection: aiosqlite.Connection, subject: str) -> Staff | None:
    """The account that the identity provider means."""
    row = await read.person_by_subject(connection, subject=subject)
    return await _with_grants(connection, row)


async def by_login(
    connection: aiosqlite.Connection, token_hash: bytes, began_after: int, seen_after: int
) -> Login | None:
    """Who is signed in with this token, if the login is neither too old nor left lying."""
    row = await read.person_by_login(
        connection, token_hash=token_hash, began_after=began_after, seen_after=seen_after
    )
    if row is None:
        return None
    *person, seen = row
    staff = await _with_grants(connection, person)
    return None if staff is None else Login(staff, seen)


async def everybody(connection: aiosqlite.Connection) -> list[Staff]:
    """All accounts, by name."""
    rows = [row async for row in _rows(connection)]
    found = [await _with_grants(connection, row) for row in rows]
    return [staff for staff in found if staff is not None]


async def _rows(connection: aiosqlite.Connection) -> Any:
    async for row in read.all_people(connection):
        yield row


async def _with_grants(connection: aiosqlite.Connection, row: Any) -> Staff | None:
    if row is None:
        return None
    person_id, name, full_name, password, must_change, totp, step, subject, failures, until, off = (
        row
    )
    grants = [
        Grant(role, unit)
        async for role, unit in read.roles_of_person(connection, person_id=person_id)
    ]
    return Staff(
        person_id=person_id,
        name=name,
        full_name=full_name,
        password=password,
        must_change=bool(must_change),
        totp=totp,
        totp_step=step,
        subject=subject,
        failures=failures,
        locked_until=until,
        disabled=bool(off),
        grants=tuple(grants),
    )


def _context(person_id: int) -> bytes:
    return b"totp:%d" % person_id
