"""A group gets one link to the private chat, now and then, and nothing of it is stored."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from telegram.error import TelegramError

from bot.channels.telegram.decode import Group
from bot.channels.telegram.request import Api
from handlers.messages import text

EVERY_S = 600.0
GROUPS_KEPT = 1000
WAITING_MOST = 100


@dataclass
class GroupLinks:
    """Answers calls from groups, at most one per group in ten minutes.

    Attributes:
        link: the bot's address, empty until it is known.
    """

    api: Api
    link: Callable[[], str]
    _answered: OrderedDict[int, float] = field(default_factory=OrderedDict, init=False)
    _waiting: asyncio.Queue[Group] = field(
        default_factory=lambda: asyncio.Queue(WAITING_MOST), init=False
    )

    def call(self, group: Group) -> None:
        """A group called; too soon after the last call, or in a flood, it gets nothing."""
        now = asyncio.get_running_loop().time()
        last = self._answered.get(group.chat_id)
        soon = last is not None and now - last < EVERY_S
        if soon or self._waiting.full() or not self.link():
            return
        self._answered[group.chat_id] = now
        self._answered.move_to_end(group.chat_id)
        if len(self._answered) > GROUPS_KEPT:
            self._answered.popitem(last=False)
        self._waiting.put_nowait(group)

    async def run(self) -> None:
        """Answer until cancelled."""
        while True:
            await self._answer(await self._waiting.get())

    async def _answer(self, group: Group) -> None:
        """Send the link; a group that cannot be reached is not worth a second try."""
        start = f"?start=c{group.counter}" if group.counter else ""
        language = group.language or "vi"
        key = {"text": text(language, "telegram.open"), "url": self.link() + start}
        answer = {
            "chat_id": group.chat_id,
            "text": text(language, "telegram.group"),
            "reply_markup": {"inline_keyboard": [[key]]},
        }
        try:
            await self.api.call("sendMessage", answer)
        except TelegramError:
            return
