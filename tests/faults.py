"""Faults that a drill puts a real server through, and what is counted meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.server import MOTCUA, Server
from tests.test_kill_drill import Person, _kept

Fault = Callable[[], float | None]
"""Hurts, and tells since when it is over, if not since it returns."""


class Line:
    """A TCP line to a database server, which can be cut, kept cut, or made slow."""

    def __init__(self, port: int) -> None:
        self._target, self.delay_s, self._cut = port, 0.0, False
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._server = self._loop.run_until_complete(
            asyncio.start_server(self._joined, "127.0.0.1", 0)
        )
        self.port = int(self._server.sockets[0].getsockname()[1])
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    async def _joined(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            if not self._cut:
                far, there = await asyncio.open_connection("127.0.0.1", self._target)
                await asyncio.gather(self._pass(near, there), self._pass(far, back))
        back.close()

    async def _pass(self, come: asyncio.StreamReader, go: asyncio.StreamWriter) -> None:
        self._writers.add(go)
        try:
            while told := await come.read(65536):
                await asyncio.sleep(self.delay_s)
                go.write(told)
                await go.drain()
        except OSError:
            pass
        finally:
            self._writers.discard(go)
            go.close()

    def cut(self, seconds: float) -> None:
        """Break every connection and take no other for some seconds."""
        self._cut = True
        self._loop.call_soon_threadsafe(self._break)
        time.sleep(seconds)
        self._cut = False

    def slow(self, seconds: float, delay_s: float) -> None:
        """Let everything take longer for some seconds."""
        self.delay_s = delay_s
        time.sleep(seconds)
        self.delay_s = 0.0

    def _break(self) -> None:
        for writer in list(self._writers):
            writer.transport.abort()

    def close(self) -> None:
        """End it."""
        asyncio.run_coroutine_threadsafe(self._ended(), self._loop).result(20)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(20)
        self._loop.close()

    async def _ended(self) -> None:
        self._server.close()
        self._break()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Adrift(Server):
    """A server whose clock on the wall may be set, while time passes as it does.

    A library of our own is asked before the C library's (libfaketime lets no Python 3.11 sleep).
    """

    DAY = 86_400

    def set(self, days: int) -> None:
        """The clock is so many days ahead, or behind."""
        told = self.folder / "adrift.new"
        told.write_text(str(days * self.DAY))
        told.replace(self.folder / "adrift")

    def jump(self, days: Sequence[int], apart_s: float) -> None:
        """Be off by each in turn, and then right again."""
        for each in (*days, 0):
            self.set(each)
            time.sleep(apart_s)

    def _begun(self, words: Sequence[str]) -> subprocess.Popen[bytes]:
        library = self.folder / "adrift.so"
        source = Path(__file__).parent / "data" / "adrift.c"
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True)
        own = {"LD_PRELOAD": str(library), "ADRIFT": str(self.folder / "adrift")}
        with (self.folder / "server.log").open("ab") as log:
            return subprocess.Popen(
                [MOTCUA, *words],
                env=self.environment | own,
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )


def held(database: Path, seconds: float) -> None:
    """A disk on which every write waits: another program has the file nine tenths of the time."""
    until = time.monotonic() + seconds
    with contextlib.closing(sqlite3.connect(database, isolation_level=None, timeout=30)) as other:
        while time.monotonic() < until:
            other.execute("begin immediate")
            time.sleep(0.45)
            other.execute("rollback")
            time.sleep(0.05)


def filled(folder: Path, seconds: float) -> None:
    """Somebody's file takes all the room there is, for some seconds."""
    greedy = folder / "somebody's file"
    with contextlib.suppress(OSError), greedy.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    time.sleep(seconds)
    greedy.unlink()


@contextlib.contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A file system of its own of so many bytes (who may mount one)."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def may_mount() -> bool:
    """Whether a small disk can be made here."""
    return os.getuid() == 0


@dataclass
class Told:
    """What came of a drill.

    Attributes:
        sent: requests with an answer in them, repeats too.
        acknowledged: answers that the server said it has.
        lost: people whose acknowledged answers are not there as they gave them.
        doubled: people who are there more than once.
        ready_s: seconds from the fault's end until the server said that it is ready.
    """

    sent: int
    acknowledged: int
    lost: int
    doubled: int
    ready_s: float

    def row(self, name: str) -> str:
        """A line of the table in docs/proofs.md."""
        told = (self.sent, self.acknowledged, self.lost, self.doubled, f"{self.ready_s:.1f}")
        return f"| {name} | {' | '.join(map(str, told))} |"


def drilled(
    server: Server,
    people: Sequence[Person],
    fault: Fault,
) -> Told:
    """Let *people* answer, half of them before a fault and half amid it; compare what is kept."""
    already = _kept(server)
    sent = 0

    async def counted(request: httpx.Request) -> None:
        nonlocal sent
        sent += request.url.path == "/api/v1/chat"

    async def drive() -> float:
        limits, hooks = httpx.Limits(max_connections=32), {"request": [counted]}
        async with httpx.AsyncClient(
            base_url=server.url,
            trust_env=False,
            limits=limits,
            timeout=15,
            event_hooks=hooks,
        ) as client:
            answers = [asyncio.ensure_future(each.answer(client)) for each in people[::2]]
            await asyncio.sleep(0.3)
            amid = asyncio.ensure_future(asyncio.to_thread(fault))
            answers += [asyncio.ensure_future(each.answer(client)) for each in people[1::2]]
            over = await amid or time.monotonic()
            await _ready(client)
            ready_s = time.monotonic() - over
            await asyncio.wait_for(asyncio.gather(*answers), 180)
        return ready_s

    with ThreadPoolExecutor(1) as thread:
        ready_s = thread.submit(asyncio.run, drive()).result()
    wanted = Counter(person.levels for person in people)
    kept = _kept(server) - already
    acknowledged = sum(person.acknowledged for person in people)
    lost, doubled = (wanted - kept).total(), (kept - wanted).total()
    return Told(sent, acknowledged, lost, doubled, ready_s)


async def _ready(client: httpx.AsyncClient) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        with contextlib.suppress(httpx.TransportError):
            if (await client.get("/readyz")).status_code == 200:
                break
        await asyncio.sleep(0.05)
