"""Work that nobody waits for: expiry, release, seal, language tags, redaction, purge, recount."""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.digests import Digests
from bot.federation.pulling import Pulling
from bot.metrics import ALARMS, DIFFERENCES, DONE, FAILURES, RELEASED
from bot.outgoing.sending import Outgoing
from bot.period_keys import PeriodKeys, rotate
from bot.recounting import recounted
from bot.redacting import find_topics, redact, renew_topics
from bot.sealing import Signer, Stated, seal
from bot.tagging import Tagger
from handlers.pace import AT_LEISURE, BESIDE, Pace
from handlers.privacy.retention import HOURS
from handlers.receive import Survey, expire, hour_of
from handlers.reminding import remind
from handlers.rights import IDLE_S, LONGEST_S
from sipas.packing import day_of, half_day
from sipas.periods import atom, settled_before
from storage import alarms, case_ends, hooks, integrity, registry, staff
from storage.case_rows import CLOCK
from storage.filing_rows import By
from storage.release import release
from storage.store import Store
from storage.transaction import Transaction

log = structlog.get_logger()

EXPIRE_EVERY_S = 60
FOLD_EVERY_S = 1
TAG_EVERY_S = 5
REDACT_EVERY_S = 60
RENEW_EVERY_S = 3600
PURGE_EVERY_S = 3600
RECOUNT_EVERY_S = 24 * 3600
WATCH_EVERY_S = 3600
WATCH_AFTER_S = 300  # a start is busy enough
MAIL_EVERY_S = 3600
TELL_EVERY_S = 5
MAIL_AFTER_S = 600  # what the watch raises belongs in it
WATCHED_AT_ONCE = 5
PULL_EVERY_S = 3600
PULL_AFTER_S = 30
SEAL_EVERY_S = 600
SEAL_AFTER_S = 5
WATCHED = "alarms watched until"
NAMED = "integrity looked at until"
BATCH = 200
RELEASED_AT_ONCE = 100


@dataclass(frozen=True)
class Workers:
    """The background loops of one process; each survives its own failures."""

    store: Store
    survey: Survey
    tagger: Tagger
    clock: Callable[[], datetime]
    release_seconds: int
    expire_minutes: int
    signer: Signer
    stated: Stated
    remind_minutes: int = 0
    digests: Digests | None = None
    periods: PeriodKeys | None = None
    outgoing: Outgoing | None = None
    pulling: Pulling | None = None
    _releasing: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)

    async def run(self) -> None:
        """Run every loop until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(every(EXPIRE_EVERY_S, self.expire))
            if self.remind_minutes:
                group.create_task(every(EXPIRE_EVERY_S, self.remind))
            group.create_task(every(self.release_seconds, self.release))
            group.create_task(every(FOLD_EVERY_S, self.fold))
            group.create_task(every(TAG_EVERY_S, self.tag_comments))
            group.create_task(every(REDACT_EVERY_S, self.redact))
            group.create_task(every(RENEW_EVERY_S, self.renew))
            group.create_task(every(SEAL_EVERY_S, self.seal, SEAL_AFTER_S))
            group.create_task(every(PURGE_EVERY_S, self.purge))
            group.create_task(every(RECOUNT_EVERY_S, self.recount, RECOUNT_EVERY_S))
            group.create_task(every(WATCH_EVERY_S, self.watch, WATCH_AFTER_S))
            if self.periods:
                group.create_task(every(PURGE_EVERY_S, self.rotate))
            if self.outgoing:
                group.create_task(every(TELL_EVERY_S, self.outgoing.deliver))
            if self.pulling:
                group.create_task(every(PULL_EVERY_S, self.pulling.pull, PULL_AFTER_S))
            if self.digests:
                group.create_task(every(MAIL_EVERY_S, self.digests.mail, MAIL_AFTER_S))

    async def expire(self) -> int:
        """Close conversations that have been silent too long, and return how many."""
        now = self.clock()
        silent_since = now - timedelta(minutes=self.expire_minutes)
        return await self.store.write(expire, self.survey, now, silent_since, BATCH)

    async def remind(self) -> int:
        """Remind conversations that were left open, once each, and return how many."""
        after = timedelta(minutes=self.remind_minutes)
        return await self.store.write(remind, self.survey, self.clock(), after, BATCH)

    async def release(self) -> int:
        """Release what may go, then cut the log so that the order of arrivals is gone."""
        # The order must not be foreseeable from outside, so its seed is not the clock.
        chance = random.Random(secrets.randbits(64))  # noqa: S311 - seeded by the system's chance
        given = self.survey.instruments, half_day(self.clock()), chance, RELEASED_AT_ONCE
        released, pace = 0, Pace(BESIDE)
        async with self._releasing:
            try:
                while some := await self.store.write(release, *given):
                    released += some
                    await pace.rest()
            finally:
                if released:
                    RELEASED.inc(released)
                    await asyncio.to_thread(self.store.checkpoint)
        return released

    async def fold(self) -> None:
        """Keep the database's log short beside the writer, whom that would keep from answering."""
        await asyncio.to_thread(self.store.fold)

    async def seal(self) -> None:
        """Once a day: give what was released its place in the log, and sign the root over it."""
        day = day_of(half_day(self.clock())).isoformat()
        await seal(self.store, day, self.signer, self.stated, alone=self._releasing)

    async def tag_comments(self) -> int:
        """Give comments their language, a batch at a time, away from the write path."""
        waiting = await self.store.write(_untagged)
        tags = await asyncio.to_thread(self._tagged, waiting)
        if tags:
            await self.store.write(_store_tags, tags)
        return len(tags)

    def _tagged(self, comments: list[tuple[int, str]]) -> list[tuple[int, str, str]]:
        tags = [(key, self.tagger.tag(comment)) for key, comment in comments]
        return [(key, tag.language, tag.method) for key, tag in tags]

    async def redact(self) -> None:
        """Mask the comments of what was released, and find what they are about."""
        await redact(self.store)
        await find_topics(self.store)

    async def renew(self) -> None:
        """After an update, find the topics of all comments once more."""
        await renew_topics(self.store)

    async def purge(self) -> None:
        """Drop update keys, dead letters, logins and wrong passwords past their time."""
        await self.store.write(Transaction.purge, hour_of(self.clock()), HOURS)
        now = int(self.clock().timestamp())
        await self.store.write(staff.purge, now, now - LONGEST_S, now - IDLE_S)
        await self.store.write(hooks.purge, now)
        await self.store.write(integrity.purge, day_of(half_day(self.clock())), HOURS)
        await self.close_cases()

    async def close_cases(self) -> None:
        """End the cases that wait for a word no longer, and what ended ones need no more."""
        now = self.clock()
        today = day_of(half_day(now))
        by = By(CLOCK, now.isoformat(timespec="seconds"), today.isoformat())
        await self.store.write(case_ends.lapse, by)
        await self.store.write(case_ends.purge, today, HOURS)

    async def rotate(self) -> None:
        """Destroy the keys of receipts of months that have ended, and the tags made with them."""
        if self.periods:
            await rotate(self.store, self.periods, self.clock())

    async def recount(self) -> int:
        """Recount every rollup from the responses and report each difference."""
        differences = await recounted(self.store.address)
        DIFFERENCES.set(len(differences))
        for difference in differences:
            log.error("rollup differs", difference=str(difference))
        return len(differences)

    async def watch(self) -> int:
        """Once a day: follow every counter's level by the days that have ended, raise alarms."""
        today = half_day(self.clock()) // 2
        new = 0
        if await self.store.look(registry.fact, WATCHED) != str(today):
            grown = await self.store.look(alarms.fresh, self.survey.instruments, today)
            pace = Pace(AT_LEISURE)
            for part in alarms.portions(grown, WATCHED_AT_ONCE):
                await pace.rest()
                # Thinking is done beside the writer: a first look at a year takes its time.
                followed = await self.store.look(alarms.follow, part, today)
                await self.store.write(alarms.keep, followed, today)
            await self.store.write(alarms.forget, today)
            new = await self.store.write(alarms.raise_drops, today, day_of(today * 2).isoformat())
            await self.store.write(registry.mark, WATCHED, str(today))
        await self.name(today)
        ALARMS.set(await self.store.look(alarms.open_alarms))
        return new

    async def name(self, today: int) -> None:
        """Name counters at which two signs are there, of half-months that may still grow or did."""
        day = day_of(today * 2)
        if await self.store.look(registry.fact, NAMED) == str(today):
            return
        for number in range(settled_before(day) - 1, atom(day) + 1):
            found = await self.store.look(integrity.look, self.survey.instruments, number)
            await self.store.write(integrity.keep, number, found, day.isoformat())
        await self.store.write(registry.mark, NAMED, str(today))


def _untagged(tx: Transaction) -> list[tuple[int, str]]:
    return list(tx.untagged_comments(BATCH))


def _store_tags(tx: Transaction, tags: list[tuple[int, str, str]]) -> None:
    for response_id, language, method in tags:
        tx.tag_comment(response_id, language, method)


async def every(
    seconds: float, work: Callable[[], Awaitable[object]], first_after_s: float = 0
) -> None:
    """Do *work* again and again, whatever comes of it."""
    name = getattr(getattr(work, "func", work), "__name__", "?")  # of a partial, its function's
    await asyncio.sleep(first_after_s)
    while True:
        try:
            await work()
            DONE.labels(name).set_to_current_time()
        except Exception:  # a loop must outlive one bad round
            FAILURES.labels(name).inc()
            log.exception("worker failed", worker=name)
        await asyncio.sleep(seconds)
