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
AT_ONCE = 100


@dataclass
class GroupLinks:
    """Answers calls from groups, at most one per group in ten minutes.

    Whichever process took a call answers it: who runs the account may be another one.

    Attributes:
        answer: sends the link to a group; raises an `Outcome` when that fails.
        ready: whether the link is known yet.
    """

    answer: Callable[[Group], Awaitable[object]]
    ready: Callable[[], object]
    _answered: OrderedDict[str, float] = field(default_factory=OrderedDict, init=False)
    _answering: set[asyncio.Task[None]] = field(default_factory=set, init=False)

    def call(self, group: Group) -> None:
        """A group called; too soon after the last call, or in a flood, it gets nothing."""
        now = asyncio.get_running_loop().time()
        last = self._answered.get(group.chat)
        soon = last is not None and now - last < EVERY_S
        if soon or len(self._answering) >= AT_ONCE or not self.ready():
            return
        self._answered[group.chat] = now
        self._answered.move_to_end(group.chat)
        if len(self._answered) > GROUPS_KEPT:
            self._answered.popitem(last=False)
        self._answering.add(task := asyncio.create_task(self._tell(group)))
        task.add_done_callback(self._answering.discard)

    async def _tell(self, group: Group) -> None:
        """Once: a group that cannot be reached is not worth a second try."""
        with contextlib.suppress(Outcome):
            await self.answer(group)
