"""The province at a glance: one page of tiles, ordered and searched by plain forms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from handlers.api import released_to
from handlers.dashboard.asking import Seen, offered, seen
from handlers.dashboard.order import Order, named_like, ordered, sections
from handlers.dashboard.tiles import Tile, tiles
from handlers.dashboard.unit import EXPLAIN
from handlers.dashboard.views import saved
from handlers.login import private
from handlers.pages import language_of, page
from handlers.problems import responses
from handlers.public import figure_parts, period_text
from handlers.scores import HEADLINES
from handlers.sentences import name_of, period_name, points
from sipas.preceding import preceding

router = APIRouter(tags=["staff"], default_response_class=Response)


@router.get(
    "/dashboard", summary="The province at a glance", responses=responses(401, 403, 404, 422)
)
async def dashboard(
    request: Request,
    known: Annotated[Seen, Depends(seen)],
    q: Annotated[str, Query(max_length=80)] = "",
    order: Order = Order.ATTENTION,
    everybody: Annotated[bool, Query(alias="all", description="others' units too")] = False,
) -> Response:
    """A tile for each unit of one's own, published or not; others' as everybody sees them."""
    language, root = language_of(request), known.root
    every = await tiles(known.scores, root, known.period)
    listed = [tile for tile in every if tile.mine or everybody]
    if q.strip():
        listed = named_like(listed, known.state.directory, q)
    shown = page(
        request,
        "dashboard/grid.html",
        language,
        signed=known.signed,
        q=q,
        order=order,
        orders=tuple(Order),
        everybody=everybody,
        others=any(not tile.mine for tile in every),
        period=known.period,
        days=period_text(known.period),
        named=partial(period_name, language),
        before=period_text(preceding(known.period)),
        offered=offered(known.asked.today()),
        counts=_counts(listed),
        sections=sections(ordered(listed, order), order),
        released_to=released_to(known.state),
        name_of=name_of,
        points=points,
        explain_at=EXPLAIN,
        **await saved(request, known),
        **await _province(known, language),
    )
    return private(shown)


async def _province(known: Seen, language: str) -> Mapping[str, Any]:
    """The headline of the whole, where the reader may see it."""
    root, scores = known.root, known.scores
    if not (root.published or root.code in known.own):
        return {"main": None, "name": name_of(root, language), "received": 0}
    figures = await scores.of_unit(root, known.period, HEADLINES)
    return {
        "main": figure_parts(known.asked, figures, language)["main"],
        "name": name_of(root, language),
        "received": await scores.received(root, known.period),
    }


def _counts(listed: Iterable[Tile]) -> Mapping[str, int]:
    """How many units are of each sort."""
    found = Counter[str]()
    for tile in listed:
        found["units"] += 1
        found[f"group.{tile.group}" if tile.group else "group.none"] += 1
        found["silent"] += bool(tile.coverage.silent)
        found.update(each.sort for each in tile.concerns)
    return found
