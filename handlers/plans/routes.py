"""Plans: what waits for whom, each plan with what may be done to it, and the call for plans.

Plain forms; every act is checked against the person's roles and units and then by the table of
states, in the transaction that does it.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Query, Request, Response

from handlers.filings.routes import by, clean
from handlers.pages import language_of, on_to
from handlers.plans import pages
from handlers.plans.calling import Wanted, call
from handlers.plans.desk import DECIDING, DRAFTING, Desk, units_in
from handlers.plans.listing import Asked as Listed
from handlers.plans.listing import behind_of, listing
from handlers.problems import page_or_problem, refuse, responses
from handlers.rights import Needs, Right, Signed
from handlers.service import Service, service
from sipas.declining import LOWEST
from sipas.earlier import Against
from sipas.periods import Period, PeriodError, parse_period
from sipas.plans import Act, Entered, Refusal, State, faults
from storage import plans
from storage.directory import Unit
from storage.plan_rows import FIGURE, SCORECARD, Plan

router = APIRouter(tags=["staff"], default_response_class=Response)
Asked = Annotated[Service, Depends(service)]
Seeing = Annotated[Signed, Depends(Needs(Right.SEE))]
Drafting = Annotated[Signed, Depends(Needs(Right.DRAFT))]
Deciding = Annotated[Signed, Depends(Needs(Right.DECIDE))]
Calling = Annotated[Signed, Depends(Needs(Right.DECIDE, everywhere=True))]
Number = Annotated[int, Path(ge=1, lt=2**31)]
Code = Annotated[str, Query(max_length=64)]
Words = Annotated[str, Form(max_length=10_000)]
Line = Annotated[str, Form(max_length=200)]
Lowest = Annotated[int, Query(ge=0, le=5)]
_SEEN = responses(401, 403, 404, 422)
_ACTING = {**_SEEN, **page_or_problem(409)}
_DRAFTING = "^(" + "|".join(DRAFTING) + ")$"
_DECIDING = "^(" + "|".join(DECIDING) + ")$"


@router.get("/plans", summary="Corrective plans", responses=responses(401, 403, 422))
async def all_plans(
    request: Request,
    asked: Asked,
    signed: Seeing,
    period: Code = "",
    standing: Code = "",
    unit: Code = "",
) -> Response:
    """The plans of one's units, what waits for the reader, and the calls with their days."""
    desk = Desk(asked, await asked.state(), signed)
    wanted = pages.Filter(period, standing, unit)
    return await _list(request, desk, wanted)


@router.post("/plans/calls", summary="Call for plans", responses=_ACTING)
async def call_for(
    request: Request,
    asked: Asked,
    signed: Calling,
    period: Annotated[str, Form(max_length=24)],
    due: Annotated[str, Form(max_length=10)],
    kind: Annotated[str, Form(pattern=f"^({FIGURE}|{SCORECARD})$")] = FIGURE,
    against: Annotated[Against, Form()] = Against.YEAR,
    lowest: Annotated[int, Form(ge=0, le=5)] = LOWEST,
) -> Response:
    """List what has fallen or stays low in every unit, or move the day of an earlier call."""
    desk = Desk(asked, await asked.state(), signed)
    wanted = Wanted(kind, period, due, against, lowest)
    units = units_in(desk.directory)
    made = await call(asked, desk.state, wanted, units, by(asked, signed))
    if isinstance(made, str):
        return await _list(request, desk, pages.Filter(), made)
    return on_to(f"/plans?period={period}", language_of(request))


@router.get("/plans/declining", summary="A unit's declining criteria", responses=_SEEN)
async def declining(
    request: Request,
    asked: Asked,
    signed: Seeing,
    unit: Code = "",
    period: Code = "",
    against: Against = Against.YEAR,
    lowest: Lowest = LOWEST,
) -> Response:
    """What has clearly fallen, is behind or stays low, and apart from it what may be chance."""
    desk = Desk(asked, await asked.state(), signed)
    wanted = Listed(period_asked(desk, period), against, lowest)
    chosen = chosen_unit(desk, unit)
    behind = await behind_of(asked, desk.state, wanted.period, {chosen.kind})
    found = await listing(asked, desk.state, chosen, wanted, behind)
    return pages.declining_page(request, desk, found, wanted, desk.offered(()))


@router.get("/plans/{plan}", summary="One plan", responses=_SEEN)
async def one(request: Request, asked: Asked, signed: Seeing, plan: Number) -> Response:
    """The criterion with its figures, what the unit entered, and what was done."""
    desk, known = await _found(asked, signed, plan)
    return await _page(request, desk, known)


@router.post("/plans/{plan}/draft", summary="Enter, note or finish a plan", responses=_ACTING)
async def draft(
    request: Request,
    asked: Asked,
    signed: Drafting,
    plan: Number,
    act: Annotated[str, Form(pattern=_DRAFTING)],
    revision: Annotated[int, Form(ge=0, lt=2**62)] = 0,
    causes: Words = "",
    measures: Words = "",
    deadline: Annotated[str, Form(max_length=10)] = "",
    post: Line = "",
    note: Words = "",
) -> Response:
    """What the unit does: enter causes, measures, deadline and post; note progress; finish."""
    desk, known = await _found(asked, signed, plan)
    if not desk.writes(known.unit):
        raise _not_there()
    if act != Act.WRITE:
        return await _done(request, desk, known, Act(act), clean(note))
    typed = Entered(clean(causes), clean(measures), deadline.strip(), clean(post))
    if wrong := faults(typed, asked.today()):
        return await _page(request, desk, known, wrong, typed)
    return await _done(request, desk, known, Act.WRITE, "", typed, revision)


@router.post("/plans/{plan}/decide", summary="Verify or return a plan", responses=_ACTING)
async def decide(
    request: Request,
    asked: Asked,
    signed: Deciding,
    plan: Number,
    act: Annotated[str, Form(pattern=_DECIDING)],
    note: Words = "",
) -> Response:
    """Verify what was reported as done, or return the plan with a reason."""
    desk, known = await _found(asked, signed, plan)
    if not desk.decides(known.unit):
        raise _not_there()
    return await _done(request, desk, known, Act(act), clean(note))


def chosen_unit(desk: Desk, code: str) -> Unit:
    """The unit asked for, or the highest of one's own; others are not there for the reader."""
    mine = [grant.unit for grant in desk.signed.staff.grants]
    known = (desk.directory.unit(each) for each in ([code] if code else mine))
    found = next((unit for unit in known if unit and desk.sees(unit.code)), None)
    if found is None:
        raise _not_there()
    return found


def period_asked(desk: Desk, code: str) -> Period:
    """The period asked for, else the quarter that was settled last."""
    if not code:
        return desk.offered(())[0]
    try:
        return parse_period(code)
    except PeriodError as wrong:
        raise refuse(HTTPStatus.UNPROCESSABLE_ENTITY, f"period: {wrong}") from wrong


async def _list(request: Request, desk: Desk, wanted: pages.Filter, fault: str = "") -> Response:
    calls = await desk.asked.store.look(plans.calls)
    known = await desk.asked.store.look(plans.plans)
    return pages.list_page(request, desk, calls, known, wanted, fault)


async def _found(asked: Service, signed: Signed, number: int) -> tuple[Desk, Plan]:
    """A plan that the person may see; any other is 404, as if it were not there."""
    desk = Desk(asked, await asked.state(), signed)
    known = await asked.store.look(plans.plan, number)
    if known is None or not desk.sees(known.unit):
        raise _not_there()
    return desk, known


async def _done(
    request: Request,
    desk: Desk,
    known: Plan,
    act: Act,
    words: str,
    entered: Entered | None = None,
    revision: int | None = None,
) -> Response:
    """Do the act; what the table refuses is told on the plan's page, with what was typed."""
    who = by(desk.asked, desk.signed)
    number = known.plan_id
    after = await desk.asked.store.write(plans.move, number, act, who, words, entered, revision)
    if isinstance(after, State):
        return on_to(f"/plans/{number}", language_of(request))
    return await _page(request, desk, known, ("stale" if after is None else after,), entered)


async def _page(
    request: Request,
    desk: Desk,
    known: Plan,
    wrong: tuple[Refusal | str, ...] = (),
    typed: Entered | None = None,
) -> Response:
    acts = await desk.asked.store.look(plans.acts, known.plan_id)
    return await pages.one_page(request, desk, known, acts, wrong, typed)


def _not_there() -> Exception:
    return refuse(HTTPStatus.NOT_FOUND, "no such plan for you")
