"""Work that one of several processes does: who has its lease, and the next when that ends."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from bot.metrics import HELD
from storage import leases
from storage.store import Store
from storage.writer import StorageUnavailable

log = structlog.get_logger()

LEASE_S = 15
RENEW_S = 4


def _name() -> str:
    return f"{socket.gethostname()} {os.getpid()} {secrets.token_hex(4)}"


@dataclass(frozen=True)
class Leases:
    """This process among those that share the database.

    SQLite has one serving process, which need not wait for what another may have left behind.
    """

    store: Store
    clock: Callable[[], datetime]
    holder: str = field(default_factory=_name)

    async def only_one(self, name: str, work: Callable[[], Awaitable[object]]) -> None:
        """Do *work* for ever, in one process at a time."""
        held = HELD.labels(name)
        if not self.store.shared:
            held.set(1)
            await work()
            return
        held.set(0)
        while True:
            if await self._claim(name):
                await self._while_ours(name, work)
            await asyncio.sleep(RENEW_S)

    async def _while_ours(self, name: str, work: Callable[[], Awaitable[object]]) -> None:
        """Work until the lease cannot be renewed; then stop before another may begin."""
        log.info("lease taken", lease=name)
        HELD.labels(name).set(1)
        working = asyncio.ensure_future(work())
        try:
            while not working.done():
                await asyncio.wait([working], timeout=RENEW_S)
                if not await self._renewed(name):
                    log.warning("lease lost", lease=name)
                    break
        finally:
            HELD.labels(name).set(0)
            working.cancel()
            (ended,) = await asyncio.gather(working, return_exceptions=True)
            if isinstance(ended, Exception):  # the next one begins anew
                log.error("work ended", lease=name, exc_info=ended)
            with contextlib.suppress(StorageUnavailable):
                await self.store.write(leases.give_back, name, self.holder)

    async def _renewed(self, name: str) -> bool:
        """Whether it is still ours; who cannot ask in time must stop before another begins."""
        try:
            async with asyncio.timeout(LEASE_S - RENEW_S):
                return await self._claim(name)
        except TimeoutError:
            return False

    async def _claim(self, name: str) -> bool:
        now = int(self.clock().timestamp())
        try:
            return await self.store.write(leases.claim, name, self.holder, now, LEASE_S)
        except StorageUnavailable:
            return False
