"""What every command that touches the database begins with."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.keys import load_keys
from bot.opening import opened
from bot.settings import Settings
from storage.store import Store

T = TypeVar("T")


def with_store(work: Callable[[Store], Awaitable[T]]) -> T:
    """Open the configured database, run *work* on it, close it."""

    async def run() -> T:
        settings = Settings()
        async with opened(settings, load_keys(settings.secret_key_file)) as store:
            return await work(store)

    return asyncio.run(run())
