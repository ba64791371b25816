"""(n): requests a second when empty and with ten million responses, side by side.

`MOTCUA_BENCH_DATABASE` names a database that `motcua simulate --responses 10000000 --to FILE` has
made, with its keys beside it; a copy is served. As many people as the server bears, a release every
second.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import uvloop

from bench import year
from bench.crowd import Crowd
from bench.measure import Finding, medians
from tests.server import Server

PEOPLE, SECONDS, WARM_S, ROUNDS = 24, 15, 90, 5
RELEASES = {"MOTCUA_RELEASE_SECONDS": "1"}


def findings() -> Iterator[Finding]:
    """How much of the rate is left."""
    given = Path(os.environ["MOTCUA_BENCH_DATABASE"])
    with TemporaryDirectory(prefix="motcua-growth-") as folder, contextlib.ExitStack() as ends:
        empty, full = Path(folder) / "empty", Path(folder) / "full"
        empty.mkdir()
        full.mkdir()
        year.simulated(empty, 1)
        year.put_off(year.copied(given, full))
        servers = [Server(each, RELEASES).start() for each in (empty, full)]
        for each in servers:
            ends.callback(each.stop)
        time.sleep(WARM_S)
        rates = medians(*(partial(_rate, each) for each in servers), rounds=ROUNDS)
        stored = year.kept(full / "motcua.db")
    told = [f"{rate:,.0f} requests/s" for rate in rates]
    what = "requests a second with ten million responses against none"
    yield Finding(
        "n", what, f"{told[1]} with {stored:,}", f"{told[0]} when empty", rates[1] / rates[0], 0.9
    )


def _rate(server: Server) -> float:
    crowd = Crowd([server.port], year.counters(server.database), think_s=0)
    uvloop.run(crowd.always(PEOPLE, SECONDS))
    if crowd.came.wrong:
        raise RuntimeError(str(crowd.came.wrong))
    return len(crowd.came.took) / crowd.came.seconds
