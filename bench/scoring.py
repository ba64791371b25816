"""(e), (f): scores, recount and size of a year with a million responses."""

from __future__ import annotations

import asyncio
import contextlib
import random
import secrets
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from datetime import date
from pathlib import Path

from bench.measure import TIMES, Finding, medians
from bot import demo
from bot.clock import utc_now
from bot.instruments import shipped
from bot.keys import Keys
from bot.recounting import recounted
from handlers.exports.groups import groups
from handlers.exports.lines import Form, lines
from handlers.receive import Survey
from handlers.scores import Scores
from handlers.service import Service
from sipas.periods import parse_period
from storage.engine import Connection
from storage.exporting import ReleasedRows
from storage.numbering import RANDOM_BITS, half_day_of, row_id
from storage.release import add
from storage.released import Released
from storage.store import Store, snapshot
from storage.transaction import Transaction

RESPONSES = 1_000_000
TODAY = date(2026, 11, 23)
SAMPLE = 100_000
YEAR = parse_period("2025-12..2026-11")
UNIT, PROVINCE = demo.TOUR_UNIT, "38"
_COLUMNS = ", ".join(Released._fields)


def findings() -> Iterator[Finding]:
    """Build the year once, then measure on it."""
    with tempfile.TemporaryDirectory(prefix="motcua-bench-") as folder:
        database = Path(folder) / "million.db"
        asyncio.run(_built(database))
        yield from _scores(database)
        yield _recount(database)
        yield _export(database)
        yield from _sizes(database, Path(folder) / "sizes.db")


async def _built(database: Path) -> None:
    store = await Store(database, Keys(bytes(32))).open()
    try:
        await demo.load(store, TODAY, RESPONSES)
    finally:
        await store.close()


def _scores(database: Path) -> Iterator[Finding]:
    """Milliseconds for figures that are not in memory, against a GROUP BY over the responses.

    The tables of a release, which say what may be shown, are made once in the background.
    """
    unit, province, floor = medians(
        lambda: asyncio.run(_milliseconds(database, _unit)),
        lambda: asyncio.run(_milliseconds(database, _by_unit)),
        lambda: _grouped(database),
    )
    scanned = f"{floor:,.0f} ms for one GROUP BY over the responses"
    yield Finding("e", "one unit's scores, ms", f"{unit:.1f} ms", scanned, unit, 5, False, TIMES)
    yield Finding(
        "e", "province by quarter, ms", f"{province:.1f} ms", scanned, province, 50, False, TIMES
    )


async def _milliseconds(database: Path, work: Callable[[Service], Awaitable[object]]) -> float:
    async with _opened(database) as service:
        # Of a running server the tree of units and the tables of a release are in memory.
        await Scores(service, await service.state()).running()
        began = time.perf_counter()
        await work(service)
        return (time.perf_counter() - began) * 1000


@contextlib.asynccontextmanager
async def _opened(database: Path) -> AsyncIterator[Service]:
    keys = Keys(bytes(32))
    store = await Store(database, keys).open()
    try:
        survey = Survey(shipped(), 1, secrets.randbits, keys.code_hash)
        yield Service(store, survey, utc_now, "http://127.0.0.1", 0, 1000)
    finally:
        await store.close()


async def _unit(service: Service) -> None:
    state = await service.state()
    unit = state.directory.unit(UNIT)
    assert unit is not None
    found = await Scores(service, state).of_unit(unit, parse_period("2026-Q3"))
    assert any(figure.value is not None for figure in found)


async def _by_unit(service: Service) -> None:
    state = await service.state()
    province = state.directory.unit(PROVINCE)
    assert province is not None
    found = await Scores(service, state).by_unit(province, parse_period("2026-Q3"))
    assert len(found) > 100


def _grouped(database: Path) -> float:
    query = (
        "select unit_id, substr(levels, 1, 1), count(*) from responses"
        " where response_id between ? and ? group by 1, 2"
    )
    first = 2 * (date(2026, 7, 1) - date(1970, 1, 1)).days
    bounds = (row_id(first, 0), row_id(first + 2 * 92, 0))
    began = time.perf_counter()
    snapshot(database, lambda connection: connection.execute(query, bounds).fetchall())
    return (time.perf_counter() - began) * 1000


def _recount(database: Path) -> Finding:
    """Every rollup counted again, processes started and all, against reading the rows only."""
    ours, floor = medians(
        lambda: _timed(lambda: asyncio.run(recounted(database))),
        lambda: _timed(lambda: snapshot(database, _read)),
    )
    return Finding(
        "e",
        "exact recount, responses/s",
        f"{ours:,.0f} responses/s",
        f"{floor:,.0f} rows/s only read, in one process",
        ours,
        300_000,
        spread=TIMES,
    )


def _export(database: Path) -> Finding:
    """Every exported row as a line of CSV, sorting included, against sorting and reading alone."""
    ours, floor = medians(
        lambda: asyncio.run(_exported(database)),
        lambda: _rate(ReleasedRows(database, YEAR)),
    )
    return Finding(
        "e",
        "export, rows/s",
        f"{ours:,.0f} rows/s",
        f"{floor:,.0f} rows/s only sorted and read",
        ours,
        50_000,
        spread=TIMES,
    )


async def _exported(database: Path) -> float:
    async with _opened(database) as service:
        state = await service.state()
        began = time.perf_counter()
        found = await groups(Scores(service, state), state.directory.units, YEAR)
        parts = lines(ReleasedRows(database, YEAR), found, Form.CSV)
        rows = sum(part.count(b"\n") for part in parts) - 1
        return rows / (time.perf_counter() - began)


def _rate(rows: Iterable[object]) -> float:
    began = time.perf_counter()
    return sum(1 for _ in rows) / (time.perf_counter() - began)


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return RESPONSES / (time.perf_counter() - began)


def _read(connection: Connection) -> None:
    for _ in connection.execute(f"select {_COLUMNS} from responses"):  # noqa: S608 - names of our own
        pass


def _sizes(database: Path, other: Path) -> Iterator[Finding]:
    """Bytes on disk; every response with a code hash, as in a real year."""
    asyncio.run(_released_again(database, other))
    released = _bytes(other, "responses", "response_code", "response_contest") / SAMPLE
    rest = _bytes(database, "rollups", "rollup_margins", "rollup_cube") / RESPONSES
    told = f"{released:.0f} bytes, rollups {rest:.0f} more"
    yield Finding("f", "bytes a released response with its indexes", told, "", released, 150, False)


async def _released_again(database: Path, other: Path) -> None:
    chosen = f"order by random() limit {SAMPLE}"
    query = f"select {_COLUMNS} from responses {chosen}"  # noqa: S608 - names of our own
    rows = snapshot(database, lambda connection: connection.execute(query).fetchall())
    chance = random.Random(1)
    sample = [_coded(Released(*row), chance) for row in rows]
    store = await Store(other, Keys(bytes(32))).open()
    try:
        await store.write(_add, sample)
    finally:
        await store.close()


def _coded(row: Released, chance: random.Random) -> Released:
    half = half_day_of(row.response_id)
    return row._replace(code_hash=row_id(half, chance.getrandbits(RANDOM_BITS)))


def _add(tx: Transaction, rows: list[Released]) -> None:
    for ref in ("short.1", "micro.1", "sipas-g2-2026-service16.1"):
        tx.instrument_id(ref)
    add(tx, shipped(), 0, sorted(rows))


def _bytes(database: Path, *tables: str) -> int:
    query = "select coalesce(sum(pgsize), 0) from dbstat where name in ({})"
    holes = ", ".join("?" * len(tables))
    found: int = snapshot(
        database, lambda connection: connection.execute(query.format(holes), tables).fetchone()[0]
    )
    return found
