"""Long polling without loss: a batch and the offset behind it are committed together.

PTB confirms a batch before its updates are handled; here the next request confirms what is on disk.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from telegram.error import Conflict, NetworkError

from bot.channels.telegram.decode import Group
from bot.channels.telegram.intake import Intake
from bot.channels.telegram.request import ANSWER_S, Api
from bot.channels.telegram.status import Status, delays
from storage.store import Store
from storage.transaction import Transaction

PART = "poll"
POLL_S = 50
BATCH = 100
KINDS = ("message", "callback_query", "my_chat_member")


@dataclass
class Poller:
    """Fetches updates for as long as the process runs; no failure ends it.

    Attributes:
        taken: called after each commit, with the groups that called the bot.
    """

    api: Api
    store: Store
    intake: Intake
    clock: Callable[[], datetime]
    status: Status
    taken: Callable[[list[Group]], None]
    _offset: int | None = field(default=None, init=False)

    async def run(self) -> None:
        """Poll until cancelled."""
        waits = delays()
        wait_s = 0  # the first answer comes at once and says whether polling works
        while True:
            try:
                await self.poll(wait_s)
                wait_s, waits = POLL_S, delays()
                self.status.well(PART)
            except Exception as error:  # the loop outlives whatever one round meets
                self.status.trouble(PART, error)
                wait_s = 0
                await asyncio.sleep(next(waits))

    async def poll(self, wait_s: int) -> int:
        """Fetch one batch and commit it; return how many updates it held."""
        offset = await self._stored_offset()
        updates = await self._fetch(offset, wait_s)
        if updates:
            following = _following(updates, offset)
            groups = await self.store.write(
                self.intake.take_polled, updates, following, self.clock()
            )
            self._offset = following
            self.taken(groups)
        return len(updates)

    async def _stored_offset(self) -> int:
        if self._offset is None:
            account_id = self.intake.account.account_id
            self._offset = await self.store.write(Transaction.next_update, account_id)
        return self._offset

    async def _fetch(self, offset: int, wait_s: int) -> list[Any]:
        try:
            updates = await self.api.call(
                "getUpdates",
                {
                    "offset": offset,
                    "timeout": wait_s,
                    "limit": BATCH,
                    "allowed_updates": KINDS,
                },
                ANSWER_S + wait_s,
            )
        except Conflict:
            # A webhook of an earlier set-up stands in the way; what it did not deliver stays.
            await self.api.call("deleteWebhook", {"drop_pending_updates": False})
            raise
        if not isinstance(updates, list):
            raise NetworkError("getUpdates: expected a list")
        return updates


def _following(updates: list[Any], offset: int) -> int:
    """The offset behind a batch; an update without an id cannot move it."""
    ids = (update.get("update_id") for update in updates if isinstance(update, dict))
    following = max((number + 1 for number in ids if isinstance(number, int)), default=offset)
    if following == offset:
        raise NetworkError("getUpdates: no update has an update_id")
    return following
