"""Masks the comments of released responses, away from the write path."""

from __future__ import annotations

import asyncio
import secrets

from sipas.redaction import masked
from storage import voices
from storage.store import Store


async def redact(store: Store) -> None:
    """Mask every batch there is: a unit's at a time, numbered by chance."""
    while found := await store.look(voices.batch):
        secrets.SystemRandom().shuffle(found)
        await store.write(voices.keep, await asyncio.to_thread(_masked, found))


def _masked(comments: list[tuple[int, str | None]]) -> list[tuple[int, str | None]]:
    return [(key, text and masked(text)) for key, text in comments]
