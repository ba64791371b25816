"""The accounts of one's units: add them singly or from a file, give roles, reset, close."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Path, Query, Request, Response, UploadFile

from handlers import passwords
from handlers.login import at, private
from handlers.pages import language_of, on_to
from handlers.people import adding, pages
from handlers.people.adding import Fault, Person
from handlers.people.desk import ACTS, People, done
from handlers.people.sheet import Sheet
from handlers.problems import page_or_problem, refuse, responses
from handlers.rights import Needs, Right, Role, Signed
from handlers.service import Service, service
from storage import staff
from storage.api_keys import Act
from storage.staff import Grant, Staff

router = APIRouter(tags=["staff"], default_response_class=Response)
Asked = Annotated[Service, Depends(service)]
Looking = Annotated[Signed, Depends(Needs(Right.PEOPLE))]
Number = Annotated[int, Path(ge=1, lt=2**31)]
Words = Annotated[str, Form(max_length=200)]
_ROLE = "^(" + "|".join(Role) + ")$"
_PDF: dict[int | str, dict[str, Any]] = {
    200: {"description": "Login sheets", "content": {"application/pdf": {}}}
}
_ADDING = {**responses(401, 403), **page_or_problem(422)}
_SEEN = responses(401, 403, 404, 422)


@router.get("/people", summary="Accounts of one's units", responses=responses(401, 403, 422))
async def people(
    request: Request, asked: Asked, signed: Looking, q: Annotated[str, Query(max_length=100)] = ""
) -> Response:
    """Everybody whose roles lie in one's units, and the forms to add more."""
    return await _list(request, await _desk(asked, signed), q)


@router.post("/people", summary="Add an account", responses=_ADDING)
async def add(
    request: Request,
    asked: Asked,
    signed: Looking,
    name: Words,
    role: Annotated[str, Form(pattern=_ROLE)],
    unit: Words,
    full_name: Words = "",
) -> Response:
    """Add one account and show its login sheet, once."""
    desk = await _desk(asked, signed)
    if fault := adding.name_fault(name.strip(), full_name.strip(), role):
        return await _list(request, desk, faults=[Fault(name, fault)])
    called = full_name.strip() or name.strip()
    one = Person(name.strip().lower(), called, (Grant(role, unit.strip()),))
    made = await _added(desk, [one])
    if isinstance(made[0], Fault):
        return await _list(request, desk, faults=made)
    return private(pages.sheet_page(request, signed, made[0]))


@router.post("/people/file", summary="Add accounts from a file", responses={**_PDF, **_ADDING})
async def add_file(
    request: Request, asked: Asked, signed: Looking, file: Annotated[UploadFile, File()]
) -> Response:
    """Add every account of a CSV file and hand over login sheets, or say why none is added."""
    desk = await _desk(asked, signed)
    try:
        wanted, refused = adding.read_people((await file.read()).decode("utf-8-sig"))
    except ValueError:
        wanted, refused = [], [Fault("", "file")]
    made = refused or await _added(desk, wanted) or [Fault("", "file")]
    if isinstance(made[0], Fault):
        return await _list(request, desk, faults=made)
    sheets = await asyncio.to_thread(asked.sheets, made)
    headers = {"Content-Disposition": "attachment; filename=logins.pdf"}
    return private(Response(sheets, media_type="application/pdf", headers=headers))


@router.get("/people.csv", summary="A file to fill in", responses=responses(401, 403))
async def file_template(asked: Asked, signed: Looking) -> Response:
    """A line for each of one's units that has no head yet, to be filled in and sent back."""
    desk = await _desk(asked, signed)
    everybody = await staff.everybody(asked.store.reader)
    told = adding.template(desk.state.directory, everybody, Role.UNIT_HEAD, desk.is_mine)
    headers = {"Content-Disposition": "attachment; filename=people.csv"}
    return private(Response("\ufeff" + told, media_type="text/csv", headers=headers))


@router.get("/people/{person}", summary="One account", responses=_SEEN)
async def one(request: Request, asked: Asked, signed: Looking, person: Number) -> Response:
    """Its roles and logins, and what may be done to it."""
    desk = await _desk(asked, signed)
    return private(pages.one_page(request, desk, await _known(desk, person)))


@router.post("/people/{person}", summary="Change an account", responses={**_SEEN, **_ADDING})
async def change(
    request: Request,
    asked: Asked,
    signed: Looking,
    person: Number,
    act: Annotated[str, Form(pattern="^(" + "|".join(ACTS) + ")$")],
    role: Annotated[str, Form(pattern=_ROLE)] = Role.LEADER,
    unit: Words = "",
) -> Response:
    """Close or open it, sign it out, give or take a role; a reset shows a new login sheet, once."""
    desk = await _desk(asked, signed)
    known = await _known(desk, person)
    if act == "reset" and desk.may_reset(known):
        return await _reset(request, desk, known)
    fault = await done(desk, known, act, Grant(role, unit.strip()))
    if fault:
        return private(pages.one_page(request, desk, known, fault))
    return on_to(f"/people/{person}", language_of(request))


async def _desk(asked: Service, signed: Signed) -> People:
    return People(asked, await asked.state(), signed)


async def _list(
    request: Request, desk: People, q: str = "", faults: Sequence[Fault | Sheet] = ()
) -> Response:
    everybody = await staff.everybody(desk.asked.store.reader)
    mine = [person for person in everybody if desk.looks_after(person)]
    return private(pages.list_page(request, desk, mine, q, faults))


async def _known(desk: People, number: int) -> Staff:
    """An account that is the reader's to look after; any other is not there."""
    person = await staff.by_id(desk.asked.store.reader, number)
    if person is None or not desk.looks_after(person):
        raise refuse(HTTPStatus.NOT_FOUND, "no such account for you")
    return person


async def _added(desk: People, wanted: Sequence[Person]) -> list[Sheet] | list[Fault]:
    """The sheets of the new accounts, or why not one of them was added."""
    asked = desk.asked
    if refused := await asked.store.look(adding.faults, wanted, desk.is_mine):
        return refused
    words = [passwords.one_time_password() for _ in wanted]
    # One after the other: hundreds at once would keep everything else that needs a thread waiting.
    hashes = [await asyncio.to_thread(passwords.hash_password, word) for word in words]
    try:
        act = Act(at(asked), desk.signed.staff.name)
        await asked.store.write(adding.add_all, wanted, hashes, act)
    except LookupError as error:
        return [Fault(str(error.args[0]), "taken")]
    address = f"{asked.outside.url}/login"
    both = zip(wanted, words, strict=True)
    return [Sheet(each.name, each.full_name, word, address) for each, word in both]


async def _reset(request: Request, desk: People, known: Staff) -> Response:
    word = passwords.one_time_password()
    hashed = await asyncio.to_thread(passwords.hash_password, word)
    await done(desk, known, "reset", password=hashed)
    sheet = Sheet(known.name, known.full_name, word, f"{desk.asked.outside.url}/login")
    return private(pages.sheet_page(request, desk.signed, sheet))
