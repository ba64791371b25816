"""The sender against a Bot API without a server: order, pace, and what becomes of every failure."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError, TimedOut

from bot.channels.rates import Limits
from bot.channels.sender import Sender
from bot.channels.status import Status
from bot.channels.telegram.delivery import Letter, delivered
from bot.channels.telegram.request import AiohttpRequest, Api, TooFast
from bot.instruments import shipped
from bot.keys import Keys
from handlers.receive import Survey
from storage import outbox
from storage.outbox import Outgoing
from storage.store import Store
from storage.transaction import Transaction
from tests.databases import clear, fill
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.anyio

ACCOUNT = 1
UNLIMITED = Limits(1e9, 1, 1e9, 1)


def now() -> datetime:
    return datetime.now(UTC)


class Server(Api):
    """Shows every text it is sent; refuses the next sendings with the errors it was given."""

    def __init__(self) -> None:
        super().__init__("", AiohttpRequest())
        self.shown: list[tuple[str, str]] = []
        self.times: list[float] = []
        self.refusals: Iterator[TelegramError] = iter(())
        self.called: list[str] = []
        self.held: Callable[[str], bool] = lambda chat: False

    async def call(self, method: str, parameters: Mapping[str, object], answer_s: float = 0) -> Any:
        chat = str(parameters["chat_id"])
        self.called.append(chat)
        await until(lambda: not self.held(chat))
        for refusal in self.refusals:
            raise refusal
        self.shown.append((chat, str(parameters["text"])))
        self.times.append(time.monotonic())
        return {"message_id": len(self.shown)}


def compose(outgoing: Outgoing) -> Letter:
    """The payload itself as text; no keys."""
    if outgoing.payload == "unrenderable":
        raise KeyError(outgoing.payload)
    return Letter(outgoing.address, outgoing.payload, ())


def queue(tx: Transaction, chat: str, *texts: str) -> None:
    """Queue messages for a chat as receiving updates would."""
    key = chat.encode()
    tx.hold(key, ACCOUNT, counter="", minute=0, session=None, screen=None)
    outbox.remember_address(tx, ACCOUNT, key, chat)
    for text in texts:
        outbox.queue(tx, ACCOUNT, key, int(now().timestamp()), text)


def count(tx: Transaction, table: str) -> int:
    found: int = tx.connection.execute(f"select count(*) from {table}").fetchone()[0]  # noqa: S608
    return found


def sender(store: Store, keys: Keys, api: Api, limits: Limits = UNLIMITED) -> tuple[Sender, Status]:
    survey = Survey(shipped(), 1, lambda bits: 0, keys.code_hash)
    status = Status("telegram")

    async def show(outgoing: Outgoing) -> str:
        return await delivered(api, compose(outgoing))

    return Sender("telegram", ACCOUNT, store, survey, now, status, show, limits), status


@contextlib.asynccontextmanager
async def running(made: Sender) -> AsyncIterator[None]:
    task = asyncio.create_task(made.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(true: Callable[[], bool], timeout_s: float = PATIENCE_S) -> None:
    async with asyncio.timeout(timeout_s):
        while not true():  # noqa: ASYNC110 - what is awaited has no event to give
            await asyncio.sleep(0.005)


async def emptied(store: Store) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while await store.write(count, "outbox"):  # noqa: ASYNC110 - a table has no event
            await asyncio.sleep(0.005)


async def test_a_chat_gets_its_messages_in_order(store: Store, keys: Keys) -> None:
    """However long one takes, the next never overtakes it; other chats do not wait."""
    api = Server()
    api.held = lambda chat: chat == "slow" and len(api.shown) < 4
    await store.write(queue, "slow", "1", "2", "3")
    for chat in ("a", "b"):
        await store.write(queue, chat, "1", "2")
    made, _ = sender(store, keys, api)
    async with running(made):
        await emptied(store)

    slow = [text for chat, text in api.shown if chat == "slow"]
    assert slow == ["1", "2", "3"]
    assert {chat for chat, _ in api.shown[:4]} == {"a", "b"}


async def test_the_living_message_is_remembered(store: Store, keys: Keys) -> None:
    """What was sent last is what the next tap may edit."""
    await store.write(queue, "a", "1")
    made, status = sender(store, keys, Server())
    async with running(made):
        await emptied(store)
    message = await store.write(
        lambda tx: tx.connection.execute("select message from addresses").fetchone()
    )

    assert message == ("1",)
    assert str(status) == "connected"


async def test_a_flood_limit_slows_everybody_and_loses_nothing(store: Store, keys: Keys) -> None:
    """After 429 nothing is sent for as long as Telegram says; then everything is, once."""
    api = Server()
    api.refusals = iter([TooFast(1)])
    await store.write(queue, "a", "first")
    made, _ = sender(store, keys, api)
    begun = time.monotonic()
    async with running(made):
        await until(lambda: api.called == ["a"])
        await store.write(queue, "b", "second")
        made.wake()
        await emptied(store)

    assert sorted(api.shown) == [("a", "first"), ("b", "second")]
    assert min(api.times) - begun >= 1


async def test_a_dead_network_is_tried_again(store: Store, keys: Keys) -> None:
    """A message without an answer waits and is sent again; the status says so meanwhile."""
    api = Server()
    api.refusals = iter([TimedOut()])
    await store.write(queue, "a", "1")
    made, status = sender(store, keys, api)
    async with running(made):
        await until(lambda: str(status) == "not connected: the Bot API cannot be reached")
        await emptied(store)

    assert api.shown == [("a", "1")]
    assert str(status) == "connected"


async def test_a_refused_token_keeps_what_waits(store: Store, keys: Keys) -> None:
    """A changed token is the operator's to mend; nothing is thrown away until then."""
    api = Server()
    api.refusals = iter([InvalidToken("Unauthorized")] * 9)
    await store.write(queue, "a", "1")
    made, status = sender(store, keys, api)
    async with running(made):
        await until(lambda: str(status) == "not connected: the token is refused")

    assert await store.write(count, "outbox") == 1


async def test_who_blocked_the_bot_is_left_alone(store: Store, keys: Keys) -> None:
    """Nothing more is sent, and address and conversation are forgotten."""
    api = Server()
    api.refusals = iter([Forbidden("Forbidden: bot was blocked by the user")])
    await store.write(queue, "a", "1", "2")
    made, _ = sender(store, keys, api)
    async with running(made):
        await emptied(store)
    left = [await store.write(count, table) for table in ("addresses", "conversations")]

    assert api.shown == []
    assert left == [0, 0]


@pytest.mark.parametrize(
    ("text", "refusals"),
    [("1", [BadRequest("Bad Request: chat not found")]), ("unrenderable", [])],
)
async def test_what_can_never_be_sent_is_kept_aside(
    text: str, refusals: list[TelegramError], store: Store, keys: Keys
) -> None:
    """Our own mistake becomes a dead letter; the chat's next message is sent."""
    api = Server()
    api.refusals = iter(refusals)
    await store.write(queue, "a", text, "next")
    made, _ = sender(store, keys, api)
    async with running(made):
        await emptied(store)

    assert api.shown == [("a", "next")]
    assert await store.write(count, "dead_letters") == 1


async def test_two_senders_in_turn_keep_the_limit_of_one(store: Store, keys: Keys) -> None:
    """Who takes over begins without a burst: a platform counts the bot and not the process."""
    api, limits, begun = Server(), Limits(50, 25, 1e9, 1), time.monotonic()
    for turn in range(2):
        for chat in range(25):
            await store.write(queue, f"{turn} {chat}", "1")
        made, _ = sender(store, keys, api, limits)
        async with running(made):
            await emptied(store)

    assert len(api.times) == 50
    assert len(api.times) <= limits.burst + limits.per_second * (max(api.times) - begun)


async def test_one_chat_gets_a_short_burst_and_then_a_message_a_second(
    store: Store, keys: Keys
) -> None:
    """The limit of one chat does not hold back the others."""
    api = Server()
    api.held = lambda chat: api.called.count(chat) == 3 and api.called.count("b") < 2
    made, _ = sender(store, keys, api, Limits(1000, 1000, chat_per_second=5, chat_burst=2))
    async with running(made):
        await asyncio.sleep(0.4)  # it starts as if another one had just sent a burst
        begun = time.monotonic()
        await store.write(queue, "a", *"1234")
        await store.write(queue, "b", *"12")
        made.wake()
        await emptied(store)
    times = [when for (chat, _), when in zip(api.shown, api.times, strict=True) if chat == "a"]

    assert times[2] - begun >= 1 / 5
    assert times[3] - begun >= 2 / 5


async def test_a_new_sender_takes_over_what_was_leased(store: Store, keys: Keys) -> None:
    """A process that died while sending delays nothing beyond the restart."""
    await store.write(queue, "a", "1")
    seconds = int(now().timestamp())
    leased = await store.write(outbox.lease, ACCOUNT, seconds, seconds + 120, 10)
    api = Server()
    made, _ = sender(store, keys, api)
    async with running(made):
        await emptied(store)

    assert len(leased) == 1
    assert api.shown == [("a", "1")]


async def test_a_database_that_cannot_be_read_does_not_end_the_sender(
    store: Store, keys: Keys
) -> None:
    """The loop waits and goes on; the status says why."""
    await store.write(fill, "outbox")
    api = Server()
    made, status = sender(store, keys, api)
    async with running(made):
        await until(lambda: str(status) == "not connected: the database cannot be written")
        await store.write(clear, "outbox")
        await until(lambda: str(status) == "connected")
        await store.write(queue, "a", "1")
        await emptied(store)

    assert api.shown == [("a", "1")]


async def test_what_was_sent_takes_away_its_own_row_only(store: Store, keys: Keys) -> None:
    """A row's number is used again; who stopped while a message flew must not cost another's."""
    api = Server()
    api.held = lambda chat: "b" not in api.called or chat == "b"
    await store.write(queue, "a", "1")
    made, _ = sender(store, keys, api)
    async with running(made):
        await until(lambda: api.called == ["a"])
        await store.write(outbox.stop, b"a")
        await store.write(queue, "b", "1")
        made.wake()
        await until(lambda: bool(api.shown))

    assert api.shown == [("a", "1")]
    assert await store.write(count, "outbox") == 1
