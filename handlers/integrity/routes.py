"""Findings: those of one's units, each with its signs, the appeal and the decision."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Request, Response

from handlers.filings.routes import by, clean
from handlers.integrity import pages
from handlers.integrity.desk import APPEALING, DECIDING, Desk
from handlers.pages import language_of, on_to
from handlers.problems import page_or_problem, refuse, responses
from handlers.rights import Needs, Right, Signed
from handlers.service import Service, service
from sipas.findings import Act, Facts, Refusal
from storage import integrity
from storage.integrity import Whole

router = APIRouter(tags=["staff"], default_response_class=Response)
Asked = Annotated[Service, Depends(service)]
Seeing = Annotated[Signed, Depends(Needs(Right.SEE))]
Appealing = Annotated[Signed, Depends(Needs(Right.DRAFT))]
Deciding = Annotated[Signed, Depends(Needs(Right.FLAGS))]
Number = Annotated[int, Path(ge=1, lt=2**31)]
Words = Annotated[str, Form(max_length=10_000)]
_SEEN = responses(401, 403, 404, 422)
_ACTING = {**_SEEN, **page_or_problem(409)}


@router.get("/integrity", summary="Counters that were named", responses=responses(401, 403))
async def all_findings(request: Request, asked: Asked, signed: Seeing) -> Response:
    """Those of one's units, the newest first, and what the signs are."""
    return await pages.listed(request, Desk(asked, await asked.state(), signed))


@router.get("/integrity/{finding}", summary="A counter that was named", responses=_SEEN)
async def one(request: Request, asked: Asked, signed: Seeing, finding: Number) -> Response:
    """The signs, the rating with and without flagged answers, and what was done."""
    desk, known = await _found(asked, signed, finding)
    return await pages.one(request, desk, known)


@router.post("/integrity/{finding}/appeal", summary="Appeal", responses=_ACTING)
async def appeal(
    request: Request,
    asked: Asked,
    signed: Appealing,
    finding: Number,
    act: Annotated[str, Form(pattern="^(" + "|".join(APPEALING) + ")$")],
    words: Words = "",
) -> Response:
    """What the unit's staff have to say to it."""
    return await _do(request, asked, signed, finding, Act(act), words)


@router.post("/integrity/{finding}/decide", summary="Uphold or dismiss", responses=_ACTING)
async def decide(
    request: Request,
    asked: Asked,
    signed: Deciding,
    finding: Number,
    act: Annotated[str, Form(pattern="^(" + "|".join(DECIDING) + ")$")],
    words: Words = "",
) -> Response:
    """What inspection or Home Affairs decide, with the reason."""
    return await _do(request, asked, signed, finding, Act(act), words)


async def _do(
    request: Request, asked: Service, signed: Signed, number: int, act: Act, words: str
) -> Response:
    desk, known = await _found(asked, signed, number)
    if not desk.may(act, known.finding.unit):
        raise refuse(HTTPStatus.NOT_FOUND, "no such finding for you")
    facts = Facts(clean(words), desk.waited(known.finding))
    done = await asked.store.write(integrity.do, number, act, by(asked, signed), facts)
    if isinstance(done, Refusal):
        return await pages.one(request, desk, known, fault=done, typed=words)
    return on_to(f"/integrity/{number}", language_of(request))


async def _found(asked: Service, signed: Signed, number: int) -> tuple[Desk, Whole]:
    """A finding that the person may see; any other is 404, as if it were not there."""
    desk = Desk(asked, await asked.state(), signed)
    found = await asked.store.look(integrity.finding, number)
    if found is None or not desk.sees(found.finding.unit):
        raise refuse(HTTPStatus.NOT_FOUND, "no such finding for you")
    return desk, found
