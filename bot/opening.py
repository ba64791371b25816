"""The installation's database, opened for the length of a block."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from bot.keys import Keys
from bot.metrics import WRITE_SECONDS
from bot.settings import Settings
from storage.store import Store


@contextlib.asynccontextmanager
async def opened(settings: Settings, keys: Keys) -> AsyncIterator[Store]:
    """The store of these settings, open for the length of the block.

    Raises:
        StorageUnavailable: the file cannot be opened or written.
    """
    store = await Store(settings.database_path, keys, WRITE_SECONDS.observe).open()
    try:
        yield store
    finally:
        await store.close()
