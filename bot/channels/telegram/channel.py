"""One Telegram bot: its poller or webhook, its sender, its set-up, and whether it works."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from telegram import Bot
from telegram.error import TelegramError

from bot.channels.capabilities import TELEGRAM, Capabilities
from bot.channels.channel import Surroundings
from bot.channels.decoded import Account, Group
from bot.channels.groups import GroupLinks
from bot.channels.intake import Intake
from bot.channels.polling import PART as POLL
from bot.channels.status import Status, delays
from bot.channels.telegram import groups
from bot.channels.telegram.decode import decode
from bot.channels.telegram.delivery import delivered
from bot.channels.telegram.letters import Letters
from bot.channels.telegram.poller import Poller
from bot.channels.telegram.request import AiohttpRequest, Api
from bot.channels.telegram.setup import introduce, listen
from bot.channels.telegram.troubles import outcome_of
from bot.channels.webhook import Webhook
from handlers.hooks import Hook
from handlers.service import Entrance
from storage.accounts import ChannelAccount, Known
from storage.outbox import Outgoing

PATH = "/channels/telegram"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
CONNECT = "connect"
INTRODUCE = "introduce"


class TelegramChannel:
    """Runs beside the web part and never stops it, whatever Telegram does."""

    capabilities: Capabilities = TELEGRAM

    def __init__(self, account: ChannelAccount, around: Surroundings) -> None:
        self.account = account
        self.known = Known()
        self._url = around.settings.public_url + PATH
        self._by_webhook = around.settings.telegram_mode == "webhook"
        self._status = Status(TELEGRAM.channel, CONNECT, *(() if self._by_webhook else (POLL,)))
        self._open(account.secrets["token"], around.settings.telegram_api)
        self._receive(account, around)
        self._letters = Letters(around.survey.instruments)
        self._sender = around.sender(account, TELEGRAM, self._status, self._deliver)

    def _open(self, token: str, server: str) -> None:
        base = f"{server}/bot"
        self._request = AiohttpRequest()
        self._bot = Bot(token, base, request=self._request, get_updates_request=self._request)
        self._address = base + token
        self._api = Api(self._address, self._request)
        self._groups = GroupLinks(self._answer_group, self._link)

    def _receive(self, account: ChannelAccount, around: Surroundings) -> None:
        """Updates come one way or the other, and are taken in the same way."""
        own = Account(account.account_id, around.keys.pseudonym)
        intake = Intake(TELEGRAM.channel, own, around.survey, decode)
        store, clock = around.store, around.clock
        secret = around.keys.webhook_secret(f"{TELEGRAM.channel} {account.name}")
        self._poller = Poller(self._api, store, intake, clock, self._status, self._taken)
        self._webhook = Webhook(PATH, SECRET_HEADER, secret, store, intake, clock, self._taken)

    def status(self) -> str:
        """`connected`, or `not connected: …`; for /readyz."""
        return str(self._status)

    def entrance(self, counter: str) -> Entrance | None:
        """The deep link to a counter, once Telegram has told the bot's name."""
        link = self._link()
        payload = f"c{counter}" if counter.isdecimal() else counter  # or a receipt's code
        return Entrance(TELEGRAM.title, f"{link}?start={payload}") if link else None

    def hooks(self) -> list[Hook]:
        """The webhook, where updates arrive by it."""
        return [self._webhook.hook("Telegram's webhook")] if self._by_webhook else []

    async def run(self) -> None:
        """Work until cancelled."""
        async with self._request, asyncio.TaskGroup() as tasks:
            tasks.create_task(self._set_up())
            tasks.create_task(self._sender.run())
            if not self._by_webhook:
                tasks.create_task(self._poller.run())

    async def introduces_itself(self) -> str:
        """The bot's name."""
        async with self._request:
            try:
                me = await self._bot.get_me()
            except TelegramError as error:
                raise outcome_of(error) from error
        return f"@{me.username}"

    def _link(self) -> str:
        return f"https://t.me/{self.known.name}" if self.known.name else ""

    def _taken(self, called: list[Group]) -> None:
        self._sender.wake()
        for group in called:
            self._groups.call(group)

    async def _deliver(self, outgoing: Outgoing) -> str:
        return await delivered(self._api, self._letters.compose(outgoing))

    async def _answer_group(self, group: Group) -> None:
        try:
            async with AiohttpRequest() as own:  # the account's is open where it runs
                await Api(self._address, own).call(
                    "sendMessage", groups.answer(group, self._link())
                )
        except TelegramError as error:
            raise outcome_of(error) from error

    async def _set_up(self) -> None:
        await self._until_done(CONNECT, self._connect)
        await self._until_done(INTRODUCE, self._introduce)

    async def _connect(self) -> None:
        me = await self._bot.get_me()
        self.known = Known(me.username or "")
        if self._by_webhook:
            await listen(self._bot, self._url, self._webhook.secret)

    async def _introduce(self) -> None:
        await introduce(self._bot)

    async def _until_done(self, part: str, step: Callable[[], Awaitable[None]]) -> None:
        """Take a step of the set-up, again and again until it works."""
        for delay in delays():
            try:
                await step()
                self._status.well(part)
                return
            except TelegramError as error:
                self._status.trouble(part, outcome_of(error))
            except Exception as error:  # set-up must not end the channel, let alone the web part
                self._status.trouble(part, error)
            await asyncio.sleep(delay)
