"""A real store, a real channel and a person in front of a Bot API server that is not ours."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from bot.channels.telegram.channel import TelegramChannel, telegram_channel
from bot.channels.telegram.rates import Limits
from bot.channels.telegram.webhook import SECRET_HEADER
from bot.instruments import shipped
from bot.keys import Keys
from bot.settings import Settings
from handlers.receive import Survey
from handlers.web import build
from storage.store import Store
from storage.transaction import Transaction
from tests.peers.telegram.driver import Shown, TelegramPeer

COUNTER = "381207"
UNLIMITED = Limits(1e9, 1, 1e9, 1)
PATIENCE_S = 10.0
MOST_QUESTIONS = 40


def now() -> datetime:
    return datetime.now(UTC)


def add_counter(tx: Transaction) -> None:
    """One unit with one counter, without the rest of the directory."""
    tx.connection.execute(
        "insert into units (unit_id, code, kind, name, sort_key, search_key, valid_from)"
        " values (1, 'dinh-hoa', 'xa', 'Xã Định Hòa', '', '', '2025-07-01')"
    )
    tx.connection.execute(
        "insert into counters (counter_id, code, unit_id, name, instrument, public, valid_from)"
        " values (1, ?, 1, 'Quầy 1', 'short.1', 1, '2025-07-01')",
        (COUNTER,),
    )


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
    made = await telegram_channel(settings, keys, store, survey, now, UNLIMITED)
    assert made is not None
    return made


@contextlib.asynccontextmanager
async def running(made: TelegramChannel) -> AsyncIterator[TelegramChannel]:
    """The channel at work for the length of the block."""
    task = asyncio.create_task(made.run())
    try:
        yield made
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def application(made: TelegramChannel) -> FastAPI:
    """The routes of the channel behind the guard and the error shape of the whole product."""
    app = build(_no_lifespan)
    app.state.hooks = {hook.path: hook for hook in made.hooks()}
    return app


@contextlib.asynccontextmanager
async def _no_lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield


@contextlib.asynccontextmanager
async def serving(made: TelegramChannel, port: int) -> AsyncIterator[None]:
    """The webhook on a real server."""
    config = uvicorn.Config(application(made), port=port, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    try:
        await until(lambda: server.started)
        yield
    finally:
        server.should_exit = True
        await task


async def until(true: Callable[[], object], timeout_s: float = PATIENCE_S) -> None:
    """Wait for something to become true."""
    async with asyncio.timeout(timeout_s):
        while not true():  # noqa: ASYNC110 - what is awaited has no event to give
            await asyncio.sleep(0.01)


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


def counted(tx: Transaction, table: str) -> int:
    found: int = tx.connection.execute(f"select count(*) from {table}").fetchone()[0]  # noqa: S608
    return found


async def rows(store: Store, *tables: str) -> list[int]:
    return [await store.write(counted, table) for table in tables]


async def arrivals(store: Store) -> int:
    return await store.write(received)


def received(tx: Transaction) -> int:
    total = tx.connection.execute("select coalesce(sum(n), 0) from arrivals")
    return int(total.fetchone()[0])


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
    async with asyncio.timeout(5):
        while True:
            journal = await asyncio.to_thread(person.peer.calls, method)
            if len(journal) >= at_least:
                return journal
            await asyncio.sleep(0.02)


async def emptied(store: Store, table: str) -> None:
    async with asyncio.timeout(5):
        while await store.write(counted, table):  # noqa: ASYNC110 - a table has no event
            await asyncio.sleep(0.02)


def hide_inbox(tx: Transaction) -> None:
    """From now on no update can be stored."""
    tx.connection.execute("alter table inbox rename to hidden")


def show_inbox(tx: Transaction) -> None:
    """From now on updates can be stored again."""
    tx.connection.execute("alter table hidden rename to inbox")


class Caller:
    """Somebody who posts to the webhook directly."""

    def __init__(self, made: TelegramChannel, keys: Keys) -> None:
        transport = httpx.ASGITransport(application(made), raise_app_exceptions=False)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://test")
        self.secret = keys.webhook_secret("telegram").encode()

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
