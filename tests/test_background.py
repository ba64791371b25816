"""What is done in the background keeps out of its own way, and out of the way of who answers."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from bot.instruments import shipped
from bot.keys import Keys
from bot.tagging import Tagger
from bot.workers import Workers
from handlers.pace import Pace, Turn
from handlers.receive import Survey
from storage.queries import write as sql
from storage.sealing import Statement
from storage.store import Store
from tests.test_release import add_counters, close_some, counts, released
from tests.test_sealing import SIGNER

pytestmark = pytest.mark.anyio


async def test_nothing_is_released_while_a_day_is_sealed(store: Store, keys: Keys) -> None:
    """What is stated takes its time; were more released meanwhile, all would have to be anew."""
    await store.write(lambda tx: add_counters(tx, [(1, 1), (2, 1)]))
    await store.write(lambda tx: close_some(tx, 5))
    await store.write(released)
    await store.write(lambda tx: close_some(tx, 5, counter=2))
    seen: list[tuple[int, int]] = []
    releases: list[asyncio.Task[int]] = []

    async def stated() -> Statement:
        releases.append(asyncio.create_task(workers.release()))
        release_id = await store.look(lambda tx: sql.last_release_id(tx.connection))
        for _ in range(3):
            seen.append(await store.look(counts))
        return Statement(release_id, {})

    survey = Survey(shipped(), 1, lambda bits: 1, keys.code_hash)
    noon = datetime(2026, 11, 11, 5, tzinfo=UTC)
    workers = Workers(store, survey, Tagger(), lambda: noon, 60, 1440, SIGNER, stated)
    await workers.seal()

    assert seen == [(5, 5)] * 3  # stated once
    assert await releases[0] == 5
    assert await store.look(counts) == (0, 10)


async def test_a_piece_is_followed_by_a_pause_that_is_longer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Three times as long, or where somebody waits only a turn; before the first piece as well."""
    pauses: list[float] = []
    now = [1000.0]

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        now[0] += seconds

    monkeypatch.setattr(asyncio, "sleep", sleep)
    monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: now[0], raising=False)
    for pace in (Pace(3), Pace()):
        for took in (0.0, 2.0, 0.5):
            now[0] += took
            await pace.rest()

    assert pauses == [0, 6, 1.5, 0, 0, 0]


async def test_who_holds_a_turn_sees_that_somebody_waits() -> None:
    """Also one who has given up waiting is no longer seen."""
    turn, seen = Turn(), []

    async def waits() -> None:
        async with turn:
            seen.append(turn.waiting)

    async with turn:
        others = [asyncio.create_task(waits()) for _ in range(3)]
        await asyncio.sleep(0)
        seen.append(turn.waiting)
        others[0].cancel()
        await asyncio.gather(others[0], return_exceptions=True)
        seen.append(turn.waiting)
    await asyncio.gather(*others[1:])

    assert seen == [3, 2, 1, 0]
    assert turn.waiting == 0
