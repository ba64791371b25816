"""Who draws charts: asks the process that can when one is wanted, and remembers drawings."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from dataclasses import asdict

import structlog

from bot.beside import Beside, Refused
from handlers.charts.drawing import Drawing, Undrawn

LONGEST_S = 20
IDLE_S = 60.0
KEPT_BYTES = 16 << 20

log = structlog.get_logger(__name__)


class Renderer:
    """One process at a time; it ends by itself when nobody asks (`bot.charts`)."""

    def __init__(self, idle_s: float = IDLE_S) -> None:
        self._beside = Beside("bot.charts", str(idle_s))
        self._turn = asyncio.Lock()
        self._kept: OrderedDict[Drawing, bytes] = OrderedDict()

    async def draw(self, drawing: Drawing) -> bytes:
        """The drawing, from memory if it was drawn before.

        Raises:
            Undrawn: it is wrong, or nobody could draw it in time.
        """
        try:
            async with asyncio.timeout(LONGEST_S), self._turn:
                if drawing not in self._kept:
                    self._keep(drawing, await self._beside.ask(_told(drawing)))
                self._kept.move_to_end(drawing)
                return self._kept[drawing]
        except (OSError, EOFError, TimeoutError, Refused) as wrong:
            log.warning("chart not drawn", reason=repr(wrong))
            raise Undrawn(repr(wrong)) from wrong

    async def close(self) -> None:
        """End the process, if there is one."""
        await self._beside.close()

    def _keep(self, drawing: Drawing, made: bytes) -> None:
        self._kept[drawing] = made
        size = sum(map(len, self._kept.values()))
        while size > KEPT_BYTES and len(self._kept) > 1:
            size -= len(self._kept.popitem(last=False)[1])


def _told(drawing: Drawing) -> bytes:
    return json.dumps(asdict(drawing)).encode()
