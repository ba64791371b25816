"""A group gets one link to the private chat, now and then, and nothing of it is stored."""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.channels.decoded import Group
from bot.channels.outcomes import Outcome

EVERY_S = 600.0
GROUPS_KEPT = 1000
WAITING_MOST = 100


@dataclass
class GroupLinks:
    """Answers calls from groups, at most one per group in ten minutes.

    Attributes:
        answer: sends the link to a group; raises an `Outcome` when that fails.
        ready: whether the link is known yet.
    """

    answer: Callable[[Group], Awaitable[object]]
    ready: Callable[[], object]
    _answered: OrderedDict[str, float] = field(default_factory=OrderedDict, init=False)
    _waiting: asyncio.Queue[Group] = field(
        default_factory=lambda: asyncio.Queue(WAITING_MOST), init=False
    )

    def call(self, group: Group) -> None:
        """A group called; too soon after the last call, or in a flood, it gets nothing."""
        now = asyncio.get_running_loop().time()
        last = self._answered.get(group.chat)
        soon = last is not None and now - last < EVERY_S
        if soon or self._waiting.full() or not self.ready():
            return
        self._answered[group.chat] = now
        self._answered.move_to_end(group.chat)
        if len(self._answered) > GROUPS_KEPT:
            self._answered.popitem(last=False)
        self._waiting.put_nowait(group)

    async def run(self) -> None:
        """Answer until cancelled; a group that cannot be reached is not worth a second try."""
        while True:
            with contextlib.suppress(Outcome):
                await self.answer(await self._waiting.get())
