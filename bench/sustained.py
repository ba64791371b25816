"""(l): people who answer over HTTP at ten times the province's peak, the whole server running.

`motcua serve` on SQLite, FULL sync, on a simulated year of the province, with everything that it
does besides: releases, seals, what pages show first, tags, redaction.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import uvloop

from bench import year
from bench.crowd import Crowd
from bench.measure import TIMES, Finding
from tests.server import Server

P99_MS, GROWN = 250, 1.05
WORKED, RESIDENT = slice(10, 14), 20  # fields of /proc/…/stat, from a process's parent on
PARTS = 6
"""What SQLite keeps of the file in memory fills in the first of two halves (32 MB at most), and the
day's seal is ten minutes after a start; in the second half nothing may grow any more.
"""
LOOKS = 10
"""In each part; its memory is the median, as a single look may fall into whatever is being made."""


@dataclass(frozen=True)
class Asked:
    """How many people a second, for how long, and how many responses there are already."""

    rate: float = 40.0
    minutes: float = 0.5
    responses: int = 100_000

    @property
    def warm_s(self) -> float:
        """A start makes what pages show first; it is measured elsewhere (`bench.reading`)."""
        return 20 if self.responses <= Asked.responses else 50


@dataclass
class Watched:
    """A server as the machine sees it, from time to time, with the processes that work for it.

    Attributes:
        worked_s: seconds of processor time, of the server and of the people here.
        resident_mb: memory that is in use.
    """

    pid: int
    worked_s: list[tuple[float, float]] = field(default_factory=list)
    resident_mb: list[float] = field(default_factory=list)

    async def every(self, seconds: float) -> None:
        """Look now and then, until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(seconds)

    def look(self) -> None:
        """Look once."""
        family = list(_family(self.pid))
        own = resource.getrusage(resource.RUSAGE_SELF)
        # Their own, and that of those that worked for them and have ended.
        ticks = sum(sum(each[WORKED]) for each in family)
        self.worked_s.append((ticks / os.sysconf("SC_CLK_TCK"), own.ru_utime + own.ru_stime))
        pages = sum(each[RESIDENT] for each in family)
        self.resident_mb.append(pages * os.sysconf("SC_PAGESIZE") / 2**20)

    def shares(self, seconds: float) -> tuple[float, float]:
        """What both have had of one core between the first look and the last."""
        first, last = self.worked_s[0], self.worked_s[-1]
        return (last[0] - first[0]) / seconds, (last[1] - first[1]) / seconds


def _family(pid: int) -> Iterator[list[int]]:
    """What the kernel tells of a process and of those that it has started, from its parent on."""
    for file in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has just ended
            told = list(map(int, file.read_text("utf-8").rpartition(")")[2].split()[1:]))
            if pid in (told[0], int(file.parent.name)):
                yield told


def findings(asked: Asked) -> Iterator[Finding]:
    """How long people waited, and whether memory stays what it is.

    Raises:
        RuntimeError: what is stored is not what was acknowledged.
    """
    with TemporaryDirectory(prefix="motcua-load-") as folder:
        database = year.made(Path(folder), asked.responses)
        before = year.kept(database)
        server = Server(Path(folder)).start()
        try:
            crowd, watched = uvloop.run(_came(server, asked))
        finally:
            server.stop()
        yield from _found(asked, crowd, watched)
        _counted(server, crowd.came.closed, year.kept(database) - before)


async def _came(server: Server, asked: Asked) -> tuple[Crowd, Watched]:
    assert server.process is not None
    await asyncio.sleep(asked.warm_s)
    seconds = 60 * asked.minutes
    crowd = Crowd([server.port], year.counters(server.database))
    watched = Watched(server.process.pid)
    watching = asyncio.create_task(watched.every(seconds / PARTS / LOOKS))
    await crowd.at(asked.rate, seconds)
    watching.cancel()
    watched.look()
    return crowd, watched


def _found(asked: Asked, crowd: Crowd, watched: Watched) -> Iterator[Finding]:
    came, seconds = crowd.came, crowd.came.seconds
    server, people = watched.shares(seconds)
    wrong = ", ".join(f"{many} {what}" for what, many in came.wrong.items()) or "nobody"
    told = (
        f"{came.closed:,} thanked, {wrong} gave up; {len(came.took) / seconds:,.0f} requests/s, "
        f"{came.waits()}"
    )
    shares = f"server {server:.0%} of a core, people {people:.0%}"
    name = f"{asked.rate:g} people/s for {60 * asked.minutes:g} s"
    p99, share = came.quantile(99), came.closed / crowd.begun
    yield Finding("l", f"{name}, p99 of a request, ms", told, shares, p99, P99_MS, False, TIMES)
    people_came = f"{crowd.begun:,} came"
    yield Finding("l", f"{name}, share thanked", f"{came.closed:,}", people_came, share, 1)
    seen = [median(part) for part in _parts(watched.resident_mb[1:])]
    told = " → ".join(f"{each:.0f}" for each in seen) + " MB"
    half = seen[PARTS // 2 - 1]
    what = f"{name}, memory at the end"
    yield Finding("l", what, told, f"{half:.0f} MB before half time", seen[-1] / half, GROWN, False)


def _parts(looks: Sequence[float]) -> list[Sequence[float]]:
    """The looks of each part of the time, in order."""
    each = len(looks) / PARTS
    return [looks[round(at * each) : round((at + 1) * each)] for at in range(PARTS)]


def _counted(server: Server, closed: int, kept: int) -> None:
    recount = server.run("doctor", "--recount")
    if kept != closed or recount.returncode:
        raise RuntimeError(f"{closed} were thanked, {kept} are stored; {recount.stdout}")
