"""The workplace of staff: their units' figures before anybody else, and who did what."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse

from handlers.login import private
from handlers.pages import language_of, page
from handlers.problems import refuse, responses
from handlers.public import Row, figure_parts, period_text
from handlers.rights import Needs, Right, Signed
from handlers.scores import Scores
from handlers.sentences import name_of
from handlers.service import Service, State, service
from sipas.figures import Figure
from sipas.periods import Period, parse_period, trailing_year
from storage import registry
from storage.directory import Unit

router = APIRouter(tags=["staff"], default_response_class=Response)
Asked = Annotated[Service, Depends(service)]
Seeing = Annotated[Signed, Depends(Needs(Right.SEE))]
Auditing = Annotated[Signed, Depends(Needs(Right.AUDIT, everywhere=True))]
AUDIT_PAGE = 100
AUDIT_COLUMNS = ("at", "actor", "act", "subject", "detail")


@router.get("/work", summary="One's units", responses=responses(401, 403, 404, 422))
async def work(
    request: Request,
    asked: Asked,
    signed: Seeing,
    unit: Annotated[str, Query(max_length=20)] = "",
    period: Annotated[str, Query(max_length=24)] = "",
) -> Response:
    """A unit of one's own, what is below it and its counters, published or not."""
    language, state = language_of(request), await asked.state()
    own = signed.units(state.directory)
    chosen = _chosen(state, signed, unit)
    days = _period(asked, period)
    scores = Scores(asked, state, own=own)
    figures = await scores.of_unit(chosen, days)
    below = _below(await scores.by_unit(chosen, days), state, chosen)
    shown = page(
        request,
        "work.html",
        language,
        signed=signed,
        unit=chosen,
        name=name_of(chosen, language),
        above=_above(state, own, chosen),
        period=period,
        days=period_text(days),
        received=await scores.received(chosen, days),
        rows=[Row(name_of(each, language), figure, _link(each, period)) for each, figure in below],
        empty=_without(state, chosen, below),
        counters=_counters(await scores.by_counter(chosen, days), state, chosen),
        **figure_parts(asked, figures, language),
    )
    return private(shown)


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
    return private(page(request, "audit.html", language, signed=signed, lines=lines, more=more))


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


def _chosen(state: State, signed: Signed, code: str) -> Unit:
    """The unit asked for, or the highest of one's own; others are not there for the reader."""
    if code:
        signed.require(state.directory, code)
    mine = [grant.unit for grant in signed.staff.grants]
    known = (state.directory.unit(each) for each in ([code] if code else mine))
    found = next((unit for unit in known if unit is not None), None)
    if found is None:
        raise refuse(HTTPStatus.NOT_FOUND, "none of your units exists")
    return found


def _period(asked: Service, code: str) -> Period:
    if not code:
        return trailing_year(asked.today())
    try:
        return parse_period(code)
    except ValueError as error:
        raise refuse(HTTPStatus.UNPROCESSABLE_ENTITY, f"period: {error}") from None


def _above(state: State, own: frozenset[str], unit: Unit) -> Unit | None:
    parent = state.directory.unit(unit.parent_code) if unit.parent_code else None
    return parent if parent and parent.code in own else None


def _below(figures: list[Figure], state: State, unit: Unit) -> list[tuple[Unit, Figure]]:
    """The units below with their headline, of the questionnaire that they use most."""
    first: dict[str, Figure] = {}
    for figure in figures:
        first.setdefault(figure.unit, figure)
    units = sorted(state.directory.children(unit), key=lambda each: each.sort_key)
    return [(each, first[each.code]) for each in units if each.code in first]


def _without(state: State, unit: Unit, below: list[tuple[Unit, Figure]]) -> list[Unit]:
    """The units below that nobody has rated in the period."""
    rated = {each.code for each, _ in below}
    units = sorted(state.directory.children(unit), key=lambda each: each.sort_key)
    return [each for each in units if each.code not in rated]


def _link(unit: Unit, period: str) -> str:
    return f"/work?unit={unit.code}&period={period}"


def _counters(figures: list[Figure], state: State, unit: Unit) -> list[Row]:
    names = {each.code: each.name for each in state.directory.counters_of(unit)}
    first: dict[str, Figure] = {}
    for figure in figures:
        first.setdefault(figure.counter or "", figure)
    return [Row(names[code], figure) for code, figure in first.items() if code in names]
