"""`motcua demo --tamper`: one row of the demo is changed behind the product's back, and found."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

from bot import demo
from bot.clock import utc_now
from bot.keys import load_keys
from bot.opening import opened
from bot.sealing import load_signer, seal
from bot.settings import Settings
from bot.surveys import survey
from handlers.log import package
from handlers.log.statement import stated
from handlers.log.verify import check
from handlers.service import Service
from sipas.packing import HANOI
from storage import audit
from storage.store import Store

PLACE = 7  # any response of the log will do
SHOWN = 8


async def tampered(asked: Settings) -> list[str]:
    """What was done, and what the verifier says to it."""
    await demo.prepare(asked)
    keys, signer = load_keys(asked.secret_key_file), load_signer(asked.secret_key_file)
    async with opened(asked, keys) as store:
        service = Service(store, survey(keys), utc_now, "", 0, asked.rate_per_minute)
        today = utc_now().astimezone(HANOI).date().isoformat()
        await seal(store, today, signer, partial(stated, service))
        done = await store.write(audit.tamper, PLACE)
        faults = await _faults(store, signer.public)
        return [f"changed: {done}", *faults[:SHOWN], f"{len(faults)} faults found"]


async def _faults(store: Store, key: bytes) -> list[str]:
    files = await store.look(package.audit, key)
    assert files is not None  # noqa: S101 - it was sealed above
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "audit.zip"
        path.write_bytes(package.zipped(files))
        return check(str(path))
