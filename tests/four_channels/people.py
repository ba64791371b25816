"""One respondent on each channel, doing what a transcript says by the means of that channel.

An act returns what is shown then, or None where nothing new is.
"""

from __future__ import annotations

import itertools
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx

from bot.channels.capabilities import TELEGRAM, ZALO_BOT, ZALO_OA
from bot.channels.lettering import lay_out
from bot.channels.telegram.channel import PATH, SECRET_HEADER
from bot.channels.zalo_oa.decode import MARK
from handlers.rendering import Message
from tests.four_channels.town import Town
from tests.peers.telegram.driver import Shown
from tests.peers.zalo.bot import BotRespondent
from tests.peers.zalo.oa_people import OaRespondent
from tests.peers.zalo.posting import Delivery

_numbers = itertools.count(70_001)


class Person(Protocol):
    """What every respondent can do."""

    @property
    def payloads(self) -> list[str]:
        """What the buttons seen so far carry, oldest first."""

    def start(self, code: str) -> str | None:
        """Come to a counter by the channel's own way in."""

    def tap(self, payload: str) -> str | None:
        """Tap a button, on screen or not."""

    def say(self, words: str) -> str | None:
        """Type words."""

    def send(self, kind: str) -> str | None:
        """Send something that is not text."""

    def blocks(self) -> None:
        """Want to hear no more."""

    def again(self, turn: int) -> str | None:
        """The platform delivers an update once more: that of an act, counted from 0."""

    def shows(self, message: Message, language: str) -> str:
        """How the channel shows *message*."""


class CannotHere(Exception):
    """The channel gives its respondents no means for this."""


@dataclass
class OnTheWeb:
    """The web chat's JSON, over HTTP."""

    town: Town
    conversation: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    past: list[dict[str, Any]] = field(default_factory=list)
    payloads: list[str] = field(default_factory=list)

    def start(self, code: str) -> str | None:
        return self._act({"start": code})

    def tap(self, payload: str) -> str | None:
        return self._act({"tap": payload})

    def say(self, words: str) -> str | None:
        return self._act({"text": words})

    def send(self, kind: str) -> str | None:
        raise CannotHere("the page has no way to send it")

    def blocks(self) -> None:
        raise CannotHere("a page that is closed tells nobody")

    def again(self, turn: int) -> str | None:
        return self._post(self.past[turn])

    def shows(self, message: Message, language: str) -> str:
        return "\n".join([message.text, *(choice.label for choice in message.choices)])

    def _act(self, event: dict[str, str]) -> str:
        update = {"update_id": secrets.token_hex(8), "event": event}
        self.past.append({"conversation": self.conversation, **update})
        return self._post(self.past[-1])

    def _post(self, update: dict[str, Any]) -> str:
        url = f"{self.town.url}/api/v1/chat"
        answer = httpx.post(url, json=update, trust_env=False).raise_for_status()
        (message,) = answer.json()["messages"]
        self.payloads += [choice["payload"] for choice in message["choices"]]
        return "\n".join([message["text"], *(each["label"] for each in message["choices"])])


@dataclass
class OnTelegram:
    """A private chat: updates by the webhook, messages at the Bot API server."""

    town: Town
    chat: int = field(default_factory=lambda: next(_numbers))
    past: list[bytes] = field(default_factory=list)
    payloads: list[str] = field(default_factory=list)
    newest: list[Shown] = field(default_factory=list)

    def start(self, code: str) -> str | None:
        return self._message(text=f"/start c{code}" if code else "/start")

    def tap(self, payload: str) -> str | None:
        shown = self.town.telegram.screen(self.chat)
        under = {**self._head(), "message_id": shown[-1].message_id if shown else 1}
        query = {"id": secrets.token_hex(4), "chat_instance": "1", "message": under}
        return self._act(callback_query={"from": self._user(), **query, "data": payload})

    def say(self, words: str) -> str | None:
        return self._message(text=words)

    def send(self, kind: str) -> str | None:
        return self._message(**{kind: {"file_id": "1"}})

    def blocks(self) -> None:
        change = {**self._head(), "new_chat_member": {"status": "kicked"}}
        self._act(my_chat_member=change)

    def again(self, turn: int) -> str | None:
        return self._post(self.past[turn])

    def shows(self, message: Message, language: str) -> str:
        told = lay_out(message, TELEGRAM, language)
        return "\n".join([told.text, *(choice.label for choice in told.buttons)])

    def _head(self) -> dict[str, Any]:
        chat = {"id": self.chat, "type": "private"}
        return {"message_id": next(_numbers), "date": 1, "chat": chat, "from": self._user()}

    def _user(self) -> dict[str, Any]:
        return {"id": self.chat, "is_bot": False, "first_name": "A"}

    def _message(self, **content: object) -> str | None:
        return self._act(message={**self._head(), **content})

    def _act(self, **update: object) -> str | None:
        self.past.append(json.dumps({"update_id": next(_numbers), **update}).encode())
        return self._post(self.past[-1])

    def _post(self, body: bytes) -> str | None:
        secret = self.town.keys.webhook_secret(f"telegram {self.town.telegram.token[:-4]}")
        headers = {SECRET_HEADER: secret}
        url = self.town.url + PATH
        httpx.post(url, content=body, headers=headers, trust_env=False).raise_for_status()
        return self._seen()

    def _seen(self) -> str | None:
        """The newest message, once it is another or reads otherwise; older ones lose their keys."""
        shown = self.town.seen(self._other)
        if not shown:
            return None
        self.newest = shown
        buttons = [button for row in shown[0].buttons for button in row]
        self.payloads += [button.data or "" for button in buttons]
        return "\n".join([shown[0].text, *(button.text for button in buttons)])

    def _other(self) -> list[Shown]:
        newest = self.town.telegram.screen(self.chat)[-1:]
        return newest if newest != self.newest else []


@dataclass
class OnOfficialAccount:
    """A chat with the Official Account: five buttons, the rest typed."""

    town: Town
    past: list[Delivery] = field(default_factory=list)
    payloads: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chat: OaRespondent = self.town.official.respondent(f"{next(_numbers)}")

    def start(self, code: str) -> str | None:
        return self.say(f"#{code}")

    def tap(self, payload: str) -> str | None:
        return self.say(MARK + payload)

    def say(self, words: str) -> str | None:
        return self._seen(self.chat.says(words))

    def send(self, kind: str) -> str | None:
        acts: dict[str, Callable[[], Delivery]] = {
            "photo": self.chat.sends_image,
            "sticker": self.chat.sends_sticker,
            "voice": self.chat.sends_audio,
            "location": self.chat.sends_location,
        }
        return self._seen(acts[kind]())

    def blocks(self) -> None:
        assert self.chat.unfollows().accepted

    def again(self, turn: int) -> str | None:
        return self._seen(self.town.zalo_oa.webhook.redeliver(self.past[turn]), repeated=True)

    def shows(self, message: Message, language: str) -> str:
        told = lay_out(message, ZALO_OA, language)
        return "\n".join([told.text, *(choice.label for choice in told.buttons)])

    def _seen(self, delivery: Delivery, repeated: bool = False) -> str | None:
        assert delivery.accepted
        self.past += [] if repeated else [delivery]
        heard = self.town.seen(self.chat.hears)
        if not heard:
            return None
        self.payloads += [str(button.payload).removeprefix(MARK) for button in heard[-1].buttons]
        return "\n".join([heard[-1].text, *(button.title for button in heard[-1].buttons)])


@dataclass
class OnZaloBot:
    """A chat with the Zalo bot, whose platform calls our webhook."""

    town: Town
    past: list[Delivery] = field(default_factory=list)
    payloads: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chat: BotRespondent = self.town.zalo_bot.respondent(f"chat{next(_numbers)}")

    def start(self, code: str) -> str | None:
        return self.say(f"#{code}")

    def tap(self, payload: str) -> str | None:
        raise CannotHere("there are no buttons")

    def say(self, words: str) -> str | None:
        return self._seen(self.chat.says(words))

    def send(self, kind: str) -> str | None:
        acts: dict[str, Callable[[], Delivery]] = {
            "photo": self.chat.sends_image,
            "sticker": self.chat.sends_sticker,
            "voice": lambda: self.chat.sends("voice", {}),
        }
        return self._seen(acts.get(kind, self.chat.sends_unsupported)())

    def blocks(self) -> None:
        raise CannotHere("the platform does not tell of it")

    def again(self, turn: int) -> str | None:
        return self._seen(self.town.zalo_bot.redeliver(self.past[turn]), repeated=True)

    def shows(self, message: Message, language: str) -> str:
        return lay_out(message, ZALO_BOT, language).text

    def _seen(self, delivery: Delivery, repeated: bool = False) -> str | None:
        assert delivery.accepted
        self.past += [] if repeated else [delivery]
        heard = self.town.seen(self.chat.hears)
        return heard[-1].text if heard else None
