"""The page of a unit in a period, at an address that stays: what anybody may print and cite."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from handlers.api import period_of, published_unit, released_to
from handlers.breaks import reason
from handlers.comparing import Side, compared, refused
from handlers.coverage import coverage
from handlers.guard import validated
from handlers.media.articles import Writer, against
from handlers.media.editions import editions
from handlers.media.licence import LICENCE, citation
from handlers.pages import language_of, page
from handlers.problems import refuse, responses
from handlers.public import figure_parts, period_text
from handlers.scores import HEADLINES, Scores
from handlers.sentences import name_of, period_name
from handlers.service import Service, service
from handlers.voices.entries import QUOTES_MOST
from handlers.voices.quotes import Quotes, is_settled_quarter, released_quotes
from sipas.earlier import Against, earlier, later
from sipas.figures import Figure
from sipas.periods import Period
from storage.directory import Unit

router = APIRouter(tags=["pages"], default_response_class=Response)
Asked = Annotated[Service, Depends(service)]


@dataclass(frozen=True, slots=True)
class Change:
    """What may be said of a period and the same one a year earlier.

    Attributes:
        sentence: nothing where either is not shown.
        refused: changes of the unit in between, over which nothing is compared.
    """

    sentence: str = ""
    refused: tuple[str, ...] = ()


@router.get(
    "/units/{code}/{period}",
    summary="One unit in one period",
    responses=responses(400, 403, 404, 422),
)
async def period_page(
    code: str, period: Annotated[str, Path(max_length=24)], request: Request, asked: Asked
) -> Response:
    """Headline with interval and n, one plain sentence, five levels, factors, corrections."""
    language, state = language_of(request), await asked.state()
    unit, days = published_unit(state, code), begun(asked, period)
    name, scores = name_of(unit, language), Scores(asked, state)
    parts = figure_parts(asked, await scores.of_unit(unit, days), language)
    writer = Writer(asked, state, language, request.app.state.demo)
    shown = page(
        request,
        "media/period.html",
        language,
        name=name,
        unit_code=code,
        code=days.code,
        called=period_name(language, days),
        period=period_text(days),
        quotes=await _quotes(asked, unit, days),
        received=await scores.received(unit, days),
        released_to=released_to(state),
        coverage=await coverage(scores, unit, days),
        change=await _change(scores, Side(unit, days), parts["main"], language),
        around=around(days, asked),
        articles=[writer.article(each) for each in await editions(asked, state, code, days.code)],
        licence=LICENCE,
        site=asked.public_url,
        citation=citation(asked, language, name, days.code, f"/units/{code}/{days.code}"),
        **parts,
    )
    return validated(request, shown)


async def _quotes(asked: Service, unit: Unit, days: Period) -> Quotes | None:
    """Quotes are told by settled quarter and by nothing shorter, which would tell their day."""
    if not is_settled_quarter(days, asked.today()):
        return None
    return await released_quotes(asked, unit, days, QUOTES_MOST)


def begun(asked: Service, code: str) -> Period:
    """The period with this code.

    Raises:
        HTTPException: 400 for no period, 403 for one that needs a role, 404 before its first day.
    """
    found = period_of(asked, code)
    if found.first > asked.today():
        raise refuse(HTTPStatus.NOT_FOUND, f"{found.code} begins on {found.first}: nothing yet")
    return found


def around(period: Period, asked: Service) -> list[Period]:
    """The period before and the one after, where there are any."""
    before, after = earlier(period, Against.BEFORE), later(period, asked.today())
    return [each for each in (before, *after[-1:]) if each]


async def _change(scores: Scores, one: Side, main: Figure | None, language: str) -> Change:
    then = earlier(one.period, Against.YEAR)
    if main is None or main.part not in HEADLINES or then is None:
        return Change()
    other = Side(one.unit, then)
    if found := refused(scores, one, other):
        return Change(refused=tuple(reason(scores.state.directory, e, language) for e in found))
    same = (main.instrument, main.part)
    for row in await compared(scores, one, other):
        if (row.one.instrument, row.one.part) == same:
            return Change(against(row, one, other, language))
    return Change()
