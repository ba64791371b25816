"""The workplace of cases: the list with its clocks, one case with what can be done, appeals."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Query, Request, Response

from handlers.cases import pages
from handlers.cases.acting import act as do
from handlers.cases.appeals import appeal
from handlers.cases.desk import Desk
from handlers.cases.hand_over import document
from handlers.filings.files import DOCX, media_of
from handlers.filings.routes import by, clean
from handlers.login import private
from handlers.pages import language_of, on_to
from handlers.problems import page_or_problem, refuse, responses
from handlers.rights import Needs, Right, Signed
from handlers.service import Service, service
from sipas.cases import STAFF, Act, Finding, Refusal, Standing
from storage import cases
from storage.case_rows import Case
from storage.cases import Wish

router = APIRouter(tags=["staff"], default_response_class=Response)
Asked = Annotated[Service, Depends(service)]
Working = Annotated[Signed, Depends(Needs(Right.CASES))]
Drafting = Annotated[Signed, Depends(Needs(Right.DRAFT))]
Number = Annotated[int, Path(ge=1, lt=2**31)]
WORDS_MOST = 1500
Words = Annotated[str, Form(max_length=2 * WORDS_MOST)]
_ACT = "^(" + "|".join(STAFF) + ")$"
_FINDING = "^(" + "|".join(Finding) + ")?$"
_STANDING = "^(" + "|".join(Standing) + ")?$"


@router.get("/cases", summary="Cases", responses=responses(401, 403, 422))
async def all_cases(
    request: Request,
    asked: Asked,
    signed: Working,
    standing: Annotated[str, Query(pattern=_STANDING)] = "",
) -> Response:
    """The cases that are the person's, the most urgent first."""
    desk = Desk(asked, await asked.state(), signed)
    known, appealed = await desk.cases(), await desk.appealed()
    return pages.list_page(request, desk, known, standing, appealed)


@router.get("/cases/appeal", summary="Appeal in a case", responses=responses(401, 403, 422))
async def appealing(request: Request, signed: Drafting, sent: bool = False) -> Response:
    """The form on which the rated unit says that a finding is wrong."""
    return pages.appeal_page(request, signed, sent=sent)


@router.post("/cases/appeal", summary="Appeal in a case", responses=responses(401, 403, 422))
async def appealed(
    request: Request,
    asked: Asked,
    signed: Drafting,
    number: Annotated[int, Form(ge=1, lt=2**31)],
    words: Words,
) -> Response:
    """Give an appeal to whoever works on the case; whether there is such a case is not told."""
    directory = (await asked.state()).directory
    await asked.store.write(appeal, directory, signed, number, clean(words), by(asked, signed))
    return on_to("/cases/appeal?sent=1", language_of(request))


@router.get("/cases/{case}", summary="A case", responses=responses(401, 403, 404, 422))
async def one(request: Request, asked: Asked, signed: Working, case: Number) -> Response:
    """What was answered and written, the clocks, and what was done; reading it is in the audit."""
    desk, known = await _found(asked, signed, case)
    return await _page(request, desk, known)


@router.get(
    "/cases/{case}/file.docx",
    summary="The hand-over file of a case",
    responses={**media_of(DOCX), **responses(401, 403, 404, 422)},
)
async def handed(asked: Asked, signed: Working, case: Number) -> Response:
    """What the case's page shows, in Vietnamese, to be printed; the audit tells who read it."""
    desk, known = await _found(asked, signed, case)
    told, done = await asked.store.write(cases.read, case, by(asked, signed))
    made = await asyncio.to_thread(document, desk, known, told, done)
    headers = {"Content-Disposition": f"attachment; filename=phieu-chuyen-{case}.docx"}
    return private(Response(made, media_type=DOCX, headers=headers))


@router.post(
    "/cases/{case}",
    summary="Take, verify, extend, hand over or answer a case",
    responses={**responses(401, 403, 404, 422), **page_or_problem(409)},
)
async def acted(
    request: Request,
    asked: Asked,
    signed: Working,
    case: Number,
    act: Annotated[str, Form(pattern=_ACT)],
    words: Words = "",
    finding: Annotated[str, Form(pattern=_FINDING)] = "",
    to: Annotated[str, Form(max_length=80)] = "",
) -> Response:
    """Do one act; what the table refuses is told on the case's page, with what was typed."""
    desk, known = await _found(asked, signed, case)
    place = next((each for each in desk.others(known) if ":".join(each) == to), None)
    found = Finding(finding) if finding else None
    wish = Wish(Act(act), clean(words)[:WORDS_MOST], found, place, asked.survey.inspection)
    if wish.act is Act.HAND_OVER and place is None:
        return await _page(request, desk, known, "no_place", wish.words)
    after = await asked.store.write(do, case, wish, by(asked, signed), asked.clock())
    if isinstance(after, Refusal):
        return await _page(request, desk, known, after, wish.words)
    still = wish.act is not Act.HAND_OVER
    return on_to(f"/cases/{case}" if still else "/cases", language_of(request))


async def _found(asked: Service, signed: Signed, number: int) -> tuple[Desk, Case]:
    """A case that is the person's; any other is 404, as if it were not there."""
    desk = Desk(asked, await asked.state(), signed)
    known = await desk.case(number)
    if known is None:
        raise refuse(HTTPStatus.NOT_FOUND, "no such case for you")
    return desk, known


async def _page(
    request: Request, desk: Desk, known: Case, fault: str = "", typed: str = ""
) -> Response:
    who = by(desk.asked, desk.signed)
    told, done = await desk.asked.store.write(cases.read, known.case_id, who)
    return pages.one_page(request, desk, known, pages.Opened(told, done, fault, typed))
