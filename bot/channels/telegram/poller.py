"""Long polling without loss: a batch and the offset behind it are committed together.

PTB confirms a batch before its updates are handled; here the next request confirms what is on disk.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from telegram.error import Conflict, NetworkError, TelegramError

from bot.channels.decoded import Group
from bot.channels.intake import Intake
from bot.channels.polling import keep_polling
from bot.channels.status import Status
from bot.channels.telegram.request import ANSWER_S, Api
from bot.channels.telegram.troubles import outcome_of
from storage.store import Store
from storage.transaction import Transaction

POLL_S = 50
BATCH = 100
KINDS = ("message", "callback_query", "my_chat_member")


@dataclass
class Poller:
    """Fetches updates in batches.

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
        await keep_polling(self.poll, POLL_S, self.status)

    async def poll(self, wait_s: int) -> int:
        """Fetch one batch and commit it; return how many updates it held."""
        offset = await self._stored_offset()
        try:
            updates = await self._fetch(offset, wait_s)
            following = _following(updates, offset) if updates else offset
        except TelegramError as error:
            raise outcome_of(error) from error
        if updates:
            about = self.intake.conversations(updates)
            groups = await self.store.write_for(
                about, self.intake.take_polled, updates, following, self.clock()
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
