"""What every channel account is to the process that runs it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.channels.capabilities import Capabilities
from bot.channels.rates import Limits
from bot.channels.sender import Deliver, Sender
from bot.channels.status import Status
from bot.keys import Keys
from bot.settings import Settings
from handlers.hooks import Hook
from handlers.receive import Survey
from handlers.service import Entrance
from storage.accounts import ChannelAccount, Known
from storage.store import Store


@dataclass(frozen=True)
class Surroundings:
    """What a channel is given to work with.

    Attributes:
        limits: how fast messages may go, instead of what the platform allows; for measurements.
    """

    settings: Settings
    keys: Keys
    store: Store
    survey: Survey
    clock: Callable[[], datetime]
    limits: Limits | None = None

    def sender(
        self, account: ChannelAccount, can: Capabilities, status: Status, deliver: Deliver
    ) -> Sender:
        """What sends the account's messages."""
        return Sender(
            can.channel,
            account.account_id,
            self.store,
            self.survey,
            self.clock,
            status,
            deliver,
            self.limits or can.limits,
        )


class Channel(Protocol):
    """One account at work beside the web part; whatever its platform does, it never stops it.

    Attributes:
        known: by what people find it, as the platform told this process or another one.
    """

    known: Known

    @property
    def account(self) -> ChannelAccount:
        """The row it works for."""

    @property
    def capabilities(self) -> Capabilities:
        """What its platform can do."""

    def status(self) -> str:
        """`connected`, or `not connected: …`; for /readyz."""

    def entrance(self, counter: str) -> Entrance | None:
        """How a respondent comes here to rate a counter; None while that is not known."""

    def hooks(self) -> list[Hook]:
        """The webhook, where updates arrive by it."""

    async def introduces_itself(self) -> str:
        """Who the platform says this account is; raises an `Outcome` when it does not say."""

    async def run(self) -> None:
        """Work until cancelled."""
