"""The built-in web chat: the same survey as JSON, and as plain form posts for any browser."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import date
from http import HTTPStatus
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, Form, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from handlers.inbound import Happening, Inbound, Start, Tap, Text
from handlers.messages import LANGUAGES, languages
from handlers.messages import text as message_text
from handlers.pages import error_page, is_large, page, spoken_in, wants_page
from handlers.problems import refuse, responses
from handlers.receive import receive
from handlers.rendering import Message, render
from handlers.scanning import tells_code
from handlers.screens import Shown, is_unknown
from handlers.service import Entrance, Service, State, service
from handlers.verdicts import COUNTER, REJECT
from sipas.codes import is_code
from sipas.events import ANY_TAG, Moment, Say
from sipas.flow import begin
from sipas.session import Place, Stratum

router = APIRouter(tags=["chat"])

SECRET = re.compile(r"[A-Za-z0-9_-]{22,64}")  # at least 128 bits in base64url
TEXT_MOST = 4096
NOTHING_OPEN = (Say("scan_to_begin"),)


class ChatEvent(BaseModel):
    """What the respondent did. The first page sends `start` and `tap` together."""

    model_config = ConfigDict(extra="forbid")

    start: str | None = Field(None, max_length=64, examples=["381207"])
    tap: str | None = Field(None, max_length=64, examples=["1|-|overall|5"])
    text: str | None = Field(None, max_length=TEXT_MOST, examples=["5"])


class ChatUpdate(BaseModel):
    """One update of a conversation; repeating the same `update_id` changes nothing."""

    model_config = ConfigDict(extra="forbid")

    conversation: str | None = Field(
        None,
        pattern=f"^{SECRET.pattern}$",
        description="secret of at least 128 random bits, made by server or client",
    )
    update_id: str = Field(min_length=1, max_length=64, examples=["1"])
    event: ChatEvent
    language: str | None = Field(None, pattern="^[a-z]{2}$", examples=["vi"])
    simple: bool = Field(False, description="ask in simple words, where there are any")


class ChatChoice(BaseModel):
    """A button; sending its payload as `tap`, or typing its number, is the same."""

    label: str = Field(examples=["5 · Rất hài lòng"])
    payload: str = Field(examples=["1|K7Q2M9PA|overall|5"])
    control: bool = Field(description="moves the conversation instead of answering")
    chosen: bool = Field(description="answered so before")


class ChatProgress(BaseModel):
    """Where the question stands."""

    number: int
    of: int


class ChatMessage(BaseModel):
    """One message, with the question it asks if any."""

    key: str
    text: str = Field(description="everything said and asked")
    said: str = Field(description="the part before the question")
    question: str = Field(description="the question's own words, empty where nothing is asked")
    choices: list[ChatChoice]
    progress: ChatProgress | None
    input: bool = Field(description="a message in the respondent's own words is asked for")


class ChatReply(BaseModel):
    """What the conversation shows now; everything sent before is on disk."""

    conversation: str
    language: str
    messages: list[ChatMessage]
    response_code: str | None = None


Asked = Annotated[Service, Depends(service)]


@router.post(
    "/api/v1/chat",
    summary="One update of a web conversation",
    responses=responses(400, 413, 422, 429, 503),
)
async def chat(update: ChatUpdate, request: Request, asked: Asked) -> ChatReply:
    """Apply the update and answer with what the conversation shows now, after it is on disk."""
    asked.limit(request)
    conversation = update.conversation or new_secret()
    happenings = happenings_of(update.event)
    if not happenings:
        raise refuse(HTTPStatus.UNPROCESSABLE_ENTITY, "event: needs one of start, tap, text")
    language = update.language or spoken_in(request)
    shown = await apply(asked, request, conversation, update.update_id, happenings, language)
    return reply(asked, conversation, shown, simple=update.simple)


def new_secret() -> str:
    """A conversation's secret: 192 random bits."""
    return secrets.token_urlsafe(24)


def happenings_of(event: ChatEvent) -> tuple[Happening, ...]:
    """What the respondent did, in the order it happened."""
    found: list[Happening] = []
    if event.start is not None:
        found.append(Start(event.start))
    if event.tap is not None:
        found.append(Tap(event.tap))
    if event.text is not None:
        found.append(Text(event.text))
    return tuple(found)


async def apply(
    asked: Service,
    request: Request,
    conversation: str,
    update_id: str,
    happenings: tuple[Happening, ...],
    language: str,
) -> Shown:
    """Store the update; what it shows is returned only after the commit."""
    coded = any(map(tells_code, happenings))
    if coded:
        asked.try_code(request)
    key = hashlib.sha256(conversation.encode()).digest()[:16]
    inbound = Inbound(
        account_id=asked.web_account,
        channel="web",
        update_id=hashlib.sha256(key + update_id.encode()).hexdigest()[:24],
        conversation=key,
        happenings=happenings,
        language=language if language in languages() else LANGUAGES[0],
    )
    shown = await asked.store.write_for([key], receive, asked.survey, inbound, asked.clock())
    asked.applied()
    if coded and not (shown and is_unknown(shown.screen)):
        asked.right_code(request)
    # A repeat of an update whose conversation is long gone: nothing is left to show but this.
    return shown or Shown(language, "", NOTHING_OPEN)


async def apply_form(asked: Service, request: Request, posted: Sent, begun: Start) -> Shown:
    """Store what a form tells; an empty one begins the conversation."""
    told, language = posted.happenings or (begun,), spoken_in(request)
    return await apply(asked, request, posted.conversation, posted.update_id, told, language)


def reply(asked: Service, conversation: str, shown: Shown, *, simple: bool = False) -> ChatReply:
    """The JSON form of a screen."""
    message = rendered(asked, shown, simple=simple)
    return ChatReply(
        conversation=conversation,
        language=shown.language,
        messages=[ChatMessage.model_validate(message, from_attributes=True)],
        response_code=message.response_code,
    )


def rendered(asked: Service, shown: Shown, *, simple: bool = False) -> Message:
    """A screen in the respondent's language."""
    instrument = asked.survey.instruments.get(shown.instrument)
    return render(instrument, shown.screen, shown.language, simple=simple)


@router.get(
    "/c/{code}", summary="Rate a counter", response_class=Response, responses=responses(404, 422)
)
async def counter_page(code: str, request: Request, asked: Asked) -> Response:
    """The first question at once. Nothing is stored: the page brings all that a tap needs."""
    language = spoken_in(request)
    state = await asked.state()
    place = place_of(state, code, asked.today())
    if place is None:
        return _no_counter(request, code)
    started = begin(asked.survey.instruments, language, place, Stratum.OPEN, Moment(0, ANY_TAG, ""))
    shown = Shown(language, place.instrument, started.screen)
    entrances = asked.entrances(code, state.directory.line(code))
    return chat_page(request, asked, place, shown, new_secret(), entrances)


class Sent(NamedTuple):
    """A form of the chat; its conversation is in a hidden field."""

    conversation: str
    update_id: str
    happenings: tuple[Happening, ...]


def sent(
    conversation: Annotated[str, Form(pattern=f"^{SECRET.pattern}$")],
    update_id: Annotated[str, Form(min_length=1, max_length=64)],
    start: Annotated[str, Form(max_length=64)] = "",
    tap: Annotated[str, Form(max_length=64)] = "",
    text: Annotated[str, Form(max_length=TEXT_MOST)] = "",
) -> Sent:
    """What a form tells; a button that is pressed wins over words beside it."""
    words = text if text.strip() and not tap else None
    told = ChatEvent(start=start or None, tap=tap or None, text=words)
    return Sent(conversation, update_id, happenings_of(told))


Posted = Annotated[Sent, Depends(sent)]


@router.post(
    "/c/{code}",
    summary="Answer without JavaScript",
    response_class=Response,
    responses=responses(400, 404, 413, 422, 429, 503),
)
async def counter_form(code: str, request: Request, asked: Asked, posted: Posted) -> Response:
    """Apply a form post; the answer is the next page."""
    asked.limit(request)
    state = await asked.state()
    place = place_of(state, code, asked.today())
    if place is None:
        return _no_counter(request, code)
    shown = await apply_form(asked, request, posted, Start(code))
    return chat_page(request, asked, place, shown, posted.conversation)


def place_of(state: State, code: str, today: date) -> Place | None:
    """The counter as the first page needs it, while it takes ratings."""
    counter = state.directory.counter(code)
    if counter is None:
        return None
    unit = state.directory.unit_by_id(counter.unit_id)
    until = min(last for last in (counter.valid_to, unit.valid_to, "9999-12-31") if last)
    if not counter.valid_from <= today.isoformat() <= until:
        return None
    return Place(counter.code, counter.name, unit.name, counter.instrument)


def _no_counter(request: Request, code: str) -> Response:
    request.app.state.count(COUNTER, REJECT)
    wrong = len(code) == 6 and code.isdecimal() and not is_code(code)
    key = "chat.bad_check_digit" if wrong else "chat.unknown_counter"
    detail = message_text(spoken_in(request), key)
    if wants_page(request):
        return error_page(request, HTTPStatus.NOT_FOUND, detail=detail)
    raise refuse(HTTPStatus.NOT_FOUND, detail)


def chat_page(
    request: Request,
    asked: Service,
    place: Place,
    shown: Shown,
    conversation: str,
    entrances: list[Entrance] | None = None,
    receipt: str = "",
) -> Response:
    """The conversation as a page; the first one has its *entrances*, later ones have none.

    Args:
        receipt: the token that opened it, or empty where the counter's code did.
    """
    code = receipt or place.counter
    response = page(
        request,
        "chat.html",
        shown.language,
        counter={"code": place.counter, "name": place.name, "unit": place.unit},
        code=code,
        path=f"/r/{code}" if receipt else f"/c/{code}",
        message=rendered(asked, shown, simple=is_large(request)),
        conversation=conversation,
        update_id=new_secret(),
        start="" if entrances is None else code,
        entrances=entrances,
        audio=asked.heard(shown.language),
    )
    response.headers["Cache-Control"] = "no-store"
    return response
