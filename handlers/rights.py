"""Who may do what, and where: one table, and the dependency that every staff route declares."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, HTTPException, Request

from handlers.pages import in_language, language_of
from handlers.service import Service, service
from storage import staff
from storage.directory import Directory
from storage.staff import Grant, Staff

COOKIE = "motcua-login"
LONGEST_S = 12 * 3600
IDLE_S = 60 * 60
TOUCH_S = 60
OWN_PAGE = "/account"


class Role(StrEnum):
    """What a person is; held for a unit and everything below it."""

    SYSTEM = "system"
    HOME_AFFAIRS = "home_affairs"
    OFFICE = "office"
    INSPECTION = "inspection"
    LEADER = "leader"
    UNIT_HEAD = "unit_head"
    CASE_WORKER = "case_worker"
    MEDIA_EDITOR = "media_editor"
    DATA_PROTECTION = "data_protection"


class Right(StrEnum):
    """What may be done."""

    OWN = "own"  # one's own password and second factor: everybody who is signed in
    SEE = "see"  # unpublished figures of one's units
    EXPORT = "export"  # released responses, row by row
    DRAFT = "draft"  # write and submit a unit's filing, and its plans
    DECIDE = "decide"  # accept, return, publish and restate filings
    FLAGS = "flags"  # decide about flagged responses
    PEOPLE = "people"  # accounts and their roles
    QUOTE = "quote"  # read masked comments, and release those that may be quoted
    RELAY = "relay"  # ask units about released quotes
    ANSWER = "answer"  # publish what a unit answers
    CASES = "cases"  # work on cases of units below: never on those about one's own unit
    AUDIT = "audit"  # read who did what


RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.SYSTEM: frozenset({Right.OWN, Right.PEOPLE, Right.AUDIT}),
    Role.HOME_AFFAIRS: frozenset(
        {
            *(Right.OWN, Right.SEE, Right.EXPORT, Right.DRAFT, Right.DECIDE, Right.FLAGS),
            *(Right.ANSWER, Right.AUDIT),
        }
    ),
    Role.OFFICE: frozenset({Right.OWN, Right.SEE, Right.EXPORT, Right.DRAFT, Right.QUOTE}),
    Role.INSPECTION: frozenset({Right.OWN, Right.SEE, Right.FLAGS, Right.AUDIT, Right.CASES}),
    Role.LEADER: frozenset({Right.OWN, Right.SEE}),
    Role.UNIT_HEAD: frozenset({Right.OWN, Right.SEE, Right.DRAFT, Right.ANSWER}),
    Role.CASE_WORKER: frozenset({Right.OWN, Right.CASES}),
    Role.MEDIA_EDITOR: frozenset({Right.OWN, Right.QUOTE, Right.RELAY}),
    Role.DATA_PROTECTION: frozenset({Right.OWN, Right.AUDIT}),
}
OF_OUTLETS = frozenset({Right.OWN, Right.RELAY})
"""What an outlet's editor may do at most: it reads no comment that nobody released."""


@dataclass(frozen=True, slots=True)
class Signed:
    """Somebody who is signed in, with what their forms must bring back.

    Attributes:
        everywhere: rights that are held for every unit there is.
    """

    staff: Staff
    token: str
    right: Right
    everywhere: frozenset[Right] = frozenset()

    @property
    def csrf(self) -> str:
        """What every form of this login carries: whoever does not know the token cannot make it."""
        return hmac.digest(self.token.encode(), b"form", "sha256").hex()

    def may(self, right: Right, everywhere: bool = False) -> bool:
        """Whether any of the person's roles has the right, for some unit or for every one."""
        return right in (self.everywhere if everywhere else _rights(self.staff))

    def units(self, directory: Directory, right: Right | None = None) -> frozenset[str]:
        """Codes of the units for which the person has the right (by default: this route's)."""
        wanted = right or self.right
        holding = [grant for grant in self.staff.grants if wanted in RIGHTS[Role(grant.role)]]
        return frozenset(code for grant in holding for code in _below(directory, grant))

    def covers(
        self,
        directory: Directory,
        right: Right,
        units: Collection[str],
        roles: Collection[str] = tuple(Role),
    ) -> bool:
        """Whether one of the person's *roles* has the right for all of these units."""
        return any(
            grant.role in roles
            and right in RIGHTS[Role(grant.role)]
            and all(_is_below(directory, unit, grant.unit) for unit in units)
            for grant in self.staff.grants
        )

    def works_in(self, directory: Directory, unit: str) -> bool:
        """Whether the person belongs to the unit or to one below it; who inspects it does not."""
        return any(
            grant.role != Role.INSPECTION and _is_below(directory, grant.unit, unit)
            for grant in self.staff.grants
        )

    def require(self, directory: Directory, unit: str) -> None:
        """Refuse a unit that is not the person's; it is 404, as if it were not there."""
        if unit not in self.units(directory):
            raise HTTPException(HTTPStatus.NOT_FOUND, f"no unit {unit[:20]!r} for you")


def home(person: Staff, directory: Directory) -> str:
    """The page that somebody begins at: the first that their roles let them see."""
    held = _rights(person)
    if Right.SEE in held:
        return "/work"
    if Right.PEOPLE in held:
        return "/people"
    if Right.AUDIT in everywhere(person, directory):
        return "/audit"
    if Right.CASES in held:
        return "/cases"
    if Right.QUOTE in held:
        return "/voices"
    return "/newsroom" if Right.RELAY in held else OWN_PAGE


def everywhere(person: Staff, directory: Directory) -> frozenset[Right]:
    """The rights that one of the person's roles has for every unit."""
    if person.outlet is not None:
        return frozenset()
    roots = [each.code for each in directory.units if each.parent_code is None]
    return _held(
        grant
        for grant in person.grants
        if all(_is_below(directory, root, grant.unit) for root in roots)
    )


def _rights(person: Staff) -> frozenset[Right]:
    """All that the person may do, somewhere."""
    held = _held(person.grants)
    return held if person.outlet is None else held & OF_OUTLETS


def _held(grants: Iterable[Grant]) -> frozenset[Right]:
    return frozenset(right for grant in grants for right in RIGHTS[Role(grant.role)])


def _below(directory: Directory, grant: Grant) -> frozenset[str]:
    unit = directory.unit(grant.unit)
    if unit is None:
        return frozenset()
    return frozenset(each.code for each in directory.subtree(unit))


def _is_below(directory: Directory, code: str, above: str) -> bool:
    """Whether a unit, present or former, is *above* or below it; upwards it is two steps."""
    seen: set[str] = set()
    unit = directory.unit(code)
    while unit is not None and unit.code not in seen:
        if unit.code == above:
            return True
        seen.add(unit.code)
        unit = directory.unit(unit.parent_code) if unit.parent_code else None
    return False


@dataclass(frozen=True, slots=True)
class Needs:
    """The access rule of a route: somebody signed in who has the right somewhere.

    A form must bring back what its page was given, so that no other site can send it.

    Attributes:
        everywhere: the right must be held for every unit: what is shown belongs to none of them.
    """

    right: Right
    everywhere: bool = False

    async def __call__(
        self, request: Request, asked: Annotated[Service, Depends(service)]
    ) -> Signed:
        """The signed-in person; 401 for a stranger, 403 for who may not."""
        signed = await self._signed(request, asked)
        if signed is None:
            raise HTTPException(HTTPStatus.UNAUTHORIZED, "Sign in first.")
        if not signed.may(self.right, self.everywhere):
            raise HTTPException(HTTPStatus.FORBIDDEN, "Your account does not allow this.")
        if signed.staff.must_change and self.right is not Right.OWN:
            raise HTTPException(
                HTTPStatus.SEE_OTHER,
                headers={"Location": in_language(OWN_PAGE, language_of(request))},
            )
        if request.method == "POST":
            await self._own_form(request, signed)
        return signed

    async def _signed(self, request: Request, asked: Service) -> Signed | None:
        token = asked.outside.cookie(request, COOKIE)
        if not token:
            return None
        now = int(asked.clock().timestamp())
        key = hashed(token)
        login = await staff.by_login(asked.store.reader, key, now - LONGEST_S, now - IDLE_S)
        if login is None:
            return None
        if now - login.seen > TOUCH_S:
            await asked.store.write(staff.touch_login, key, now)
        held = everywhere(login.staff, (await asked.state()).directory)
        return Signed(login.staff, token, self.right, held)

    async def _own_form(self, request: Request, signed: Signed) -> None:
        form = await request.form()
        given = form.get("csrf", "")
        if not isinstance(given, str) or not hmac.compare_digest(
            given.encode(), signed.csrf.encode()
        ):
            raise HTTPException(HTTPStatus.FORBIDDEN, "This form is not ours, or is too old.")


def hashed(token: str) -> bytes:
    """What is stored of a login's token; the token is 256 random bits, so no salt is needed."""
    return hashlib.sha256(token.encode()).digest()
