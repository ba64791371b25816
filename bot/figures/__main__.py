"""The process that makes figures: it has the database open to read, and remembers what it made."""

from __future__ import annotations

import asyncio
import os
import pickle
import sys
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.beside import work
from bot.clock import utc_now
from bot.figures.elsewhere import Asked, Place
from bot.instruments import chosen
from bot.keys import load_keys
from bot.surveys import survey
from handlers.service import Service
from storage.store import Store

KINDLY = 10
"""Who answers comes first where there are not processors enough."""
TRIES = 50


@dataclass
class Maker:
    """One service, opened when it is first asked."""

    loop: asyncio.Runner
    now: datetime
    service: Service | None = None

    def made(self, told: bytes) -> bytes:
        """What the work gives and nothing, or nothing and why not."""
        asked: Asked = pickle.loads(told)  # noqa: S301 - of the process that started this one
        self.now = asked.now
        try:
            return pickle.dumps((self.loop.run(self._done(asked)), None))
        except Exception as error:  # for who asked, as if it had come about there
            return pickle.dumps((None, error))

    async def _done(self, asked: Asked) -> Any:
        if self.service is None:
            self.service = await self._opened(asked.place)
        return await asked.work(self.service, *asked.told)

    async def _opened(self, place: Place) -> Service:
        keys = load_keys(place.keys)
        store = await Store(place.database, keys).open_to_read()
        return Service(store, survey(keys, chosen(place.packs)), lambda: self.now, "", 0, 0)

    async def close(self) -> None:
        """Close the database."""
        if self.service is not None:
            await self.service.store.reader.close()


def _give_way() -> None:
    """Come after who answers, also where Linux shares the processors among sessions first."""
    os.nice(KINDLY)
    for _ in range(TRIES):
        try:
            Path("/proc/self/autogroup").write_text(str(KINDLY))
        except BlockingIOError:  # of all processes one may say so, each tenth of a second
            time.sleep(0.1)
        except OSError:  # no such sharing there
            return
        else:
            return


def main(idle_s: float | None) -> None:
    """Work until the input ends or nobody has asked for *idle_s* seconds."""
    _give_way()
    with asyncio.Runner() as loop:
        maker = Maker(loop, utc_now())
        try:
            work(maker.made, idle_s)
        finally:
            loop.run(maker.close())


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else None)
