"""People with an account: their passwords (hashed), second factors (sealed), roles and logins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from storage.engine import Reader
from storage.guesses import forgive, purge_failures
from storage.queries import read
from storage.queries import write as sql
from storage.transaction import Transaction


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
        outlet: the newsroom whose editor the person is, and nothing else; None of whoever is ours.
    """

    person_id: int
    name: str
    full_name: str
    password: str | None
    must_change: bool
    totp: bytes | None
    totp_step: int
    subject: str | None
    disabled: bool
    outlet: int | None = None
    grants: tuple[Grant, ...] = ()


@dataclass(frozen=True, slots=True)
class Vouched:
    """What an identity provider vouched with: its session, if it names one, and its token."""

    session: str | None
    id_token: str


class OwnLogin(NamedTuple):
    """One place where a person is signed in; times in seconds."""

    token_hash: bytes
    began: int
    seen: int
    vouched: bool


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


def number_of(tx: Transaction, name: str) -> int | None:
    """The account of this name, closed or not."""
    row = sql.person_by_name(tx.connection, name=name)
    return None if row is None else int(row[0])


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


def reset(tx: Transaction, person: Staff, password: str) -> None:
    """A password that works once, no second factor, and no wrong tries held against the name."""
    set_totp(tx, person.person_id, None)
    set_password(tx, person.person_id, password, must_change=True)
    forgive(tx, person.name)


def set_totp(tx: Transaction, person_id: int, secret: str | None) -> None:
    """Store a second factor, sealed, or take it away."""
    sealed = None if secret is None else tx.cipher.seal(secret, _context(person_id))
    sql.set_totp(tx.connection, person_id=person_id, totp=sealed)


def totp_secret(tx: Transaction, staff: Staff) -> str | None:
    """The second factor's secret."""
    return None if staff.totp is None else tx.cipher.open(staff.totp, _context(staff.person_id))


def link(tx: Transaction, person_id: int, subject: str | None) -> None:
    """Let the identity provider's subject open the account, or nobody of the provider any more."""
    sql.link_person(tx.connection, person_id=person_id, subject=subject)


def end_logins_of_subject(tx: Transaction, subject: str) -> None:
    """Sign out everywhere whom the identity provider means."""
    sql.end_logins_of_subject(tx.connection, subject=subject)


def told_grants(grants: Iterable[Grant]) -> str:
    """Roles with their units, as lists and the audit write them.

    >>> told_grants([Grant("leader", "38"), Grant("unit_head", "15448")])
    'leader:38 unit_head:15448'
    """
    return " ".join(f"{grant.role}:{grant.unit}" for grant in grants)


def disable(tx: Transaction, person_id: int, disabled: bool) -> None:
    """Close the account, or open it again; its logins end."""
    sql.set_disabled(tx.connection, person_id=person_id, disabled=int(disabled))
    sql.end_logins(tx.connection, person_id=person_id)


def begin_login(
    tx: Transaction, person_id: int, token_hash: bytes, now: int, vouched: Vouched | None = None
) -> None:
    """Sign the person in."""
    sealed = tx.cipher.seal(vouched.id_token, token_hash) if vouched else None
    sql.begin_login(
        tx.connection,
        token_hash=token_hash,
        person_id=person_id,
        now=now,
        provider_session=vouched.session if vouched else None,
        id_token=sealed,
    )


def use_totp_step(tx: Transaction, person_id: int, totp_step: int) -> bool:
    """Use up the code of this time step; False where it, or a later one, was used before."""
    used: int = sql.use_totp_step(tx.connection, person_id=person_id, totp_step=totp_step)
    return used == 1


def id_token(tx: Transaction, token_hash: bytes) -> str | None:
    """What the identity provider vouched with for this login, if it did."""
    sealed = sql.id_token_of(tx.connection, token_hash=token_hash)
    return None if sealed is None else tx.cipher.open(sealed, token_hash)


def touch_login(tx: Transaction, token_hash: bytes, now: int) -> None:
    """The login is in use."""
    sql.touch_login(tx.connection, token_hash=token_hash, now=now)


def end_login(tx: Transaction, token_hash: bytes) -> None:
    """Sign out."""
    sql.end_login(tx.connection, token_hash=token_hash)


def end_logins(tx: Transaction, person_id: int) -> None:
    """Sign the person out everywhere."""
    sql.end_logins(tx.connection, person_id=person_id)


def end_other_logins(tx: Transaction, person_id: int, token_hash: bytes) -> None:
    """Sign the person out everywhere but here."""
    sql.end_other_logins(tx.connection, person_id=person_id, token_hash=token_hash)


def end_provider_session(tx: Transaction, session: str) -> None:
    """Sign out whoever signed in with this session of the identity provider."""
    sql.end_provider_session(tx.connection, provider_session=session)


def purge(tx: Transaction, now: int, began_before: int, seen_before: int) -> None:
    """Drop logins that are too old or were left lying, and failures that no longer count."""
    sql.purge_logins(tx.connection, began_before=began_before, seen_before=seen_before)
    purge_failures(tx, now)


async def by_name(connection: Reader, name: str) -> Staff | None:
    """The account of this name."""
    return await _with_grants(connection, await read.person_by_name(connection, name=name))


async def by_id(connection: Reader, person_id: int) -> Staff | None:
    """The account of this number."""
    return await _with_grants(connection, await read.person_by_id(connection, person_id=person_id))


async def logins_of(
    connection: Reader, person_id: int, began_after: int, seen_after: int
) -> list[OwnLogin]:
    """Where the person is signed in, last seen first."""
    rows = read.logins_of(
        connection, person_id=person_id, began_after=began_after, seen_after=seen_after
    )
    return [OwnLogin(*row) async for row in rows]


async def by_login(
    connection: Reader, token_hash: bytes, began_after: int, seen_after: int
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


async def everybody(connection: Reader) -> list[Staff]:
    """All accounts, by name."""
    grants: dict[int, list[Grant]] = {}
    async for person_id, role, unit in read.all_roles(connection):
        grants.setdefault(person_id, []).append(Grant(role, unit))
    return [_staff(row, grants.get(row[0], ())) async for row in read.all_people(connection)]


async def _with_grants(connection: Reader, row: Any) -> Staff | None:
    if row is None:
        return None
    roles = read.roles_of_person(connection, person_id=row[0])
    return _staff(row, [Grant(role, unit) async for role, unit in roles])


def _staff(row: Any, grants: Iterable[Grant]) -> Staff:
    person_id, name, full_name, password, must_change, totp, step, subject, outlet, off = row
    return Staff(
        person_id=person_id,
        name=name,
        full_name=full_name,
        password=password,
        must_change=bool(must_change),
        totp=totp,
        totp_step=step,
        subject=subject,
        disabled=bool(off),
        outlet=outlet,
        grants=tuple(grants),
    )


def _context(person_id: int) -> bytes:
    return b"totp:%d" % person_id
