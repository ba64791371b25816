"""Long polling for as long as the process runs; no failure ends it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from bot.channels.status import Status, delays

PART = "poll"


async def keep_polling(
    poll: Callable[[int], Awaitable[object]], longest_s: int, status: Status
) -> None:
    """Poll until cancelled.

    Args:
        poll: fetches and commits one batch, waiting for it at most so many seconds.
        longest_s: how long a poll waits once polling is known to work.
        status: told how each round went.
    """
    waits = delays()
    wait_s = 0  # the first answer comes at once and says whether polling works
    while True:
        try:
            await poll(wait_s)
            wait_s, waits = longest_s, delays()
            status.well(PART)
        except Exception as error:  # the loop outlives whatever one round meets
            status.trouble(PART, error)
            wait_s = 0
            await asyncio.sleep(next(waits))
