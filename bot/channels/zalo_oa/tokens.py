"""An Official Account's access token, renewed in time; a refresh token is never used twice.

Before a refresh token goes out, its claim is in the database; a new pair goes to disk the moment
it arrives, then into the database, and only then is it used. What remains is the answer that never
arrives: Zalo has spent the token, and nobody has the pair. The claim then tells everybody not to
try again, the present access token serves until its end (some six hours), and a person is told to
authorise again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.channels.outcomes import Down, Outcome, Unreachable
from bot.channels.status import Status, delays
from bot.channels.zalo_oa.client import EXCHANGE_S, NotSpent
from bot.channels.zalo_oa.errors import REAUTHORISE, TokenRefused
from bot.channels.zalo_oa.keeping import Keeping
from storage import grants
from storage.grants import Grant, Pair
from storage.store import Store

PART = "token"
AHEAD_S = 6 * 3600
LOOK_EVERY_S = 60.0
POLL_S = 0.1

# By then whoever claimed the refresh token has stored the new pair, or never will.
PATIENCE_S = EXCHANGE_S + 40

Exchange = Callable[[dict[str, str], int], Awaitable[Pair]]


@dataclass
class Tokens:
    """The pair of one account, shared by every process through the database.

    Attributes:
        exchange: asks Zalo for a new pair.
        status: told when a person must act.
    """

    store: Store
    account_id: int
    exchange: Exchange
    clock: Callable[[], datetime]
    status: Status
    _keeping: Keeping = field(init=False)
    _known: Grant | None = field(default=None, init=False)
    _useless: int = field(default=0, init=False)
    _alone: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)
    _asking: set[asyncio.Task[Grant]] = field(default_factory=set, init=False)

    def __post_init__(self) -> None:
        self._keeping = Keeping(self.store, self.account_id)

    async def current(self) -> Grant:
        """The pair whose access token to use now.

        Raises:
            Outcome: there is none that works.
        """
        grant = self._known or await self._look()
        if grant.pair.access_until > self._now():
            return grant
        return await self.renewed(grant.generation)

    async def renewed(self, refused: int) -> Grant:
        """A pair newer than the generation *refused*; asked for once, whoever needs it.

        Raises:
            Outcome: there is none, or nobody knows.
        """
        if refused == self._useless:
            raise Down(REAUTHORISE)
        async with self._alone:
            return await self._newer(refused)

    def useless(self, generation: int) -> None:
        """A pair fresh from Zalo was refused at once: another would be refused as well."""
        self._useless = generation

    async def run(self) -> None:
        """Renew ahead of time until cancelled."""
        while True:
            try:
                await self.look_ahead()
                self.status.well(PART)
            except Exception as error:  # the loop outlives whatever one round meets
                self.status.trouble(PART, error)
            await asyncio.sleep(LOOK_EVERY_S)

    async def look_ahead(self) -> None:
        """Learn of a pair that another process stored, and renew one that ends soon."""
        grant = await self._look()
        self._keeping.forget(grant.generation)
        if grant.pair.access_until - self._now() < AHEAD_S:
            await self.renewed(grant.generation)

    async def settle(self) -> None:
        """Wait for a pair that is on its way: it must reach the disk before we go."""
        while self._asking:
            await asyncio.wait(self._asking)

    async def _look(self) -> Grant:
        found = await self.store.write(grants.held, self.account_id)
        if found is None:
            raise Down(REAUTHORISE)
        self._known = found
        return found

    async def _newer(self, refused: int) -> Grant:
        while True:
            grant = await self._look()
            if grant.generation > refused and grant.pair.access_until > self._now():
                return grant
            now = self._now()
            if await self.store.write(grants.claim, self.account_id, grant.generation, now):
                return await self._spent(grant)
            if pair := self._keeping.kept(grant.generation):
                return await self._stored(grant, pair)
            if now - (grant.asked_at or now) > PATIENCE_S or grant.asked_at == 0:
                raise Down(REAUTHORISE)
            await asyncio.sleep(POLL_S)

    async def _spent(self, grant: Grant) -> Grant:
        """Exchange the refresh token; a caller that is cancelled does not take the pair along."""
        task = asyncio.create_task(self._exchanged(grant))
        self._asking.add(task)
        task.add_done_callback(self._asked)
        return await asyncio.shield(task)

    def _asked(self, task: asyncio.Task[Grant]) -> None:
        self._asking.discard(task)
        if not task.cancelled():
            task.exception()  # told to whoever waited; nobody may have

    async def _exchanged(self, grant: Grant) -> Grant:
        form = {"grant_type": "refresh_token", "refresh_token": grant.pair.refresh}
        try:
            pair = await self.exchange(form, self._now())
        except NotSpent as error:
            await self.store.write(grants.unclaim, self.account_id, grant.generation)
            raise Unreachable(str(error)) from None
        except (TokenRefused, Unreachable) as error:
            await self.store.write(grants.bury, self.account_id, grant.generation)
            raise Down(f"{error}; {REAUTHORISE}") from None
        try:
            self._keeping.keep(grant.generation, pair)
        except OSError as error:  # the database may have room all the same
            self.status.trouble(PART, error)
        return await self._stored(grant, pair)

    async def _stored(self, grant: Grant, pair: Pair) -> Grant:
        """Nobody else may have the pair: nothing but the database's consent ends the attempt."""
        for delay in delays(POLL_S):
            try:
                await self.store.write(
                    grants.replace, self.account_id, grant.generation, pair, self._now()
                )
                found = await self._look()
                self._keeping.forget(found.generation)
                return found
            except Outcome:
                raise
            except Exception as error:
                self.status.trouble(PART, error)
                await asyncio.sleep(delay)
        raise AssertionError("delays never end")

    def _now(self) -> int:
        return int(self.clock().timestamp())


async def authorised(
    store: Store, account_id: int, exchange: Exchange, form: dict[str, str], now: int
) -> Pair:
    """Begin anew with what a person brought from the console: stored before it is used.

    Raises:
        Outcome: Zalo does not take it, or cannot be reached.
    """
    pair = await exchange(form, now)
    await store.write(grants.authorise, account_id, pair, now)
    return pair
