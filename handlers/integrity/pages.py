"""What the pages of findings show."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import Request, Response

from handlers.dashboard.disputes import Doubted, doubted, rating_of
from handlers.documents.wording import local_time
from handlers.integrity.desk import APPEALING, DECIDING, Desk
from handlers.login import private
from handlers.pages import language_of, page
from handlers.public import period_text
from handlers.scores import Scores
from handlers.sentences import name_of
from sipas.findings import HEARD_WORKDAYS, Refusal, State
from sipas.integrity import Sign
from sipas.periods import half_month, month_of
from storage.directory import Counter
from storage.integrity import Finding, Whole


async def listed(request: Request, desk: Desk) -> Response:
    """All findings of one's units."""
    language, directory = language_of(request), desk.state.directory
    shown = page(
        request,
        "integrity/list.html",
        language,
        signed=desk.signed,
        findings=await desk.findings(),
        counters={each.code: each.name for each in directory.counters},
        units={each.code: name_of(each, language) for each in directory.units},
        days=lambda number: period_text(half_month(number)),
        signs=tuple(Sign),
    )
    return private(shown)


async def one(
    request: Request,
    desk: Desk,
    known: Whole,
    fault: Refusal | None = None,
    typed: str = "",
) -> Response:
    """One finding; *fault* says why nothing was done, *typed* is kept then."""
    language, finding = language_of(request), known.finding
    acts = desk.acts(finding)
    unit = desk.state.directory.unit(finding.unit)
    counter = desk.state.directory.counter(finding.counter)
    shown = page(
        request,
        "integrity/one.html",
        language,
        HTTPStatus.CONFLICT if fault else HTTPStatus.OK,
        signed=desk.signed,
        finding=finding,
        counter=counter.name if counter else finding.counter,
        unit=name_of(unit, language) if unit else finding.unit,
        days=period_text(half_month(finding.atom)),
        doubted=await _doubted(desk, finding, counter),
        done=known.done,
        local_time=local_time,
        appealing=[act for act in acts if act in APPEALING],
        deciding=[act for act in acts if act in DECIDING],
        heard=HEARD_WORKDAYS,
        early=finding.state is State.NAMED and desk.waited(finding) < HEARD_WORKDAYS,
        fault=fault,
        typed=typed,
    )
    return private(shown)


async def _doubted(desk: Desk, finding: Finding, counter: Counter | None) -> Doubted | None:
    """The counter's rating of that month beside what it can be without flagged answers.

    None as long as the days of the half-month are not among those that are shown.
    """
    unit, days = desk.state.directory.unit(finding.unit), half_month(finding.atom)
    if unit is None or counter is None:
        return None
    scores = Scores(desk.asked, desk.state, own=frozenset((unit.code,)))
    rating = rating_of(await scores.of_counter(unit, counter, month_of(days.first)))
    if rating is None:
        return None
    first, last = rating.first or days.first.isoformat(), rating.last or days.last.isoformat()
    whole = first <= days.first.isoformat() and last >= days.last.isoformat()
    return doubted(rating, finding.flagged) if whole else None
