"""The writer: one thread, groups, a savepoint per job, durable before acknowledged."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from bot.keys import Keys
from storage.engine import ERRORS
from storage.sqlite import MIGRATIONS
from storage.store import Store, migrate, snapshot
from storage.transaction import Transaction
from storage.writer import StorageUnavailable
from tests.databases import database, only_sqlite

pytestmark = pytest.mark.anyio


def remember(tx: Transaction, key: str) -> bool:
    return tx.first_time(1, key, 0)


def remember_and_fail(tx: Transaction, key: str) -> None:
    tx.first_time(1, key, 0)
    raise LookupError(key)


def hold(tx: Transaction) -> None:
    """Hold the writer long enough for others to gather behind it."""
    tx.connection.execute(
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < 200000)"
        " select max(i) from n"
    ).fetchone()


def _of_sqlite(tx: Transaction) -> sqlite3.Connection:
    assert isinstance(tx.connection, sqlite3.Connection)
    return tx.connection


def keys_in(store: Store) -> set[str]:
    """What another process would find on disk."""
    query = "select update_key from inbox"
    return snapshot(store.address, lambda c: {key for (key,) in c.execute(query)})


async def test_a_job_is_on_disk_when_write_returns(store: Store) -> None:
    """Nothing is acknowledged before it is committed."""
    first = await store.write(remember, "a")

    assert first is True
    assert keys_in(store) == {"a"}


@only_sqlite("the server folds its log by itself")
async def test_the_log_is_folded_beside_the_writer(store: Store, tmp_path: Path) -> None:
    """Afterwards the file alone has what was written, and more can be written at once."""
    await store.write(remember, "a")
    await asyncio.to_thread(store.fold)
    alone = tmp_path / "alone.db"
    alone.write_bytes(store.path.read_bytes())

    assert snapshot(alone, lambda c: c.execute("select update_key from inbox").fetchall())
    assert await store.write(remember, "b")


async def test_a_repeat_is_known_and_changes_nothing(store: Store) -> None:
    """The same update key is new exactly once."""
    seen = [await store.write(remember, "a") for _ in range(3)]

    assert seen == [True, False, False]


async def test_one_bad_job_takes_back_only_its_own_rows(store: Store) -> None:
    """Jobs of one group have a savepoint each."""
    held = asyncio.ensure_future(store.write(hold))
    outcomes = await asyncio.gather(
        store.write(remember, "good"),
        store.write(remember_and_fail, "bad"),
        store.write(remember, "also good"),
        return_exceptions=True,
    )
    await held

    assert outcomes[0] is True
    assert isinstance(outcomes[1], LookupError)
    assert outcomes[2] is True
    assert keys_in(store) == {"good", "also good"}


@only_sqlite("its driver tells each statement; test_several_writers has groups")
async def test_what_waits_together_is_committed_together(store: Store) -> None:
    """Many writers share one commit: far fewer commits than jobs."""
    commits = []
    held = asyncio.ensure_future(store.write(hold))
    await store.write(
        lambda tx: _of_sqlite(tx).set_trace_callback(
            lambda statement: commits.append(statement) if statement == "commit" else None
        )
    )
    await asyncio.gather(*(store.write(remember, str(n)) for n in range(400)))
    await held

    assert len(keys_in(store)) == 400
    assert len(commits) < 100


async def test_what_waits_when_the_store_closes_is_still_written(
    tmp_path: Path, keys: Keys
) -> None:
    """A graceful stop loses nothing that was handed over."""
    store = await Store(database(tmp_path / "x.db"), keys).open()
    waiting = [asyncio.ensure_future(store.write(remember, str(n))) for n in range(50)]
    await asyncio.sleep(0)
    await store.close()

    assert await asyncio.gather(*waiting) == [True] * 50
    assert len(keys_in(store)) == 50


async def test_after_close_nothing_is_accepted(tmp_path: Path, keys: Keys) -> None:
    """A write after the end is refused, not forgotten."""
    store = await Store(database(tmp_path / "x.db"), keys).open()
    await store.close()

    with pytest.raises(StorageUnavailable):
        await store.write(remember, "late")


@only_sqlite("a page limit of the file stands for a full disk")
async def test_a_database_that_cannot_be_written_says_so_and_recovers(
    tmp_path: Path, keys: Keys
) -> None:
    """A full disk fails the group with StorageUnavailable; the next group works again."""
    store = await Store(database(tmp_path / "x.db"), keys).open()
    await store.write(lambda tx: tx.connection.execute("pragma max_page_count=1"))
    large = "x" * 500_000

    with pytest.raises(StorageUnavailable):
        await store.write(remember, large)
    await store.write(lambda tx: tx.connection.execute("pragma max_page_count=1000000"))

    assert await store.write(remember, "small") is True
    assert keys_in(store) == {"small"}
    await store.close()


async def test_the_reader_cannot_write(store: Store) -> None:
    """Reads go through a connection that refuses to change anything."""
    with pytest.raises(ERRORS):
        await store.reader.execute_fetchall("delete from inbox")


def test_opening_twice_migrates_once(tmp_path: Path) -> None:
    """Migrations are applied only where they are missing."""
    address = database(tmp_path / "x.db")
    migrate(address)
    migrate(address)
    query = "select count(*) from _yoyo_migration"
    applied = snapshot(address, lambda connection: connection.execute(query).fetchone())

    assert applied == (len(list(MIGRATIONS.glob("*.sql"))),)


@pytest.mark.sqlite
def test_a_folder_in_the_way_is_one_clear_error(tmp_path: Path) -> None:
    """A path that cannot be a database is named in the message."""
    with pytest.raises(StorageUnavailable, match=str(tmp_path)):
        migrate(tmp_path)
