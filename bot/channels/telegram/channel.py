"""One Telegram bot: its poller or webhook, its sender, its set-up, and whether it works."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import SecretStr
from telegram import Bot

from bot.channels.telegram import poller as polling
from bot.channels.telegram.decode import CHANNEL, Account, Group
from bot.channels.telegram.groups import GroupLinks
from bot.channels.telegram.intake import Intake
from bot.channels.telegram.letters import Letters
from bot.channels.telegram.poller import Poller
from bot.channels.telegram.rates import Limits
from bot.channels.telegram.request import AiohttpRequest, Api
from bot.channels.telegram.sender import Sender
from bot.channels.telegram.setup import Callback, introduce, listen
from bot.channels.telegram.status import Status, delays
from bot.channels.telegram.webhook import PATH, Webhook
from bot.keys import Keys
from bot.settings import Settings
from handlers.hooks import Hook
from handlers.receive import Survey
from storage.store import Store
from storage.transaction import Transaction

CONNECT = "connect"
INTRODUCE = "introduce"


@dataclass(frozen=True)
class Access:
    """Where the bot's API is, the token that opens it, and the webhook if it has one."""

    api: str
    token: SecretStr
    hook: Callback | None


async def telegram_channel(
    settings: Settings,
    keys: Keys,
    store: Store,
    survey: Survey,
    clock: Callable[[], datetime],
    limits: Limits | None = None,
) -> TelegramChannel | None:
    """The channel of these settings; None without a token."""
    token = settings.telegram_token.get_secret_value().strip() if settings.telegram_token else ""
    if not token:
        return None
    # The part before the colon is the bot's public number: it outlives a changed token.
    name = token.partition(":")[0]
    account_id = await store.write(Transaction.account_id, CHANNEL, name)
    hook = Callback(settings.public_url + PATH, keys.webhook_secret(CHANNEL))
    webhook = hook if settings.telegram_mode == "webhook" else None
    return TelegramChannel(
        access=Access(settings.telegram_api, SecretStr(token), webhook),
        store=store,
        intake=Intake(Account(account_id, keys.pseudonym), survey),
        clock=clock,
        limits=limits or Limits(),
    )


@dataclass
class TelegramChannel:
    """Runs beside the web part and never stops it, whatever Telegram does."""

    access: Access
    store: Store
    intake: Intake
    clock: Callable[[], datetime]
    limits: Limits
    _username: str = field(default="", init=False)

    def __post_init__(self) -> None:
        token = self.access.token.get_secret_value()
        base = f"{self.access.api}/bot"
        self._request = AiohttpRequest()
        self._bot = Bot(token, base, request=self._request, get_updates_request=self._request)
        self._status = Status(CONNECT, *(() if self.access.hook else (polling.PART,)))
        api = Api(base + token, self._request)
        letters = Letters(self.intake.survey.instruments)
        self._sender = Sender(
            api, self.store, self.intake, self.clock, self._status, letters.compose, self.limits
        )
        self._groups = GroupLinks(api, self.link)
        self._poller = Poller(api, self.store, self.intake, self.clock, self._status, self._taken)

    def status(self) -> str:
        """`connected`, or `not connected: …`; for /readyz."""
        return str(self._status)

    def link(self) -> str:
        """The bot's address, empty until Telegram has told its name."""
        return f"https://t.me/{self._username}" if self._username else ""

    def hooks(self) -> list[Hook]:
        """The webhook, where updates arrive by it."""
        access = self.access.hook
        if access is None:
            return []
        webhook = Webhook(self.store, self.intake, self.clock, access.secret, self._taken)
        return [webhook.hook()]

    async def run(self) -> None:
        """Work until cancelled."""
        async with self._request, asyncio.TaskGroup() as group:
            group.create_task(self._set_up())
            group.create_task(self._sender.run())
            group.create_task(self._groups.run())
            if self.access.hook is None:
                group.create_task(self._poller.run())

    def _taken(self, groups: list[Group]) -> None:
        self._sender.wake()
        for group in groups:
            self._groups.call(group)

    async def _set_up(self) -> None:
        await self._until_done(CONNECT, self._connect)
        await self._until_done(INTRODUCE, self._introduce)

    async def _connect(self) -> None:
        me = await self._bot.get_me()
        self._username = me.username or ""
        if self.access.hook is not None:
            await listen(self._bot, self.access.hook)

    async def _introduce(self) -> None:
        await introduce(self._bot)

    async def _until_done(self, part: str, step: Callable[[], Awaitable[None]]) -> None:
        """Take a step of the set-up, again and again until it works."""
        for delay in delays():
            try:
                await step()
                self._status.well(part)
                return
            except Exception as error:  # set-up must not end the channel, let alone the web part
                self._status.trouble(part, error)
                await asyncio.sleep(delay)
