"""Several processes on one PostgreSQL database: nothing is counted twice, and nothing is lost."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from bot.instruments import shipped
from bot.keys import Keys
from bot.leases import Leases
from handlers.inbound import Happening, Inbound, Start, Tap, Text
from handlers.receive import Survey, receive
from sipas.packing import HANOI, half_day
from storage import leases
from storage.recount import recount
from storage.release import release
from storage.store import Store, snapshot
from storage.transaction import Transaction
from tests.channels import until
from tests.databases import ONLY_POSTGRESQL, database
from tests.patience import PATIENCE_S
from tests.server import COUNTER, OTHER, directory

pytestmark = [pytest.mark.anyio, ONLY_POSTGRESQL]

MORNING = datetime(2026, 11, 13, 9, 5, tzinfo=HANOI).astimezone(UTC)
OTHERS = "from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
ENDED = "select (select count(*) from closed_responses) + (select count(*) from responses)"


@pytest.fixture
async def stores(tmp_path: Path, keys: Keys) -> AsyncIterator[list[Store]]:
    """Three processes, as far as the database can tell."""
    address = database(tmp_path / "m.db")
    opened = [await Store(address, keys).open() for _ in range(3)]
    await opened[0].write(directory)
    await opened[0].write(Transaction.account_id, "web", "web")
    yield opened
    for store in opened:
        await store.close()


def survey_of(keys: Keys) -> Survey:
    return Survey(shipped(), 1, random.Random(5).getrandbits, keys.code_hash, lambda *_: None)


async def send(
    store: Store, survey: Survey, who: int, update: int, *happenings: Happening
) -> object:
    """One update of a conversation, as a channel hands it over."""
    key = b"%016d" % who
    inbound = Inbound(1, "web", f"{who} {update}", key, happenings)
    return await store.write_for([key], receive, survey, inbound, MORNING)


def counted(store: Store, query: str) -> int:
    return int(snapshot(store.address, lambda connection: connection.execute(query).fetchone()[0]))


async def test_an_update_that_reaches_every_process_counts_once(
    stores: list[Store], keys: Keys
) -> None:
    """Platforms repeat themselves: the same update at the same time, to three processes."""
    survey = survey_of(keys)
    words: list[Happening] = [Start(COUNTER), Tap("1|-|overall|5"), Text("dừng")]
    for number, said in enumerate(words):
        everywhere = (
            send(store, survey, who, number, said) for who in range(25) for store in stores
        )
        await asyncio.gather(*everywhere)

    assert counted(stores[0], ENDED) == 25
    assert counted(stores[0], "select count(*) from inbox") == 75
    assert counted(stores[0], "select sum(n) from arrivals") == 25


async def test_updates_of_one_conversation_come_one_after_the_other(
    stores: list[Store], keys: Keys
) -> None:
    """Begun in three processes at once, and ended in three: as if it had been one."""
    survey = survey_of(keys)

    async def everywhere(first: int, *said: Happening) -> None:
        places = [(who, place) for who in range(25) for place in range(3)]
        await asyncio.gather(
            *(send(stores[place], survey, who, first + place, *said) for who, place in places)
        )

    await everywhere(0, Start(COUNTER), Tap("1|-|overall|5"))
    begun = snapshot(stores[0].address, recount, shipped())
    await everywhere(3, Text("dừng"))

    assert begun == []
    assert counted(stores[0], "select count(*) from conversations where session is not null") == 0
    assert snapshot(stores[0].address, recount, shipped()) == []


async def test_answers_and_releases_at_the_same_time_add_up(
    stores: list[Store], keys: Keys
) -> None:
    """Everybody's answers are there once, and the rollups equal their recount."""
    survey, chance = survey_of(keys), random.Random(3)

    async def answer(who: int) -> None:
        counter = (COUNTER, OTHER)[who % 2]
        await send(chance.choice(stores), survey, who, 0, Start(counter), Tap("1|-|overall|4"))
        await send(chance.choice(stores), survey, who, 1, Text("dừng"))

    async def releases(store: Store) -> None:
        for number in range(5):
            await store.write(release, shipped(), half_day(MORNING), random.Random(number))
            await asyncio.sleep(0.02)

    await asyncio.gather(*map(answer, range(90)), *map(releases, stores))

    assert counted(stores[0], ENDED) == 90
    assert counted(stores[0], "select count(*) from responses") >= 5
    assert snapshot(stores[0].address, recount, shipped()) == []


async def test_lost_connections_lose_nothing(stores: list[Store], keys: Keys) -> None:
    """The server breaks every connection: the next write and the next reads work all the same."""
    survey, here = survey_of(keys), stores[0]
    await send(here, survey, 1, 0, Start(COUNTER), Tap("1|-|overall|5"))
    await here.look(lambda tx: tx.connection.execute("select 1").fetchone())
    with psycopg.connect(here.address, autocommit=True) as link:
        link.execute(f"select pg_terminate_backend(pid) {OTHERS}".encode())
        # It is only a signal: they end when they get to it.
        await until(lambda: not link.execute(f"select 1 {OTHERS}".encode()).fetchall())
    await send(here, survey, 1, 1, Text("dừng"))

    assert counted(here, ENDED) == 1
    assert await here.reader.execute_fetchall("select n from arrivals") == [(1,)]
    assert await here.look(lambda tx: tx.connection.execute("select 1").fetchone()) == (1,)


async def test_a_lease_is_held_by_one_and_handed_on(stores: list[Store]) -> None:
    """Of several that ask one gets it, and the next one when it is given back."""
    asked = [store.write(leases.claim, "poll", str(n), 0, 60) for n, store in enumerate(stores)]
    got = await asyncio.gather(*asked)
    (holder,) = [str(number) for number, has in enumerate(got) if has]
    again = await stores[0].write(leases.claim, "poll", holder, 0, 60)
    other = await stores[0].write(leases.claim, "poll", "somebody else", 0, 60)
    await stores[0].write(leases.give_back, "poll", holder)

    assert (again, other) == (True, False)
    assert await stores[0].write(leases.claim, "poll", "somebody else", 0, 60)


async def test_two_pollers_started_by_mistake_never_poll_together(stores: list[Store]) -> None:
    """The second waits for the first, and begins when that one has stopped."""
    working: list[str] = []
    begun = asyncio.Event()

    async def work(name: str) -> None:
        working.append(name)
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            working.remove(name)

    def started(name: str, store: Store) -> asyncio.Task[None]:
        owned = Leases(store, lambda: MORNING, name)
        return asyncio.ensure_future(owned.only_one("channel 2", lambda: work(name)))

    first, second = started("first", stores[0]), started("second", stores[1])
    await asyncio.wait_for(begun.wait(), PATIENCE_S)
    (began,) = working
    (first if began == "first" else second).cancel()
    begun.clear()
    await asyncio.wait_for(begun.wait(), PATIENCE_S)
    after = list(working)
    for task in (first, second):
        task.cancel()
    await asyncio.gather(first, second, return_exceptions=True)

    assert len(after) == 1
    assert after != [began]
    assert working == []
