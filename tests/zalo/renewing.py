"""What a process of its own does that renews an Official Account's tokens when it is told to."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

from bot.channels.outcomes import Outcome
from bot.channels.status import Status
from bot.channels.zalo_oa.client import App, Client, Hosts
from bot.channels.zalo_oa.tokens import Tokens
from bot.keys import Keys
from storage.store import Store
from tests.peers.zalo.oa import APP_ID, APP_SECRET

SECRET = b"a secret for tests, 32 bytes ..."
ACCOUNT = 1


def tokens(store: Store, client: Client) -> Tokens:
    """The tokens of the test's only account."""
    status = Status("zalo_oa")
    return Tokens(store, ACCOUNT, client.exchange, lambda: datetime.now(UTC), status)


def client(url: str) -> Client:
    """A client of the fake."""
    return Client(Hosts(url, url, url), App(APP_ID, APP_SECRET))


def renew(line: Connection, database: str, path: str, url: str, generation: int) -> None:
    """Say ready, wait, renew, and say the access token or why there is none."""
    asyncio.run(_renew(line, database, path, url, generation))


async def _renew(line: Connection, database: str, path: str, url: str, generation: int) -> None:
    store = await Store(database, Keys(SECRET), path=Path(path)).open()
    made = client(url)
    line.send("ready")
    await asyncio.to_thread(line.recv)
    try:
        told = (await tokens(store, made).renewed(generation)).pair.access
    except Outcome as error:
        told = f"refused: {error}"
    line.send(told)
    await made.close()
    await store.close()
