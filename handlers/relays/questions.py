"""The unit's pages: what newsrooms ask about it, the answer in draft, and its publication."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, Form, Path, Query, Request, Response

from handlers.filings.routes import clean
from handlers.login import private
from handlers.pages import language_of, on_to, page
from handlers.problems import page_or_problem, refuse, responses
from handlers.relays.desk import Desk, move
from handlers.relays.told import told
from handlers.rights import Needs, Right, Signed
from handlers.service import Service, service
from sipas.relays import Act, Outcome
from storage import relays
from storage.relays import Relay

router = APIRouter(prefix="/questions", tags=["staff"], default_response_class=Response)
Asked = Annotated[Service, Depends(service)]
Seeing = Annotated[Signed, Depends(Needs(Right.SEE))]
Drafting = Annotated[Signed, Depends(Needs(Right.DRAFT))]
Answering = Annotated[Signed, Depends(Needs(Right.ANSWER))]
Number = Annotated[int, Path(ge=1, lt=2**31)]
Revision = Annotated[int, Form(ge=0, lt=2**31)]
WORDS_MOST = 2_000
_OUTCOME = "^(" + "|".join(Outcome) + ")?$"
_SEEN = responses(401, 403, 404, 422)
_ACTING = {**_SEEN, **page_or_problem(409)}


@router.get("", summary="What newsrooms ask one's units", responses=_SEEN)
async def questions(
    request: Request,
    asked: Asked,
    signed: Seeing,
    unit: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """Questions about one's units or one of them, those that wait for an answer first."""
    desk, language = Desk(asked, await asked.state(), signed), language_of(request)
    if unit:
        signed.require(desk.state.directory, unit)
    rows = [told(asked, desk.state, each, language) for each in await desk.about(unit)]
    rows.sort(key=lambda each: (not each.is_open, each.relay.due if each.is_open else ""))
    return private(page(request, "relays/questions.html", language, signed=signed, rows=rows))


@router.get("/{relay}", summary="A question to a unit", responses=_SEEN)
async def one(request: Request, asked: Asked, signed: Seeing, relay: Number) -> Response:
    """The quote, by when an answer is asked for, and the answer as far as it is written."""
    desk, known = await _found(asked, signed, relay)
    return _page(request, desk, known)


class Said(NamedTuple):
    """What the form of an answer brings."""

    revision: int
    words: str
    outcome: str


def _said(
    revision: Revision,
    words: Annotated[str, Form(max_length=WORDS_MOST)] = "",
    outcome: Annotated[str, Form(pattern=_OUTCOME)] = "",
) -> Said:
    return Said(revision, clean(words), outcome)


Saying = Annotated[Said, Depends(_said)]


@router.post("/{relay}/draft", summary="Write an answer", responses=_ACTING)
async def write(
    request: Request, asked: Asked, signed: Drafting, relay: Number, said: Saying
) -> Response:
    """Save the answer; what somebody else saved in between is not overwritten."""
    return await _say(request, await _mine(asked, signed, relay), Act.WRITE, said)


@router.post("/{relay}/publish", summary="Publish an answer", responses=_ACTING)
async def publish(
    request: Request, asked: Asked, signed: Answering, relay: Number, revision: Revision
) -> Response:
    """Approve the answer that was read, for everybody."""
    desk, known = await _mine(asked, signed, relay)
    if fault := await move(desk, known, Act.PUBLISH, revision):
        return _page(request, desk, (await _found(asked, signed, relay))[1], fault)
    return _back(request, relay)


@router.post("/{relay}/correct", summary="Put a published answer right", responses=_ACTING)
async def correct(
    request: Request, asked: Asked, signed: Answering, relay: Number, said: Saying
) -> Response:
    """Publish another wording at once; what it said before stays to be read."""
    return await _say(request, await _mine(asked, signed, relay), Act.CORRECT, said)


async def _say(request: Request, mine: tuple[Desk, Relay], act: Act, said: Said) -> Response:
    desk, known = mine
    if fault := await move(desk, known, act, said.revision, said.words, said.outcome):
        return _page(request, desk, known, fault, (said.words, said.outcome))
    return _back(request, known.relay_id)


async def _found(asked: Service, signed: Signed, number: int) -> tuple[Desk, Relay]:
    """A question about one's unit; any other is 404, as if it were not there."""
    desk = Desk(asked, await asked.state(), signed)
    known = await asked.store.look(relays.relay, number)
    if known is None or not desk.reads(known):
        raise _not_there()
    return desk, known


async def _mine(asked: Service, signed: Signed, number: int) -> tuple[Desk, Relay]:
    """One that the right of this route holds for; otherwise likewise."""
    desk, known = await _found(asked, signed, number)
    if not signed.covers(desk.state.directory, signed.right, (known.unit,)):
        raise _not_there()
    return desk, known


def _not_there() -> Exception:
    return refuse(HTTPStatus.NOT_FOUND, "no such question for you")


def _page(
    request: Request,
    desk: Desk,
    relay: Relay,
    fault: str = "",
    typed: tuple[str, str] | None = None,
) -> Response:
    words, outcome = typed or (relay.words, relay.outcome)
    shown = page(
        request,
        "relays/question.html",
        language := language_of(request),
        HTTPStatus.CONFLICT if fault else HTTPStatus.OK,
        signed=desk.signed,
        told=told(desk.asked, desk.state, relay, language),
        words=words,
        outcome=outcome,
        outcomes=tuple(Outcome),
        most=WORDS_MOST,
        may_write=desk.may(Right.DRAFT, relay),
        may_publish=desk.may(Right.ANSWER, relay),
        may_correct=desk.may_correct(relay),
        fault=fault,
    )
    return private(shown)


def _back(request: Request, number: int) -> Response:
    return on_to(f"/questions/{number}", language_of(request))
