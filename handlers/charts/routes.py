"""Charts of figures: SVG for pages, PNG to share and print, and the specification of both."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request, Response
from fastapi.responses import JSONResponse

from handlers.charts.charts import Chart, Kind, Teller, chart
from handlers.charts.drawing import Form, Undrawn, told
from handlers.charts.specs import Size
from handlers.comparing import KINDS
from handlers.explain import FIGURE_ID, AskedWhere, no_figure
from handlers.explaining import figures_at
from handlers.guard import validated
from handlers.pages import language_of
from handlers.problems import refuse, responses
from handlers.service import Service, service

router = APIRouter(tags=["charts"])
Asked = Annotated[Service, Depends(service)]
Sized = Annotated[Size, Query(description="wide, narrow, share (1200 × 630), print (2400 px)")]
_LATER = {"Retry-After": "5"}  # seconds


async def _wanted(
    request: Request,
    question: AskedWhere,
    figure: Annotated[str, Path(pattern=FIGURE_ID, description="the figure's id")],
    kind: Annotated[Kind, Query(description="what is shown around the figure")] = Kind.TREND,
    among: Annotated[str, Query(max_length=20, description="of kind=units")] = next(iter(KINDS)),
) -> Chart:
    """The chart of a figure that is shown; any other is 404, as if it were not there."""
    scores, where = question
    found = next((f for f in await figures_at(scores, where) if f.id == figure), None)
    if found is None or found.value is None:
        raise no_figure(scores, figure)
    language, simulated = language_of(request), request.app.state.demo
    made = await chart(Teller(scores, where, found, language, simulated, among), kind)
    if made is None:
        raise refuse(HTTPStatus.NOT_FOUND, f"nothing to draw: figure {figure} has no {kind}")
    return made


Wanted = Annotated[Chart, Depends(_wanted)]


def _told(media: str) -> dict[int | str, dict[str, Any]]:
    shown = {"description": "The chart", "content": {media: {}}}
    return {200: shown, **responses(400, 403, 404, 422, 503)}


@router.get("/charts/{figure}.svg", summary="A chart", responses=_told("image/svg+xml"))
async def chart_svg(
    request: Request, asked: Asked, wanted: Wanted, size: Sized = Size.WIDE
) -> Response:
    """One picture with title and description; the table beside it has the numbers."""
    svg = await drawn(asked, wanted, size, Form.SVG)
    named = told(svg, wanted.words.title, wanted.words.description)
    return validated(request, Response(named, media_type="image/svg+xml"))


@router.get("/charts/{figure}.png", summary="A chart to share", responses=_told("image/png"))
async def chart_png(
    request: Request, asked: Asked, wanted: Wanted, size: Sized = Size.SHARE
) -> Response:
    """The same for posts and print."""
    made = await drawn(asked, wanted, size, Form.PNG)
    return validated(request, Response(made, media_type="image/png"))


@router.get("/charts/{figure}.json", summary="A chart's specification", responses=_told(""))
async def chart_spec(request: Request, wanted: Wanted, size: Sized = Size.WIDE) -> Response:
    """The Vega-Lite specification with the numbers, to be drawn or changed by anyone."""
    return validated(request, JSONResponse(wanted.spec(size)))


async def drawn(asked: Service, wanted: Chart, size: Size, form: Form) -> bytes:
    """The chart as a picture.

    Raises:
        HTTPException: 503 while nothing can draw.
    """
    try:
        return await asked.draw(wanted.drawing(size, form))
    except Undrawn as wrong:
        what = "The chart cannot be drawn just now; the table has the same numbers. Try again."
        raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, what, _LATER) from wrong
