"""Ranks with their uncertainty, and two units or periods side by side: pages and API."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from handlers.api import other_side, period_of, published_unit
from handlers.breaks import reason
from handlers.comparing import Compared, Side, compared, placed, ranked_kinds, refused
from handlers.guard import validated
from handlers.messages import text
from handlers.pages import language_of, page
from handlers.problems import responses
from handlers.public import figure_names, period_text
from handlers.scores import Scores
from handlers.sentences import (
    groups,
    name_of,
    of_difference,
    of_rank,
    period_name,
    points,
    told_rank,
)
from handlers.service import Service, service
from sipas.figures import Figure, Part
from sipas.periods import Period, quarter_of, trailing_year
from storage.directory import Unit

api = APIRouter(prefix="/api/v1", tags=["scores"])
pages = APIRouter(tags=["pages"], default_response_class=Response)
Asked = Annotated[Service, Depends(service)]
PERIODS = 8
"""Quarters that are offered for a comparison."""


class PooledOut(BaseModel):
    """The value pulled towards the mean of the units compared; beside the figure, never for it."""

    value: float
    low: float
    high: float
    own: float = Field(description="how much of it is the unit's own, 0 to 1")


class RankOut(BaseModel):
    """A unit with the interval of its rank."""

    unit: str
    best: int = Field(description="its true rank is between best and worst, in 95 % of cases")
    worst: int
    group: str = Field(description="higher, lower or unclear: against all others together")
    figure: dict[str, Any]
    pooled: PooledOut | None = Field(description="null with fewer than five units")
    paragraph: dict[str, str] = Field(description="to be printed, by language")


class RanksOut(BaseModel):
    """The units of one kind that have enough answers; empty where fewer than three have."""

    period: str
    kind: str
    kinds: list[str] = Field(description="what else can be ranked")
    ranks: list[RankOut]


@api.get(
    "/ranks",
    summary="Ranks of units, as intervals",
    response_model=RanksOut,
    responses=responses(400, 403, 404, 422),
)
async def ranks(
    request: Request,
    asked: Asked,
    period: Annotated[str, Query(max_length=24, examples=["2026-Q4"])] = "",
    kind: Annotated[str, Query(max_length=20)] = "commune",
) -> Response:
    """Published units of a kind by their overall rating; equal units have overlapping ranks."""
    state = await asked.state()
    root, days, scores = published_unit(state, ""), period_of(asked, period), Scores(asked, state)
    rows = await placed(scores, root, days, kind)
    body = RanksOut(
        period=days.code,
        kind=kind,
        kinds=ranked_kinds(scores.published(root)),
        ranks=[RankOut.model_validate(told_rank(row, len(rows))) for row in rows],
    )
    return validated(request, JSONResponse(body.model_dump()))


@pages.get(
    "/ranks", summary="Ranks with their uncertainty", responses=responses(400, 403, 404, 422)
)
async def ranks_page(
    request: Request,
    asked: Asked,
    period: Annotated[str, Query(max_length=24)] = "",
    kind: Annotated[str, Query(max_length=20)] = "commune",
) -> Response:
    """Three groups: clearly higher, not to be told apart, clearly lower; a paragraph each."""
    language, state = language_of(request), await asked.state()
    root, scores = published_unit(state, ""), Scores(asked, state)
    days = period_of(asked, period) if period else trailing_year(asked.today())
    rows = await placed(scores, root, days, kind)
    shown = page(
        request,
        "ranks.html",
        language,
        kind=kind,
        kinds=ranked_kinds(scores.published(root)),
        period=period_text(days),
        among=len(rows),
        overall=await _overall(scores, root, days) if rows else None,
        groups=[(group, [row for row in rows if row.rank.group is group]) for group in groups()],
        name_of=name_of,
        paragraph=lambda row: of_rank(row, len(rows), language),
    )
    return validated(request, shown)


@pages.get(
    "/compare", summary="Two units or periods side by side", responses=responses(400, 403, 404, 422)
)
async def compare_page(
    request: Request,
    asked: Asked,
    unit: Annotated[str, Query(max_length=64)] = "",
    period: Annotated[str, Query(max_length=24)] = "",
    compare: Annotated[str, Query(max_length=64, description="a period or a unit's code")] = "",
) -> Response:
    """A unit's figures against another period or another unit, each with one sentence."""
    language, state = language_of(request), await asked.state()
    scores, one = Scores(asked, state), Side(published_unit(state, unit), period_of(asked, period))
    other = other_side(asked, state, one, compare) if compare else _before(asked, one)
    changes = [reason(state.directory, each, language) for each in refused(scores, one, other)]
    shown = page(
        request,
        "compare.html",
        language,
        one=one,
        against=other,
        sides=[(name_of(each.unit, language), period_text(each.period)) for each in (one, other)],
        units=scores.published(published_unit(state, "")),
        periods=_quarters(asked),
        named=partial(period_name, language),
        refused=changes,
        name_of=name_of,
        rows=await _rows(scores, one, other, language),
    )
    return validated(request, shown)


async def _overall(scores: Scores, root: Unit, period: Period) -> Figure | None:
    """The whole province's rating, which the chart of its units is about."""
    found = await scores.kept(root, period)
    return next((figure for figure in found if figure.part is Part.OVERALL), None)


async def _rows(scores: Scores, one: Side, other: Side, language: str) -> list[dict[str, Any]]:
    names = figure_names(scores.asked, language)
    return [
        {
            "name": _name(row, names, language),
            "found": row,
            "points": points(row.difference.value, language),
            "sentence": of_difference(row, one, other, language),
        }
        for row in await compared(scores, one, other)
        if row.one.part is not Part.ITEM
    ]


def _name(row: Compared, names: dict[str, str], language: str) -> str:
    if row.one.part is Part.FACTOR:
        return names.get(f"{row.one.instrument} {row.one.key}", row.one.key)
    return text(language, f"compare.part.{row.one.part}")


def _before(asked: Service, one: Side) -> Side:
    """The quarter before, if the side is a quarter that is offered; else its own period."""
    offered = _quarters(asked)
    at = next((n for n, each in enumerate(offered) if each.code == one.period.code), None)
    earlier = offered[at + 1] if at is not None and at + 1 < len(offered) else one.period
    return Side(one.unit, earlier)


def _quarters(asked: Service) -> list[Period]:
    """The present quarter and those before it."""
    found, day = [], asked.today()
    for _ in range(PERIODS):
        found.append(quarter_of(day))
        day = found[-1].first - timedelta(days=1)
    return found
