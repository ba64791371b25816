"""Work that nobody waits for leaves the interpreter to those who answer, after each piece of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Literal

BESIDE, AT_LEISURE = 1.0, 3.0
"""For what a reader may soon ask for, and for what is done once a day."""


@dataclass
class Pace:
    """How a long work goes.

    A thread that computes has half of the interpreter, and in a busy hour those who answer need
    more than the other half. A piece takes longer then, so the pause is longer, too.

    Attributes:
        times: how many times as long as a piece took it rests after it; 0 where somebody waits
            for it: others have their turn, and it goes on.
    """

    times: float = 0.0
    _since: float | None = field(default=None, init=False)

    async def rest(self) -> None:
        """Before, between and after pieces."""
        loop = asyncio.get_running_loop()
        took = 0.0 if self._since is None else loop.time() - self._since
        await asyncio.sleep(self.times * took)
        self._since = loop.time()


class Turn(asyncio.Lock):
    """A lock whose holder can see whether somebody waits, and need not rest then.

    Attributes:
        waiting: how many do.
    """

    waiting = 0

    async def acquire(self) -> Literal[True]:
        """Wait for it, and be seen waiting."""
        self.waiting += 1
        try:
            return await super().acquire()
        finally:
            self.waiting -= 1
