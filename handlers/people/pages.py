"""The pages of accounts: the list with its forms, one account, and a login sheet."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

from fastapi import Request, Response

from handlers.pages import language_of, page
from handlers.people.adding import Fault
from handlers.people.desk import People
from handlers.people.sheet import Sheet
from handlers.public import qr_svg
from handlers.rights import Role, Signed
from handlers.sentences import name_of
from sipas.vietnamese import fold
from storage.staff import Staff

SHOWN_MOST = 200


def list_page(
    request: Request,
    desk: People,
    mine: Sequence[Staff],
    q: str,
    faults: Sequence[Fault | Sheet],
) -> Response:
    """Accounts that match, at most two hundred, and the forms to add more."""
    names = _unit_names(desk, language_of(request))
    found = [each for each in mine if fold(q) in _searched(each, names)]
    return page(
        request,
        "people/list.html",
        language_of(request),
        HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK,
        signed=desk.signed,
        found=found[:SHOWN_MOST],
        more=max(0, len(found) - SHOWN_MOST),
        n=len(mine),
        q=q,
        faults=faults[:SHOWN_MOST],
        roles=list(Role),
        names=names,
        mine=[unit for unit in names if desk.is_mine(unit)],
        whole=desk.is_mine(next(iter(names), "")),  # the province comes first
    )


def one_page(request: Request, desk: People, person: Staff, fault: str = "") -> Response:
    """One account, and what may be done to it."""
    names = _unit_names(desk, language_of(request))
    return page(
        request,
        "people/one.html",
        language_of(request),
        HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK,
        signed=desk.signed,
        person=person,
        fault=fault,
        oneself=desk.is_oneself(person),
        roles=list(Role),
        names=names,
        mine=[unit for unit in names if desk.is_mine(unit)],
    )


def sheet_page(request: Request, signed: Signed, sheet: Sheet) -> Response:
    """A login sheet to print; the password is shown here and never again."""
    return page(
        request,
        "people/sheet.html",
        language_of(request),
        signed=signed,
        sheet=sheet,
        qr=qr_svg(sheet.address),
    )


def _unit_names(desk: People, language: str) -> dict[str, str]:
    """Present units with a role to give, by code, province first and then by name."""
    units = [unit for unit in desk.state.directory.units if unit.valid_to is None]
    units.sort(key=lambda unit: (unit.parent_code is not None, unit.sort_key))
    return {unit.code: name_of(unit, language) for unit in units}


def _searched(person: Staff, names: dict[str, str]) -> str:
    units = " ".join(f"{each.unit} {names.get(each.unit, '')}" for each in person.grants)
    return fold(f"{person.name} {person.full_name} {units}")
