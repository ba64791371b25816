"""A chart that other sites may frame; no other page of ours can be."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from handlers.api import published_unit
from handlers.guard import FRAMEABLE, validated
from handlers.media.periods import begun
from handlers.pages import language_of, page
from handlers.problems import responses
from handlers.public import figure_parts, period_text
from handlers.scores import Scores
from handlers.sentences import name_of, period_name
from handlers.service import Service, service

router = APIRouter(prefix="/embed", tags=["media"], default_response_class=Response)
Asked = Annotated[Service, Depends(service)]


@router.get(
    "/units/{code}/{period}",
    summary="A chart to embed",
    responses=responses(400, 403, 404, 422),
)
async def embedded(
    code: str,
    period: Annotated[str, Path(max_length=24)],
    request: Request,
    asked: Asked,
    kind: Annotated[Literal["levels", "factors"], Query()] = "levels",
) -> Response:
    """The five levels or the factors of a unit in a period, with n, source and licence."""
    language, state = language_of(request), await asked.state()
    unit, days = published_unit(state, code), begun(asked, period)
    figures = await Scores(asked, state).of_unit(unit, days)
    shown = page(
        request,
        "media/embed.html",
        language,
        name=name_of(unit, language),
        path=f"/units/{code}/{days.code}",
        code=days.code,
        called=period_name(language, days),
        period=period_text(days),
        kind=kind,
        **figure_parts(asked, figures, language),
    )
    shown.headers["Content-Security-Policy"] = FRAMEABLE
    shown.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return validated(request, shown)
