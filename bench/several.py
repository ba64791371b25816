"""(s): updates stored a second by one, two and four processes on one PostgreSQL, and on SQLite.

Every process is another Python with a store of its own: from a raw Telegram update to the commit
that queues the next question, 64 conversations at a time. The server waits for the disk.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from itertools import count
from pathlib import Path
from typing import NamedTuple

from bench.measure import Finding, medians
from bench.survey import COMMENT, script
from bot.channels.decoded import Account
from bot.channels.intake import Intake
from bot.channels.telegram.decode import decode
from bot.clock import utc_now
from bot.instruments import shipped
from bot.keys import Keys
from handlers.receive import Survey
from storage.store import Store, snapshot
from storage.transaction import Transaction
from tests import databases
from tests.server import COUNTER

PEOPLE = 240
AT_ONCE = 64
COUNTERS = 100
ROUNDS = 3
APART = 1.5
"""The spread: one, two and four processes take turns, and are not measured side by side."""
_fresh = count()


class Run(NamedTuple):
    """Updates a second, and the share of all processors that was busy meanwhile."""

    rate: float
    busy: float


def findings() -> Iterator[Finding]:
    """Four processes against one, on the same server; nothing where it is not installed.

    A process and its backend are two already, so on two cores there may be nothing left to gain:
    how much is told by how busy one process keeps the machine, if nobody else uses it.
    """
    if databases.programs() is None:
        return
    databases.SETTINGS.update(fsync="on", full_page_writes="on")
    runs: dict[str, list[Run]] = {name: [] for name in ("one", "two", "four", "file")}
    with tempfile.TemporaryDirectory(prefix="motcua-bench-") as folder:

        def run(name: str, processes: int) -> float:
            on_file = name == "file"
            address = _file(Path(folder)) if on_file else _postgresql(Path(folder))
            runs[name].append(_run(address, processes))
            return runs[name][-1].rate

        one, two, four, file = medians(
            partial(run, "one", 1),
            partial(run, "two", 2),
            partial(run, "four", 4),
            partial(run, "file", 1),
            rounds=ROUNDS,
        )
    busy = statistics.median(each.busy for each in runs["one"])
    other = f"{one:,.0f} updates/s with {busy:.0%} of the processors; {file:,.0f} on SQLite"
    for name, many, target in (("two", two, 1.3), ("four", four, 1.6)):
        what = f"updates on PostgreSQL by {name} processes against one"
        yield Finding("s", what, f"{many:,.0f} updates/s", other, many / one, target, spread=APART)
    what = "updates by four processes against what all processors allow at one's cost"
    told = f"{four:,.0f} updates/s"
    yield Finding(
        "s", what, told, f"{one / busy:,.0f} updates/s", four * busy / one, 0.9, spread=APART
    )


def _file(folder: Path) -> str:
    return f"sqlite:///{folder}/{next(_fresh)}.db"


def _postgresql(folder: Path) -> str:
    return databases._made(folder / str(next(_fresh)))


def _run(address: str, processes: int) -> Run:
    """So many processes that begin together; every update is looked for afterwards."""
    asyncio.run(_furnished(address))
    words = [sys.executable, "-m", "bench.several", address, str(PEOPLE)]
    running = [
        subprocess.Popen(
            [*words, str(number)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for number in range(processes)
    ]
    for each in running:
        assert each.stdout is not None
        each.stdout.readline()  # it is ready
    began, worked = time.perf_counter(), _worked_s()
    for each in running:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    for each in running:
        each.communicate()
    elapsed, busy = time.perf_counter() - began, _worked_s() - worked
    updates = processes * PEOPLE * script().length
    query = "select count(*) from inbox"
    (kept,) = snapshot(address, lambda connection: connection.execute(query).fetchone())
    if kept != updates:
        raise RuntimeError(f"{kept} of {updates} updates were stored")
    return Run(updates / elapsed, busy / elapsed / (os.cpu_count() or 1))


def _worked_s() -> float:
    """Seconds that all processors have worked since the machine was started."""
    told = Path("/proc/stat").read_text("ascii").split("\n")[0].split()[1:9]
    user, nice, system, _, _, *others = told  # idle and waiting for the disk is no work
    return sum(map(int, (user, nice, system, *others))) / os.sysconf("SC_CLK_TCK")


async def _furnished(address: str) -> None:
    store = await Store(address, Keys(bytes(32))).open()
    await store.write(_counters)
    await store.write(Transaction.account_id, "telegram", "1")
    await store.close()


def _counters(tx: Transaction) -> None:
    """As many units with a counter each: whoever answers stands somewhere else."""
    for number in range(COUNTERS):
        tx.connection.execute(
            "insert into units (unit_id, code, kind, name, sort_key, search_key, valid_from)"
            " values (?, ?, 'xa', 'Xã', '', '', '2025-07-01')",
            (number + 1, f"u{number}"),
        )
        tx.connection.execute(
            "insert into counters (counter_id, code, unit_id, name, instrument, public, valid_from)"
            " values (?, ?, ?, 'Quầy', 'short.1', 1, '2025-07-01')",
            (number + 1, f"{100_000 + number}", number + 1),
        )


async def _received(address: str, each: int, number: int) -> None:
    """One process: its own people, each at the counter that chance has given."""
    keys, survey = Keys(bytes(32)), script()
    store = await Store(address, keys).open()
    asked = Survey(shipped(), 1, secrets.randbits, keys.code_hash)
    intake = Intake("telegram", Account(1, keys.pseudonym), asked, decode)
    gate = asyncio.Semaphore(AT_ONCE)

    async def answer(person: int) -> None:
        code = str(100_000 + (person * 7 + number) % COUNTERS)
        async with gate:
            for update in survey.updates(1000 + person, person * survey.length + 1):
                text = json.dumps(update, ensure_ascii=False).replace(COUNTER, code)
                # Words are counted by what they are: nobody else's must be the same.
                raw = json.loads(text.replace(COMMENT, f"{COMMENT} {person}"))
                about = intake.conversations((raw,))
                await store.write_for(about, intake.take, (raw,), utc_now())

    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.readline)
    people = range(number * each, (number + 1) * each)
    await asyncio.gather(*map(answer, people))
    await store.close()


if __name__ == "__main__":
    asyncio.run(_received(sys.argv[1], *map(int, sys.argv[2:])))
