"""The nation for everybody: provinces with n and interval, the way down to units, and refusals."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from handlers.counted import FORMULA
from handlers.guard import validated
from handlers.log.hashes import grouped
from handlers.messages import LANGUAGES
from handlers.nation import shown
from handlers.nation.shown import Asked, Heard, Line
from handlers.pages import language_of, page
from handlers.problems import refuse, responses
from handlers.public import period_text
from handlers.sentences import groups
from handlers.service import Service, service
from handlers.times import told_at
from sipas.figures import record
from sipas.periods import PeriodError
from storage import nation
from storage.nation import Place, Refused

api = APIRouter(prefix="/api/v1/nation", tags=["nation"])
pages = APIRouter(prefix="/nation", tags=["pages"], default_response_class=Response)
Served = Annotated[Service, Depends(service)]
PeriodCode = Annotated[str, Query(max_length=24, examples=["2026-Q4"])]
Questionnaire = Annotated[str, Query(max_length=64, examples=["short.1"])]
Code = Annotated[str, Path(max_length=64)]


class LineOut(BaseModel):
    """A province or unit; without a figure where its province shows none."""

    code: str
    kind: str
    name: str
    name_en: str
    figure: dict[str, Any] | None
    best: int | None = Field(description="its true rank is between best and worst, in 95 %")
    worst: int | None
    group: str | None = Field(description="higher, lower or unclear: against all others together")


class ProvinceOut(LineOut):
    """A province, with how far what is known of it can be trusted to be the newest."""

    address: str
    root: int | None = Field(description="number of the root that its figures are sealed under")
    day: str | None = Field(description="day of that root")
    heard_at: str | None = Field(description="when it was last heard")
    stale: bool = Field(description="not heard for 36 hours, or never")
    refused: str | None = Field(description="why what came last was refused; figures are older")


class RefusalOut(BaseModel):
    """An aggregate that was refused, and how often it came."""

    province: str
    reason: str
    sha256: str
    first_at: str
    last_at: str
    times: int


class AskedOut(BaseModel):
    """What was asked, and what else can be."""

    period: str
    instrument: str
    formula: str
    periods: list[str]
    instruments: list[str]


class NationOut(AskedOut):
    """All provinces of the centre."""

    nation: dict[str, Any] | None = Field(description="of all provinces that show a figure")
    provinces: list[ProvinceOut]
    refusals: list[RefusalOut]


class OneOut(AskedOut):
    """One province with its units."""

    province: ProvinceOut
    units: list[LineOut]


@api.get("", summary="The nation", response_model=NationOut, responses=responses(400, 422))
async def whole(
    request: Request, served: Served, period: PeriodCode = "", instrument: Questionnaire = ""
) -> Response:
    """Every province with its overall rating, and all of them together: counts added, then scored.

    A centre without provinces has an empty list.
    """
    asked = await _asked(served, period, instrument)
    known = await shown.provinces(served)
    figure, lines = await shown.of_nation(served, asked, known)
    heard = {each.province.code: each for each in known}
    body = NationOut(
        **_told(asked),
        nation=figure and record(figure),
        provinces=[_province(line, heard[line.place.code]) for line in lines],
        refusals=[_refusal(each) for each in await nation.refusals(served.store.reader)],
    )
    return validated(request, JSONResponse(body.model_dump()))


@api.get(
    "/{province}",
    summary="A province with its units",
    response_model=OneOut,
    responses=responses(400, 404, 422),
)
async def one(
    request: Request,
    served: Served,
    province: Code,
    period: PeriodCode = "",
    instrument: Questionnaire = "",
) -> Response:
    """The published units of a province; communes are ranked among each other."""
    asked = await _asked(served, period, instrument)
    heard = await _heard(served, province)
    own, communes, others = await shown.of_province(served, asked, heard.province)
    body = OneOut(
        **_told(asked),
        province=_province(own, heard),
        units=[LineOut.model_validate(_line(each)) for each in (*communes, *others)],
    )
    return validated(request, JSONResponse(body.model_dump()))


@pages.get("", summary="The nation", responses=responses(400, 422))
async def nation_page(
    request: Request, served: Served, period: PeriodCode = "", instrument: Questionnaire = ""
) -> Response:
    """Provinces in three groups with n and interval, who was not heard, and what was refused."""
    asked = await _asked(served, period, instrument)
    known = await shown.provinces(served)
    figure, lines = await shown.of_nation(served, asked, known)
    return _page(
        request,
        "nation/nation.html",
        asked,
        figure=figure,
        groups=_grouped(lines),
        among=len(lines),
        told=_many(lines),
        heard={each.province.code: each for each in known},
        grouped=grouped,
        refusals=await nation.refusals(served.store.reader),
    )


@pages.get("/{province}", summary="A province with its units", responses=responses(400, 404, 422))
async def province_page(
    request: Request,
    served: Served,
    province: Code,
    period: PeriodCode = "",
    instrument: Questionnaire = "",
) -> Response:
    """The published units of a province, with the way to its own pages."""
    asked = await _asked(served, period, instrument)
    heard = await _heard(served, province)
    own, communes, others = await shown.of_province(served, asked, heard.province)
    return _page(
        request,
        "nation/province.html",
        asked,
        own=own,
        figure=own.figure,
        groups=_grouped(communes),
        told=_many(communes),
        others=others,
        heard={own.place.code: heard},
    )


def _page(request: Request, template: str, asked: Asked, **variables: Any) -> Response:
    language = language_of(request)
    made = page(
        request,
        template,
        language,
        asked=asked,
        days=period_text(asked.period),
        name_of=lambda place: _name(place, language),
        told_at=told_at,
        **variables,
    )
    return validated(request, made)


async def _asked(served: Service, period: str, instrument: str) -> Asked:
    try:
        return await shown.asked_for(served, period, instrument)
    except PeriodError as wrong:
        raise refuse(HTTPStatus.BAD_REQUEST, f"period: {wrong}") from wrong


async def _heard(served: Service, code: str) -> Heard:
    known = await shown.provinces(served)
    found = next((each for each in known if each.province.code == code), None)
    if found is None:
        raise refuse(HTTPStatus.NOT_FOUND, f"this centre has no province {code[:20]!r}")
    return found


def _many(lines: list[Line]) -> int:
    """How many show a figure."""
    return sum(line.figure is not None for line in lines)


def _grouped(lines: list[Line]) -> list[tuple[str, list[Line]]]:
    """The three groups with their lines, then those that are not ranked."""
    ranked = [
        (group.value, [each for each in lines if each.rank and each.rank.group is group])
        for group in groups()
    ]
    unranked = [each for each in lines if each.rank is None]
    return [each for each in (*ranked, ("unranked", unranked)) if each[1]]


def _name(place: Place | Refused, language: str) -> str:
    """What a place is called; by its code as long as nobody has told its name."""
    own = place.name if language == LANGUAGES[0] else place.name_en or place.name
    return own or (place.code if isinstance(place, Place) else place.province)


def _told(asked: Asked) -> dict[str, Any]:
    return {
        "period": asked.period.code,
        "instrument": asked.instrument,
        "formula": FORMULA,
        "periods": asked.periods,
        "instruments": asked.instruments,
    }


def _line(line: Line) -> dict[str, Any]:
    rank = line.rank
    return {
        **line.place._asdict(),
        "figure": line.figure and record(line.figure),
        "best": rank and rank.best,
        "worst": rank and rank.worst,
        "group": rank and str(rank.group),
    }


def _province(line: Line, heard: Heard) -> ProvinceOut:
    known = heard.province
    return ProvinceOut(
        **_line(line),
        address=known.address,
        root=known.root and known.root.number,
        day=known.root and known.root.day,
        heard_at=known.heard_at,
        stale=heard.stale,
        refused=heard.refused or None,
    )


def _refusal(each: Refused) -> RefusalOut:
    return RefusalOut(
        province=each.province,
        reason=each.reason,
        sha256=each.digest.hex(),
        first_at=each.first_at,
        last_at=each.last_at,
        times=each.times,
    )
