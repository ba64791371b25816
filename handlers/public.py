"""Public pages: all units, one unit, one counter, and what this is about."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

import segno
from fastapi import APIRouter, Depends, Query, Request, Response

from handlers.api import published_unit, released_to
from handlers.breaks import breaks, marked
from handlers.coverage import coverage
from handlers.distribution import level_rows, satisfied_rows
from handlers.guard import validated
from handlers.integrity.marks import marks
from handlers.log.hashes import grouped
from handlers.messages import text
from handlers.pages import language_of, page
from handlers.problems import refuse, responses
from handlers.scores import By, Scores
from handlers.sentences import name_of, period_name
from handlers.sentences import period_text as period_text  # where everybody looks for it
from handlers.service import Service, State, service
from handlers.weighing import Beside, Weighing
from sipas.figures import Figure, Part
from sipas.grades import RULES
from sipas.openings import POLICY
from sipas.periods import Period, quarter_of, trailing_year
from sipas.vietnamese import fold
from storage import nation, sealing
from storage.directory import Counter, Unit

router = APIRouter(tags=["pages"], default_response_class=Response)
Asked = Annotated[Service, Depends(service)]
PAGE_SECONDS = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table of figures."""

    name: str
    figure: Figure
    link: str = ""
    breaks: tuple[str, ...] = ()
    group: str = ""


@router.get("/", summary="All published units", responses=responses(422))
async def index(
    request: Request, asked: Asked, q: Annotated[str, Query(max_length=80)] = ""
) -> Response:
    """The province and its units; `q` searches names without tones, former names included."""
    language, state = language_of(request), await asked.state()
    period = trailing_year(asked.today())
    root = _root(state)
    scores = Scores(asked, state)
    found = state.directory.search(fold(q)) if q.strip() else None
    figures = await scores.kept(root, period, By.UNIT) if root else []
    whole = await scores.kept(root, period) if root else []
    shown = page(
        request,
        "index.html",
        language,
        q=q,
        root=_main(whole),
        received=await scores.received(root, period) if root else 0,
        released_to=released_to(state),
        period=period_text(period),
        rows=_unit_rows(state, figures, found, language),
        centre=bool(await nation.known(asked.store.reader)),
    )
    return validated(request, shown, PAGE_SECONDS)


@router.get("/units/{code}", summary="One unit", responses=responses(404, 422))
async def unit_page(code: str, request: Request, asked: Asked) -> Response:
    """A unit's figures over the past twelve months, with their trend."""
    language, state = language_of(request), await asked.state()
    unit = published_unit(state, code)
    period, quarter = trailing_year(asked.today()), quarter_of(asked.today())
    scores = Scores(asked, state)
    figures = await scores.kept(unit, period)
    counters = [each for each in state.directory.counters_of(unit) if each.public]
    shown = page(
        request,
        "unit.html",
        language,
        name=name_of(unit, language),
        unit_code=code,
        quarter=quarter.code,
        quarter_name=period_name(language, quarter),
        above=_above(state, unit, language),
        received=await scores.received(unit, period),
        flagged=(await scores.flagged(unit, period)).undecided,
        marks=await marks(asked, counters, period),
        released_to=released_to(state),
        period=period_text(period),
        start=f"/c/{counters[0].code}?lang={language}" if counters else "",
        coverage=await coverage(scores, unit, period),
        beside=await _beside(scores, unit, period, figures),
        trend=await trend_rows(scores, unit, period, language),
        mix=[
            *_mix("channel", await scores.asked_for(unit, period, By.CHANNEL), language),
            *_mix("stratum", await scores.asked_for(unit, period, By.STRATUM), language),
        ],
        counters=_counter_rows(counters, await scores.kept(unit, period, By.COUNTER), language),
        qr="",
        code="",
        **figure_parts(asked, figures, language),
    )
    return validated(request, shown, PAGE_SECONDS)


@router.get("/counters/{code}", summary="One counter", responses=responses(404, 422))
async def counter_scores(code: str, request: Request, asked: Asked) -> Response:
    """A public counter's figures and its QR code, printable."""
    language, state = language_of(request), await asked.state()
    counter = state.directory.counter(code)
    if counter is None or not counter.public:
        raise refuse(404, f"no public counter has the code {code[:20]!r}")
    unit = published_unit(state, state.directory.unit_by_id(counter.unit_id).code)
    period = trailing_year(asked.today())
    scores = Scores(asked, state)
    figures = await scores.of_counter(unit, counter, period)
    shown = page(
        request,
        "unit.html",
        language,
        name=counter.name,
        above=name_of(unit, language),
        received=await scores.received_at(unit, counter, period),
        flagged=0,
        marks=await marks(asked, [counter], period),
        coverage=None,
        beside=None,
        released_to=released_to(state),
        period=period_text(period),
        start=f"/c/{code}?lang={language}",
        trend=[],
        mix=[],
        counters=[],
        qr=qr_svg(f"{asked.public_url}/c/{code}"),
        code=code,
        **figure_parts(asked, figures, language),
    )
    return validated(request, shown, PAGE_SECONDS)


@router.get("/about", summary="What this is, how numbers are made, privacy")
async def about(request: Request, asked: Asked) -> Response:
    """Plain words about the index, SIPAS, PAR INDEX, the numbers and privacy."""
    shown = page(
        request,
        "about.html",
        language_of(request),
        rules=RULES,
        policy=POLICY,
        root=await asked.store.look(sealing.last_root),
        grouped=grouped,
    )
    return validated(request, shown, PAGE_SECONDS)


def qr_svg(address: str) -> str:
    """A QR code as inline SVG, without any style attribute."""
    sink = io.BytesIO()
    segno.make(address, error="m").save(
        sink, kind="svg", xmldecl=False, svgns=False, omitsize=True, border=2, title=address
    )
    return sink.getvalue().decode()


def _root(state: State) -> Unit | None:
    units = state.directory.units
    return next((u for u in units if u.parent_code is None and u.published), None)


def _main(figures: Iterable[Figure]) -> Figure | None:
    """The headline: the index of the questionnaire most used, else the overall level."""
    ordered = list(figures)
    for wanted in (Part.INDEX, Part.OVERALL):
        for figure in ordered:
            if figure.part is wanted and figure.value is not None:
                return figure
    return ordered[0] if ordered else None


async def _beside(
    scores: Scores, unit: Unit, period: Period, figures: Iterable[Figure]
) -> Beside | None:
    """The index, else the overall level, weighted to handled dossiers where that says something."""
    heads = [figure for figure in figures if figure.part in (Part.INDEX, Part.OVERALL)]
    weighing = Weighing(scores.asked, scores.state, scores.formula, scores.own)
    return next(iter(await weighing.beside(unit, period, heads)), None)


def _above(state: State, unit: Unit, language: str) -> str:
    parent = state.directory.unit(unit.parent_code) if unit.parent_code else None
    return name_of(parent, language) if parent else ""


def _unit_rows(
    state: State, figures: list[Figure], found: tuple[Unit, ...] | None, language: str
) -> list[Row]:
    wanted = None if found is None else {unit.code for unit in found}
    rows = []
    for unit in state.directory.units:
        own = [figure for figure in figures if figure.unit == unit.code]
        fits = unit.parent_code is not None if wanted is None else unit.code in wanted
        if own and fits and unit.valid_to is None:
            link = f"/units/{unit.code}?lang={language}"
            rows.append(Row(name_of(unit, language), _main(own) or own[0], link))
    return rows


def figure_parts(asked: Service, figures: list[Figure], language: str) -> dict[str, Any]:
    """The headline, factors and distribution of the questionnaire most used."""
    main = _main(figures)
    if main is None:
        none = {"main": None, "overall": None, "not_applicable": 0}
        return {**none, "factors": [], "levels": [], "satisfied": []}
    instrument = asked.survey.instruments[main.instrument]
    names = {factor.key: factor.names[language] for factor in instrument.factors}
    own = [figure for figure in figures if figure.instrument == main.instrument]
    overall = next((figure for figure in own if figure.part is Part.OVERALL), None)
    labels = instrument.levels[language]
    return {
        "main": main,
        "overall": overall,
        "factors": [Row(names[each.key], each) for each in own if each.part is Part.FACTOR],
        "levels": level_rows(overall, labels, language),
        "satisfied": satisfied_rows(overall, language),
        "not_applicable": overall.not_applicable if overall else 0,
    }


def figure_names(asked: Service, language: str) -> dict[str, str]:
    """Names of factors by questionnaire and key, apart by a space."""
    return {
        f"{ref} {factor.key}": factor.names[language]
        for ref, instrument in asked.survey.instruments.items()
        for factor in instrument.factors
    }


async def trend_rows(
    scores: Scores, unit: Unit, period: Period, language: str, part: Part = Part.OVERALL
) -> list[Row]:
    """Month by month; a break stands before the first month after it."""
    found = [f for f in await scores.kept(unit, period, By.MONTH) if f.part is part]
    first_of_month = {figure.period: figure for figure in reversed(found)}
    ordered = [first_of_month[month] for month in sorted(first_of_month)]
    series = breaks(scores, unit, period, By.MONTH, ordered)
    told = marked(scores, series, ordered, language)
    return [Row(figure.period, figure, breaks=words) for figure, words in told]


def _mix(dimension: str, figures: list[tuple[str, Figure]], language: str) -> list[Row]:
    """How the overall rating is made up: the default figure pools every channel and stratum."""
    rows: dict[str, Row] = {}
    for value, figure in figures:
        if figure.part is Part.OVERALL:
            rows.setdefault(value, Row(text(language, f"{dimension}.{value}"), figure))
    return list(rows.values())


def _counter_rows(counters: list[Counter], figures: list[Figure], language: str) -> list[Row]:
    by_code = {f.counter: f for f in reversed(figures) if f.part is Part.OVERALL}
    return [
        Row(each.name, by_code[each.code], f"/counters/{each.code}?lang={language}")
        for each in counters
        if each.code in by_code
    ]
