"""The quarterly sheet of a filing: the unit's points, the appraised ones, and both sheets as files.

What can be computed from stored dossiers and answers is offered with its source; nothing is filled
in by itself, and an empty field stays without points.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from pydantic import StringConstraints

from handlers.documents.docx import DOSSIER_SHEET, UNIT_SHEET, docx
from handlers.documents.sheets import (
    DossierSheet,
    UnitSheet,
    dossier_sheet_of,
    offered,
    unit_sheet_of,
)
from handlers.filings.desk import Desk
from handlers.filings.files import DOCX, XLSX, handed, media_of, with_figures
from handlers.filings.routes import (
    ACTING,
    Deciding,
    Drafting,
    Number,
    Seeing,
    back_to,
    by,
    clean,
    deciding,
    found_filing,
    writing,
)
from handlers.filings.sheet_page import sheet_page
from handlers.filings.types import TYPES
from handlers.login import private
from handlers.problems import refuse, responses
from handlers.rights import Signed
from handlers.scores import Scores
from handlers.service import Service, service
from handlers.tt01 import sheet as computed_sheet
from sipas.filings import State
from sipas.periods import parse_period
from sipas.quarter_sheet import Given, Side, read_points
from sipas.tt01_totals import UNIT
from sipas.tt01_units import Sheet
from storage import filings
from storage.directory import Unit
from storage.filing_rows import Whole
from storage.tt01 import dossiers_of

router = APIRouter(tags=["staff"], default_response_class=Response)
Asked = Annotated[Service, Depends(service)]
Points = Annotated[str, StringConstraints(max_length=8)]
Note = Annotated[str, StringConstraints(max_length=200)]
NinePoints = Annotated[list[Points], Form(min_length=len(UNIT), max_length=len(UNIT))]
NineNotes = Annotated[list[Note], Form(min_length=len(UNIT), max_length=len(UNIT))]
Revision = Annotated[int, Form(ge=0, lt=2**31)]


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into the form of one side, field by field."""

    side: Side
    points: Sequence[str]
    notes: Sequence[str]

    def given(self) -> dict[int, Given]:
        """The points by indicator.

        Raises:
            ValueError: a field holds no points.
        """
        pairs = zip(map(read_points, self.points), map(clean, self.notes), strict=True)
        return {number: Given(*pair) for number, pair in zip(UNIT, pairs, strict=True)}


@router.get(
    "/filings/{filing}/sheet",
    summary="The quarterly sheet of a filing",
    responses=responses(401, 403, 404, 422),
)
async def one_sheet(request: Request, asked: Asked, signed: Seeing, filing: Number) -> Response:
    """Nine indicators with what is computed, self-assessed and appraised, and the sums."""
    desk, whole = await with_sheet(asked, signed, filing)
    return private(sheet_page(request, desk, whole, await _offers(desk, whole)))


@router.post("/filings/{filing}/sheet", summary="Save the unit's own points", responses=ACTING)
async def score(
    request: Request,
    asked: Asked,
    signed: Drafting,
    filing: Number,
    revision: Revision,
    points: NinePoints,
    note: NineNotes,
) -> Response:
    """Save nine points and notes; what somebody else saved in between is not overwritten."""
    desk, whole = await with_sheet(asked, signed, filing)
    writing(desk, whole)
    return await _save(request, desk, whole, revision, Typed(Side.SELF, points, note))


@router.post("/filings/{filing}/appraisal", summary="Save appraised points", responses=ACTING)
async def appraise(
    request: Request,
    asked: Asked,
    signed: Deciding,
    filing: Number,
    revision: Revision,
    points: NinePoints,
    note: NineNotes,
    as_given: Annotated[bool, Form()] = False,
) -> Response:
    """Save nine points and notes of who receives the filing; `as_given` takes over the unit's."""
    desk, whole = await with_sheet(asked, signed, filing)
    deciding(desk, whole)
    if as_given:
        own = whole.scored(Side.SELF).given
        points = [_text(own.get(number, Given()).points) for number in UNIT]
    return await _save(request, desk, whole, revision, Typed(Side.APPRAISED, points, note))


async def _save(
    request: Request, desk: Desk, whole: Whole, revision: int, typed: Typed
) -> Response:
    number = whole.filing.filing_id
    try:
        given = typed.given()
    except ValueError:
        return await _refused(request, desk, whole, "sheets.fault.points", typed)
    who = by(desk.asked, desk.signed)
    after = await desk.asked.store.write(filings.score, number, typed.side, revision, given, who)
    if isinstance(after, State):
        return back_to(request, number, "/sheet")
    fault = f"filings.fault.{after}" if after else "sheets.fault.stale"
    return await _refused(request, desk, whole, fault, typed)


async def _refused(
    request: Request, desk: Desk, whole: Whole, fault: str, typed: Typed
) -> Response:
    kept = {
        number: (points, note)
        for number, points, note in zip(UNIT, typed.points, typed.notes, strict=True)
    }
    offers = await _offers(desk, whole)
    return private(sheet_page(request, desk, whole, offers, fault, kept))


@router.get("/filings/{filing}/sheet-02.docx", summary="Sheet 02 as DOCX", responses=media_of(DOCX))
async def unit_docx(asked: Asked, signed: Seeing, filing: Number) -> Response:
    """Nine indicators with both columns of points, sums and class, and satisfaction in boxes."""
    desk, whole = await _frozen(asked, signed, filing)
    made = await asyncio.to_thread(docx, unit_sheet_of(desk.state, whole), UNIT_SHEET)
    return handed(made, DOCX, whole, "mau-02", "docx")


@router.get("/filings/{filing}/sheet-02.xlsx", summary="Sheet 02 as XLSX", responses=media_of(XLSX))
async def unit_xlsx(asked: Asked, signed: Seeing, filing: Number) -> Response:
    """The same with typed cells."""
    desk, whole = await _frozen(asked, signed, filing)
    made = await _workbook(unit_sheet_of(desk.state, whole))
    return handed(made, XLSX, whole, "mau-02", "xlsx")


@router.get("/filings/{filing}/sheet-01.docx", summary="Sheet 01 as DOCX", responses=media_of(DOCX))
async def dossiers_docx(asked: Asked, signed: Seeing, filing: Number) -> Response:
    """A line for each dossier that ended in the period, by the last four of its code."""
    desk, whole = await _frozen(asked, signed, filing)
    made = await asyncio.to_thread(docx, await _dossiers(desk, whole), DOSSIER_SHEET)
    return handed(made, DOCX, whole, "mau-01", "docx")


@router.get("/filings/{filing}/sheet-01.xlsx", summary="Sheet 01 as XLSX", responses=media_of(XLSX))
async def dossiers_xlsx(asked: Asked, signed: Seeing, filing: Number) -> Response:
    """The same as a workbook."""
    desk, whole = await _frozen(asked, signed, filing)
    made = await _workbook(await _dossiers(desk, whole))
    return handed(made, XLSX, whole, "mau-01", "xlsx")


async def with_sheet(asked: Service, signed: Signed, number: int) -> tuple[Desk, Whole]:
    """A filing that the person may see and that comes with a sheet; any other is 404."""
    desk, whole = await found_filing(asked, signed, number)
    if not TYPES[whole.filing.type].sheet:
        raise refuse(HTTPStatus.NOT_FOUND, "reports of this type have no quarterly sheet")
    return desk, whole


async def _frozen(asked: Service, signed: Signed, number: int) -> tuple[Desk, Whole]:
    desk, whole = await with_sheet(asked, signed, number)
    with_figures(whole)
    return desk, whole


async def _workbook(of: UnitSheet | DossierSheet) -> bytes:
    from handlers.documents.sheet_books import book  # when first needed: it loads slowly

    return await asyncio.to_thread(book, of)


async def _dossiers(desk: Desk, whole: Whole) -> DossierSheet:
    scores, unit = _scores(desk, whole)
    units = {each.unit_id for each in scores.published(unit)}
    period = parse_period(whole.filing.period)
    ended = await dossiers_of(desk.asked.store.reader, units, period)
    found = await computed_sheet(scores, unit, period)
    return await asyncio.to_thread(dossier_sheet_of, desk.state, whole, ended, found)


async def _computed(desk: Desk, whole: Whole) -> Sheet:
    scores, unit = _scores(desk, whole)
    return await computed_sheet(scores, unit, parse_period(whole.filing.period))


async def _offers(desk: Desk, whole: Whole) -> Mapping[int, Given]:
    """What is computed for each indicator as it stands now, with where it comes from."""
    return {n: offered(line) for n, line in (await _computed(desk, whole)).lines.items()}


def _scores(desk: Desk, whole: Whole) -> tuple[Scores, Unit]:
    unit = desk.directory.unit(whole.filing.about)
    if unit is None:
        raise refuse(HTTPStatus.NOT_FOUND, "the unit of this filing is not there")
    return Scores(desk.asked, desk.state, own=frozenset({unit.code})), unit


def _text(points: Decimal | None) -> str:
    return "" if points is None else str(points)
