"""The PAR INDEX scorecard: points by year, what fell, and what a person maps by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Query, Request, Response, UploadFile

from handlers.documents.wording import local_time
from handlers.filings.routes import by, clean
from handlers.login import private
from handlers.pages import language_of, on_to, page
from handlers.plans import scorecards as told
from handlers.plans.desk import Desk
from handlers.plans.listing import root_of
from handlers.plans.sheets import Unreadable, as_csv
from handlers.problems import page_or_problem, responses
from handlers.rights import Needs, Right, Signed
from handlers.service import Service, service
from sipas.csv_rows import Refusal
from sipas.scorecard import Line, Mapped, read_scorecard
from storage import scorecards
from storage.directory import Directory

router = APIRouter(tags=["staff"], default_response_class=Response)
Asked = Annotated[Service, Depends(service)]
Seeing = Annotated[Signed, Depends(Needs(Right.SEE))]
Deciding = Annotated[Signed, Depends(Needs(Right.DECIDE, everywhere=True))]
Year = Annotated[int, Query(ge=0, le=2099)]
Text = Annotated[str, Form(max_length=2_000)]
_CODE = r"^([0-9]{1,2}(\.[0-9]{1,2}){0,4})?$"
_ACTING = {**responses(401, 403, 404, 422), **page_or_problem(409)}
REFUSED_MOST = 20


@router.get("/scorecard", summary="PAR INDEX by year", responses=responses(401, 403, 422))
async def scorecard(request: Request, asked: Asked, signed: Seeing, year: Year = 0) -> Response:
    """Maximum, self-assessed and appraised points, points lost, and what fell since last year."""
    desk = Desk(asked, await asked.state(), signed)
    return await _page(request, desk, year)


@router.post("/scorecard/import", summary="Import a year's scorecard", responses=_ACTING)
async def bring(
    request: Request, asked: Asked, signed: Deciding, file: Annotated[UploadFile, File()]
) -> Response:
    """CSV or XLSX; where one row is wrong nothing is taken, and each is named with its reason."""
    desk = Desk(asked, await asked.state(), signed)
    try:
        table = await asyncio.to_thread(as_csv, await file.read())
        criteria, refused = read_scorecard(table, units_of(desk.directory))
    except Unreadable as wrong:
        criteria, refused = (), (wrong.refusal,)
    if refused or not criteria:
        return await _page(request, desk, 0, "refused" if refused else "empty", refused)
    await asked.store.write(scorecards.keep, criteria, by(asked, signed))
    return _to(request, max(each.year for each in criteria))


@router.post("/scorecard/map", summary="Say what a criterion was", responses=_ACTING)
async def map_one(
    request: Request,
    asked: Asked,
    signed: Deciding,
    year: Annotated[int, Form(ge=2000, le=2099)],
    code: Annotated[str, Form(pattern=_CODE)],
    earlier: Annotated[str, Form(pattern=_CODE)] = "",
    comparable: Annotated[bool, Form()] = False,
    reason: Text = "",
) -> Response:
    """Which criterion of the year before it was, and whether its points may be compared."""
    desk = Desk(asked, await asked.state(), signed)
    mapped = Mapped(year, code, earlier, comparable and bool(earlier), clean(reason))
    if not mapped.reason:
        return await _page(request, desk, year, "reason")
    try:
        await asked.store.write(scorecards.map_by_hand, [mapped], by(asked, signed))
    except LookupError:
        return await _page(request, desk, year, "unknown")
    return _to(request, year)


def units_of(directory: Directory) -> frozenset[str]:
    """The codes of the units there are, which may answer for a criterion."""
    return frozenset(each.code for each in directory.units if not each.valid_to)


async def _page(
    request: Request, desk: Desk, year: int, fault: str = "", refused: Sequence[Refusal] = ()
) -> Response:
    language = language_of(request)
    found = await desk.asked.store.look(told.year, year)
    shown = page(
        request,
        "plans/scorecard.html",
        language,
        HTTPStatus.CONFLICT if fault else HTTPStatus.OK,
        signed=desk.signed,
        found=found,
        year=year or (found.years[0].year if found.years else 0),
        lines={line.now.code: line for line in found.lines if _sees(desk, line)},
        wholes={each.code for each in found.criteria} - {line.now.code for line in found.lines},
        may_import=desk.calls,
        sees_wholes=_sees_whole(desk),
        local_time=local_time,
        to_map=told.to_map(found.lines) if desk.calls else [],
        fault=fault,
        refused=refused[:REFUSED_MOST],
        refused_more=max(0, len(refused) - REFUSED_MOST),
        signs=told.signs,
        number=partial(told.number, language=language),
        way=partial(told.way_text, language=language),
        today=desk.asked.today().isoformat(),
    )
    return private(shown)


def _sees(desk: Desk, line: Line) -> bool:
    """Points of a unit are its own to see; those that nobody answers for are the province's."""
    return _sees_whole(desk) or (bool(line.now.unit) and desk.sees(line.now.unit))


def _sees_whole(desk: Desk) -> bool:
    root = root_of(desk.state)
    return root is not None and desk.sees(root.code)


def _to(request: Request, year: int) -> Response:
    return on_to(f"/scorecard?year={year}", language_of(request))
