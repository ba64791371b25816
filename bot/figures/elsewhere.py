"""Asks the process that makes figures, `python -m bot.figures`."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import structlog

from bot.beside import Beside, Refused
from bot.settings import Settings
from handlers.elsewhere import Unreached

AGAIN_S = 60.0
"""After a process could not be started, or has ended twice, nobody waits for another one to."""

log = structlog.get_logger(__name__)


class Place(NamedTuple):
    """What the other process must know of this installation."""

    database: str
    keys: Path
    packs: tuple[str, ...]


class Asked(NamedTuple):
    """What it is asked; it may be the first time."""

    place: Place
    now: datetime
    work: Callable[..., Awaitable[Any]]
    told: tuple[Any, ...]


class Figures:
    """Computes in a process of its own; that one ends when it has had no work for *idle_s*."""

    def __init__(self, settings: Settings, idle_s: float | None = None) -> None:
        self._place = Place(settings.database, settings.secret_key_file, settings.packs)
        self._beside = Beside("bot.figures", *([str(idle_s)] if idle_s else []))
        self._not_before = 0.0

    async def __call__(self, now: datetime, work: Callable[..., Awaitable[Any]], *told: Any) -> Any:
        """See `handlers.elsewhere.Elsewhere`."""
        loop = asyncio.get_running_loop()
        if loop.time() < self._not_before:
            raise Unreached
        try:
            made = await self._beside.ask(pickle.dumps(Asked(self._place, now, work, told)))
        except (OSError, EOFError, Refused) as wrong:
            self._not_before = loop.time() + AGAIN_S
            log.warning("figures are made here, not beside", reason=repr(wrong))
            raise Unreached from wrong
        value, error = pickle.loads(made)  # noqa: S301 - of our own process
        if error is not None:
            raise error
        return value

    async def close(self) -> None:
        """End the process, if there is one."""
        await self._beside.close()
