"""People whom an identity provider sends: their account here, and the roles that it brings."""

from __future__ import annotations

from dataclasses import dataclass

from storage import registry, staff
from storage.queries import write as sql
from storage.staff import Grant
from storage.transaction import Transaction

ACTOR = "single sign-on"


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody whom the provider vouches for.

    Attributes:
        roles: what they may do; None where roles are given here and not by the provider.
        at: now, as the audit writes it.
    """

    subject: str
    name: str
    full_name: str
    roles: tuple[Grant, ...] | None
    at: str


def arrive(tx: Transaction, arrival: Arrival) -> int | None:
    """The number of the person's account, with today's roles; None where there is nothing to do.

    An account is never found by its name: whoever may choose a name at the provider would
    otherwise open somebody else's account here.
    """
    row = sql.person_by_subject(tx.connection, subject=arrival.subject)
    wanted = _known_units(tx, arrival.roles)
    number = int(row[0]) if row else _added(tx, arrival, wanted)
    if number is None or (row and row[-1]):  # disabled
        return None
    if wanted is not None:
        _regrant(tx, arrival, number, str(row[1]) if row else arrival.name, wanted)
    return number if _grants(tx, number) else None


def _known_units(tx: Transaction, roles: tuple[Grant, ...] | None) -> tuple[Grant, ...] | None:
    if roles is None:
        return None
    return tuple(grant for grant in roles if registry.unit_exists(tx, grant.unit))


def _added(tx: Transaction, arrival: Arrival, wanted: tuple[Grant, ...] | None) -> int | None:
    number = wanted and staff.add(tx, arrival.name, arrival.full_name, (), arrival.at)
    if not number:
        return None
    staff.link(tx, number, arrival.subject)
    registry.audit(tx, arrival.at, ACTOR, "account added", arrival.name)
    return number


def _regrant(
    tx: Transaction, arrival: Arrival, number: int, name: str, wanted: tuple[Grant, ...]
) -> None:
    """Give the roles of today, and write down which were others yesterday."""
    before = _grants(tx, number)
    if before == set(wanted):
        return
    staff.set_grants(tx, number, wanted)
    registry.audit(tx, arrival.at, ACTOR, "roles changed", name, staff.told_grants(wanted))
    if not wanted:
        staff.end_logins(tx, number)


def _grants(tx: Transaction, number: int) -> set[Grant]:
    return {Grant(*row) for row in sql.roles_of_person(tx.connection, person_id=number)}
