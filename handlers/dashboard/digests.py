"""The weekly digest as page and PDF, and whether one wants it by mail."""

from __future__ import annotations

import asyncio
from email.headerregistry import Address
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request, Response

from handlers.dashboard.asking import Asked, Seeing, Seen, period_of
from handlers.dashboard.digest import digest, last_week
from handlers.dashboard.telling import Told, told
from handlers.filings.files import PDF, media_told
from handlers.login import at, private
from handlers.pages import language_of, on_to, page
from handlers.problems import refuse, responses
from handlers.rights import Role
from handlers.sentences import week_number
from sipas.preceding import preceding
from storage import digests, registry
from storage.directory import Unit
from storage.transaction import Transaction

router = APIRouter(tags=["staff"], default_response_class=Response)
WEEKS = 8
"""Weeks that are offered."""


async def wanted(
    asked: Asked,
    signed: Seeing,
    unit: Annotated[str, Query(max_length=20)] = "",
    week: Annotated[str, Query(pattern="^(20[0-9]{2}-W[0-9]{2})?$")] = "",
) -> tuple[Seen, Unit]:
    """A unit of one's own and a week that is over, by default the last one."""
    days = period_of(week) if week else last_week(asked.today())
    if days.last >= asked.today():
        raise refuse(HTTPStatus.UNPROCESSABLE_ENTITY, f"week: {days.code} is not over yet")
    known = Seen(asked, await asked.state(), signed, days)
    return known, known.unit(unit)


Wanted = Annotated[tuple[Seen, Unit], Depends(wanted)]


@router.get(
    "/dashboard/digest", summary="The weekly digest", responses=responses(401, 403, 404, 422)
)
async def digest_page(request: Request, wanted: Wanted) -> Response:
    """What changed with ground to say so, silent counters, alarms, reports due; or a quiet week."""
    (known, unit), language = wanted, language_of(request)
    weeks = [last_week(known.asked.today())]
    while len(weeks) < WEEKS:
        weeks.append(preceding(weeks[-1]))
    shown = page(
        request,
        "dashboard/digest.html",
        language,
        signed=known.signed,
        unit=unit,
        week=known.period,
        weeks=[(each.code, week_number(each.code)) for each in weeks],
        told=await _told(known, unit, language),
        mails=known.asked.mails and _is_head(known),
        address=await known.asked.store.look(digests.address, known.signed.staff.person_id),
    )
    return private(shown)


@router.get(
    "/dashboard/digest.pdf",
    summary="The weekly digest as PDF",
    responses=media_told(PDF, 401, 403, 404, 422),
)
async def digest_pdf(request: Request, wanted: Wanted) -> Response:
    """The same on a sheet of paper."""
    from handlers.documents.pdf import pdf_of  # typst is loaded when somebody makes a document

    known, unit = wanted
    of = await _told(known, unit, language_of(request))
    made = await asyncio.to_thread(pdf_of, "digest", of)
    headers = {"Content-Disposition": f"attachment; filename=ban-tin-{known.period.code}.pdf"}
    return private(Response(made, media_type=PDF, headers=headers))


@router.post(
    "/dashboard/digest/mail",
    summary="Get digests by mail",
    responses=responses(401, 403, 404, 409, 422),
)
async def by_mail(
    request: Request, wanted: Wanted, address: Annotated[str, Form(max_length=254)] = ""
) -> Response:
    """Keep one's address, sealed, or forget it where none is given; back to what was read."""
    known, unit = wanted
    asked = known.asked
    if not asked.mails:
        raise refuse(HTTPStatus.CONFLICT, "this installation sends no mail")
    if address and not is_address(address):
        raise refuse(HTTPStatus.UNPROCESSABLE_ENTITY, "address: expected one like ten@tinh.gov.vn")
    person = known.signed.staff
    await asked.store.write(_wants, person.person_id, person.name, address, at(asked))
    read = f"/dashboard/digest?unit={unit.code}&week={known.period.code}"
    return on_to(read, language_of(request))


def is_address(typed: str) -> bool:
    """Whether *typed* is one plain mail address.

    >>> [is_address(each) for each in ("a@b.vn", "a", "a@b.vn,c@d.vn", "a@b.vn\\nBcc: c@d.vn")]
    [True, False, False, False]
    """
    if not typed.isascii() or not typed.isprintable() or set(typed) & set(' ,;<>"()'):
        return False
    try:
        found = Address(addr_spec=typed)
    except (ValueError, IndexError):
        return False
    return bool(found.username and "." in found.domain)


def _wants(tx: Transaction, person_id: int, name: str, address: str, now: str) -> None:
    digests.set_address(tx, person_id, address)
    registry.audit(tx, now, name, "digest by mail on" if address else "digest by mail off", name)


def _is_head(known: Seen) -> bool:
    return any(grant.role == Role.UNIT_HEAD for grant in known.signed.staff.grants)


async def _told(known: Seen, unit: Unit, language: str) -> Told:
    return told(known.asked, known.state, await digest(known, unit), language)
