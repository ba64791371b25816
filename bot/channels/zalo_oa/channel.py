"""One Official Account: its webhook, its sender, its tokens, and whether it works."""

from __future__ import annotations

import asyncio

from bot.channels.capabilities import ZALO_OA, Capabilities
from bot.channels.channel import Surroundings
from bot.channels.decoded import Account
from bot.channels.intake import Intake
from bot.channels.lettering import lay_out
from bot.channels.outcomes import Down, Refused, Unreachable, WindowClosed
from bot.channels.status import Status, delays
from bot.channels.zalo_oa.access import calls_of, is_own, sow
from bot.channels.zalo_oa.decode import decode
from bot.channels.zalo_oa.errors import REAUTHORISE, Flaky, Night
from bot.channels.zalo_oa.letters import letter
from bot.channels.zalo_oa.signature import Signing
from bot.channels.zalo_oa.webhook import Webhook
from bot.channels.zalo_oa.window import still_open, surely_open
from handlers.hooks import Hook
from handlers.rendering import render
from handlers.screens import load_shown
from handlers.service import Entrance
from storage.accounts import ChannelAccount, Known
from storage.outbox import Outgoing

CONNECT = "connect"
FLAKY_TRIES = 5
LINK = "https://zalo.me/"


class ZaloOaChannel:
    """Runs beside the web part and never stops it, whatever Zalo does."""

    capabilities: Capabilities = ZALO_OA

    def __init__(self, account: ChannelAccount, around: Surroundings) -> None:
        self.account = account
        self._around = around
        self.known = Known(number=account.secrets.get("oa_id", ""))
        self._status = Status(ZALO_OA.channel, CONNECT)
        self._calls = calls_of(account, around, self._status)
        self._sender = around.sender(account, ZALO_OA, self._status, self._deliver)
        self._webhook = self._receiving()

    def _receiving(self) -> Webhook:
        around, secrets = self._around, self.account.secrets
        own = Account(self.account.account_id, around.keys.pseudonym)
        return Webhook(
            Signing(secrets["app_id"], secrets["oa_secret"], secrets["app_secret"]),
            lambda: self.known.number,
            around.store,
            Intake(ZALO_OA.channel, own, around.survey, decode),
            around.clock,
            self._sender.wake,
        )

    def status(self) -> str:
        """`connected`, or `not connected: …`; for /readyz."""
        return str(self._status)

    def entrance(self, counter: str) -> Entrance | None:
        """The account's chat and the code to write there: its link cannot carry a counter."""
        name, number = self.known
        return Entrance(f"Zalo “{name}”", LINK + number, f"#{counter}") if name else None

    def hooks(self) -> list[Hook]:
        """The webhook: there is no other way for events to arrive."""
        return self._webhook.hooks()

    async def run(self) -> None:
        """Work until cancelled; a pair of tokens that is on its way is stored first."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._set_up())
                tasks.create_task(self._sender.run())
        finally:
            await self._calls.close()

    async def introduces_itself(self) -> str:
        """The account's name."""
        try:
            await sow(self.account, self._around)
            await self._connect()
        finally:
            await self._calls.close()
        return f"{self.known.name} ({self.known.number})"

    async def _set_up(self) -> None:
        """Connect, then keep the tokens fresh."""
        for delay in delays():
            try:
                await sow(self.account, self._around)
                await self._connect()
                self._status.well(CONNECT)
                break
            except Exception as error:  # set-up must not end the channel, let alone the web part
                self._status.trouble(CONNECT, error)
                await asyncio.sleep(delay)
        await self._calls.tokens.run()

    async def _connect(self) -> None:
        """Learn who we are; an account that may not send is told now, not at its first message."""
        told = await self._calls.whoami()
        if not is_own(self.account, told.get("oa_id")):
            raise Down(f"the tokens belong to another Official Account; {REAUTHORISE}")
        number = self.known.number or str(told.get("oa_id") or "")
        self.known = Known(str(told.get("name") or number), number)
        if told.get("is_verified") is False:
            raise Down("the Official Account is not verified, so it may not send")

    async def _deliver(self, outgoing: Outgoing) -> None:
        """Show one screen, inside the window."""
        shown = load_shown(outgoing.payload)
        message = render(
            self._around.survey.instruments.get(shown.instrument), shown.screen, shown.language
        )
        await self._within_window(outgoing, shown.reference)
        try:
            laid = lay_out(message, ZALO_OA, shown.language)
            await self._calls.consult(outgoing.address, letter(laid))
        except Night as error:
            raise Unreachable(str(error)) from None
        except Flaky as error:
            if outgoing.tries < FLAKY_TRIES:
                raise Unreachable(str(error)) from None
            raise Refused(str(error)) from None

    async def _within_window(self, outgoing: Outgoing, wrote_at: str) -> None:
        """Ask Zalo only where what is known here does not settle it."""
        now = self._around.clock()
        if surely_open(ZALO_OA, wrote_at, outgoing.tries, now):
            return
        last_ms, remain = await self._calls.quota(outgoing.address)
        if not still_open(ZALO_OA, last_ms, remain, now):
            raise WindowClosed("the free window is over")
