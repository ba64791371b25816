"""Published filings, for everybody: a list, and each with its figures, documents and ledger.

Who wrote, received or corrected a filing stays on the desk; nothing here names a person.
"""

from __future__ import annotations

import asyncio
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from handlers.documents.report import NUMERALS, report
from handlers.documents.wording import local_time
from handlers.filings.figures import headline
from handlers.filings.figures import whole as made_whole
from handlers.filings.files import PDF, XLSX, handed, media_told, one_page, one_page_pdf
from handlers.filings.pages import ledger, tables
from handlers.filings.routes import Number
from handlers.filings.types import TYPES
from handlers.guard import validated
from handlers.log.hashes import grouped
from handlers.pages import language_of, page
from handlers.problems import refuse, responses
from handlers.public import period_text
from handlers.sentences import name_of
from handlers.service import Service, State, service
from sipas import filings as law
from sipas.filings import PARTS
from sipas.periods import parse_period
from storage import filings, sealing
from storage.filing_rows import Entry, Filing, Whole

router = APIRouter()
Asked = Annotated[Service, Depends(service)]
_TOLD = (law.State.PUBLISHED, law.State.RESTATED)


class FiledOut(BaseModel):
    """A published filing."""

    id: int
    type: str = Field(examples=["unit_quarter"])
    name: dict[str, str] = Field(description="of the type, by language")
    unit: str = Field(description="code of who filed")
    about: str = Field(description="code of the unit whose figures it holds")
    period: str = Field(examples=["2026-R3"])
    first: str
    last: str
    state: str = Field(description="published or restated")
    version: int = Field(description="of the figures, one more with each correction")
    release: int | None


class ChangeOut(BaseModel):
    """A figure that a later version of the filing tells otherwise; null is none at all."""

    version: int
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    reason: str
    at: str


class FiledListOut(BaseModel):
    """All published filings, the newest period first."""

    filings: list[FiledOut]


class FiledWholeOut(FiledOut):
    """A published filing with everything in it."""

    figures: list[dict[str, Any]]
    words: dict[int, str] = Field(description="the officer's paragraphs of parts I to V")
    ledger: list[ChangeOut]


@router.get("/reports", tags=["pages"], summary="Published reports", response_class=Response)
async def all_published(request: Request, asked: Asked) -> Response:
    """Every published filing with its headline figure."""
    language, state = language_of(request), await asked.state()
    found = await asked.store.look(filings.filings)
    rows = []
    for each in found:
        if is_told(state, each):
            figures = await asked.store.look(filings.figures_of, each.filing_id, each.version)
            main = headline(figures)
            rows.append((_names(state, each, language), each, main and made_whole(main)))
    shown = page(request, "filings/reports.html", language, rows=rows, kinds=TYPES)
    return validated(request, shown)


@router.get(
    "/reports/{filing}",
    tags=["pages"],
    summary="One published report",
    response_class=Response,
    responses=responses(404, 422),
)
async def one_published(request: Request, asked: Asked, filing: Number) -> Response:
    """Its figures, paragraphs, documents, and what was corrected since it was published."""
    language = language_of(request)
    state, whole = await _published(asked, filing)
    known, (unit, about) = whole.filing, _names(state, whole.filing, language)
    shown = page(
        request,
        "filings/published.html",
        language,
        filing=known,
        kind=TYPES[known.type],
        unit=unit,
        about=about,
        days=period_text(parse_period(known.period)),
        words=whole.words,
        numerals=dict(zip(PARTS, NUMERALS, strict=True)),
        tables=tables(asked, state, whole.figures, language),
        ledger=ledger(asked, state, whole, language),
        local_time=local_time,
        root=await asked.store.look(sealing.last_root),
        grouped=grouped,
    )
    return validated(request, shown)


@router.get(
    "/reports/{filing}/report.pdf",
    tags=["pages"],
    summary="A published report as PDF",
    response_class=Response,
    responses=media_told(PDF, 404, 422),
)
async def published_pdf(asked: Asked, filing: Number) -> Response:
    """The report with its paragraphs, figures and ledger, to read and print."""
    from handlers.documents.pdf import pdf  # when first needed: it loads slowly

    state, whole = await _published(asked, filing)
    made = await asyncio.to_thread(pdf, report(asked, state, whole))
    return handed(made, PDF, whole, "bao-cao", "pdf")


@router.get(
    "/reports/{filing}/annex.xlsx",
    tags=["pages"],
    summary="A published report's figures",
    response_class=Response,
    responses=media_told(XLSX, 404, 422),
)
async def published_xlsx(asked: Asked, filing: Number) -> Response:
    """Every figure of the report as typed cells, and what changed."""
    from handlers.documents.xlsx import workbook  # when first needed: it loads slowly

    state, whole = await _published(asked, filing)
    made = await asyncio.to_thread(partial(workbook, asked, state, whole))
    return handed(made, XLSX, whole, "phu-luc", "xlsx")


@router.get(
    "/reports/{filing}/summary",
    tags=["pages"],
    summary="A published report on one page",
    response_class=Response,
    responses=responses(404, 422),
)
async def published_summary(request: Request, asked: Asked, filing: Number) -> Response:
    """Plain sentences and the main figures with their ids, to print."""
    state, whole = await _published(asked, filing)
    return validated(request, one_page(request, asked, state, whole, f"/reports/{filing}"))


@router.get(
    "/reports/{filing}/summary.pdf",
    tags=["pages"],
    summary="A published report on one page, as PDF",
    response_class=Response,
    responses=media_told(PDF, 404, 422),
)
async def published_summary_pdf(request: Request, asked: Asked, filing: Number) -> Response:
    """The same, with the address as QR code."""
    state, whole = await _published(asked, filing)
    return await one_page_pdf(request, asked, state, whole)


@router.get(
    "/api/v1/reports",
    tags=["reports"],
    summary="Published reports",
    response_model=FiledListOut,
)
async def all_told(request: Request, asked: Asked) -> Response:
    """Every published filing."""
    state = await asked.state()
    found = await asked.store.look(filings.filings)
    told = [_filed(each) for each in found if is_told(state, each)]
    return validated(request, JSONResponse({"filings": told}))


@router.get(
    "/api/v1/reports/{filing}",
    tags=["reports"],
    summary="One published report",
    response_model=FiledWholeOut,
    responses=responses(404, 422),
)
async def one_told(request: Request, asked: Asked, filing: Number) -> Response:
    """Its figures, each with the id under which it was first stated, paragraphs and ledger."""
    _, whole = await _published(asked, filing)
    told = {
        **_filed(whole.filing),
        "figures": [dict(made_whole(each)) for each in whole.figures],
        "words": dict(whole.words),
        "ledger": [_change(each) for each in whole.entries],
    }
    return validated(request, JSONResponse(FiledWholeOut(**told).model_dump(mode="json")))


async def _published(asked: Service, number: int) -> tuple[State, Whole]:
    """The filing, if it is everybody's; any other is 404, as if it were not there."""
    state = await asked.state()
    whole = await asked.store.look(filings.whole, number)
    if whole is None or not is_told(state, whole.filing):
        raise refuse(HTTPStatus.NOT_FOUND, f"no published report has the number {number}")
    return state, whole


def is_told(state: State, filing: Filing) -> bool:
    """A filing holds figures of its own unit, which are everybody's only if the unit's are."""
    about = state.directory.unit(filing.about)
    return filing.state in _TOLD and about is not None and about.published


def _names(state: State, filing: Filing, language: str) -> tuple[str, str]:
    both = ((code, state.directory.unit(code)) for code in (filing.unit, filing.about))
    unit, about = (name_of(found, language) if found else code for code, found in both)
    return unit, about


def _filed(filing: Filing) -> dict[str, Any]:
    days = parse_period(filing.period)
    return FiledOut(
        id=filing.filing_id,
        type=filing.type,
        name=dict(TYPES[filing.type].name),
        unit=filing.unit,
        about=filing.about,
        period=filing.period,
        first=f"{days.first}",
        last=f"{days.last}",
        state=filing.state,
        version=filing.version,
        release=filing.release_id,
    ).model_dump()


def _change(entry: Entry) -> ChangeOut:
    before, after = (each and dict(made_whole(each)) for each in (entry.before, entry.after))
    return ChangeOut(
        version=entry.version, before=before, after=after, reason=entry.reason, at=entry.at
    )
