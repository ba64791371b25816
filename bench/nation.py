"""(h): a centre's pages of 34 provinces with 3,321 communes and two years of periods."""

from __future__ import annotations

import asyncio
import random
import statistics
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from bench.measure import Finding
from bench.reading import Bench, finding, served
from bot.clock import utc_now
from handlers.counted import FORMULA
from handlers.log.statement import periods
from sipas.nation import Counted
from storage import nation
from storage.api_keys import Act
from storage.nation import Place, Row, Taken
from storage.sealing import Root
from storage.transaction import Transaction

PROVINCES, COMMUNES = 34, 3_321
INSTRUMENT = "short.1"
TARGET_MS = 200
PAGES = {
    "national page": "/nation",
    "national figures as JSON": "/api/v1/nation",
    "a province's page": "/nation/10",
}


def findings() -> Iterator[Finding]:
    """Milliseconds by the clock of each page."""
    with tempfile.TemporaryDirectory(prefix="motcua-nation-") as folder, asyncio.Runner() as loop:
        entered = served(Path(folder) / "m.db", Path(folder))
        on = loop.run(entered.__aenter__())
        try:
            loop.run(on.service.store.write(_filled))
            for what, address in PAGES.items():
                costs, floor = loop.run(on.costs([address])), loop.run(_floor(on))
                yield finding("h", what, costs, floor, TARGET_MS)
        finally:
            loop.run(entered.__aexit__(None, None, None))


async def _floor(on: Bench) -> str:
    found = await on.costs(["/healthz"])
    return f"{statistics.median(each.clock for each in found):.1f} ms for /healthz"


def _filled(tx: Transaction) -> None:
    chance, now = random.Random(7), utc_now()
    at = now.isoformat(timespec="seconds")
    asked = [each.code for each in periods(date(now.year - 1, 1, 1), now.date())]
    for number in range(PROVINCES):
        code = str(10 + number)
        nation.add(tx, code, f"https://p{code}.example", bytes(32), Act(at, "bench"))
        many = COMMUNES // PROVINCES + (number < COMMUNES % PROVINCES)
        places = [Place(f"{code}-{each}", "xa", f"Xã {each}", "") for each in range(many)]
        own = Place(code, "province", f"Tỉnh {code}", "")
        rows = [_row(chance, each.code, period) for each in (own, *places) for period in asked]
        root = Root(1, now.date().isoformat(), 2, bytes(32), bytes(32), bytes(64))
        nation.take(tx, number + 1, Taken(root, bytes(32), "", own, [own, *places], rows), at)


def _row(chance: random.Random, unit: str, period: str) -> Row:
    levels = tuple(chance.randrange(20, 400) * (1 + level) for level in range(5))
    name = f"{chance.getrandbits(80):020x}"
    return Row(period, INSTRUMENT, unit, name, Counted(levels, 1.7, 40.0, FORMULA), "", "")
