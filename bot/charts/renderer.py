"""Who draws charts: starts the process that can when one is wanted, and remembers drawings."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections import OrderedDict
from dataclasses import asdict

import structlog

from handlers.charts.drawing import Drawing, Undrawn

LONGEST_S = 20
IDLE_S = 60.0
KEPT_BYTES = 16 << 20

log = structlog.get_logger(__name__)


class Renderer:
    """One process at a time; it ends by itself when nobody asks (`bot.charts`)."""

    def __init__(self, idle_s: float = IDLE_S) -> None:
        self._command = (sys.executable, "-m", "bot.charts", str(idle_s))
        self._process: Process | None = None
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
                    self._keep(drawing, await self._drawn(drawing))
                self._kept.move_to_end(drawing)
                return self._kept[drawing]
        except (OSError, EOFError, TimeoutError) as wrong:
            log.warning("chart not drawn", reason=repr(wrong))
            raise Undrawn(repr(wrong)) from wrong

    async def close(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.kill()
            await process.wait()

    async def _drawn(self, drawing: Drawing) -> bytes:
        try:
            return await self._asked(drawing)
        except (OSError, EOFError):  # it had just ended for want of work
            return await self._asked(drawing)

    async def _asked(self, drawing: Drawing) -> bytes:
        process = await self._running()
        try:
            return await _answer(process, drawing)
        except BaseException:  # whatever it says later must not be taken for another answer
            await self.close()
            raise

    async def _running(self) -> Process:
        if self._process is None or self._process.returncode is not None:
            # A session of its own: it ends with its input, not by a key pressed at the server's.
            self._process = await asyncio.create_subprocess_exec(
                *self._command, stdin=PIPE, stdout=PIPE, start_new_session=True
            )
        return self._process

    def _keep(self, drawing: Drawing, made: bytes) -> None:
        self._kept[drawing] = made
        size = sum(map(len, self._kept.values()))
        while size > KEPT_BYTES and len(self._kept) > 1:
            size -= len(self._kept.popitem(last=False)[1])


async def _answer(process: Process, drawing: Drawing) -> bytes:
    assert process.stdin is not None and process.stdout is not None  # noqa: S101 - see PIPE
    process.stdin.write(json.dumps(asdict(drawing)).encode() + b"\n")
    await process.stdin.drain()
    outcome, length = (await process.stdout.readline()).split() or (b"", b"0")
    if not outcome:
        raise EOFError("the process that draws has ended")
    made = await process.stdout.readexactly(int(length))
    if outcome != b"drawn":
        raise Undrawn(made.decode())
    return made
