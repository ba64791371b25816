"""An account that another process runs is offered here, and /readyz says whether it works there."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta

import pytest

from bot.channels.presence import AGAIN_S, SILENT_S, Presences
from bot.keys import Keys
from storage import accounts
from storage.accounts import Known, Presence
from storage.store import Store
from tests.bot_api import bot_api
from tests.channels import COUNTER, now, until
from tests.databases import ONLY_POSTGRESQL
from tests.telegram.bot import Caller, channel

pytestmark = pytest.mark.anyio


class Wall:
    """A clock that stands still and can be put forward."""

    ahead = timedelta()

    def __init__(self) -> None:
        self.began = now()

    def __call__(self) -> datetime:
        """The time on it."""
        return self.began + self.ahead


@ONLY_POSTGRESQL
async def test_an_account_is_known_where_it_does_not_run(store: Store, keys: Keys) -> None:
    """Its link is on the counter's page of every process; silence is told as such."""
    wall = Wall()
    with bot_api() as (_, address):
        runs, shows = [await channel(store, keys, address, "1:nobody") for _ in range(2)]
        here, there = Presences(store, wall, [runs]), Presences(store, wall, [shows])
        await there.exchange()
        before = shows.entrance(COUNTER), there.statuses()["telegram"]
        task = asyncio.create_task(here.run(runs))
        await until(lambda: runs.status() == "connected")
        await here.exchange()
        await there.exchange()
        known = shows.entrance(COUNTER), there.statuses()["telegram"]
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    wall.ahead = timedelta(seconds=SILENT_S + 1)
    await here.exchange()
    await there.exchange()

    assert before == (None, "not connected: no process runs it")
    assert known == (runs.entrance(COUNTER), "connected") and known[0] is not None
    assert there.statuses()["telegram"] == "not connected: no process runs it"


async def test_what_did_not_change_is_told_once_a_minute(store: Store, keys: Keys) -> None:
    """A quiet bot costs a write a minute, and one at once when something becomes known."""
    wall = Wall()
    with bot_api() as (_, address):
        runs = await channel(store, keys, address, "1:nobody")
        here = Presences(store, wall, [runs])
        task = asyncio.create_task(here.run(runs))
        await until(lambda: runs.status() == "connected")
        told: list[Presence] = []
        for seconds in (0, AGAIN_S - 10, AGAIN_S + 10):
            wall.ahead = timedelta(seconds=seconds)
            await here.exchange()
            told += (await store.look(accounts.presences)).values()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    assert told[0] == told[1]
    assert told[2] == told[0]._replace(told_at=told[2].told_at)
    assert told[2].told_at > told[0].told_at
    assert (told[0].name, told[0].state) == ("b", "connected")


async def test_a_group_is_answered_where_the_account_does_not_run(store: Store, keys: Keys) -> None:
    """Whoever takes the webhook's call sends the link; nothing of a group is stored for others."""
    with bot_api() as (api, address):
        shows = await channel(store, keys, address, "1:nobody", "https://danh.gia")
        shows.known = Known("b")  # as its own process told
        caller = Caller(shows, keys)
        called = {"chat": {"id": -5, "type": "group"}, "message_id": 1, "date": 1, "text": "/start"}
        answer = await caller.post(json.dumps({"update_id": 1, "message": called}).encode())
        await until(lambda: api.told)
        await caller.client.aclose()

    assert answer.status_code == 200
    assert len(api.told) == 1
    assert "sendMessage" in api.told[0] and "https://t.me/b" in api.told[0]
