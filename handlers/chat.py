"""The built-in web chat: the same survey as JSON, and as plain form posts for any browser."""

from __future__ import annotations

import hashlib
import re
import secrets
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from handlers.inbound import Happening, Inbound, Start, Tap, Text
from handlers.pages import language_of
from handlers.problems import refuse, responses
from handlers.receive import receive
from handlers.rendering import Message, render
from handlers.screens import Shown
from handlers.service import Service, service

router = APIRouter(tags=["chat"])

SECRET = re.compile(r"[A-Za-z0-9_-]{22,64}")  # at least 128 bits in base64url
TEXT_MOST = 4096


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
    language: Literal["vi", "en"] | None = None


class ChatChoice(BaseModel):
    """A button; sending its payload as `tap`, or typing its number, is the same."""

    label: str = Field(examples=["5 · Rất hài lòng"])
    payload: str = Field(examples=["1|K7Q2M9PA|overall|5"])


class ChatProgress(BaseModel):
    """Where the question stands."""

    number: int
    of: int


class ChatMessage(BaseModel):
    """One message, with the question it asks if any."""

    key: str
    text: str
    choices: list[ChatChoice]
    progress: ChatProgress | None
    input: bool


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
    shown = await apply(
        asked, conversation, update.update_id, happenings, update.language or language_of(request)
    )
    return reply(asked, conversation, shown)


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
    conversation: str,
    update_id: str,
    happenings: tuple[Happening, ...],
    language: str,
) -> Shown:
    """Store the update; what it shows is returned only after the commit."""
    key = hashlib.sha256(conversation.encode()).digest()[:16]
    inbound = Inbound(
        account_id=asked.web_account,
        channel="web",
        update_id=hashlib.sha256(key + update_id.encode()).hexdigest()[:24],
        conversation=key,
        happenings=happenings,
        language=language,
    )
    shown = await asked.store.write(receive, asked.survey, inbound, asked.clock())
    # A repeat of an update whose conversation is long gone: nothing is left to show but this.
    return shown or Shown(language, "", NOTHING_OPEN)


def reply(asked: Service, conversation: str, shown: Shown) -> ChatReply:
    """The JSON form of a screen."""
    message = rendered(asked, shown)
    return ChatReply(
        conversation=conversation,
        language=shown.language,
        messages=[
            ChatMessage(
                key=message.key,
                text=message.text,
                choices=[
                    ChatChoice(label=choice.label, payload=choice.payload)
                    for choice in message.choices
                ],
                progress=message.progress
                and ChatProgress(number=message.progress.number, of=message.progress.of),
                input=message.input,
            )
        ],
        response_code=message.response_code,
    )


def rendered(asked: Service, shown: Shown) -> Message:
    """A screen in the respondent's language."""
    return render(asked.survey.instruments.get(shown.instrument), shown.screen, shown.language)
