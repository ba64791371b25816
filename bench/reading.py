"""(g): every score query and the public pages on a big database, cold, prepared and warm.

`MOTCUA_BENCH_DATABASE` names a database that `motcua simulate --responses 10000000 --to FILE` has
made, with its key beside it; without it a province-year of a million is simulated first.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx

from bench.measure import Finding
from bot.app import start
from bot.clock import utc_now
from bot.keys import load_keys
from bot.opening import opened
from bot.settings import Settings
from handlers.preparing import prepare
from handlers.scores import By
from handlers.service import Service
from handlers.web import build
from storage.store import snapshot

RESPONSES = 1_000_000
ROUNDS = 12
TARGET_MS = 50
PERIODS = ("2026-Q3", "2026-H1", "2026-R6M", "2026-09")
LAST_YEAR = "period=2025-12..2026-10"


def findings() -> Iterator[Finding]:
    """Milliseconds of processor time, as other work on the machine must not decide."""
    with tempfile.TemporaryDirectory(prefix="motcua-reading-") as folder:
        database = _database(Path(folder))
        yield from asyncio.run(_measured(database))


def _database(folder: Path) -> Path:
    if given := os.environ.get("MOTCUA_BENCH_DATABASE"):
        return Path(given)
    made = [str(Path(sys.executable).parent / "motcua"), "simulate", "--to", f"{folder}/m.db"]
    subprocess.run([*made, "--responses", str(RESPONSES)], check=True, capture_output=True)
    return folder / "m.db"


async def _measured(database: Path) -> list[Finding]:
    floor = _grouped(database)
    async with _served(database) as (client, service):
        tree = (await service.state()).directory
        unit = next(each.code for each in tree.units if each.parent_code and each.published)
        first = await _cost(client, f"/api/v1/scores?{LAST_YEAR}")
        began = time.process_time()
        await prepare(service)
        prepared = (time.process_time() - began) * 1000
        found = [
            _finding("the first look at a year after a start", [first], floor, 3000),
            _finding("preparing what pages show, once a start", [prepared], floor, 30_000),
        ]
        for name, addresses in _asked(unit).items():
            for address in addresses:
                await client.get(address)
            costs = [await _cost(client, each) for each in addresses for _ in range(ROUNDS)]
            found.append(_finding(f"{name}, warm p95", costs, floor, TARGET_MS))
        return found


def _asked(unit: str) -> dict[str, list[str]]:
    """What is asked, by name: each question of the API for the province and for a unit."""
    scores = "/api/v1/scores?"
    found = {
        f"{whose} by {by or 'itself'}": [
            f"{scores}{of}period={each}" + (f"&by={by}" if by else "") for each in PERIODS
        ]
        for whose, of in (("province", ""), ("unit", f"unit={unit}&"))
        for by in ("", *map(str, By))
    }
    found["compare, province"] = [f"{scores}period=2026-Q3&compare=2026-Q2"]
    found["ranks"] = [f"/api/v1/ranks?period={each}" for each in PERIODS]
    pages = {"/": "/", "province's page": "/units/38", "unit's page": f"/units/{unit}"}
    pages |= {"ranks' page": "/ranks", "compare's page": "/compare"}
    return found | {f"page: {name}": [address] for name, address in pages.items()}


async def _cost(client: httpx.AsyncClient, address: str) -> float:
    began = time.process_time()
    answer = await client.get(address)
    assert answer.status_code == 200, (address, answer.text[:200])
    return (time.process_time() - began) * 1000


def _finding(what: str, costs: list[float], floor: float, target: float) -> Finding:
    p95 = max(costs) if len(costs) < 20 else statistics.quantiles(costs, n=20)[-1]
    scanned = f"{floor:,.0f} ms for one GROUP BY over the responses"
    return Finding("g", what, f"{p95:,.1f} ms CPU", scanned, p95, target, False)


def _grouped(database: Path) -> float:
    query = "select unit_id, substr(levels, 1, 1), count(*) from responses group by 1, 2"

    def run(connection: sqlite3.Connection) -> object:
        return connection.execute(query).fetchall()

    began = time.process_time()
    snapshot(database, run)
    return (time.process_time() - began) * 1000


@contextlib.asynccontextmanager
async def _served(database: Path) -> AsyncIterator[tuple[httpx.AsyncClient, Service]]:
    """The whole application without a socket, and without its work in the background."""
    with tempfile.TemporaryDirectory(prefix="motcua-key-") as folder:
        asked = {"database": f"sqlite:///{database}", "secret_key_file": f"{folder}/key"}
        settings = Settings.model_validate(asked)
        keys = load_keys(settings.secret_key_file)
        async with opened(settings, keys) as store:
            app = build(lambda app: contextlib.nullcontext())
            app.state.demo = True
            app.state.service = (await start(settings, keys, store, utc_now)).service
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://b") as client:
                yield client, app.state.service
