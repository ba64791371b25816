"""The way down: a unit, one of its counters, one value of a dimension, its factors and items."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from handlers.api import released_to
from handlers.dashboard.asking import Asked, Seeing, Seen, offered, period_of
from handlers.dashboard.concerns import concerns
from handlers.dashboard.cuts import SERIES, Cut, Shown, shown, value_name, within
from handlers.dashboard.disputes import disputes
from handlers.dashboard.views import saved
from handlers.explain import FIGURE_ID, explained_page, no_figure
from handlers.explaining import Where, explained
from handlers.login import private
from handlers.pages import language_of, page
from handlers.problems import refuse, responses
from handlers.public import Row, figure_parts, period_text
from handlers.sentences import name_of, period_name
from handlers.service import Service, State
from handlers.voices.topics import labels, topic_counts
from sipas.figures import Figure, Part
from sipas.periods import trailing_year
from storage.directory import Counter, Unit

router = APIRouter(tags=["staff"], default_response_class=Response)
EXPLAIN = "/dashboard/explain"
Topics = tuple[str, list[tuple[str, int]]]
"""A quarter, and how many comments are about what."""


async def looked(
    asked: Asked, signed: Seeing, period: Annotated[str, Query(max_length=24)] = ""
) -> Seen:
    """Whoever may see units, and the period asked for (by default the past twelve months)."""
    days = period_of(period) if period else trailing_year(asked.today())
    return Seen(asked, await asked.state(), signed, days)


Looked = Annotated[Seen, Depends(looked)]
Code = Annotated[str, Query(max_length=20)]


@dataclass(frozen=True, slots=True)
class Place:
    """Where one has come on the way down: *value* of the dimension *by*, or one *counter*."""

    unit: Unit
    counter: Counter | None
    by: Cut | None
    value: str | None


@router.get("/work", summary="One's units", responses=responses(401, 403, 404, 422))
async def work(
    request: Request,
    known: Looked,
    unit: Code = "",
    counter: Annotated[str, Query(max_length=6, description="one of the unit's counters")] = "",
    by: Annotated[Cut | None, Query(description="one dimension, months or weeks")] = None,
    value: Annotated[str | None, Query(max_length=40, description="of the dimension")] = None,
) -> Response:
    """A unit of one's own, published or not: what is below it, its counters, factors and items."""
    language, chosen = language_of(request), known.unit(unit)
    place = Place(chosen, _counter(known, chosen, counter), by, value if by else None)
    figures = await _figures(known, place)
    cut = await _cut(known, chosen, by, language)
    shown_page = page(
        request,
        "dashboard/unit.html",
        language,
        signed=known.signed,
        place=place,
        name=name_of(chosen, language),
        inside=_inside(known, place, language),
        above=_above(known, chosen),
        period=known.period,
        days=period_text(known.period),
        named=partial(period_name, language),
        offered=offered(known.asked.today()),
        cuts=tuple(Cut),
        series=by in SERIES,
        cut=cut,
        released_to=released_to(known.state),
        concerns=(await concerns(known.scores, known.period)).get(chosen.unit_id, ()),
        items=items(known.asked, figures, language),
        explain_at=EXPLAIN,
        topics=None if counter or by else await _topics(known, chosen, language),
        disputes=None if counter or by else await disputes(known, chosen, figures),
        **await saved(request, known),
        **await _below(known, place, language),
        **figure_parts(known.asked, figures, language),
    )
    return private(shown_page)


async def _topics(known: Seen, unit: Unit, language: str) -> Topics:
    """What the unit's comments are about, with the topics' names."""
    found = await topic_counts(known.asked, known.state, unit, known.period)
    names = labels(known.asked, language)
    return found.period.code, [(names[code], n) for code, n in found.topics]


@router.get(
    EXPLAIN, summary="Where a figure of staff comes from", responses=responses(401, 403, 404, 422)
)
async def explain(
    request: Request,
    known: Looked,
    figure: Annotated[str, Query(pattern=FIGURE_ID)],
    unit: Code = "",
    counter: Annotated[str, Query(max_length=6)] = "",
) -> Response:
    """As `/explain`, of one's own units before they are published, and of weeks."""
    of = _readable(known, unit)
    where = Where(of, known.period, _counter(known, of, counter))
    told = await explained(known.scores, where, figure)
    if told is None:
        raise no_figure(known.scores, figure)
    return private(explained_page(request, told, known.scores, "/work?unit={}&lang={}"))


def _readable(known: Seen, code: str) -> Unit:
    """A published unit, or one of the person's own."""
    unit = known.state.directory.unit(code)
    return unit if unit and unit.published else known.unit(code)


def _counter(known: Seen, unit: Unit, code: str) -> Counter | None:
    """The unit's counter with this code; others' counters that are not public are not there."""
    if not code:
        return None
    found = known.state.directory.counter(code)
    if (
        found is None
        or found.unit_id != unit.unit_id
        or not (found.public or unit.code in known.own)
    ):
        raise refuse(HTTPStatus.NOT_FOUND, f"no counter of this unit: {code[:20]!r}")
    return found


async def _cut(known: Seen, unit: Unit, by: Cut | None, language: str) -> Shown:
    if by is None:
        return Shown(())
    link = f"{_link(known, unit, language)}&by={by}&value="
    return await shown(known.scores, unit, known.period, by, language, link)


async def _figures(known: Seen, place: Place) -> list[Figure]:
    if place.counter:
        return await known.scores.of_counter(place.unit, place.counter, known.period)
    if place.by and place.value is not None:
        return await within(known.scores, place.unit, known.period, place.by, place.value)
    return await known.scores.of_unit(place.unit, known.period)


def _inside(known: Seen, place: Place, language: str) -> str:
    """What of the unit the figures are of, in words; nothing where of all."""
    if place.counter:
        return f"{place.counter.name} ({place.counter.code})"
    if place.by and place.value is not None:
        return value_name(known.state.directory, place.by, place.value, language)
    return ""


async def _below(known: Seen, place: Place, language: str) -> dict[str, Any]:
    """The number received, the units below and the counters; of a part of the unit only itself."""
    scores, unit, period = known.scores, place.unit, known.period
    if place.counter:
        came = await scores.received_at(unit, place.counter, period)
        return {"received": came, "rows": [], "empty": [], "counters": []}
    if place.value is not None:
        return {"rows": [], "empty": [], "counters": []}
    below = _headlines(await scores.by_unit(unit, period), known.state, unit)
    return {
        "received": await scores.received(unit, period),
        "rows": [
            Row(name_of(each, language), of, _link(known, each, language)) for each, of in below
        ],
        "empty": _without(known.state, unit, below),
        "counters": _counters(await scores.by_counter(unit, period), known, unit, language),
    }


def items(asked: Service, figures: Sequence[Figure], language: str) -> list[Row]:
    """The questions of the questionnaire most used, each after the factor that it is of."""
    main = next((each for each in figures if each.part is Part.ITEM), None)
    if main is None:
        return []
    instrument = asked.survey.instruments[main.instrument]
    texts = {item.key: item.text(language) for item in instrument.items}
    own = {f.key: f for f in figures if f.part is Part.ITEM and f.instrument == main.instrument}
    return [
        Row(f"{factor.names[language]}: {texts[key]}", own[key])
        for factor in instrument.factors
        for key in factor.items
        if key in own
    ]


def _above(known: Seen, unit: Unit) -> Unit | None:
    parent = known.state.directory.unit(unit.parent_code) if unit.parent_code else None
    return parent if parent and parent.code in known.own else None


def _headlines(figures: Iterable[Figure], state: State, unit: Unit) -> list[tuple[Unit, Figure]]:
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


def _link(known: Seen, unit: Unit, language: str) -> str:
    return f"/work?unit={unit.code}&period={known.period.code}&lang={language}"


def _counters(figures: Iterable[Figure], known: Seen, unit: Unit, language: str) -> list[Row]:
    names = {each.code: each.name for each in known.state.directory.counters_of(unit)}
    first: dict[str, Figure] = {}
    for figure in figures:
        first.setdefault(figure.counter, figure)
    link = _link(known, unit, language)
    return [
        Row(names[code], figure, f"{link}&counter={code}")
        for code, figure in first.items()
        if code in names
    ]
