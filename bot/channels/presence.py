"""What each account's own process knows of it, told to the processes that only show it.

One process at a time runs an account. The others offer it on the pages of counters all the same,
take its webhooks, and say at /readyz whether it works somewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from prometheus_client import Gauge

from bot.channels.channel import Channel
from bot.channels.opening import statuses
from bot.channels.status import WELL
from bot.metrics import CONNECTED
from storage import accounts
from storage.accounts import Presence
from storage.store import Store

TELL_EVERY_S = 5
AGAIN_S = 60
"""What did not change is told once more, so that silence means that nobody runs the account."""
SILENT_S = 3 * AGAIN_S


@dataclass
class Presences:
    """The accounts of an installation, as this process and the others know them."""

    store: Store
    clock: Callable[[], datetime]
    channels: Sequence[Channel]
    _here: set[int] = field(default_factory=set, init=False)
    _told: dict[int, Presence] = field(default_factory=dict, init=False)

    async def run(self, channel: Channel) -> None:
        """Run an account until cancelled; it is this process's own meanwhile."""
        number = channel.account.account_id
        self._here.add(number)
        try:
            await channel.run()
        finally:
            self._here.discard(number)
            _connected(channel).set(0)

    async def exchange(self) -> None:
        """Tell what is known of the accounts that run here, and hear of the others."""
        now = int(self.clock().timestamp())
        for channel in self._running():
            known = self._known(channel, now)
            _connected(channel).set(known.state == WELL)
            if self._is_news(known):
                await self.store.write(accounts.tell, known)
        self._told = await self.store.look(accounts.presences)
        for channel in self.channels:
            told = self._told.get(channel.account.account_id)
            if told and told.name and channel.account.account_id not in self._here:
                channel.known = told.known

    def statuses(self) -> dict[str, str]:
        """Each account and whether it works, here or elsewhere; for /readyz."""
        return statuses(self.channels, self._status)

    def _running(self) -> list[Channel]:
        return [each for each in self.channels if each.account.account_id in self._here]

    def _known(self, channel: Channel, now: int) -> Presence:
        return Presence(channel.account.account_id, *channel.known, channel.status(), now)

    def _is_news(self, known: Presence) -> bool:
        told = self._told.get(known.account_id)
        if told is None or known.told_at - told.told_at >= AGAIN_S:
            return True
        return (told.known, told.state) != (known.known, known.state)

    def _status(self, channel: Channel) -> str:
        number = channel.account.account_id
        if number in self._here or not self.store.shared:
            return channel.status()
        told = self._told.get(number)
        silent = told is None or self.clock().timestamp() - told.told_at > SILENT_S
        return "not connected: no process runs it" if told is None or silent else told.state


def _connected(channel: Channel) -> Gauge:
    return CONNECTED.labels(channel.account.channel, channel.account.name)
