"""A process of its own that renews an Official Account's tokens when it is told to.

python -m tests.zalo.renewing DATABASE PATH FAKE_URL GENERATION, then a line on standard input.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
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


async def main(database: str, path: str, url: str, generation: int) -> None:
    """Say ready, wait, renew, and say the access token or why there is none."""
    store = await Store(database, Keys(SECRET), path=Path(path)).open()
    made = client(url)
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    try:
        told = (await tokens(store, made).renewed(generation)).pair.access
    except Outcome as error:
        told = f"refused: {error}"
    print(told, flush=True)
    await made.close()
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])))
