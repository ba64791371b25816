"""The register of official yearly values: a page and an API apart from those of our figures."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from handlers.guard import validated
from handlers.messages import LANGUAGES, catalogue, text
from handlers.pages import language_of, page
from handlers.problems import refuse, responses
from handlers.service import Service, service
from sipas.register import Break, Change, Entry, change, changes
from storage.official import official_values

router = APIRouter()
Asked = Annotated[Service, Depends(service)]

PARTS = ("policy", "service", "access", "procedures", "officials", "results", "feedback")
TOLD = ("harassed_never", "harassed_some", "harassed_many", "bribed_never")
WISHES = ("wish_competence", "wish_attitude", "wish_transparency")
GROUPS = {
    "sipas": ("sipas",),
    "parts": tuple(f"sipas.{part}" for part in PARTS),
    "told": tuple(f"sipas.{part}" for part in (*TOLD, *WISHES)),
    "par": ("par",),
    "own": ("par.own",),
}
WHY = {
    Break.OTHER_INDEX: "they are not of one index and owner",
    Break.INSTRUMENT: "the form changed in between; the difference is one of method",
    Break.UNKNOWN_INSTRUMENT: "it is not known whether the form was the same",
    Break.UNCONFIRMED: "a value is unconfirmed",
}


class ChangeOut(BaseModel):
    """From an earlier year to this one; what a break forbids is null."""

    since: int
    rank: int | None = Field(description="previous - present: more is better", examples=[10])
    value: str | None = Field(description="difference of the values", examples=["1.28"])
    broken: str | None = Field(
        description="why values are not subtracted: instrument, unknown_instrument, unconfirmed"
    )


class OfficialOut(BaseModel):
    """One official value of one year, as published; never a figure of this service."""

    year: int
    index: str = Field(examples=["sipas", "par"])
    whose: str = Field(description="a name, or vn, lowest, highest, mean")
    whose_en: str
    value: str | None = Field(description="percent or points of 100, as printed")
    rank: int | None
    ranked: int | None = Field(description="how many were ranked, if known")
    instrument: str | None = Field(description="version of the form; null if not known")
    source: str
    source_en: str
    certainty: str = Field(description="C source seen, S secondary source, D derived, O own rule")
    change: ChangeOut | None = Field(description="from the year before that is in the register")


class RegisterOut(BaseModel):
    """The register; its values and our figures are not of one series."""

    notice: str
    values: list[OfficialOut]


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the page: an entry with what is said of it, in the reader's language."""

    name: str
    year: int
    value: str
    rank: str
    change: str
    form: str
    source: str
    sure: str


@router.get("/register", tags=["pages"], summary="Official values", response_class=Response)
async def register_page(request: Request, asked: Asked) -> Response:
    """What ministry and province have published, kept apart from the figures of this service."""
    language = language_of(request)
    found = list(changes(await official_values(asked.store.reader)))
    groups = {
        group: [_line(entry, way, language) for entry, way in found if entry.index in indices]
        for group, indices in GROUPS.items()
    }
    sources = list(dict.fromkeys(line.source for lines in groups.values() for line in lines))
    shown = page(request, "register.html", language, groups=groups, sources=sources)
    return validated(request, shown)


@router.get(
    "/api/v1/register", tags=["register"], summary="Official values", response_model=RegisterOut
)
async def register(request: Request, asked: Asked) -> Response:
    """Official yearly values with rank, source and certainty, and the change since the last."""
    found = changes(await official_values(asked.store.reader))
    body = RegisterOut(
        notice=text("en", "register.lead"),
        values=[_out(entry, way) for entry, way in found],
    )
    return validated(request, JSONResponse(body.model_dump()))


@router.get(
    "/api/v1/register/change",
    tags=["register"],
    summary="Change between two years",
    response_model=ChangeOut,
    responses=responses(404, 409, 422),
)
async def register_change(
    request: Request,
    asked: Asked,
    index: Annotated[str, Query(max_length=40, examples=["sipas"])],
    whose: Annotated[str, Query(max_length=80, examples=["vn"])],
    since: Annotated[int, Query(ge=2000, le=2099)],
    until: Annotated[int, Query(ge=2000, le=2099)],
) -> Response:
    """The change of value and rank; 409 with the reason where nothing may be subtracted."""
    entries = await official_values(asked.store.reader)
    by_year = {each.year: each for each in entries if (each.index, each.whose) == (index, whose)}
    if since >= until or not {since, until} <= by_year.keys():
        raise refuse(HTTPStatus.NOT_FOUND, "no such two years, earlier first, in the register")
    way = change(by_year[since], by_year[until])
    if way.broken and way.rank is None:
        reason = f"{since} and {until} are not compared: {WHY[way.broken]}"
        raise refuse(HTTPStatus.CONFLICT, reason)
    return validated(request, JSONResponse(_change_out(way).model_dump()))


def _out(entry: Entry, way: Change | None) -> OfficialOut:
    return OfficialOut(
        year=entry.year,
        index=entry.index,
        whose=entry.whose,
        whose_en=entry.whose_en,
        value=None if entry.value is None else str(entry.value),
        rank=entry.rank,
        ranked=entry.ranked,
        instrument=entry.instrument or None,
        source=entry.source,
        source_en=entry.source_en,
        certainty=entry.certainty,
        change=_change_out(way) if way else None,
    )


def _change_out(way: Change) -> ChangeOut:
    value = None if way.value is None else str(way.value)
    return ChangeOut(since=way.since, rank=way.rank, value=value, broken=way.broken)


def _line(entry: Entry, way: Change | None, language: str) -> Line:
    own = language == LANGUAGES[0]
    index = "" if entry.index in ("sipas", "par", "par.own") else f"register.{entry.index}"
    whose = _known(language, "register.whose", entry.whose) or (
        entry.whose if own else entry.whose_en
    )
    rank = f"{entry.rank}/{entry.ranked}" if entry.ranked else str(entry.rank or "")
    return Line(
        " · ".join(filter(None, (text(language, index) if index else "", whose))),
        entry.year,
        _number("" if entry.value is None else str(entry.value), language),
        rank,
        _way(way, language) if way else "",
        _known(language, "register.form", entry.instrument) or entry.instrument,
        entry.source if own else entry.source_en,
        text(language, f"register.sure.{entry.certainty}"),
    )


def _way(way: Change, language: str) -> str:
    """The change in words: places, points, or why there is none."""
    said = []
    if way.rank == 0:
        said.append(text(language, "register.change.same", year=way.since))
    elif way.rank is not None:
        said.append(text(language, "register.change.rank", places=f"{way.rank:+d}", year=way.since))
    if way.value is not None:
        points = _number(f"{way.value:+}", language)
        said.append(text(language, "register.change.value", points=points, year=way.since))
    if not said and way.broken:
        said.append(text(language, f"register.break.{way.broken}", year=way.since))
    return "; ".join(said).replace("-", "−")


def _known(language: str, place: str, key: str) -> str:
    """The words for *key*, or nothing: names and forms that an operator adds have none."""
    return catalogue(language).get(f"{place}.{key}", "")


def _number(shown: str, language: str) -> str:
    return shown.replace(".", ",") if language == LANGUAGES[0] else shown
