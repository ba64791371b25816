"""Masks the comments of released responses, and finds their topics, away from the write path."""

from __future__ import annotations

import asyncio
import secrets

from handlers.pace import AT_LEISURE, Pace
from handlers.voices.topics import VERSION, coded
from sipas.redaction import masked
from storage import voices
from storage.store import Store

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
    pace = Pace(AT_LEISURE)
    while found := await store.look(voices.without_topics, BATCH):
        await _keep_topics(store, found)
        await pace.rest()


async def renew_topics(store: Store) -> None:
    """Look again where an older model has: seldom, as every comment is read for it."""
    pace = Pace(AT_LEISURE)
    while found := await store.look(voices.with_old_topics, VERSION, BATCH):
        await _keep_topics(store, found)
        await pace.rest()


async def _keep_topics(store: Store, found: list[tuple[int, str]]) -> None:
    await store.write(voices.keep_topics, await asyncio.to_thread(_coded, found))


def _coded(comments: list[tuple[int, str]]) -> list[tuple[int, str]]:
    return [(key, coded(masked)) for key, masked in comments]


def _masked(comments: list[tuple[int, str | None]]) -> list[tuple[int, str | None]]:
    return [(key, text and masked(text)) for key, text in comments]
