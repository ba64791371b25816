"""(m): the highest rate at which p99 stays under a second: SQLite, PostgreSQL, several processes.

Each step lets a quarter more people come a second than the last, until too many wait.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import uvloop

from bench import year
from bench.crowd import Came, Crowd
from bench.measure import Finding
from tests import databases
from tests.server import Server

RESPONSES = 100_000
FIRST, MORE = 16.0, 1.25
STEP_S, WARM_S, P99_MS = 30, 45, 1000
PEAK = 4
"""Responses a second in the busiest hour of a province (docs/performance.md)."""


def findings() -> Iterator[Finding]:
    """One line for each way to serve; those on PostgreSQL where it is installed."""
    with TemporaryDirectory(prefix="motcua-highest-") as folder:
        base = Server(Path(folder))
        year.made(base.folder, RESPONSES)
        yield from _held("SQLite, one process", [base])
        if databases.programs():
            databases.SETTINGS.update(fsync="on", full_page_writes="on", autovacuum="on")
            address = databases.server() + "postgres"
            moved = base.run("migrate", "--to", address)
            if moved.returncode:
                raise RuntimeError(moved.stderr)
            own = {"MOTCUA_DATABASE": address}
            for name, many in (("one process", 1), ("two processes", 2), ("four processes", 4)):
                servers = [Server(base.folder, own) for _ in range(many)]
                yield from _held(f"PostgreSQL, {name}", servers)


def _held(name: str, servers: list[Server]) -> Iterator[Finding]:
    with contextlib.ExitStack() as ends:
        for each in servers:
            ends.callback(each.start().stop)
        time.sleep(WARM_S)
        best, worst = _climbed(servers)
    rate, came = best
    told = f"{rate:g} people/s, {came.waits()}"
    beyond = f"at {worst[0]:g} people/s {worst[1].waits()}"
    what = f"{name}: highest rate, times the peak of a province"
    yield Finding("m", what, told, beyond, rate / PEAK, 10)


def _climbed(servers: list[Server]) -> tuple[tuple[float, Came], tuple[float, Came]]:
    """The last step that was held, and the first that was not."""
    address = servers[0].environment["MOTCUA_DATABASE"]
    counters, rate = year.counters(address), FIRST
    held = (0.0, Came())
    while True:
        crowd = Crowd([each.port for each in servers], counters)
        uvloop.run(crowd.at(rate, STEP_S))
        came = rate, crowd.came
        if crowd.came.closed < crowd.begun or crowd.came.quantile(99) >= P99_MS:
            return held, came
        held, rate = came, rate * MORE
