"""Who did what: the audit as page and file."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse

from handlers.login import private
from handlers.messages import catalogue
from handlers.pages import language_of, page
from handlers.problems import responses
from handlers.rights import Needs, Right, Signed
from handlers.service import Service, service
from handlers.times import told_at
from storage import registry

router = APIRouter(tags=["staff"], default_response_class=Response)
Asked = Annotated[Service, Depends(service)]
Auditing = Annotated[Signed, Depends(Needs(Right.AUDIT, everywhere=True))]
AUDIT_PAGE = 100
AUDIT_COLUMNS = ("at", "actor", "act", "subject", "detail")


@router.get("/audit", summary="Who did what", responses=responses(401, 403, 422))
async def audit(
    request: Request,
    asked: Asked,
    signed: Auditing,
    before: Annotated[int, Query(ge=0)] = 0,
) -> Response:
    """The newest lines first; nothing in it is ever changed."""
    lines = await registry.audit_lines(asked.store.reader, before or 2**62, AUDIT_PAGE)
    more = lines[-1].number if len(lines) == AUDIT_PAGE else 0
    language = language_of(request)
    told = [line._replace(at=told_at(line.at), act=told_act(line.act, language)) for line in lines]
    return private(page(request, "audit.html", language, signed=signed, lines=told, more=more))


def told_act(act: str, language: str) -> str:
    """What was done, in words; as it was written down where there are none.

    >>> told_act("signed in", "vi"), told_act("questionnaire split: 2", "vi")
    ('đăng nhập', 'chia bảng hỏi: 2')
    """
    words, colon, more = act.partition(":")
    return catalogue(language).get(f"act.{words}", words) + colon + more


@router.get("/audit.csv", summary="Who did what, as a file", responses=responses(401, 403))
async def audit_file(asked: Asked, signed: Auditing) -> Response:
    """Every line, oldest first, in UTF-8 with a mark that spreadsheets know."""
    headers = {"Content-Disposition": "attachment; filename=audit.csv", "Cache-Control": "no-store"}
    return StreamingResponse(_audit_file(asked), media_type="text/csv", headers=headers)


async def _audit_file(asked: Service) -> AsyncIterator[str]:
    yield "\ufeff" + _line(AUDIT_COLUMNS)
    async for line in registry.whole_audit(asked.store.reader):
        yield _line(tuple(map(harmless, line)))


def harmless(cell: str) -> str:
    """*cell* as text to every spreadsheet: none of them may take it for a formula.

    >>> harmless("=1+1"), harmless("Xã Định Hòa")
    ("'=1+1", 'Xã Định Hòa')
    """
    return "'" + cell if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def _line(cells: tuple[str, ...]) -> str:
    sink = io.StringIO()
    csv.writer(sink).writerow(cells)
    return sink.getvalue()
