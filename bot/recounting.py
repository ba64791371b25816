"""A recount by as many processes as there are processors, each with units of its own."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from bot.instruments import shipped
from storage.recount import Difference, recount
from storage.store import snapshot


async def recounted(database: str | Path) -> list[Difference]:
    """Every difference between what is stored and what the responses say."""
    parts = os.cpu_count() or 1
    # Spawned, not forked: the server has threads, and a fork in the middle of one may hang.
    spawn = multiprocessing.get_context("spawn")
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(parts, mp_context=spawn) as pool:
        counts = [loop.run_in_executor(pool, _part, database, part, parts) for part in range(parts)]
        return [difference for found in await asyncio.gather(*counts) for difference in found]


def _part(database: str | Path, part: int, parts: int) -> list[Difference]:
    gc.disable()  # nothing here is a cycle, and looking for them takes a tenth of the time
    return snapshot(database, recount, shipped(), part, parts)
