"""Plans and declining criteria as JSON, for people who are signed in: nothing here is public."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from handlers.breaks import record as told_break
from handlers.login import private
from handlers.messages import LANGUAGES
from handlers.plans import routes
from handlers.plans.desk import Desk
from handlers.plans.listing import Asked as Listed
from handlers.plans.listing import behind_of, kept, listing
from handlers.plans.told import change, criterion_name
from handlers.problems import responses
from handlers.rights import Needs, Right, Signed
from handlers.service import Service, service
from sipas.declining import LOWEST, criterion
from sipas.earlier import Against
from storage import plans
from storage.plan_rows import Plan

router = APIRouter(prefix="/api/v1", tags=["staff"])
Asked = Annotated[Service, Depends(service)]
Seeing = Annotated[Signed, Depends(Needs(Right.SEE))]


class CriterionOut(BaseModel):
    """A criterion with its signs; both figures are the ones that were compared."""

    criterion: str = Field(description="instrument|part|key", examples=["short.1|factor|f_staff"])
    signs: list[str] = Field(description="fell, behind, low; or lower: not enough evidence")
    asks: bool = Field(description="whether a plan is asked for")
    now: dict[str, Any]
    before: dict[str, Any] | None
    difference: dict[str, Any] | None = Field(description="now - before with its 99 % interval")


class DecliningOut(BaseModel):
    """A unit's list; where *refused* is not empty nothing was compared."""

    unit: str
    period: str
    before: str | None
    criteria: list[CriterionOut]
    refused: list[dict[str, Any]]


class PlanOut(BaseModel):
    """A plan as it stands today."""

    plan: int
    unit: str
    kind: str = Field(description="figure: our own index; scorecard: PAR INDEX")
    period: str
    criterion: str
    name: dict[str, str]
    signs: list[str]
    change: dict[str, str]
    state: str
    standing: str = Field(description="missing and overdue are told by the day")
    due: str = Field(description="until when it is to be entered")
    causes: str
    measures: str
    deadline: str
    post: str
    entered_on: str | None
    done_on: str | None


class PlansOut(BaseModel):
    """The plans of one's units, the most urgent first."""

    plans: list[PlanOut]


@router.get(
    "/declining",
    summary="A unit's declining criteria",
    response_model=DecliningOut,
    responses=responses(401, 403, 404, 422),
)
async def declining(
    asked: Asked,
    signed: Seeing,
    unit: routes.Code = "",
    period: routes.Code = "",
    against: Against = Against.YEAR,
    lowest: routes.Lowest = LOWEST,
) -> Response:
    """What has clearly fallen, is behind or stays low, and what may be chance (role)."""
    desk = Desk(asked, await asked.state(), signed)
    wanted = Listed(routes.period_asked(desk, period), against, lowest)
    chosen = routes.chosen_unit(desk, unit)
    behind = await behind_of(asked, desk.state, wanted.period, {chosen.kind})
    found = await listing(asked, desk.state, chosen, wanted, behind)
    body = DecliningOut(
        unit=chosen.code,
        period=wanted.period.code,
        before=wanted.before and wanted.before.code,
        criteria=[
            CriterionOut(
                criterion="|".join(criterion(each.figure)),
                asks=each.asks,
                **kept(each, found.release),
            )
            for each in found.found
        ],
        refused=[told_break(desk.directory, each) for each in found.broken],
    )
    return private(JSONResponse(body.model_dump()))


@router.get(
    "/plans",
    summary="Corrective plans",
    response_model=PlansOut,
    responses=responses(401, 403, 422),
)
async def all_plans(
    asked: Asked, signed: Seeing, period: routes.Code = "", unit: routes.Code = ""
) -> Response:
    """The plans of one's units with their standing today (role)."""
    desk = Desk(asked, await asked.state(), signed)
    known = desk.seen(await asked.store.look(plans.plans, unit))
    rows = [_out(desk, each) for each in known if period in ("", each.period)]
    return private(JSONResponse(PlansOut(plans=rows).model_dump()))


def _out(desk: Desk, plan: Plan) -> PlanOut:
    return PlanOut(
        plan=plan.plan_id,
        unit=plan.unit,
        kind=plan.kind,
        period=plan.period,
        criterion=plan.criterion,
        name={each: criterion_name(desk.asked, desk.state, plan, each) for each in LANGUAGES},
        signs=plan.listed["signs"],
        change={each: change(plan.listed, each) for each in LANGUAGES},
        state=plan.state,
        standing=desk.stands(plan),
        due=plan.due,
        causes=plan.entered.causes,
        measures=plan.entered.measures,
        deadline=plan.entered.deadline,
        post=plan.entered.post,
        entered_on=plan.entered_on,
        done_on=plan.done_on,
    )
