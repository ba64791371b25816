"""The editor's pages: comments that may be quoted, by unit, and what can be done to each."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Query, Request, Response

from handlers.login import private
from handlers.pages import language_of, on_to, page
from handlers.problems import page_or_problem, refuse, responses
from handlers.rights import Needs, Right, Signed
from handlers.sentences import name_of
from handlers.service import Service, service
from handlers.voices.desk import SHOWN_MOST, Desk, Wish, digest, done
from handlers.voices.topics import TOPICS, labels
from sipas.quotes import Act, Reason, State, possible
from sipas.redaction import MASKS, pieces
from storage.voices import Voice

router = APIRouter(tags=["staff"], default_response_class=Response)
Asked = Annotated[Service, Depends(service)]
Editing = Annotated[Signed, Depends(Needs(Right.QUOTE))]
Number = Annotated[int, Path(ge=1, lt=2**31)]
STANDINGS = (State.WAITING, State.RELEASED, State.REFUSED)
_STANDING = "^(" + "|".join(STANDINGS) + ")$"
_ACT = "^(" + "|".join(Act) + ")$"
_TOPIC = "^(" + "|".join(TOPICS.names) + ")?$"
_REASON = "^(" + "|".join(Reason) + ")?$"


@router.get("/voices", summary="Comments to quote", responses=responses(401, 403, 404, 422))
async def all_voices(
    request: Request,
    asked: Asked,
    signed: Editing,
    unit: Annotated[str, Query(max_length=64)] = "",
    standing: Annotated[str, Query(pattern=_STANDING)] = State.WAITING,
    topic: Annotated[str, Query(pattern=_TOPIC)] = "",
    q: Annotated[str, Query(max_length=80)] = "",
) -> Response:
    """One's units, those first where comments wait; of a unit that is asked for, the comments."""
    desk = Desk(asked, await asked.state(), signed)
    if unit and not desk.is_mine(unit):
        raise refuse(HTTPStatus.NOT_FOUND, f"no unit {unit[:20]!r} for you")
    found = await desk.of_unit(unit, State(standing), topic) if unit else []
    counts = await desk.counts()
    named = [code for code in counts if desk.is_called(code, q)]
    shown = page(
        request,
        "voices/list.html",
        language := language_of(request),
        signed=signed,
        counts=counts,
        q=q,
        waiting=[code for code in named if counts[code][State.WAITING]],
        done=[code for code in named if not counts[code][State.WAITING]],
        names={each.code: name_of(each, language) for each in desk.state.directory.units},
        unit=unit,
        standing=standing,
        standings=STANDINGS,
        topic=topic,
        topics=labels(asked, language),
        found=found,
        most=SHOWN_MOST,
    )
    return private(shown)


@router.get("/voices/{comment}", summary="A comment", responses=responses(401, 403, 404, 422))
async def one(request: Request, asked: Asked, signed: Editing, comment: Number) -> Response:
    """One comment without personal data, word by word, and what can be done to it."""
    desk, voice = await _found(asked, signed, comment)
    return _page(request, desk, voice)


@router.post(
    "/voices/{comment}",
    summary="Mask more of a comment, release or refuse it",
    responses={**responses(401, 403, 404, 422), **page_or_problem(409)},
)
async def decide(
    request: Request,
    asked: Asked,
    signed: Editing,
    comment: Number,
    act: Annotated[str, Form(pattern=_ACT)],
    seen: Annotated[str, Form(max_length=16)] = "",
    piece: Annotated[list[int] | None, Form(max_length=5000)] = None,
    reason: Annotated[str, Form(pattern=_REASON)] = "",
) -> Response:
    """Do one act on the text that was seen, and go on to the next comment that waits."""
    desk, voice = await _found(asked, signed, comment)
    wish = Wish(Act(act), seen, frozenset(piece or ()), Reason(reason) if reason else None)
    if fault := await done(desk, voice, wish):
        return _page(request, desk, (await _found(asked, signed, comment))[1], fault)
    return on_to(await _next(desk, voice, wish.act), language_of(request))


async def _next(desk: Desk, voice: Voice, act: Act) -> str:
    if act is Act.MASK:
        return f"/voices/{voice.number}"
    waiting = await desk.of_unit(voice.unit, State.WAITING)
    return f"/voices/{waiting[0].number}" if waiting else f"/voices?unit={voice.unit}"


async def _found(asked: Service, signed: Signed, number: int) -> tuple[Desk, Voice]:
    """A comment that the editor may read; any other is 404, as if it were not there."""
    desk = Desk(asked, await asked.state(), signed)
    voice = await desk.voice(number)
    if voice is None:
        raise refuse(HTTPStatus.NOT_FOUND, "no such comment for you")
    return desk, voice


def _page(request: Request, desk: Desk, voice: Voice, fault: str = "") -> Response:
    unit = desk.state.directory.unit(voice.unit)
    shown = page(
        request,
        "voices/one.html",
        language := language_of(request),
        HTTPStatus.CONFLICT if fault else HTTPStatus.OK,
        signed=desk.signed,
        voice=voice,
        unit=name_of(unit, language) if unit else voice.unit,
        pieces=pieces(voice.text),
        masks=frozenset(MASKS.values()),
        acts=possible(voice.state),
        reasons=list(Reason),
        seen=digest(voice),
        fault=fault,
    )
    return private(shown)
