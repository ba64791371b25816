"""The installation's database, opened for the length of a block."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import structlog

from bot.keys import Keys
from bot.ledger import ledger
from bot.metrics import WRITE_SECONDS
from bot.settings import Settings
from storage import moving
from storage.store import Store
from storage.writer import StorageUnavailable

log = structlog.get_logger()

GO_ON = "let `motcua migrate --to` end, with MOTCUA_DATABASE as it was"


@contextlib.asynccontextmanager
async def opened(settings: Settings, keys: Keys) -> AsyncIterator[Store]:
    """The store of these settings, open for the length of the block.

    Raises:
        StorageUnavailable: the database cannot be opened or written.
    """
    store = await Store(
        settings.database, keys, WRITE_SECONDS.observe, ledger(settings), settings.database_path
    ).open()
    if await store.look(moving.unfinished):
        await store.close()
        raise StorageUnavailable(f"{settings.database_name} is half moved: {GO_ON}")
    if store.caught_up.missing:
        # Not refused: nobody would be served any better by a server that does not start.
        log.error("the ledger of erasures is too short", missing=store.caught_up.missing)
    try:
        yield store
    finally:
        await store.close()
