"""The whole application on a real port, with the platforms it talks to, for many conversations."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import httpx
import uvicorn

from bot.app import create_app
from bot.keys import Keys, load_keys
from bot.settings import Settings
from bot.surveys import survey
from handlers.receive import expire
from sipas.units import CounterRow, UnitRow
from storage import numbering, registry
from storage.store import Store
from storage.transaction import Transaction
from tests.channels import UNLIMITED
from tests.databases import changing, rows
from tests.databases import database as address
from tests.patience import PATIENCE_S
from tests.peers.telegram.driver import TelegramPeer
from tests.peers.zalo.bot import ZaloBot
from tests.peers.zalo.oa import APP_ID, APP_SECRET, OA_ID, ZaloOa
from tests.peers.zalo.oa_account import OfficialAccount
from tests.ports import free_port
from tests.test_transcripts import CIVIL, LAND, PLACES

Seen = TypeVar("Seen")

FIRST = date(2025, 7, 1)
PUBLIC = "https://motcua.example.vn"
CLOSED = "999948"
CODES = {
    "unknown_counter": "999957",
    "bad_check_digit": "381208",
    "closed_counter": CLOSED,
    "no_counter": "",
}


@dataclass
class Town:
    """The application, its clock and its database."""

    folder: Path
    telegram: TelegramPeer
    zalo_bot: ZaloBot
    zalo_oa: ZaloOa
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        """Where the application listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> Path:
        """What its database is called."""
        return self.folder / "motcua.db"

    @property
    def keys(self) -> Keys:
        """The installation's keys."""
        return load_keys(self.folder / "motcua.key")

    @property
    def official(self) -> OfficialAccount:
        """The Official Account, as Zalo keeps it."""
        return self.zalo_oa.official()

    def now(self) -> datetime:
        """The application's time, and Zalo's."""
        return self.zalo_oa.clock.now()

    def settings(self) -> Settings:
        """Every channel, by the way that a test machine can offer it."""
        return Settings.model_validate(
            {
                "database": address(self.database),
                "secret_key_file": self.folder / "motcua.key",
                "public_url": PUBLIC,
                "release_seconds": 10**6,
                "telegram_token": self.telegram.token,
                "telegram_api": self.telegram.api,
                "telegram_mode": "webhook",
                "zalo_bot_token": self.zalo_bot.token,
                "zalo_bot_api": self.zalo_bot.url,
                "zalo_bot_mode": "webhook",
                "zalo_oa_id": OA_ID,
                "zalo_oa_app_id": APP_ID,
                "zalo_oa_secret": self.official.state.secret,
                "zalo_oa_app_secret": APP_SECRET,
                "zalo_oa_refresh_token": self.official.authorise().refresh,
                "zalo_oa_api": self.zalo_oa.url,
                "zalo_oauth_api": self.zalo_oa.url,
            }
        )

    @contextlib.contextmanager
    def open(self) -> Iterator[Town]:
        """Serve until the block ends."""
        asyncio.run(_furnish(self.database, self.keys))
        self.zalo_oa.webhook.url = self.url + "/channels/zalo-oa"
        app = create_app(self.settings(), self.now, UNLIMITED)
        config = uvicorn.Config(app, port=self.port, log_config=None)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            self._ready()
            yield self
        finally:
            server.should_exit = True
            thread.join()

    def _ready(self) -> None:
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            with contextlib.suppress(httpx.TransportError):
                told = httpx.get(f"{self.url}/readyz", trust_env=False).json()["channels"]
                if all(state in ("connected", "not configured") for state in told.values()):
                    return
            time.sleep(0.05)
        raise AssertionError("the channels are not connected")

    @contextlib.contextmanager
    def beside(self) -> Iterator[Transaction]:
        """A transaction beside the application's own."""
        with changing(self.database) as connection:
            yield Transaction(connection, self.keys)

    def seen(self, look: Callable[[], Seen]) -> Seen:
        """What *look* finds as soon as it finds something; or nothing, where all has been sent.

        A platform's call is answered when what it leads to is queued, so nobody waits in vain.
        """
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            all_sent = rows(self.database, "select 1 from outbox") == []
            if (found := look()) or all_sent:
                return found
            time.sleep(0.02)
        raise AssertionError("something is never sent")

    def silence(self) -> None:
        """Everybody falls silent until their responses expire."""
        later = self.now() + timedelta(days=2)
        with self.beside() as tx:
            expire(tx, survey(self.keys), later, later - timedelta(days=1), 100)

    def clean(self) -> None:
        """Nobody has ever answered here."""
        with self.beside() as tx:
            for table in TABLES:
                tx.connection.execute(f"delete from {table}")  # noqa: S608 - names of our own

    def received(self) -> int:
        """The live number, over all counters."""
        with self.beside() as tx:
            (total,) = tx.connection.execute("select coalesce(sum(n), 0) from arrivals").fetchone()
        return int(total)

    def closed(self) -> list[str]:
        """The closed responses, as a transcript's `kept` lines tell them."""
        with self.beside() as tx:
            rows = tx.connection.execute(RESPONSES).fetchall()
            return sorted(_line(tx, *row) for row in rows)


TABLES = (
    *("closed_responses", "comments", "arrivals", "conversations", "outbox", "addresses"),
    *("case_contacts", "case_acts", "cases"),
)
RESPONSES = """
select r.levels, r.tags, r.stage, f.code, r.kind, c.quote, c.sealed, r.response_id,
       (select k.causes from cases k where k.code_hash = r.code_hash)
from closed_responses r
left join fields f on f.field_id = r.field_id
left join comments c on c.response_id = r.response_id
"""


def _line(
    tx: Transaction,
    levels: str,
    tags: str,
    stage: int,
    field_code: str | None,
    kind: int,
    quote: int | None,
    sealed: bytes | None,
    response_id: int,
    causes: str | None,
) -> str:
    comment = tx.cipher.open(sealed, b"comment:%d" % response_id) if sealed else ""
    told = {
        "levels": levels,
        "tags": tags,
        "stage": numbering.STAGES[stage],
        "field": field_code,
        "kind": numbering.KINDS[kind],
        "comment": comment,
        "quote": "yes" if quote else "",
        "wished": "yes" if "wish" in (causes or "") else "",
    }
    return " ".join(f"{name}={value}" for name, value in told.items() if value)


async def _furnish(database: Path, keys: Keys) -> None:
    store = await Store(address(database), keys).open()
    try:
        await store.write(_directory)
    finally:
        await store.close()


def _directory(tx: Transaction) -> None:
    """The counters of the transcripts, and one that is closed."""
    registry.add_fields(tx, [LAND, CIVIL])
    units = {place.unit for place in PLACES.values()}
    codes = {name: f"unit-{number}" for number, name in enumerate(sorted(units))}
    rows = [UnitRow(code, "xa", name, "", None, FIRST, None) for name, code in codes.items()]
    registry.add_units(tx, rows)
    counters = [
        CounterRow(
            place.counter,
            codes[place.unit],
            place.name,
            place.instrument,
            3,
            True,
            tuple(code for code, _, _ in place.fields),
            FIRST,
            None,
        )
        for place in PLACES.values()
    ]
    gone = CounterRow(CLOSED, "unit-0", "Quầy cũ", "short.1", 3, True, (), FIRST, FIRST)
    registry.add_counters(tx, [*counters, gone])
