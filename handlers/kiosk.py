"""A tablet at a counter: the survey for one person after the other, from an enrolled device."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from handlers.chat import ChatReply, ChatUpdate, apply, happenings_of, place_of, rendered, reply
from handlers.devices import Asked, known_device, no_device
from handlers.inbound import Start
from handlers.messages import LANGUAGES, text
from handlers.pages import page
from handlers.problems import refuse, responses
from handlers.rendering import Message
from handlers.screens import Shown
from handlers.service import Service
from sipas.events import ANY_TAG, Moment
from sipas.flow import begin
from sipas.session import Place, Stratum
from storage.devices import KIOSK, Device

router = APIRouter(tags=["kiosk"])


@dataclass(frozen=True, slots=True)
class First:
    """The first screen in one language, with that language's words and the other's code."""

    language: str
    other: str
    t: Callable[..., str]
    message: Message
    audio: str


async def kiosk(device: Annotated[Device, Depends(known_device)], asked: Asked) -> Place:
    """The open counter at which the device stands (a FastAPI dependency)."""
    place = place_of(await asked.state(), device.counter, asked.today())
    if place is None or device.purpose != KIOSK:
        raise no_device()
    return place


Here = Annotated[Place, Depends(kiosk)]


@router.get(
    "/kiosk",
    summary="Rate the counter at which the tablet stands",
    response_class=Response,
    responses=responses(403, 422),
)
async def kiosk_page(request: Request, asked: Asked, place: Here) -> Response:
    """The first question, large, in every language; no cache keeps what was answered."""
    answer = page(
        request,
        "kiosk.html",
        LANGUAGES[0],
        counter={"code": place.counter, "name": place.name, "unit": place.unit},
        screens=[_first(asked, place, language) for language in LANGUAGES],
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _first(asked: Service, place: Place, language: str) -> First:
    moment = Moment(0, ANY_TAG, "")
    started = begin(asked.survey.instruments, language, place, Stratum.KIOSK, moment)
    shown = Shown(language, place.instrument, started.screen)
    other = next(each for each in LANGUAGES if each != language)
    words = partial(text, language)
    return First(language, other, words, rendered(asked, shown), asked.heard(language))


@router.post(
    "/api/v1/kiosk",
    summary="One update of somebody at the tablet",
    responses=responses(400, 403, 413, 422, 429, 503),
)
async def kiosk_update(
    update: ChatUpdate, request: Request, asked: Asked, place: Here
) -> ChatReply:
    """As /api/v1/chat; where it starts is decided by the device, and marked as a kiosk's."""
    if update.conversation is None:
        raise refuse(HTTPStatus.UNPROCESSABLE_ENTITY, "conversation: made by the tablet")
    start = Start(place.counter, Stratum.KIOSK)
    told = happenings_of(update.event)
    happenings = tuple(start if isinstance(each, Start) else each for each in told)
    if not happenings:
        raise refuse(HTTPStatus.UNPROCESSABLE_ENTITY, "event: needs one of start, tap, text")
    conversation, language = update.conversation, update.language or "vi"
    shown = await apply(asked, request, conversation, update.update_id, happenings, language)
    return reply(asked, conversation, shown)
