"""The newsroom's pages: what it has asked, and released quotes to ask a unit about."""

from __future__ import annotations

import secrets
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Query, Request, Response

from handlers.login import at, private
from handlers.media.packs import told_in
from handlers.pages import language_of, on_to, page
from handlers.problems import page_or_problem, refuse, responses
from handlers.relays.desk import Desk, ask, move
from handlers.relays.told import told
from handlers.rights import Needs, Right, Signed
from handlers.sentences import name_of
from handlers.service import Service, service
from sipas.relays import DUE_LATEST, DUE_SOONEST, DUE_USUAL, Act
from storage import packs, relays
from storage.directory import Unit
from storage.packs import Pack
from storage.relays import Relay

router = APIRouter(prefix="/newsroom", tags=["staff"], default_response_class=Response)
Asked = Annotated[Service, Depends(service)]
Relaying = Annotated[Signed, Depends(Needs(Right.RELAY))]
Number = Annotated[int, Path(ge=1, lt=2**31)]
PACKS_MOST = 10
_SEEN = responses(401, 403, 404, 422)
_ACTING = {**_SEEN, **page_or_problem(409)}


@router.get("", summary="What a newsroom asked", responses=responses(401, 403))
async def newsroom(request: Request, asked: Asked, signed: Relaying) -> Response:
    """The relays of the editor's newsroom, units whose quotes may be asked about, its packs."""
    return await _home(request, Desk(asked, await asked.state(), signed))


@router.post("/link", summary="A new link to read packs early", responses=_ACTING)
async def link(request: Request, asked: Asked, signed: Relaying) -> Response:
    """The outlet's new link, shown once; the old one ends."""
    desk, number, secret = Desk(asked, await asked.state(), signed), signed.staff.outlet, ""
    if number is not None:
        secret = secrets.token_urlsafe(32)
        act = packs.Act(at(asked), signed.staff.name)
        if not await asked.store.write(packs.renew, number, secret, act):
            secret = ""
    return await _home(request, desk, secret, "" if secret else "outlet")


@router.get("/quotes", summary="Quotes to ask a unit about", responses=_SEEN)
async def quotes(
    request: Request, asked: Asked, signed: Relaying, unit: Annotated[str, Query(max_length=64)]
) -> Response:
    """The unit's released quotes that nobody has asked about, each with a form to send it."""
    desk = Desk(asked, await asked.state(), signed)
    return await _quotes(request, desk, _unit(desk, unit))


@router.post("/relays", summary="Ask a unit about a quote", responses=_ACTING)
async def ask_one(
    request: Request,
    asked: Asked,
    signed: Relaying,
    comment: Annotated[int, Form(ge=1, lt=2**31)],
    due: Annotated[str, Form(max_length=10)],
) -> Response:
    """Send the quote to its unit, to be answered by a day."""
    desk = Desk(asked, await asked.state(), signed)
    quote = await asked.store.look(relays.quote, comment)
    if quote is None or not desk.asks(quote.unit):
        raise refuse(HTTPStatus.NOT_FOUND, "no such quote for you")
    sent = await ask(desk, quote, due)
    if isinstance(sent, str):
        return await _quotes(request, desk, _unit(desk, quote.unit), sent)
    return on_to(f"/newsroom/relays/{sent}", language_of(request))


@router.get("/relays/{relay}", summary="What was asked", responses=_SEEN)
async def one(request: Request, asked: Asked, signed: Relaying, relay: Number) -> Response:
    """One question of one's newsroom, how long it waits, and its answer."""
    desk, known = await _found(asked, signed, relay)
    return _page(request, desk, known)


@router.post("/relays/{relay}", summary="Withdraw a question", responses=_ACTING)
async def withdraw(
    request: Request,
    asked: Asked,
    signed: Relaying,
    relay: Number,
    revision: Annotated[int, Form(ge=0, lt=2**31)],
) -> Response:
    """Ask no longer; an answer that is published stays."""
    desk, known = await _found(asked, signed, relay)
    if fault := await move(desk, known, Act.WITHDRAW, revision):
        return _page(request, desk, (await _found(asked, signed, relay))[1], fault)
    return on_to(f"/newsroom/relays/{relay}", language_of(request))


async def _home(request: Request, desk: Desk, secret: str = "", fault: str = "") -> Response:
    asked, language = desk.asked, language_of(request)
    outlet = await asked.store.look(packs.outlet, desk.signed.staff.outlet)
    shown = page(
        request,
        "relays/newsroom.html",
        language,
        HTTPStatus.CONFLICT if fault else HTTPStatus.OK,
        signed=desk.signed,
        rows=[told(asked, desk.state, each, language) for each in await desk.own()],
        units=[(each.code, name_of(each, language)) for each in _units(desk)],
        outlet=outlet,
        packs=await _packs(asked, language) if outlet else [],
        link=f"{asked.public_url}/early/{secret}/" if secret else "",
        fault=fault,
    )
    return private(shown)


async def _packs(asked: Service, language: str) -> list[tuple[Pack, str]]:
    """The newest weeks, those before their moment too, with their titles."""
    found = await asked.store.look(packs.packs)
    return [(each, told_in(each, language).title) for each in found[:PACKS_MOST]]


async def _found(asked: Service, signed: Signed, number: int) -> tuple[Desk, Relay]:
    """A relay of one's own newsroom; any other is 404, as if it were not there."""
    desk = Desk(asked, await asked.state(), signed)
    known = await asked.store.look(relays.relay, number)
    if known is None or not desk.sees(known):
        raise refuse(HTTPStatus.NOT_FOUND, "no such question for you")
    return desk, known


def _units(desk: Desk) -> list[Unit]:
    known = (each for each in desk.state.directory.units if each.published and desk.asks(each.code))
    return sorted(known, key=lambda each: each.sort_key)


def _unit(desk: Desk, code: str) -> Unit:
    unit = desk.state.directory.unit(code)
    if unit is None or not desk.asks(code):
        raise refuse(HTTPStatus.NOT_FOUND, f"no unit {code[:20]!r} for you")
    return unit


async def _quotes(request: Request, desk: Desk, unit: Unit, fault: str = "") -> Response:
    today = desk.asked.today()
    shown = page(
        request,
        "relays/quotes.html",
        language := language_of(request),
        HTTPStatus.CONFLICT if fault else HTTPStatus.OK,
        signed=desk.signed,
        unit=unit.code,
        name=name_of(unit, language),
        quotes=await desk.quotes(unit),
        soonest=today + DUE_SOONEST,
        usual=today + DUE_USUAL,
        latest=today + DUE_LATEST,
        fault=fault,
    )
    return private(shown)


def _page(request: Request, desk: Desk, relay: Relay, fault: str = "") -> Response:
    shown = page(
        request,
        "relays/asked.html",
        language := language_of(request),
        HTTPStatus.CONFLICT if fault else HTTPStatus.OK,
        signed=desk.signed,
        told=told(desk.asked, desk.state, relay, language),
        fault=fault,
    )
    return private(shown)
