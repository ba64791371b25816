"""A real store, a real channel and a person in front of a Bot API server that is not ours."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from bot.channels.channel import Surroundings
from bot.channels.telegram.channel import SECRET_HEADER, TelegramChannel
from bot.instruments import shipped
from bot.keys import Keys
from bot.settings import Settings
from handlers.receive import Survey
from storage import accounts
from storage.store import Store
from tests.channels import COUNTER, UNLIMITED, application, now
from tests.patience import PATIENCE_S
from tests.peers.telegram.driver import Shown, TelegramPeer

MOST_QUESTIONS = 40


async def channel(
    store: Store, keys: Keys, api: str, token: str, public_url: str = ""
) -> TelegramChannel:
    """The channel as the composition root makes it; by webhook if there is a *public_url*."""
    settings = Settings.model_validate(
        {
            "telegram_token": token,
            "telegram_api": api,
            "telegram_mode": "webhook" if public_url else "poll",
            "public_url": public_url or "http://127.0.0.1:8000",
        }
    )
    survey = Survey(shipped(), 1, secrets.randbits, keys.code_hash)
    name, secrets_ = token.partition(":")[0], {"token": token}
    await store.write(accounts.add_account, "telegram", name, secrets_)
    (row,) = await store.write(accounts.accounts)
    return TelegramChannel(row, Surroundings(settings, keys, store, survey, now, UNLIMITED))


@dataclass
class Person:
    """Somebody in a private chat with the bot (negative: a group)."""

    peer: TelegramPeer
    chat: int

    async def start(self, payload: str = f"c{COUNTER}") -> Shown:
        """Open the link and see what comes."""
        return await self._do(self.peer.send_command, f"/start {payload}".strip())

    async def say(self, text: str) -> Shown:
        """Write something and see what comes."""
        return await self._do(self.peer.send_text, text)

    async def send(self, **content: Any) -> Shown:
        """Send a voice note, a picture, a place, and see what comes."""
        return await self._do(self.peer.send, content)

    async def tap(self, data: str, message_id: int | None = None) -> Shown:
        """Tap a button and see what comes."""
        return await self._do(self.peer.tap, data, message_id=message_id)

    async def sees(self) -> list[Shown]:
        """Everything on the screen."""
        return await asyncio.to_thread(self.peer.screen, self.chat)

    async def changes(self, timeout_s: float = PATIENCE_S) -> list[Shown]:
        """What is new or changed since the last look."""
        return await asyncio.to_thread(self.peer.updates, self.chat, timeout_s)

    async def calls(self, method: str) -> list[dict[str, Any]]:
        """The bot's calls of a method for this chat."""
        journal = await asyncio.to_thread(self.peer.calls, method)
        return [call for call in journal if str(call.get("chat_id")) == str(self.chat)]

    async def _do(self, act: Callable[..., object], *given: object, **more: object) -> Shown:
        await asyncio.to_thread(act, *given, chat_id=self.chat, **more)
        changed = await self.changes()
        assert changed, "nothing came"
        return changed[-1]


def data(shown: Shown) -> list[str]:
    """The payloads on a message, in reading order."""
    return [button.data or "" for row in shown.buttons for button in row]


def answers(shown: Shown) -> list[str]:
    """The payloads that answer the question, without back, skip and the other controls."""
    return [each for each in data(shown) if "|." not in each]


async def finish(person: Person, shown: Shown) -> Shown:
    """Give each question its first answer until nothing is left to tap; return the last screen."""
    answered: set[str] = set()
    for _ in range(MOST_QUESTIONS):
        if not shown.buttons:
            return shown
        shown = await person.tap(next_tap(shown, answered))
    raise AssertionError("the survey does not end")


def next_tap(shown: Shown, answered: set[str]) -> str:
    """The first answer, or where none is left to give (text, several reasons) the way on."""
    for payload in answers(shown):
        question = payload.split("|")[2]
        if question not in answered:
            answered.add(question)
            return payload
    return next(each for end in (".done", ".skip") for each in data(shown) if each.endswith(end))


async def until_calls(person: Person, method: str, at_least: int) -> list[dict[str, Any]]:
    """The bot's calls of a method for this chat or for none."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            journal = await asyncio.to_thread(person.peer.calls, method)
            own = [c for c in journal if str(c.get("chat_id", person.chat)) == str(person.chat)]
            if len(own) >= at_least:
                return own
            await asyncio.sleep(0.02)


class Caller:
    """Somebody who posts to the webhook directly."""

    def __init__(self, made: TelegramChannel, keys: Keys) -> None:
        transport = httpx.ASGITransport(application(made), raise_app_exceptions=False)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://test")
        self.secret = keys.webhook_secret(f"telegram {made.account.name}").encode()

    async def post(self, body: bytes, secret: bytes | None = None) -> httpx.Response:
        """One call with the right secret, or another."""
        headers = {SECRET_HEADER.encode(): self.secret if secret is None else secret}
        return await self.client.post("/channels/telegram", content=body, headers=headers)


def tap_on(shown: Shown, person: Person, update_id: int = 900_001) -> bytes:
    """A raw update: the person taps the first answer."""
    chat = {"id": person.chat, "type": "private", "first_name": "A"}
    message = {"message_id": shown.message_id, "date": 1, "chat": chat}
    query = {"id": "1", "from": chat, "chat_instance": "1", "message": message}
    return json.dumps(
        {"update_id": update_id, "callback_query": {**query, "data": answers(shown)[0]}}
    ).encode()
