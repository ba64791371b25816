"""A small sealed province, and ways to tamper with its database file."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from bot.instruments import shipped
from bot.keys import Keys
from bot.loading import load, places, simulated_counters
from bot.sealing import Signer, seal
from bot.simulation.scenarios import SCENARIOS
from bot.simulation.world import province
from bot.surveys import survey
from handlers.log import package
from handlers.log.statement import stated
from handlers.service import Service
from sipas.filings import Act, State
from storage import filings, sealing
from storage.engine import Connection
from storage.numbering import half_day_of
from storage.release import add
from storage.released import Released
from storage.store import Store, snapshot
from storage.transaction import Transaction, comment_context
from tests.databases import Where, changing, columns, copied
from tests.databases import database as address
from tests.test_filings_stored import BY, FIRST, NEW
from tests.test_release import DECEMBER, close_some, released

KEYS = Keys(b"a secret for tests, 32 bytes ...")
SIGNER = Signer(b"a key for tests, of 32 bytes ...")
WORDS = ("Cán bộ rất nhiệt tình", "Chờ lâu", "Tốt", "Phải đi lại nhiều lần")
NOW = datetime(2026, 12, 20, tzinfo=UTC)


async def sealed(where: Where) -> None:
    """A year of a province with 1,200 responses, some with comments, under two roots."""
    store = await Store(address(where) if isinstance(where, Path) else where, KEYS).open()
    try:
        found = places(4, 3, date(2026, 7, 1))
        counters = simulated_counters(found.counters, shipped())
        world = province(counters, SCENARIOS["quiet"], 3, date(2026, 1, 1), 330, 900)
        await load(store, found, world, lambda month, n: None)
        service = Service(store, survey(KEYS), lambda: NOW, "", 0, 1000)
        await seal(store, "2026-12-01", SIGNER, partial(stated, service))
        await store.write(_more)
        await seal(store, "2026-12-20", SIGNER, partial(stated, service))
    finally:
        await store.close()


def _more(tx: Transaction) -> None:
    """Forty further responses, every fifth with a comment."""
    counter, unit = tx.connection.execute("select counter_id, unit_id from counters").fetchone()
    close_some(tx, 40, counter, unit, DECEMBER)
    waiting = tx.connection.execute("select response_id from closed_responses").fetchall()
    for at, (number,) in enumerate(waiting[::5]):
        tx.comment(number, WORDS[at % len(WORDS)], quote=at % 2 == 0)
    released(tx, DECEMBER)
    number = filings.open_filing(tx, NEW._replace(unit="38", about="38"), BY)
    for act in (Act.FREEZE, Act.SUBMIT, Act.ACCEPT, Act.PUBLISH):
        assert (
            filings.move(tx, number, act, BY, taken=FIRST if act is Act.FREEZE else None) in State
        )


def packed(database: Path, to: Path, made: package.Make = package.audit) -> str:
    """A package of what the database file holds now."""
    files = snapshot(address(database), lambda c: made(Transaction(c, KEYS), SIGNER.public))
    assert files is not None
    to.write_bytes(package.zipped(files))
    return str(to)


def roots_kept(database: Path, to: Path, upto: int) -> str:
    """The roots as somebody kept them when there were so many."""
    files = snapshot(
        address(database), lambda c: package.public(Transaction(c, KEYS), SIGNER.public)
    )
    assert files is not None
    told = json.loads(files["roots.json"])
    to.write_text(json.dumps({**told, "roots": told["roots"][:upto]}), "utf-8")
    return str(to)


Tampering = Callable[[Connection, random.Random], str]
"""Does something to a database and says what."""

_OTHER = {"1": "5", "2": "4", "3": "1", "4": "2", "5": "1", "n": "5", "s": "5", "-": "4"}
_ANSWERED = ("unit_id", "counter_id", "stage", "stratum", "channel", "kind", "field_id", "consent")


def _any(connection: Connection, chance: random.Random, table: str) -> tuple[Any, ...]:
    """A row by chance, its primary key first."""
    (n,) = connection.execute(f"select count(*) from {table}").fetchone()  # noqa: S608
    at = chance.randrange(n)
    row: tuple[Any, ...] = connection.execute(
        f"select * from {table} limit 1 offset ?",  # noqa: S608
        (at,),
    ).fetchone()
    return row


def _levels(connection: Connection, chance: random.Random) -> str:
    number, _, _, _, _, levels, *_ = _any(connection, chance, "responses")
    at = chance.choice([at for at, mark in enumerate(levels) if mark in _OTHER])
    other = f"{levels[:at]}{_OTHER[levels[at]]}{levels[at + 1 :]}"
    connection.execute("update responses set levels = ? where response_id = ?", (other, number))
    return f"levels {at} of a response"


def _column(connection: Connection, chance: random.Random) -> str:
    number, name = _any(connection, chance, "responses")[0], chance.choice(_ANSWERED)
    top = {"consent": 99, "unit_id": 99, "counter_id": 99, "field_id": 99}.get(name, 4)
    connection.execute(
        f"update responses set {name} = case {name} when ? then 1 else ? end"  # noqa: S608
        " where response_id = ?",
        (top, top, number),
    )
    return f"{name} of a response"


def _tags(connection: Connection, chance: random.Random) -> str:
    number = _any(connection, chance, "responses")[0]
    connection.execute("update responses set tags = tags || 'x:y' where response_id = ?", (number,))
    return "tags of a response"


def _gone(connection: Connection, chance: random.Random) -> str:
    table = chance.choice(("responses", "log_leaves", "responses and log_leaves"))
    number = _any(connection, chance, "responses")[0]
    for each in table.split(" and "):
        connection.execute(f"delete from {each} where response_id = ?", (number,))  # noqa: S608
    return f"a row of {table} is gone"


def _added(connection: Connection, chance: random.Random) -> str:
    number, *row = _any(connection, chance, "responses")
    new = number ^ (1 + chance.getrandbits(30))
    row[-2] = None
    marks = ", ".join("?" * (len(row) + 1))
    connection.execute(f"insert into responses values ({marks})", (new, *row))  # noqa: S608
    return "a response is added"


def _comment(connection: Connection, chance: random.Random) -> str:
    number, quote = _any(connection, chance, "comments")[:2]
    kind = chance.choice(("other words", "noise", "quote", "gone", "salt", "moved"))
    if kind == "other words":
        words = KEYS.seal("Không có gì để nói", comment_context(number))
        connection.execute("update comments set sealed = ? where response_id = ?", (words, number))
    elif kind == "noise":
        noise = chance.randbytes(60)
        connection.execute("update comments set sealed = ? where response_id = ?", (noise, number))
    elif kind == "quote":
        connection.execute("update comments set quote = 1 - quote where response_id = ?", (number,))
    elif kind == "gone":
        connection.execute("delete from comments where response_id = ?", (number,))
    elif kind == "salt":
        salt = chance.randbytes(32)
        connection.execute("update comments set salt = ? where response_id = ?", (salt, number))
    else:
        (to,) = connection.execute(
            "select response_id from responses where response_id not in"
            " (select response_id from comments) limit 1"
        ).fetchone()
        words = KEYS.seal("Rất tốt", comment_context(to))
        connection.execute(
            "insert into comments (response_id, quote, sealed, salt) values (?, ?, ?, ?)",
            (to, quote, words, chance.randbytes(32)),
        )
    return f"comment: {kind}"


def _rollup(connection: Connection, chance: random.Random) -> str:
    table = chance.choice(("rollups", "rollup_margins", "rollup_cube"))
    kind = chance.choice(("changed", "gone", "moved"))
    row = _any(connection, chance, table)
    names = columns(connection, table)
    where = " and ".join(f"{name} = ?" for name in names[:-1])
    if kind == "changed":
        vector = bytearray(row[-1])
        vector[chance.randrange(1, len(vector))] ^= 1 << chance.randrange(8)
        connection.execute(
            f"update {table} set tally = ? where {where}",  # noqa: S608
            (bytes(vector), *row[:-1]),
        )
    elif kind == "gone":
        connection.execute(f"delete from {table} where {where}", row[:-1])  # noqa: S608
    else:
        connection.execute(
            f"update {table} set instrument_id = 77 where {where}",  # noqa: S608
            row[:-1],
        )
    return f"{table}: {kind}"


def _root(connection: Connection, chance: random.Random) -> str:
    number = _any(connection, chance, "log_roots")[0]
    changes = {
        "day": "day = '2026-01-01'",
        "size": "size = size - 1",
        "root": "root = :hash",
        "previous": "previous = :hash",
        "signature": "signature = :noise",
        "number": "number = number + 7",
    }
    kind = chance.choice(("gone", *changes))
    if kind == "gone":
        connection.execute("delete from log_roots where number = ?", (number,))
    else:
        connection.execute(
            f"update log_roots set {changes[kind]} where number = :number",  # noqa: S608
            {"number": number, "hash": chance.randbytes(32), "noise": chance.randbytes(64)},
        )
    return f"root: {kind}"


def _leaf(connection: Connection, chance: random.Random) -> str:
    number, name = _any(connection, chance, "log_leaves")[0], chance.choice(("leaf", "salt"))
    connection.execute(
        f"update log_leaves set {name} = ? where response_id = ?",  # noqa: S608
        (chance.randbytes(32), number),
    )
    return f"{name} of a leaf"


def _figure(connection: Connection, chance: random.Random) -> str:
    (stored,) = connection.execute("select files from log_statements").fetchone()
    files = sealing.unpacked(stored)
    name = chance.choice(("figures.jsonl", "totals.jsonl"))
    lines = files[name].splitlines(keepends=True)
    at = chance.randrange(len(lines))
    kind = chance.choice(("gone", "twice", "changed"))
    digit = str((int(next(c for c in chr(lines[at][-4]) + "1" if c.isdigit())) + 1) % 10)
    new = {"gone": b"", "twice": lines[at] * 2, "changed": lines[at][:-2] + digit.encode() + b"}\n"}
    lines[at] = new[kind]
    packed_again = sealing.packed({**files, name: b"".join(lines)})
    connection.execute("update log_statements set files = ?", (packed_again,))
    return f"{name}: {kind}"


def _filing(connection: Connection, chance: random.Random) -> str:
    kind = chance.choice(("delete from", "update"))
    change = " set figures = replace(figures, '0.9', '0.8')" if kind == "update" else ""
    connection.execute(f"{kind} filing_snapshots{change}")
    return f"{kind} a published filing's figures"


TAMPERINGS: tuple[Tampering, ...] = (
    *(_levels, _levels, _column, _column, _tags, _gone, _added),
    *(_comment, _comment, _rollup, _rollup, _root, _leaf, _figure),
    _filing,
)


def tampered(database: Path, to: Path, seeds: range) -> Iterator[tuple[str, Path]]:
    """The database with one thing done to it, again and again from the beginning."""
    for seed in seeds:
        chance, at = random.Random(seed), to.with_stem(f"{to.stem}{seed}")
        copied(database, at)
        with changing(at) as connection:
            told = chance.choice(TAMPERINGS)(connection, chance)
        yield f"{seed}: {told}", at
        at.unlink(missing_ok=True)


def transaction(connection: Connection) -> Transaction:
    """A transaction with the tests' keys."""
    return Transaction(connection, KEYS)


async def rewritten(path: Path) -> None:
    """One response taken out of everything, and the whole log made anew with the true key."""
    store = await Store(address(path), KEYS).open()
    try:
        await store.write(_without_one)
        service = Service(store, survey(KEYS), lambda: NOW, "", 0, 1000)
        await seal(store, "2026-12-01", SIGNER, partial(stated, service))
    finally:
        await store.close()


def _without_one(tx: Transaction) -> None:
    """Leave the first response out, count the rest again, and begin a new log."""
    gone, *rows = tx.connection.execute("select * from responses order by response_id").fetchall()
    emptied = ("responses", "rollups", "rollup_margins", "rollup_cube", "log_leaves")
    for table in (*emptied, "log_statements", "log_acts", "log_nodes", "log_roots"):
        tx.connection.execute(f"delete from {table}")  # noqa: S608
    add(tx, shipped(), DECEMBER, [_released(row) for row in rows])
    day = half_day_of(gone[0]) // 2
    tx.connection.execute(
        "update arrivals set n = n - 1 where (counter_id, hour) = (select counter_id, hour"
        " from arrivals where counter_id = ? and hour / 24 = ? and n > 0 limit 1)",
        (gone[1], day),
    )
    tx.connection.execute(
        "update received set n = n - 1 where unit_id = ? and day = ?", (gone[2], day)
    )


def _released(row: tuple[Any, ...]) -> Released:
    """A row of `responses`, without the columns that no release knows of."""
    number, counter, unit, _, *rest = row
    return Released(number, counter, unit, *rest[:-1])
