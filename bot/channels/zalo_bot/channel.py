"""One bot of the Zalo Bot Platform: poller or webhook, numbered questions, whether it works."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from bot.channels.capabilities import ZALO_BOT, Capabilities
from bot.channels.channel import Surroundings
from bot.channels.decoded import Account, Group
from bot.channels.groups import GroupLinks
from bot.channels.intake import Intake
from bot.channels.lettering import lay_out
from bot.channels.polling import PART as POLL
from bot.channels.polling import keep_polling
from bot.channels.status import Status, delays
from bot.channels.webhook import Webhook
from bot.channels.zalo_bot.client import ANSWER_S, Client, NoUpdate
from bot.channels.zalo_bot.decode import decode
from handlers.hooks import Hook
from handlers.messages import text
from handlers.rendering import render
from handlers.screens import load_shown
from handlers.service import Entrance
from storage.accounts import ChannelAccount, Known
from storage.outbox import Outgoing

PATH = "/channels/zalo-bot"
SECRET_HEADER = "X-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
CONNECT = "connect"
POLL_S = 30


class ZaloBotChannel:
    """Runs beside the web part and never stops it, whatever Zalo does."""

    capabilities: Capabilities = ZALO_BOT

    def __init__(self, account: ChannelAccount, around: Surroundings) -> None:
        self.account = account
        self._around = around
        self.known = Known()
        self._unstored: Any = None
        self._by_webhook = around.settings.zalo_bot_mode == "webhook"
        self._status = Status(ZALO_BOT.channel, CONNECT, *(() if self._by_webhook else (POLL,)))
        self._client = Client(around.settings.zalo_bot_api, account.secrets["token"])
        self._groups = GroupLinks(self._answer_group, lambda: True)
        own = Account(account.account_id, around.keys.pseudonym)
        self._intake = Intake(ZALO_BOT.channel, own, around.survey, decode)
        self._webhook = Webhook(
            PATH,
            SECRET_HEADER,
            around.keys.webhook_secret(f"{ZALO_BOT.channel} {account.name}"),
            around.store,
            self._intake,
            around.clock,
            self._taken,
        )
        self._sender = around.sender(account, ZALO_BOT, self._status, self._deliver)

    def status(self) -> str:
        """`connected`, or `not connected: …`; for /readyz."""
        return str(self._status)

    def entrance(self, counter: str) -> Entrance | None:
        """The bot's name and the code to write to it: its links cannot carry a counter."""
        title = f"{ZALO_BOT.title} “{self.known.name}”"
        return Entrance(title, "", f"#{counter}") if self.known.name else None

    def hooks(self) -> list[Hook]:
        """The webhook, where events arrive by it."""
        return [self._webhook.hook("Zalo Bot Platform's webhook")] if self._by_webhook else []

    async def run(self) -> None:
        """Work until cancelled."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._set_up())
                tasks.create_task(self._sender.run())
        finally:
            await self._client.close()

    async def introduces_itself(self) -> str:
        """The bot's name."""
        try:
            return await self._asked_name()
        finally:
            await self._client.close()

    async def _set_up(self) -> None:
        """Connect, then receive; a webhook of an earlier set-up would keep polls empty."""
        for delay in delays():
            try:
                await self._connect()
                self._status.well(CONNECT)
                break
            except Exception as error:  # set-up must not end the channel, let alone the web part
                self._status.trouble(CONNECT, error)
                await asyncio.sleep(delay)
        if not self._by_webhook:
            await keep_polling(self._poll, POLL_S, self._status)

    async def _connect(self) -> None:
        self.known = Known(await self._asked_name())
        if self._by_webhook:
            url = self._around.settings.public_url + PATH
            told = {"url": url, "secret_token": self._webhook.secret}
            await self._client.call("setWebhook", told)
        else:
            await self._client.call("deleteWebhook", {})

    async def _asked_name(self) -> str:
        me = await self._client.call("getMe", {})
        return str(me.get("account_name") or "") if isinstance(me, dict) else ""

    async def _poll(self, wait_s: int) -> None:
        """Fetch one event and commit it: each is handed out once, so it is kept until then."""
        if self._unstored is None:
            with contextlib.suppress(NoUpdate):
                self._unstored = await self._client.call(
                    "getUpdates", {"timeout": str(wait_s)}, ANSWER_S + wait_s
                )
        if self._unstored is not None:
            event = (self._unstored,)
            called = await self._around.store.write(self._intake.take, event, self._around.clock())
            self._unstored = None
            self._taken(called)

    def _taken(self, called: list[Group]) -> None:
        self._sender.wake()
        for group in called:
            self._groups.call(group)

    async def _deliver(self, outgoing: Outgoing) -> None:
        shown = load_shown(outgoing.payload)
        instrument = self._around.survey.instruments.get(shown.instrument)
        message = render(instrument, shown.screen, shown.language)
        laid = lay_out(message, ZALO_BOT, shown.language)
        await self._send(outgoing.address, laid.text)

    async def _answer_group(self, group: Group) -> None:
        link = self._around.settings.public_url + (f"/c/{group.counter}" if group.counter else "/")
        await self._send(group.chat, text(group.language, "letter.group", link=link))

    async def _send(self, chat: str, words: str) -> None:
        await self._client.call("sendMessage", {"chat_id": chat, "text": words})
