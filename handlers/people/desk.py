"""Whose account one may look after, and what is done to it, with a line in the audit."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.login import at
from handlers.rights import Right, Signed
from handlers.service import Service, State
from storage import registry, staff
from storage.staff import Grant, Staff
from storage.transaction import Transaction

ACTS = {
    "close": "account disabled",
    "open": "account opened",
    "reset": "account reset",
    "out": "logins ended",
    "give": "role given",
    "take": "role taken",
}
_NEVER_ONESELF = ("close", "reset", "take")


@dataclass(frozen=True, slots=True)
class People:
    """What one person may do with accounts, in one state of the installation."""

    asked: Service
    state: State
    signed: Signed

    def looks_after(self, person: Staff) -> bool:
        """Whether every role of the account lies in one's units: none is more than one's own."""
        units = [grant.unit for grant in person.grants]
        return self.signed.covers(self.state.directory, Right.PEOPLE, units)

    def is_mine(self, unit: str) -> bool:
        """Whether one may give roles for the unit."""
        return self.signed.covers(self.state.directory, Right.PEOPLE, [unit])

    def is_oneself(self, person: Staff) -> bool:
        """Whether it is one's own account, which one cannot shut oneself out of."""
        return person.person_id == self.signed.staff.person_id

    def may_reset(self, person: Staff) -> bool:
        """Whether one may open somebody's account by a new password: never one's own.

        One without roles is nobody's: those that come back to it may be more than one's own.
        """
        nobodys = not person.grants and not self.signed.may(Right.PEOPLE, everywhere=True)
        return not self.is_oneself(person) and not nobodys


async def done(
    desk: People, person: Staff, act: str, grant: Grant | None = None, password: str = ""
) -> str:
    """Do it, or return the key of why not."""
    if act in _NEVER_ONESELF and desk.is_oneself(person):
        return "oneself"
    if act == "reset" and not desk.may_reset(person):
        return "roleless"
    if act == "give" and not (grant and desk.is_mine(grant.unit)):
        return "unit"
    await desk.asked.store.write(_do, desk, person, act, grant, password)
    return ""


def _do(
    tx: Transaction, desk: People, person: Staff, act: str, grant: Grant | None, password: str
) -> None:
    match act:
        case "close" | "open":
            staff.disable(tx, person.person_id, act == "close")
        case "reset":
            staff.reset(tx, person, password)
        case "out":
            staff.end_logins(tx, person.person_id)
        case _:
            kept = [each for each in person.grants if each != grant]
            given = [grant] if act == "give" and grant else []
            staff.set_grants(tx, person.person_id, [*kept, *given])
    told = staff.told_grants([grant]) if act in ("give", "take") and grant else ""
    actor = desk.signed.staff.name
    registry.audit(tx, at(desk.asked), actor, ACTS[act], person.name, told)
