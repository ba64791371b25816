"""(r): 100,000 receipts minted, and verified by token and by typed code."""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.measure import Finding
from bot.keys import Keys
from sipas.receipts import Receipt, read_code, read_token, token
from storage.receipts import found, give
from storage.sqlite import WRITER_PRAGMAS, connected
from storage.store import Store
from storage.transaction import Transaction
from tests.channels import COUNTER, add_counter

RECEIPTS, AT_ONCE, LAST_DAY = 100_000, 500, 20_800


def findings() -> Iterator[Finding]:
    """Receipts a second against the bare rows, tokens and typed codes a second."""
    with tempfile.TemporaryDirectory(prefix="motcua-bench-") as folder:
        keys = Keys(bytes(32))
        minted, typed, made = asyncio.run(_minted(Path(folder) / "m.db", keys))
        bare = _bare(Path(folder) / "bare.db", made)
    tokens = [token(each, keys.receipt_mac) for each in made]
    began = time.perf_counter()
    right = sum(isinstance(read_token(each, keys.receipt_mac), Receipt) for each in tokens)
    checked = RECEIPTS / (time.perf_counter() - began)
    if right != RECEIPTS or len(set(tokens)) != RECEIPTS:
        raise RuntimeError(f"{right} of {RECEIPTS} tokens verified")
    told = f"{minted:,.0f} minted/s, {checked:,.0f} tokens/s, {typed:,.0f} typed codes/s"
    what = f"{RECEIPTS:,} receipts minted against bare sqlite3 inserting the same rows"
    yield Finding("r", what, told, f"{bare:,.0f} rows/s", minted / bare, 0.05)


async def _minted(database: Path, keys: Keys) -> tuple[float, float, list[Receipt]]:
    store = await Store(database, keys).open()
    try:
        await store.write(add_counter)
        made: list[Receipt] = []
        began = time.perf_counter()
        for _ in range(RECEIPTS // AT_ONCE):
            made += await store.write(_some)
        minted = RECEIPTS / (time.perf_counter() - began)
        began = time.perf_counter()
        if not await store.look(_all_found, made):
            raise RuntimeError("a code that was minted is not found")
        return minted, RECEIPTS / (time.perf_counter() - began), made
    finally:
        await store.close()


def _some(tx: Transaction) -> list[Receipt]:
    return [give(tx, COUNTER, "result", LAST_DAY, secrets.randbits) for _ in range(AT_ONCE)]


def _all_found(tx: Transaction, made: list[Receipt]) -> bool:
    return all(read_code(each.code) == each.code and found(tx, each.code) == each for each in made)


def _bare(database: Path, made: list[Receipt]) -> float:
    connection: sqlite3.Connection = connected(database, WRITER_PRAGMAS)
    connection.execute(
        "create table receipts (code_hash integer primary key, c integer, s integer, d integer)"
        " without rowid"
    )
    rows = [(secrets.randbits(62), 1, 2, each.last_day) for each in made]
    began = time.perf_counter()
    for first in range(0, len(rows), AT_ONCE):
        connection.execute("begin immediate")
        connection.executemany("insert into receipts values (?, ?, ?, ?)", rows[first:][:AT_ONCE])
        connection.execute("commit")
    connection.close()
    return len(rows) / (time.perf_counter() - began)
