"""The annex of plans as a workbook and as DOCX."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from handlers.filings.files import DOCX, XLSX, media_told
from handlers.login import private
from handlers.plans.annex import rows
from handlers.plans.desk import Desk
from handlers.plans.routes import Code
from handlers.rights import Needs, Right, Signed
from handlers.service import Service, State, service
from storage import plans
from storage.plan_rows import Plan

router = APIRouter(tags=["staff"], default_response_class=Response)
Asked = Annotated[Service, Depends(service)]
Seeing = Annotated[Signed, Depends(Needs(Right.SEE))]
_ERRORS = (401, 403, 422)


@router.get(
    "/plans/annex.xlsx", summary="Plans as a workbook", responses=media_told(XLSX, *_ERRORS)
)
async def annex_xlsx(asked: Asked, signed: Seeing, period: Code = "") -> Response:
    """The plans of one's units with causes, measures, deadline, post and standing."""
    # When first needed: half a second and 30 MB that nobody else should wait and pay for.
    from handlers.plans.annex_xlsx import workbook

    state, known = await _known(asked, signed, period)
    made = await asyncio.to_thread(workbook, rows(asked, state, known))
    return _handed(made, XLSX, "xlsx")


@router.get("/plans/annex.docx", summary="Plans as DOCX", responses=media_told(DOCX, *_ERRORS))
async def annex_docx(asked: Asked, signed: Seeing, period: Code = "") -> Response:
    """The same as a table to be put behind a report."""
    from handlers.plans.annex_docx import document

    state, known = await _known(asked, signed, period)
    told = period if any(each.period == period for each in known) else ""
    made = await asyncio.to_thread(document, rows(asked, state, known), told)
    return _handed(made, DOCX, "docx")


async def _known(asked: Service, signed: Signed, period: str) -> tuple[State, list[Plan]]:
    desk = Desk(asked, await asked.state(), signed)
    seen = desk.seen(await asked.store.look(plans.plans))
    return desk.state, [each for each in seen if period in ("", each.period)]


def _handed(made: bytes, media: str, ending: str) -> Response:
    headers = {"Content-Disposition": f"attachment; filename=ke-hoach-khac-phuc.{ending}"}
    return private(Response(made, media_type=media, headers=headers))
