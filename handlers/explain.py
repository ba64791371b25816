"""The page and API behind every number: what it is, what was counted, how to compute it again."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from handlers.api import period_of, published_unit, released_to
from handlers.counted import FORMULA
from handlers.explaining import Explained, Where, explained
from handlers.guard import validated
from handlers.pages import language_of, page
from handlers.problems import refuse, responses
from handlers.public import figure_names, period_text
from handlers.roles import VIEWS
from handlers.scores import Scores
from handlers.sentences import name_of
from handlers.service import Service, service
from handlers.weighing import BesideOut, told_beside
from sipas.figures import record
from sipas.formulas import FORMULAS

api = APIRouter(prefix="/api/v1", tags=["scores"])
pages = APIRouter(tags=["pages"], default_response_class=Response)
Code = Annotated[str, Query(max_length=64)]


class ExplainOut(BaseModel):
    """A figure with everything it rests on; what would tell a number from one to nine is null."""

    figure: dict[str, Any]
    release: int = Field(description="the state it was computed from")
    released_to: str | None
    responses: int | None = Field(description="released responses with its questionnaire")
    left_out: dict[str, int] = Field(description="of those, not in n, by reason; empty if composed")
    other_questionnaires: int | None = Field(
        description="released responses that have figures of their own"
    )
    not_released: int | None = Field(description="received, but not released yet")
    drawn: list[str] = Field(
        description="months in which some respondents were asked drawn items only, these among them"
    )
    items: list[dict[str, Any]] = Field(description="the figures of a composite's items")
    weighted: BesideOut | None = Field(description="beside it, weighted to handled dossiers")
    recompute: str = Field(
        description="a command that prints value,low,high for answers one by one; where levels "
        "are hidden, those who were satisfied stand at level 5 and all others at level 1"
    )


async def asked_where(
    asked: Annotated[Service, Depends(service)],
    unit: Code = "",
    period: Annotated[str, Query(max_length=24)] = "",
    counter: Code = "",
    formula: Annotated[str, Query(max_length=20)] = FORMULA,
    role: Annotated[str, Query(pattern="^(|receiving|resolving)$")] = "",
) -> tuple[Scores, Where]:
    """The question that a figure with a known id is the answer to."""
    if formula not in FORMULAS:
        raise refuse(HTTPStatus.BAD_REQUEST, f"formula: expected one of {', '.join(FORMULAS)}")
    state = await asked.state()
    scores = VIEWS.get(role, Scores)(asked, state, formula)
    of = published_unit(state, unit)
    desk = state.directory.counter(counter) if counter else None
    if counter and (desk is None or not desk.public or desk.unit_id != of.unit_id):
        raise refuse(HTTPStatus.NOT_FOUND, f"no public counter of this unit: {counter[:20]!r}")
    return scores, Where(of, period_of(asked, period), desk)


AskedWhere = Annotated[tuple[Scores, Where], Depends(asked_where)]
FIGURE_ID = "^[0-9a-f]{20}$"


def no_figure(scores: Scores, figure: str) -> HTTPException:
    """The answer where the present release has no such figure for the question."""
    what = f"release {scores.release} has no figure {figure} for this question"
    return refuse(HTTPStatus.NOT_FOUND, f"{what}; a figure gets another id with every release")


async def _found(
    question: AskedWhere,
    figure: Annotated[str, Query(pattern=FIGURE_ID, description="the figure's id")],
) -> tuple[Explained, Scores]:
    """The figure asked for, as the question with that id is answered now."""
    scores, where = question
    found = await explained(scores, where, figure)
    if found is None:
        raise no_figure(scores, figure)
    return found, scores


Found = Annotated[tuple[Explained, Scores], Depends(_found)]


@api.get(
    "/explain",
    summary="Where a figure comes from",
    response_model=ExplainOut,
    responses=responses(400, 403, 404, 422),
)
async def explain(request: Request, found: Found) -> Response:
    """The question, the responses counted, and those left out with the reason."""
    told, scores = found
    body = ExplainOut(
        figure=record(told.figure),
        release=scores.release,
        released_to=released_to(scores.state),
        responses=told.responses,
        left_out=dict(told.left_out),
        other_questionnaires=told.elsewhere,
        not_released=told.waiting,
        drawn=list(told.drawn),
        items=[record(each) for each in told.items],
        weighted=told_beside(told.beside) if told.beside else None,
        recompute=_command(told),
    )
    return validated(request, JSONResponse(body.model_dump()))


@pages.get("/explain", summary="Where a figure comes from", responses=responses(400, 403, 404, 422))
async def explain_page(request: Request, found: Found) -> Response:
    """The same for people."""
    told, scores = found
    return validated(request, explained_page(request, told, scores, "/units/{}?lang={}"))


def explained_page(request: Request, told: Explained, scores: Scores, back: str) -> Response:
    """A figure with what it rests on; *back* leads to its unit, by code and language."""
    language = language_of(request)
    instrument = scores.asked.survey.instruments[told.figure.instrument]
    texts = {item.key: item.text(language) for item in instrument.items}
    names = figure_names(scores.asked, language)
    key = "overall" if told.figure.key == "overall_direct" else told.figure.key
    return page(
        request,
        "explain.html",
        language,
        told=told,
        figure=told.figure,
        name=names.get(f"{instrument.ref} {key}") or texts.get(key, ""),
        questions=texts,
        unit=name_of(told.where.unit, language),
        back=back.format(told.where.unit.code, language),
        period=period_text(told.where.period),
        release=scores.release,
        released_to=released_to(scores.state),
        command=_command(told),
    )


def _command(told: Explained) -> str:
    figure = told.figure
    levels = figure.levels
    if figure.satisfied is not None and figure.n is not None:  # which level, makes no difference
        levels = (figure.n - figure.satisfied, 0, 0, 0, figure.satisfied)
    counts = ",".join(map(str, levels or ()))
    return f"echo {counts} | motcua formula {figure.formula}" if counts else ""
