"""An office with one printed batch of paper forms, and what its staff do with it."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.instruments import shipped
from bot.keys import load_keys
from handlers import keying
from handlers.keying import Refused, Sheet, Work
from handlers.receive import Survey
from storage import paper
from storage.paper import Batch, Printed
from storage.store import Store, snapshot
from storage.transaction import Transaction
from tests.databases import database as address
from tests.server import COUNTER, furnish
from tests.test_paper_form import SHORT

CODE, FORMS = "P381207", 80
KEYER, CHECKER = 1, 2
NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
SURVEY = Survey(shipped(), 1, secrets.randbits, lambda code: 0)
QUESTIONS = tuple(line.item.key for line in SHORT.lines)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Store]:
    """A small province with one printed batch of 80 forms."""
    database, key_file = tmp_path / "motcua.db", tmp_path / "motcua.key"
    furnish(database)
    store = await Store(address(database), load_keys(key_file)).open()
    await store.write(_print)
    yield store
    await store.close()


def _print(tx: Transaction) -> None:
    counter_id, _ = tx.counter_ids(COUNTER)
    printed = Printed(
        CODE, counter_id, "short.1", "land,civil_status", 1, FORMS, "2026-11-01", "test"
    )
    assert paper.add_batch(tx, printed)
    assert not paper.add_batch(tx, printed)


def typed(keys: str) -> dict[str, str]:
    """What is in the fields for *keys*, one for each question; a dot is an empty field."""
    return {key: mark.replace(".", "") for key, mark in zip(QUESTIONS, keys, strict=True)}


ALL_5 = "52555511311121"


async def act(store: Store, work: Work) -> Refused | None:
    """Do *work* on the batch, as a page does."""
    units = {each.unit_id for each in await store.look(paper.batches)}
    done = await store.write(keying.acted, SURVEY, CODE, units, work)
    assert done is not None
    return done[1]


async def key(store: Store, number: int, keys: str = ALL_5, device: int = KEYER) -> Refused | None:
    """Key a form."""
    work = partial(keying.enter, device=device, number=number, typed=typed(keys))
    return await act(store, work)


async def start(store: Store, device: int = CHECKER) -> Refused | None:
    """Begin the spot check."""
    return await act(store, partial(keying.begin_check, chance=secrets.randbits, device=device))


async def again(
    store: Store, number: int, keys: str = ALL_5, device: int = CHECKER, now: datetime = NOW
) -> Refused | None:
    """Key a form a second time."""
    work = partial(keying.check, device=device, number=number, typed=typed(keys))
    return await act(store, partial(keying.checking, work=work, actor="device", now=now))


async def settle(
    store: Store, number: int, marks: Mapping[str, str], device: int = CHECKER
) -> Refused | None:
    """Say what the paper says."""
    work = partial(keying.settle, device=device, number=number, typed=marks)
    return await act(store, partial(keying.checking, work=work, actor="device", now=NOW))


async def close(store: Store) -> Refused | None:
    """Close the batch."""
    return await act(store, partial(keying.close, survey=SURVEY, actor="device", now=NOW))


async def sheet(store: Store) -> Sheet:
    """The batch as it stands."""
    found = await store.look(keying.sheet, SURVEY, CODE)
    assert found is not None
    return found


async def batch(store: Store) -> Batch:
    """The batch's row."""
    return (await sheet(store)).batch


async def drawn(store: Store) -> list[int]:
    """The numbers drawn for the check."""
    return [each.number for each in (await sheet(store)).drawn]


def rows(store: Store, query: str) -> list[tuple[Any, ...]]:
    """What the database holds."""
    return snapshot(store.address, lambda connection: connection.execute(query).fetchall())


async def key_all(store: Store, keys: Callable[[int], str] = lambda _: ALL_5) -> None:
    """Key the whole batch."""
    for number in range(1, FORMS + 1):
        assert await key(store, number, keys(number)) is None
