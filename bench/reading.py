"""(g): every score query, the pages and the dashboard on a big database; a chat meanwhile.

`MOTCUA_BENCH_DATABASE` names a database that `motcua simulate --responses 10000000 --to FILE` has
made; without it a province-year of a million is simulated first. A copy of it is measured.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from bench.measure import ONCE, TIMES, Finding
from bench.questions import BY_FIELD, DASHBOARD, questions
from bot.app import look_after, start
from bot.cli import set_aside
from bot.clock import utc_now
from bot.figures.elsewhere import Figures
from bot.keys import load_keys
from bot.opening import opened
from bot.settings import Settings
from handlers.rights import COOKIE, Role, hashed
from handlers.service import Service
from handlers.web import build
from storage import staff
from storage.directory import Directory
from storage.queries import write as sql
from storage.staff import Grant
from storage.transaction import Transaction

RESPONSES = 1_000_000
ROUNDS = 12
LONGEST_S = 10
"""Of a question that takes long, fewer rounds are enough."""
TARGET_MS, DASHBOARD_MS, CHAT_MS, FIRST_MS = 50, 200, 250, 3000
EVERY_S = 0.05
TOKEN = "bench"


def findings() -> Iterator[Finding]:
    """Milliseconds by the clock; those of the processor beside, as other work decides the first."""
    with tempfile.TemporaryDirectory(prefix="motcua-reading-") as folder, asyncio.Runner() as loop:
        entered = served(_database(Path(folder)), Path(folder))
        on = loop.run(entered.__aenter__())
        try:
            yield from _measured(on, loop.run)
        finally:
            loop.run(entered.__aexit__(None, None, None))


def _database(folder: Path) -> Path:
    copy = folder / "m.db"
    if given := os.environ.get("MOTCUA_BENCH_DATABASE"):
        shutil.copyfile(given, copy)
        return copy
    made = [str(Path(sys.executable).parent / "motcua"), "simulate", "--to", str(copy)]
    subprocess.run([*made, "--responses", str(RESPONSES)], check=True, capture_output=True)
    return copy


class Cost(NamedTuple):
    """Milliseconds that something took."""

    clock: float
    processor: float


@contextlib.contextmanager
def _timed() -> Iterator[list[Cost]]:
    clock, processor, found = time.perf_counter(), time.process_time(), list[Cost]()
    yield found
    ends = time.perf_counter() - clock, time.process_time() - processor
    found.append(Cost(*(1000 * each for each in ends)))


@dataclass
class Bench:
    """The whole application without a socket, and without its work in the background."""

    client: httpx.AsyncClient
    service: Service
    floor: str = ""
    posted: int = 0

    async def costs(self, addresses: list[str]) -> list[Cost]:
        """What each address costs, again and again, after each was asked once."""
        for address in addresses:
            await self.cost(address)
        found, began = list[Cost](), time.perf_counter()
        for _ in range(ROUNDS):
            if not found or time.perf_counter() - began < LONGEST_S:
                found += [await self.cost(address) for address in addresses]
        return found

    async def cost(self, address: str) -> Cost:
        """What one answer costs."""
        with _timed() as found:
            answer = await self.client.get(address)
        assert answer.status_code == 200, (address, answer.text[:200])
        return found[0]

    async def spent(self, work: Callable[[Service], Awaitable[object]]) -> Cost:
        """What some work costs."""
        with _timed() as found:
            await work(self.service)
        return found[0]

    async def released(self) -> None:
        """A release that touches no unit: what has to be made anew whatever it brings."""
        await self.service.store.write(lambda tx: sql.add_release(tx.connection, half_day=41_000))

    async def chats(self, work: Awaitable[object], counter: str) -> list[Cost]:
        """How long people wait in the chat as long as *work* takes."""
        task, found = asyncio.ensure_future(work), list[Cost]()
        while not task.done() or not found:
            self.posted += 1
            sent = {"update_id": "1", "conversation": f"{self.posted:032}"}
            with _timed() as waited:
                told = await self.client.post(
                    "/api/v1/chat", json=sent | {"event": {"start": counter}}
                )
            assert told.status_code == 200, told.text
            found += waited
            await asyncio.sleep(EVERY_S)
        await task
        return found


def _measured(on: Bench, run: Callable[..., Any]) -> Iterator[Finding]:
    def of(what: str, costs: Awaitable[list[Cost]], target: float) -> Finding:
        return finding("g", what, run(costs), on.floor, target)

    tree = run(_beginning(on))
    chats = partial(on.chats, counter=next(each.code for each in tree.counters if each.public))
    yield of("a chat's POST, nothing else to do", chats(asyncio.sleep(5)), CHAT_MS)
    prepared = partial(look_after, tidy=set_aside)
    yield of("a chat's POST while all is prepared", chats(prepared(on.service)), CHAT_MS)
    yield of("dashboard, first", _once(on.cost(DASHBOARD)), FIRST_MS)
    yield of("province by field, first", _once(on.cost(BY_FIELD)), FIRST_MS)
    run(on.released())
    # It rests after every piece of work, so the clock tells little of it.
    yield of(
        "preparing after a release, the server's processor",
        _once(_worked(on.spent(prepared))),
        FIRST_MS,
    )
    yield of("dashboard after a release", _once(on.cost(DASHBOARD)), DASHBOARD_MS)
    yield of("a chat's POST after a release", _amid_releases(on, chats, prepared), CHAT_MS)
    for what, addresses in run(questions(on.client, tree)).items():
        target = DASHBOARD_MS if what.startswith("dashboard") else TARGET_MS
        yield of(f"{what}, warm", on.costs(addresses), target)


async def _once(cost: Awaitable[Cost]) -> list[Cost]:
    return [await cost]


async def _worked(cost: Awaitable[Cost]) -> Cost:
    worked = (await cost).processor
    return Cost(worked, worked)


async def _amid_releases(
    on: Bench,
    chats: Callable[[Awaitable[object]], Awaitable[list[Cost]]],
    prepared: Callable[[Service], Awaitable[object]],
) -> list[Cost]:
    """Of many: each ends with a collection of garbage, which one post of three hundred meets."""
    found = list[Cost]()
    for _ in range(ROUNDS):
        await on.released()
        found += await chats(prepared(on.service))
    return found


async def _beginning(on: Bench) -> Directory:
    """The tree; the floor is found on the way: the least that a request and a read can cost."""
    health = statistics.median(each.clock for each in await on.costs(["/healthz"]))
    bare = statistics.median(_bare(on.service.store.path) for _ in range(ROUNDS))
    on.floor = f"{health:.1f} ms for /healthz, {bare:.1f} for a unit's margins by SQL alone"
    return (await on.service.state()).directory


def _bare(database: Path) -> float:
    query = "select tally from rollup_margins where dimension = 0 and unit_id = 5"
    with contextlib.closing(sqlite3.connect(database)) as connection, _timed() as found:
        connection.execute(query).fetchall()
    return found[0].clock


def finding(line: str, what: str, costs: Sequence[Cost], floor: str, target: float) -> Finding:
    """A line of the table: the clock decides, the processor stands beside it."""
    clocks, processors = zip(*costs, strict=True)
    p50, p95 = statistics.median(clocks), _p95(clocks)
    told = f"p50 {p50:,.1f}, p95 {p95:,.1f} ms; {_p95(processors):,.1f} of the processor"
    spread = TIMES if len(costs) > 1 else ONCE
    return Finding(line, what, told, floor, p95, target, False, spread)


def _p95(costs: Sequence[float]) -> float:
    return max(costs) if len(costs) < 20 else statistics.quantiles(costs, n=20)[-1]


@contextlib.asynccontextmanager
async def served(database: Path, folder: Path) -> AsyncIterator[Bench]:
    """The application on a database, with somebody signed in."""
    key = str(folder / "key")
    asked = {"database": f"sqlite:///{database}", "secret_key_file": key, "rate_per_minute": 10**6}
    settings = Settings.model_validate(asked)
    keys = load_keys(settings.secret_key_file)
    async with opened(settings, keys) as store:
        app = build(lambda app: contextlib.nullcontext())
        app.state.demo = True
        running = await start(settings, keys, store, utc_now, apart=Figures)
        app.state.service = running.service
        await store.write(_signed_in, int(utc_now().timestamp()))
        transport = httpx.ASGITransport(app)
        cookies = {COOKIE: TOKEN}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://b", cookies=cookies
        ) as client:
            try:
                yield Bench(client, app.state.service)
            finally:
                for beside in running.besides:
                    await beside.close()


def _signed_in(tx: Transaction, now: int) -> None:
    person = staff.add(tx, "bench", "Bench", [Grant(Role.HOME_AFFAIRS, "38")], "2026-01-01")
    assert person is not None
    staff.set_password(tx, person, "", must_change=False)
    staff.begin_login(tx, person, hashed(TOKEN), now)
