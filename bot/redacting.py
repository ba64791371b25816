"""Masks the comments of released responses, and finds their topics, away from the write path."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from functools import partial

from handlers.pace import AT_LEISURE, Pace
from handlers.voices.topics import VERSION, coded
from sipas.redaction import masked
from storage import voices
from storage.store import Store
from storage.transaction import Transaction

BATCH = 100


async def redact(store: Store) -> None:
    """Mask every batch there is: a unit's at a time, numbered by chance."""
    pace = Pace(AT_LEISURE)
    while found := await store.look(voices.batch):
        secrets.SystemRandom().shuffle(found)
        await store.write(voices.keep, await asyncio.to_thread(_masked, found))
        await pace.rest()


async def find_topics(store: Store) -> None:
    """Find what masked comments are about in which nobody has looked."""
    await _code(store, voices.without_topics)


async def renew_topics(store: Store) -> None:
    """Look again where an older model has: seldom, as every comment is read for it."""
    await _code(store, partial(voices.with_old_topics, version=VERSION))


async def _code(store: Store, waiting: Callable[[Transaction, int], list[tuple[int, str]]]) -> None:
    pace = Pace(AT_LEISURE)
    while found := await store.look(waiting, BATCH):
        await store.write(voices.keep_topics, await asyncio.to_thread(_coded, found))
        await pace.rest()


def _coded(comments: list[tuple[int, str]]) -> list[tuple[int, str]]:
    return [(key, coded(masked)) for key, masked in comments]


def _masked(comments: list[tuple[int, str | None]]) -> list[tuple[int, str | None]]:
    return [(key, text and masked(text)) for key, text in comments]
