"""What the channel does when Telegram, the network, the disk or the process fails."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from bot.channels.telegram.channel import TelegramChannel
from bot.keys import Keys
from handlers.service import Entrance
from storage.store import Store
from tests.channels import (
    COUNTER,
    add_counter,
    arrivals,
    emptied,
    rows,
    running,
    until,
)
from tests.databases import clear, fill
from tests.peers.telegram.driver import TelegramPeer
from tests.telegram.bot import Person, answers, channel, next_tap

pytestmark = [pytest.mark.anyio, pytest.mark.telegram]


async def test_a_flood_limit_is_obeyed(
    bot: TelegramChannel, person: Person, peer: TelegramPeer
) -> None:
    """After 429 the message comes once, not before the time that Telegram named."""
    body = {"ok": False, "error_code": 429, "description": "Too Many Requests: retry after 1"}
    peer.fail("sendMessage", 429, {**body, "parameters": {"retry_after": 1}})
    await person.start()
    refused, sent = [call["at"] for call in await person.calls("sendMessage")]

    assert sent - refused >= 1000
    assert len(await person.sees()) == 1


async def test_who_blocks_the_bot_is_stopped(
    bot: TelegramChannel, store: Store, person: Person, peer: TelegramPeer
) -> None:
    """403 while sending ends the conversation; the level already given stays and is counted."""
    first = await person.start()
    peer.fail("editMessageText", 403, "Forbidden: bot was blocked by the user")
    await asyncio.to_thread(peer.tap, answers(first)[0], person.chat)
    await emptied(store, "conversations")

    assert await rows(store, "outbox", "addresses", "closed_responses") == [0, 0, 1]
    assert await arrivals(store) == 1


async def test_kicking_the_bot_ends_the_conversation(
    bot: TelegramChannel, store: Store, person: Person, peer: TelegramPeer
) -> None:
    """Telegram tells of the block; coming back by the link starts anew."""
    await person.start()
    chat = {"id": person.chat, "type": "private", "first_name": "A"}
    change = {"chat": chat, "from": chat, "date": 1, "new_chat_member": {"status": "kicked"}}
    await asyncio.to_thread(peer.send_update, {"my_chat_member": change})
    await emptied(store, "conversations")
    await emptied(store, "addresses")
    again = await person.start()

    assert answers(again)


async def test_a_message_that_cannot_be_edited_is_sent_anew(
    bot: TelegramChannel, person: Person, peer: TelegramPeer
) -> None:
    """A person who deleted the question gets the next one all the same."""
    first = await person.start()
    peer.fail("editMessageText", 400, "Bad Request: message to edit not found")
    await person.tap(answers(first)[0])

    assert len(await person.calls("sendMessage")) == 2


async def test_a_restart_loses_nothing(
    store: Store, keys: Keys, person: Person, peer: TelegramPeer
) -> None:
    """Taps made while the bot is away count, and the conversation goes on at its question."""
    await store.write(add_counter)
    async with running(await channel(store, keys, peer.api, peer.token)):
        first = await person.start()
    await asyncio.to_thread(peer.tap, answers(first)[0], person.chat)
    async with running(await channel(store, keys, peer.api, peer.token)):
        (second,) = await person.changes()
        third = await person.tap(next_tap(second, set()))

    assert await arrivals(store) == 1
    assert first.text != second.text != third.text
    assert len(await person.calls("sendMessage")) == 1


async def test_a_batch_that_could_not_be_stored_is_fetched_again(
    store: Store, keys: Keys, person: Person, peer: TelegramPeer
) -> None:
    """What could not be committed moved no offset: it comes again and is applied once."""
    await store.write(add_counter)
    async with running(await channel(store, keys, peer.api, peer.token)) as made:
        await until(lambda: made.status() == "connected")
        await store.write(fill, "inbox")
        await asyncio.to_thread(peer.send_command, f"/start c{COUNTER}", person.chat)
        await until(lambda: "database" in made.status())
        await store.write(clear, "inbox")
        shown = await person.changes()

    assert len(shown) == 1
    assert len(await person.calls("sendMessage")) == 1


async def test_one_odd_update_does_not_stop_the_others(
    bot: TelegramChannel, store: Store, person: Person, peer: TelegramPeer
) -> None:
    """What cannot be read is kept aside; its neighbours in the batch are applied."""
    await asyncio.to_thread(peer.send_update, {"message": {"text": "no chat"}})
    await asyncio.to_thread(peer.send_update, {"chat_join_request": {}})
    await person.start()

    assert await rows(store, "dead_letters", "conversations") == [1, 1]


async def test_polling_takes_a_left_over_webhook_away(
    store: Store, keys: Keys, person: Person, peer: TelegramPeer
) -> None:
    """A bot that was set up for a webhook before can be polled without further ado."""
    await store.write(add_counter)
    hook = {"url": "http://127.0.0.1:1/old"}
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(f"{peer.api}/bot{peer.token}/setWebhook", json=hook)
    async with running(await channel(store, keys, peer.api, peer.token)) as made:
        await until(lambda: made.status() == "connected")
        shown = await person.start()

    assert answer.status_code == 200
    assert answers(shown)


@pytest.mark.parametrize("api", ["http://127.0.0.1:1", "http://no-such-host.invalid"])
async def test_a_dead_network_is_only_a_line_in_the_status(
    api: str, store: Store, keys: Keys
) -> None:
    """The channel tries on and on; nobody else notices, and the token is never told."""
    made = await channel(store, keys, api, "7:very-secret")
    async with running(made):
        await until(lambda: made.status() == "not connected: the Bot API cannot be reached")


async def test_a_refused_token_is_mended_without_a_restart(
    store: Store, keys: Keys, peer: TelegramPeer
) -> None:
    """The status names the token, and recovers by itself once Telegram takes it."""
    peer.fail("getMe", 401, "Unauthorized")
    peer.fail("getUpdates", 401, "Unauthorized")
    made = await channel(store, keys, peer.api, peer.token)
    async with running(made):
        await until(lambda: made.status() == "not connected: the token is refused")
        await until(lambda: made.status() == "connected")

        entrance = made.entrance(COUNTER)
    assert entrance == Entrance("Telegram", f"https://t.me/TestNameBot?start=c{COUNTER}")
