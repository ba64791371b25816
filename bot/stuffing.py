"""`motcua demo --stuff N`: false praise is given at a counter as anybody could, and is noticed."""

from __future__ import annotations

import random
import secrets
from datetime import datetime, timedelta

from bot import demo
from bot.clock import utc_now
from bot.keys import load_keys
from bot.opening import opened
from bot.settings import Settings
from bot.surveys import survey
from handlers.inbound import Inbound, Start, Tap, Text
from handlers.messages import text
from handlers.receive import Survey, receive
from sipas.integrity import RESPONSES_LEAST
from sipas.packing import day_of, half_day
from sipas.periods import atom
from storage import integrity
from storage.integrity import Finding
from storage.release import release
from storage.store import Store
from storage.transaction import Transaction

COUNTER = demo.TOUR_COUNTER
NOT_NAMED = f"not named: {COUNTER} needs {RESPONSES_LEAST} responses in a half-month, and two signs"
_EACH = timedelta(seconds=20)


async def stuffed(asked: Settings, times: int) -> list[str]:
    """What was done, and where it shows."""
    await demo.prepare(asked)
    keys = load_keys(asked.secret_key_file)
    async with opened(asked, keys) as store:
        own = await stuff(store, survey(keys), times, utc_now())
    done = f"given: {times} × 5 at {COUNTER}, by one phone that scans again and again"
    return [done, *([_line(each, asked) for each in own] or [NOT_NAMED])]


async def stuff(store: Store, known: Survey, times: int, now: datetime) -> list[Finding]:
    """Praise falsely, release, and look as the worker does: what the counter is named for."""
    await store.write(_praise, known, times, now)
    chance = random.Random(secrets.randbits(64))  # noqa: S311 - as the worker releases
    await store.write(release, known.instruments, half_day(now), chance)
    return [each for each in await noticed(store, known, now) if each.counter == COUNTER]


def _praise(tx: Transaction, known: Survey, times: int, now: datetime) -> None:
    """Scan, tap the best level, leave; as fast as a hand does it, until now."""
    account, hand = tx.account_id("web", "web"), secrets.token_bytes(16)
    for number in range(times):
        at = now - (times - number) * _EACH
        for part, happenings in enumerate(
            ((Start(COUNTER), Tap("1|-|overall|5")), (Text("dừng"),))
        ):
            update = f"{hand.hex()} {number} {part}"
            receive(tx, known, Inbound(account, "web", update, hand, happenings), at)


async def noticed(store: Store, known: Survey, now: datetime) -> list[Finding]:
    """Who is named of the running half-month, as the worker of every day does it."""
    today = day_of(half_day(now))
    found = await store.look(integrity.look, known.instruments, atom(today))
    await store.write(integrity.keep, atom(today), found, today.isoformat())
    return [each for each in await store.look(integrity.findings) if each.atom == atom(today)]


def _line(each: Finding, asked: Settings) -> str:
    told = "; ".join(text("vi", f"integrity.sign.{sign}") for sign in each.signs)
    return f"named: {each.counter} · {told} · {asked.staff_address}/integrity/{each.finding_id}"
