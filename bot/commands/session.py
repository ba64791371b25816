"""What every command that touches the database begins with."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.clock import utc_now
from bot.keys import load_keys
from bot.opening import opened
from bot.settings import Settings
from storage import registry
from storage.store import Store
from storage.transaction import Transaction

T = TypeVar("T")


def with_store(work: Callable[[Store], Awaitable[T]]) -> T:
    """Open the configured database, run *work* on it, close it."""

    async def run() -> T:
        settings = Settings()
        async with opened(settings, load_keys(settings.secret_key_file)) as store:
            return await work(store)

    return asyncio.run(run())


def noted(
    act: str, subject: str, write: Callable[..., T], *given: object
) -> Callable[[Transaction], T]:
    """*write*, and in the same transaction a line of the audit with what it returns.

    Who runs the command is who did it. What changes nothing (False, 0) is not written down.
    """

    def together(tx: Transaction) -> T:
        done = write(tx, *given)
        if done is None or done:
            at = utc_now().isoformat(timespec="seconds")
            told = "" if done is None or done is True else str(done)
            registry.audit(tx, at, getpass.getuser(), act, subject, told)
        return done

    return together
