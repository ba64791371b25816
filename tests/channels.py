"""A real store and a real channel, at work for a test."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import TypeVar

import uvicorn
from fastapi import FastAPI

from bot.channels.channel import Channel
from bot.channels.rates import Limits
from handlers.hooks import by_path
from handlers.web import build
from storage.store import Store
from storage.transaction import Transaction
from tests.patience import PATIENCE_S

Made = TypeVar("Made", bound=Channel)

COUNTER = "381207"
UNLIMITED = Limits(1e9, 1, 1e9, 1)


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


@contextlib.asynccontextmanager
async def running(made: Made) -> AsyncIterator[Made]:
    """The channel at work for the length of the block."""
    task = asyncio.create_task(made.run())
    try:
        yield made
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def application(*made: Channel) -> FastAPI:
    """The routes of the channels behind the guard and the error shape of the whole product."""
    app = build(_no_lifespan)
    app.state.hooks = by_path(hook for each in made for hook in each.hooks())
    return app


@contextlib.asynccontextmanager
async def _no_lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield


@contextlib.asynccontextmanager
async def serving(port: int, *made: Channel) -> AsyncIterator[None]:
    """The webhooks on a real server."""
    config = uvicorn.Config(application(*made), port=port, log_config=None, lifespan="off")
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


async def emptied(store: Store, table: str, but: int = 0) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while await store.write(counted, table) > but:  # noqa: ASYNC110 - a table has no event
            await asyncio.sleep(0.02)
