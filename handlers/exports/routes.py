"""The export over HTTP: streamed as it is read, for roles with the right, written in the audit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse

from handlers.exports.groups import Groups, export
from handlers.exports.lines import Form, lines
from handlers.problems import refuse, responses
from handlers.rights import Needs, Right, Signed
from handlers.service import Service, State, service
from sipas.periods import Period, PeriodError
from storage.directory import Unit
from storage.exporting import ReleasedRows

router = APIRouter(prefix="/api/v1", tags=["staff"], default_response_class=Response)
Exporting = Annotated[Signed, Depends(Needs(Right.EXPORT))]
MEDIA = {Form.CSV: "text/csv; charset=utf-8", Form.NDJSON: "application/x-ndjson"}


async def _wanted(
    asked: Annotated[Service, Depends(service)],
    signed: Exporting,
    unit: Annotated[
        str, Query(max_length=64, description="with all below; else all one's own")
    ] = "",
    period: Annotated[
        str, Query(max_length=24, description="the past twelve months if left out")
    ] = "",
) -> tuple[Service, Groups, Period]:
    """What may be exported to this person, as the audit has it from now on."""
    state = await asked.state()
    units = _units(state, signed, unit)
    try:
        found, days = await export(asked, state, units, period, signed.staff.name, unit or "all")
    except PeriodError as wrong:
        raise refuse(HTTPStatus.BAD_REQUEST, f"period: {wrong}") from wrong
    return asked, found, days


Wanted = Annotated[tuple[Service, Groups, Period], Depends(_wanted)]


def _told(form: Form) -> dict[int | str, dict[str, Any]]:
    shown = {"description": "A line for each response", "content": {MEDIA[form]: {}}}
    return {200: shown, **responses(400, 401, 403, 404, 422)}


@router.get("/responses.csv", summary="Released responses as CSV", responses=_told(Form.CSV))
async def responses_csv(wanted: Wanted) -> Response:
    """Every released response of one's units, an item a column, without any cap."""
    return _streamed(wanted, Form.CSV)


@router.get(
    "/responses.ndjson", summary="Released responses as NDJSON", responses=_told(Form.NDJSON)
)
async def responses_ndjson(wanted: Wanted) -> Response:
    """The same, an object a line."""
    return _streamed(wanted, Form.NDJSON)


def _units(state: State, signed: Signed, code: str) -> list[Unit]:
    """One's own units, or those of them that are the one asked for and below it."""
    own, directory = signed.units(state.directory), state.directory
    if code:
        signed.require(directory, code)
    root = directory.unit(code) if code else None
    within = {each.code for each in directory.subtree(root)} if root else own
    return [unit for unit in directory.units if unit.code in own & within]


def _streamed(wanted: tuple[Service, Groups, Period], form: Form) -> Response:
    asked, found, days = wanted
    rows = ReleasedRows(asked.store.address, days)
    headers = {
        "Content-Disposition": f"attachment; filename=responses-{days.code}.{form}",
        "Cache-Control": "no-store",
    }
    body = _read(rows, lines(rows, found, form))
    return StreamingResponse(body, media_type=MEDIA[form], headers=headers)


async def _read(rows: ReleasedRows, parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    """A part when the last one is taken: a slow reader costs no memory."""
    try:
        while part := await asyncio.to_thread(next, parts, b""):
            yield part
    finally:  # the reader may have gone away while the database still sorts
        rows.stop()
