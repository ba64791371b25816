"""The public API of scores, without a key."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from handlers.breaks import breaks
from handlers.breaks import record as told_break
from handlers.comparing import Side, compared, refused
from handlers.counted import FORMULA
from handlers.coverage import coverage
from handlers.coverage import record as told_coverage
from handlers.guard import validated
from handlers.joined import JOINABLE, Joined
from handlers.problems import refuse, responses
from handlers.roles import VIEWED, VIEWS
from handlers.scores import By, Scores
from handlers.sentences import told_difference
from handlers.service import Service, State, service
from handlers.weighing import WEIGHABLE, BesideOut, Weighing, told_beside
from sipas.breaks import Cause
from sipas.figures import Figure, record
from sipas.formulas import FORMULAS
from sipas.packing import day_of
from sipas.periods import Period, PeriodError, parse_period, quarter_of
from storage.directory import Unit

router = APIRouter(prefix="/api/v1", tags=["scores"])
Asked = Annotated[Service, Depends(service)]


class RateOut(BaseModel):
    """Responses that came in per dossier event, with its 95 % interval."""

    n: int = Field(description="dossier events")
    value: float
    low: float | None = Field(description="null where there are more responses than dossiers")
    high: float | None


class CoverageOut(BaseModel):
    """How much the responses stand for; numbers from one to nine, and what tells them, are null."""

    grade: str = Field(description="A to D, or unknown where no dossiers are known", examples=["B"])
    held_back_by: list[str] = Field(description="what keeps it from the next better grade")
    known_from: str | None = Field(description="first day of the half-months with dossiers")
    known_to: str | None
    dossiers: int | None = Field(description="dossier events: a dossier at a stage on a day")
    response_rate: RateOut | None
    counters: int | None = Field(description="counters with dossiers")
    counters_answering: int | None = Field(description="those of them with a response")
    working_days: int | None
    days_answered: int | None = Field(description="those of them with a response")
    receipt_share: float | None = Field(description="share of released responses with a receipt")
    silent_days: int = Field(description="working days without a response that make silent")
    silent_counters: list[str] = Field(description="public counters that are silent")


class BreakOut(BaseModel):
    """From this day on the figures are about something else: do not compare across it."""

    on: str
    cause: Cause
    old: list[str] = Field(description="units, questionnaires or numbers of items before")
    new: list[str]
    reason: dict[str, str] = Field(description="a sentence by language")


class LineageOut(BaseModel):
    """What `lineage=joined` has pooled."""

    pooled: list[str] = Field(description="former units that are in the figures")
    not_divided: list[str] = Field(description="former units that went to others too: left out")


class ComparisonOut(BaseModel):
    """A figure less the same figure of another period or unit, with its 99 % interval."""

    part: str
    key: str
    instrument: str
    figure: str = Field(description="id of the figure")
    other: str = Field(description="id of the other figure")
    items: list[str] = Field(description="what both rest on")
    value: float
    other_value: float
    difference: float
    low: float
    high: float
    verdict: str = Field(description="higher, lower, or unclear: not enough ground to say")
    sentence: dict[str, str] = Field(description="by language")


class ScoresOut(BaseModel):
    """Figures, with the only live number beside them."""

    received: int | None = Field(
        description="responses that came in, not yet released ones included; in tens; null where "
        "too few came for any end of the period to be told"
    )
    flagged: int = Field(
        description="released responses of the period that a check has flagged and nobody has "
        "decided on; they are in the figures; in tens"
    )
    set_aside: int = Field(
        description="flagged ones that a person has set aside, in tens; they too are in the figures"
    )
    released_to: str | None = Field(description="day of the last release")
    coverage: CoverageOut
    breaks: list[BreakOut] = Field(description="changes of unit, items drawn and, by month, form")
    lineage: LineageOut | None = Field(description="null unless lineage=joined")
    period: str
    figures: list[dict[str, Any]] = Field(
        description="of one item, levels holds how many chose each; of a part they may be hidden "
        "while the share is not: then levels_hidden is true, and satisfied holds how many of "
        "n chose 4 or 5"
    )
    comparisons: list[ComparisonOut] | None = Field(description="null unless compare is given")
    refused: list[BreakOut] = Field(description="changes over which nothing is compared")
    weighted: list[BesideOut] | None = Field(description="null unless weights=dossiers")


@router.get(
    "/scores",
    summary="Figures of a unit",
    response_model=ScoresOut,
    responses=responses(400, 403, 404, 422),
)
async def scores(
    request: Request,
    asked: Asked,
    unit: Annotated[str, Query(max_length=64, description="code; the province if left out")] = "",
    period: Annotated[str, Query(max_length=24, examples=["2026-Q4"])] = "",
    by: By | None = None,
    formula: Annotated[str, Query(max_length=20)] = FORMULA,
    role: Annotated[str, Query(pattern="^(|receiving|resolving)$", description="items of")] = "",
    lineage: Annotated[str, Query(pattern="^(|joined)$", description="pool former units")] = "",
    compare: Annotated[str, Query(max_length=64, description="a period or a unit's code")] = "",
    weights: Annotated[str, Query(pattern="^(|dossiers)$", description="weighted, beside")] = "",
) -> Response:
    """Figures with n, value and 95 % interval; below the minimum `too_few` and no value."""
    if formula not in FORMULAS:
        raise refuse(HTTPStatus.BAD_REQUEST, f"formula: expected one of {', '.join(FORMULAS)}")
    state = await asked.state()
    days = period_of(asked, period)
    found = published_unit(state, unit)
    own = Scores(asked, state, formula)
    answer = _answer(own, by, role, (lineage, compare, weights))
    flags = await own.flagged(found, days)
    figures = await answer.asked_for(found, days, by)
    series = breaks(own, found, days, by, (figure for _, figure in figures))
    body = ScoresOut(
        received=await answer.received(found, days),
        flagged=flags.undecided,
        set_aside=flags.set_aside,
        released_to=released_to(state),
        coverage=CoverageOut.model_validate(told_coverage(await coverage(own, found, days))),
        breaks=[BreakOut.model_validate(told_break(state.directory, each)) for each in series],
        lineage=_lineage(answer, found),
        period=days.code,
        figures=[record(figure) | ({str(by): value} if value else {}) for value, figure in figures],
        **(await _comparisons(own, Side(found, days), compare)),
        weighted=await _weighted(answer, Side(found, days), by, figures) if weights else None,
    )
    return validated(request, JSONResponse(body.model_dump()))


def _answer(own: Scores, by: By | None, role: str, others: tuple[str, str, str]) -> Scores:
    if not role:
        return _joined(own, by) if others[0] else own
    if by not in VIEWED or any(others):
        raise refuse(HTTPStatus.BAD_REQUEST, "role: goes alone, or with by=factor or item")
    return VIEWS[role](own.asked, own.state, own.formula)


def _joined(own: Scores, by: By | None) -> Joined:
    if by not in JOINABLE:
        raise refuse(HTTPStatus.BAD_REQUEST, "lineage: joined goes with by=factor, item or month")
    return Joined(own.asked, own.state, own.formula)


def _lineage(answer: Scores, unit: Unit) -> LineageOut | None:
    if not isinstance(answer, Joined):
        return None
    found = answer.former(unit)
    return LineageOut(pooled=sorted(found.whole), not_divided=sorted(found.divided))


async def _weighted(
    answer: Scores, of: Side, by: By | None, figures: list[tuple[str, Figure]]
) -> list[BesideOut]:
    if by not in WEIGHABLE or isinstance(answer, Joined):
        raise refuse(HTTPStatus.BAD_REQUEST, "weights: dossiers goes with by=factor or item")
    weighing = Weighing(answer.asked, answer.state, answer.formula)
    own = [figure for _, figure in figures]
    return list(map(told_beside, await weighing.beside(of.unit, of.period, own)))


async def _comparisons(own: Scores, one: Side, code: str) -> dict[str, Any]:
    if not code:
        return {"comparisons": None, "refused": []}
    other, tree = other_side(own.asked, own.state, one, code), own.state.directory
    return {
        "comparisons": [
            told_difference(row, one, other) for row in await compared(own, one, other)
        ],
        "refused": [told_break(tree, each) for each in refused(own, one, other)],
    }


def other_side(asked: Service, state: State, one: Side, code: str) -> Side:
    """What *one* is compared with: another unit in its period, or itself in another period.

    Raises:
        HTTPException: 400 for neither, 403 for a period that needs a role.
    """
    unit = state.directory.unit(code)
    if unit is not None and unit.published:
        return Side(unit, one.period)
    return Side(one.unit, period_of(asked, code))


def released_to(state: State) -> str | None:
    """The day of the last release, if there was one."""
    return day_of(state.release.half_day).isoformat() if state.release else None


def period_of(asked: Service, code: str) -> Period:
    """The period with this code, the present quarter if none is given.

    Raises:
        HTTPException: 400 for no period, 403 for one that needs a role.
    """
    if not code:
        return quarter_of(asked.today())
    try:
        period = parse_period(code)
    except PeriodError as wrong:
        raise refuse(HTTPStatus.BAD_REQUEST, f"period: {wrong}") from wrong
    if period.needs_role:
        raise refuse(HTTPStatus.FORBIDDEN, "period: weeks and day ranges are shown only to a role")
    return period


def published_unit(state: State, code: str) -> Unit:
    """The published unit with this code, or the root of the tree.

    Raises:
        HTTPException: 404, the same for an unknown and an unpublished one.
    """
    directory = state.directory
    roots = (unit for unit in directory.units if unit.parent_code is None and not unit.valid_to)
    unit = directory.unit(code) if code else next(roots, None)
    if unit is None or not unit.published:
        raise refuse(HTTPStatus.NOT_FOUND, f"no published unit has the code {code[:20]!r}")
    return unit
