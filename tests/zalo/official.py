"""Official Accounts as the composition root opens them, on a real server, before the fake."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime

from bot.channels.channel import Surroundings
from bot.channels.zalo_oa.channel import ZaloOaChannel
from bot.channels.zalo_oa.webhook import PATH
from bot.instruments import shipped
from bot.keys import Keys
from bot.settings import Settings
from handlers.receive import Survey
from storage import accounts
from storage.store import Store
from tests.channels import UNLIMITED, running, serving, until
from tests.patience import PATIENCE_S
from tests.peers.zalo.oa import APP_ID, APP_SECRET, ZaloOa
from tests.peers.zalo.oa_account import OfficialAccount
from tests.peers.zalo.oa_people import OaRespondent
from tests.peers.zalo.oa_state import Sent
from tests.ports import free_port


@dataclass
class Grounds:
    """Everything that accounts stand on."""

    store: Store
    keys: Keys
    fake: ZaloOa

    @property
    def clock(self) -> Callable[[], datetime]:
        """The fake's own, so that both sides mean the same moment."""
        return self.fake.clock.now

    @property
    def around(self) -> Surroundings:
        """What a channel is given."""
        url = self.fake.url
        told = {"zalo_oa_api": url, "zalo_oauth_api": url, "zalo_business_api": url}
        survey = Survey(shipped(), 1, secrets.randbits, self.keys.code_hash)
        settings = Settings.model_validate(told)
        return Surroundings(settings, self.keys, self.store, survey, self.clock, UNLIMITED)

    async def opened(self, oa: OfficialAccount, oa_id: str | None = None) -> ZaloOaChannel:
        """The channel of an account whose first refresh token an operator has entered."""
        name = oa.state.oa_id
        told = {
            "oa_id": name if oa_id is None else oa_id,
            "app_id": APP_ID,
            "app_secret": APP_SECRET,
            "oa_secret": oa.state.secret,
            "refresh_token": oa.authorise().refresh,
        }
        await self.store.write(accounts.add_account, "zalo_oa", name, told)
        rows = await self.store.write(accounts.accounts)
        return ZaloOaChannel(next(row for row in rows if row.name == name), self.around)

    @contextlib.asynccontextmanager
    async def at_work(self, *made: ZaloOaChannel) -> AsyncIterator[None]:
        """The channels on a server that Zalo calls."""
        port = free_port()
        async with contextlib.AsyncExitStack() as stack:
            await stack.enter_async_context(serving(port, *made))
            self.fake.webhook.url = f"http://127.0.0.1:{port}{PATH}"
            for each in made:
                await stack.enter_async_context(running(each))
            yield

    async def connected(self, *made: ZaloOaChannel) -> None:
        """Wait until all of them work."""
        await until(lambda: all(each.status() == "connected" for each in made))


async def says(person: OaRespondent, words: str) -> Sent:
    """Write something; what comes back."""
    delivery = await asyncio.to_thread(person.says, words)
    assert delivery.accepted, delivery
    return await hears(person, words)


async def taps(person: OaRespondent, button: str) -> Sent:
    """Tap a button; what comes back."""
    delivery = await asyncio.to_thread(person.taps, button)
    assert delivery and delivery.accepted, delivery
    return await hears(person, button)


async def hears(person: OaRespondent, why: str = "") -> Sent:
    """The next message."""
    heard = await asyncio.to_thread(person.hears, 1, PATIENCE_S)
    assert heard, f"no answer to {why!r}"
    return heard[-1]
