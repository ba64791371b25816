"""A filing's documents: made anew each time from what is stored, so nothing typed is ever lost."""

from __future__ import annotations

import asyncio
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from handlers.documents.docx import TemplateFault, docx
from handlers.documents.report import report
from handlers.documents.summary import summary, summary_pdf
from handlers.filings.desk import Desk
from handlers.filings.routes import Number, found_filing
from handlers.login import private
from handlers.pages import language_of, page
from handlers.problems import refuse, responses
from handlers.rights import Needs, Right, Signed
from handlers.service import Service, State, service
from storage.filing_rows import Whole

router = APIRouter(tags=["staff"], default_response_class=Response)
Asked = Annotated[Service, Depends(service)]
Seeing = Annotated[Signed, Depends(Needs(Right.SEE))]
_OFFICE = "application/vnd.openxmlformats-officedocument"
DOCX = f"{_OFFICE}.wordprocessingml.document"
XLSX = f"{_OFFICE}.spreadsheetml.sheet"
PDF = "application/pdf"


def media_told(media: str, *errors: int) -> dict[int | str, dict[str, Any]]:
    """What a route of a document answers, for the OpenAPI document."""
    return {200: {"description": "The document", "content": {media: {}}}, **responses(*errors)}


def media_of(media: str) -> dict[int | str, dict[str, Any]]:
    return media_told(media, 401, 403, 404, 409, 422, 500)


@router.get("/filings/{filing}/report.docx", summary="The report as DOCX", responses=media_of(DOCX))
async def report_docx(asked: Asked, signed: Seeing, filing: Number) -> Response:
    """A draft in the layout of Nghị định 30/2020, from the template."""
    desk, whole = await _frozen(asked, signed, filing)
    of = report(asked, desk.state, whole)
    try:
        made = await asyncio.to_thread(docx, of, asked.report_template)
    except TemplateFault as wrong:
        raise refuse(HTTPStatus.INTERNAL_SERVER_ERROR, f"report template: {wrong}") from wrong
    return handed(made, DOCX, whole, "bao-cao", "docx")


@router.get("/filings/{filing}/report.pdf", summary="The report as PDF", responses=media_of(PDF))
async def report_pdf(asked: Asked, signed: Seeing, filing: Number) -> Response:
    """The same, tagged, to read and print."""
    from handlers.documents.pdf import pdf  # when first needed, as below

    desk, whole = await _frozen(asked, signed, filing)
    made = await asyncio.to_thread(pdf, report(asked, desk.state, whole))
    return handed(made, PDF, whole, "bao-cao", "pdf")


@router.get("/filings/{filing}/annex.xlsx", summary="The figures", responses=media_of(XLSX))
async def annex_xlsx(asked: Asked, signed: Seeing, filing: Number) -> Response:
    """Every figure of the filing as typed cells, and what changed."""
    # Half a second and 30 MB, which only who makes a document should wait and pay for.
    from handlers.documents.xlsx import workbook

    desk, whole = await _frozen(asked, signed, filing)
    made = await asyncio.to_thread(partial(workbook, asked, desk.state, whole))
    return handed(made, XLSX, whole, "phu-luc", "xlsx")


@router.get(
    "/filings/{filing}/summary",
    summary="The filing on one page",
    responses=responses(401, 403, 404, 409, 422),
)
async def summary_page(request: Request, asked: Asked, signed: Seeing, filing: Number) -> Response:
    """Plain sentences and the main figures with their ids, to print."""
    desk, whole = await _frozen(asked, signed, filing)
    return private(one_page(request, asked, desk.state, whole, f"/filings/{filing}"))


@router.get("/filings/{filing}/summary.pdf", summary="The same as PDF", responses=media_of(PDF))
async def summary_file(request: Request, asked: Asked, signed: Seeing, filing: Number) -> Response:
    """One page of A4."""
    desk, whole = await _frozen(asked, signed, filing)
    return await one_page_pdf(request, asked, desk.state, whole)


def one_page(request: Request, asked: Service, state: State, whole: Whole, back: str) -> Response:
    """A filing's summary in the reader's language; *back* is the filing's own page."""
    language = language_of(request)
    of = summary(asked, state, whole, language)
    return page(request, "filings/summary.html", language, of=of, back=back)


async def one_page_pdf(request: Request, asked: Service, state: State, whole: Whole) -> Response:
    """The same as a file."""
    of = summary(asked, state, whole, language_of(request))
    return handed(await asyncio.to_thread(summary_pdf, of), PDF, whole, "tom-tat", "pdf")


async def _frozen(asked: Service, signed: Signed, number: int) -> tuple[Desk, Whole]:
    desk, whole = await found_filing(asked, signed, number)
    with_figures(whole)
    return desk, whole


def with_figures(whole: Whole) -> None:
    """Refuse a filing without figures: there is nothing to make a document of."""
    if not whole.filing.version:
        raise refuse(HTTPStatus.CONFLICT, "freeze the figures first: a document is made of them")


def handed(made: bytes, media: str, whole: Whole, name: str, ending: str) -> Response:
    """Only numbers are in the file's name: nothing that somebody typed reaches a header."""
    known = whole.filing
    called = f"{name}-{known.filing_id}-v{known.version}.{ending}"
    headers = {"Content-Disposition": f"attachment; filename={called}"}
    return private(Response(made, media_type=media, headers=headers))
