"""Sends what the outbox holds: in order per chat, chats in parallel, at the channel's pace."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from bot.channels.outcomes import Down, Later, Refused, Stopped, Unreachable, WindowClosed
from bot.channels.rates import Limits, Rates
from bot.channels.status import Status
from bot.metrics import OUTBOX, SENT
from handlers.inbound import Blocked, Inbound
from handlers.receive import Survey, hour_of, receive
from storage import outbox
from storage.outbox import Outgoing
from storage.store import Store
from storage.transaction import Transaction

log = structlog.get_logger()

PART = "send"
STORE = "outbox"
PARALLEL = 64
LEASE_S = 120
IDLE_S = 1.0
LONGEST_BACK_OFF_S = 300
DOWN_S = 60

OUTCOMES = ("sent", "postponed", "stopped", "window", "dead")
Deliver = Callable[[Outgoing], Awaitable[str | None]]


@dataclass
class Sender:
    """The only sender of one account.

    Attributes:
        deliver: shows one message and returns its id where the channel can edit it; raises an
            `Outcome` when it was not shown.
    """

    channel: str
    account_id: int
    store: Store
    survey: Survey
    clock: Callable[[], datetime]
    status: Status
    deliver: Deliver
    limits: Limits
    _rates: Rates = field(init=False)
    _woken: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _flying: int = field(default=0, init=False)
    _quiet_until: float = field(default=0.0, init=False)
    _started: bool = field(default=False, init=False)
    _sent: list[tuple[Outgoing, str | None]] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        self._counted = {outcome: SENT.labels(self.channel, outcome) for outcome in OUTCOMES}

    def wake(self) -> None:
        """There may be something to send."""
        self._woken.set()

    async def run(self) -> None:
        """Send until cancelled; what was sent by then is recorded."""
        self._started = False
        self._rates = Rates(self.limits, _monotonic())
        try:
            async with asyncio.TaskGroup() as group:
                while True:
                    self._woken.clear()
                    for outgoing in await self._turn(self._room()):
                        self._flying += 1
                        group.create_task(self._send(outgoing))
                    await self._pause()
        finally:
            await self._turn(0)

    def _room(self) -> int:
        """How many more messages may be on their way; none while a flood limit lasts."""
        return 0 if _monotonic() < self._quiet_until else PARALLEL - self._flying

    async def _turn(self, room: int) -> list[Outgoing]:
        """Record what was sent and lease what is due, in one transaction for many messages."""
        sent, self._sent = self._sent, []
        try:
            about = [outgoing.conversation for outgoing, _ in sent]
            leased = await self.store.write_for(about, self._record_and_lease, sent, room)
        except Exception as error:  # the loop outlives whatever one round meets
            self._sent = sent + self._sent
            self.status.trouble(STORE, error)
            return []
        self.status.well(STORE)
        self._started = True
        self._counted["sent"].inc(len(sent))
        return leased

    def _record_and_lease(
        self, tx: Transaction, sent: list[tuple[Outgoing, str | None]], room: int
    ) -> list[Outgoing]:
        account_id, now = self.account_id, self._now()
        for outgoing, message in sent:
            outbox.sent(tx, outgoing.outbox_id, outgoing.conversation, message)
        if not self._started:
            outbox.free_leases(tx, account_id, now)
        leased = outbox.lease(tx, account_id, now, now + LEASE_S, room) if room else []
        if not leased:
            OUTBOX.labels(self.channel).set(outbox.waiting(tx, account_id))
        return leased

    async def _pause(self) -> None:
        """Wait until somebody wakes us or a postponed row may be due."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(IDLE_S):
                await self._woken.wait()

    async def _send(self, outgoing: Outgoing) -> None:
        """Send one message and record what became of it."""
        try:
            await asyncio.sleep(self._rates.take(outgoing.address, _monotonic()))
            await self._record(outgoing, await self._outcome(outgoing))
        except Exception as error:  # not recorded: when the lease ends, it is sent once more
            self.status.trouble(STORE, error)
        finally:
            self._flying -= 1
            self._woken.set()

    async def _outcome(self, outgoing: Outgoing) -> str | Exception | None:
        try:
            return await self.deliver(outgoing)
        except Exception as error:  # a row that cannot be rendered must not stop the others
            return error

    async def _record(self, outgoing: Outgoing, outcome: str | Exception | None) -> None:
        match outcome:
            case str() | None:
                self._sent.append((outgoing, outcome))
                self.status.well(PART)
            case Later(seconds=seconds):
                await self._postpone(outgoing, seconds, everybody=True)
            case Down():
                self.status.trouble(PART, outcome)
                await self._postpone(outgoing, DOWN_S, everybody=True)
            case Unreachable():
                # Nobody knows whether it arrived: at worst a question comes twice.
                self.status.trouble(PART, outcome)
                back_off_s = min(2 ** min(outgoing.tries, 16), LONGEST_BACK_OFF_S)
                await self._postpone(outgoing, back_off_s)
            case Stopped():
                await self._stop(outgoing)
            case WindowClosed():
                await self._leave(outgoing)
            case _:
                await self._refuse(outgoing, outcome)

    async def _postpone(self, outgoing: Outgoing, seconds: float, everybody: bool = False) -> None:
        if everybody:
            self._quiet_until = max(self._quiet_until, _monotonic() + seconds)
        due = math.ceil(self.clock().timestamp() + seconds)
        about = [outgoing.conversation]
        await self.store.write_for(about, outbox.postpone, outgoing.outbox_id, due)
        self._counted["postponed"].inc()

    async def _stop(self, outgoing: Outgoing) -> None:
        """The respondent blocked us: the engine ends the conversation as it is."""
        now = self.clock()
        blocked = Inbound(
            account_id=self.account_id,
            channel=self.channel,
            update_id=f"stopped {outgoing.outbox_id} {now.timestamp()}",
            conversation=outgoing.conversation,
            happenings=(Blocked(),),
        )
        await self.store.write(receive, self.survey, blocked, now)
        self._counted["stopped"].inc()

    async def _leave(self, outgoing: Outgoing) -> None:
        """Not sent and not kept: who writes again is shown the question that is open."""
        await self.store.write(outbox.leave, outgoing.outbox_id, outgoing.conversation)
        self._counted["window"].inc()

    async def _refuse(self, outgoing: Outgoing, error: Exception) -> None:
        """Our bug, or a chat that is gone: kept as a dead letter, never tried again."""
        words = error.said if isinstance(error, Refused) else type(error).__name__
        log.error("message refused", channel=self.channel, reason=words, exc_info=error)
        day = hour_of(self.clock()) // 24
        await self.store.write(
            outbox.refuse, outgoing, self.account_id, day, f"{self.channel}: {words}"
        )
        self._counted["dead"].inc()

    def _now(self) -> int:
        return int(self.clock().timestamp())


def _monotonic() -> float:
    return asyncio.get_running_loop().time()
