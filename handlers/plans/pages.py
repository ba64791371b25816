"""The pages of plans: the desk, one plan, and the list of a unit's criteria."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from http import HTTPStatus

from fastapi import Request, Response

from handlers.breaks import reason
from handlers.documents.wording import local_time
from handlers.filings.figures import TOTAL
from handlers.filings.figures import name as figure_name
from handlers.login import private
from handlers.pages import language_of, page
from handlers.plans.desk import Desk
from handlers.plans.listing import Asked, Listing
from handlers.plans.told import counted, points_since, result, said, told
from handlers.public import period_text
from handlers.sentences import name_of, period_name, points
from sipas.declining import LOWEST, Declining, Sign
from sipas.earlier import Against
from sipas.figures import record
from sipas.periods import Period
from sipas.plans import Act, Entered, Refusal, Standing
from storage.directory import Unit
from storage.plan_rows import Call, Done, Plan

SHOWN_MOST = 200
_LISTS = (
    ("asks", frozenset({Sign.FELL, Sign.BEHIND, Sign.LOW})),
    ("lower", frozenset({Sign.LOWER})),
)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which plans are looked at; empty means all."""

    period: str = ""
    standing: str = ""
    unit: str = ""

    def keeps(self, plan: Plan, stands: Standing) -> bool:
        """Whether the plan is among those asked for."""
        asked = ((self.period, plan.period), (self.standing, stands), (self.unit, plan.unit))
        return all(not wanted or wanted == told for wanted, told in asked)


def list_page(
    request: Request,
    desk: Desk,
    calls: Sequence[Call],
    plans: Sequence[Plan],
    wanted: Filter,
    fault: str = "",
) -> Response:
    """The plans that are the person's to see, those first that wait for somebody."""
    language = language_of(request)
    seen = desk.seen(plans)
    rows = [each for each in seen if wanted.keeps(each, desk.stands(each))]
    waiting = [each for each in seen if desk.waits(each)]
    of_period = [desk.stands(each) for each in seen if wanted.period in ("", each.period)]
    shown = page(
        request,
        "plans/list.html",
        language,
        HTTPStatus.CONFLICT if fault else HTTPStatus.OK,
        signed=desk.signed,
        calls=calls,
        offered=desk.offered(calls) if desk.calls else [],
        named=partial(period_name, language),
        may_call=desk.calls,
        againsts=tuple(Against),
        lowest=LOWEST,
        today=desk.asked.today().isoformat(),
        wanted=wanted,
        fault=fault,
        counts=counted(of_period),
        waiting=[told(desk.asked, desk.state, each, language) for each in waiting[:20]],
        waiting_more=max(0, len(waiting) - 20),
        rows=[told(desk.asked, desk.state, each, language) for each in rows[:SHOWN_MOST]],
        rows_more=max(0, len(rows) - SHOWN_MOST),
    )
    return private(shown)


async def one_page(
    request: Request,
    desk: Desk,
    plan: Plan,
    acts: Sequence[Done],
    faults: Sequence[Refusal | str] = (),
    typed: Entered | None = None,
) -> Response:
    """One plan; *faults* say why nothing was done, *typed* is kept where it could not be saved."""
    language = language_of(request)
    may = desk.acts(plan)
    found = await result(desk.asked, desk.state, plan)
    shown = page(
        request,
        "plans/one.html",
        language,
        HTTPStatus.CONFLICT if faults else HTTPStatus.OK,
        signed=desk.signed,
        told=told(desk.asked, desk.state, plan, language),
        plan=plan,
        entered=asdict(typed or plan.entered),
        faults=faults,
        may_write=Act.WRITE in may,
        saying=[act for act in may if act in (Act.NOTE, Act.FINISH)],
        deciding=[act for act in may if act in (Act.VERIFY, Act.RETURN)],
        acts=acts[::-1],
        result=await points_since(desk.asked, plan, language) or said(found, language),
        after=found and {"suppressed": False, **record(found.after)},
        figures=_figures(plan),
        local_time=local_time,
        today=desk.asked.today().isoformat(),
    )
    return private(shown)


def _figures(plan: Plan) -> list[tuple[str, Mapping[str, object]]]:
    """The figures of the time when it was listed, with what records leave out."""
    found = ((key, plan.listed[key]) for key in ("before", "now"))
    return [(key, {"suppressed": False, **told}) for key, told in found if isinstance(told, dict)]


def declining_page(
    request: Request, desk: Desk, of: Listing, wanted: Asked, periods: Sequence[Period]
) -> Response:
    """A unit's criteria in two lists: those that ask for a plan, and those that may be chance."""
    language, before = language_of(request), wanted.before
    shown = page(
        request,
        "plans/declining.html",
        language,
        signed=desk.signed,
        unit=of.unit,
        unit_name=name_of(of.unit, language),
        units=[(each.code, name_of(each, language)) for each in _mine(desk)],
        period=wanted.period,
        days=period_text(wanted.period),
        named=partial(period_name, language),
        periods=periods,
        before=before and (before.code, period_text(before)),
        against=wanted.against,
        againsts=tuple(Against),
        lowest=wanted.lowest,
        broken=[reason(desk.directory, each, language) for each in of.broken],
        lists=[
            (key, [_row(desk, each, language) for each in of.found if signs & {*each.signs}])
            for key, signs in _LISTS
        ],
    )
    return private(shown)


def _row(desk: Desk, found: Declining, language: str) -> dict[str, object]:
    told_of = {"by": TOTAL, **record(found.figure)}
    pair = found.pair
    return {
        "name": figure_name(desk.asked, desk.state, told_of, language=language),
        "figure": found.figure,
        "pair": pair,
        "points": points(pair.difference.value, language) if pair else "",
        "interval": [points(each, language) for each in (pair.difference.low, pair.difference.high)]
        if pair
        else [],
        "signs": found.signs,
    }


def _mine(desk: Desk) -> list[Unit]:
    units = desk.signed.units(desk.directory)
    found = (each for each in desk.directory.units if each.code in units and not each.valid_to)
    return sorted(found, key=lambda each: each.sort_key)
