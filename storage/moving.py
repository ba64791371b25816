"""A whole database into another, table by table in the order of keys.

What the target has of a table is where the next try goes on, so it may be interrupted as often as
need be. Nothing is believed to have arrived: at the end every row of both is read and compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import NamedTuple

from sipas import merkle
from sipas.merkle import frontier_of
from storage import leases, sealing
from storage.engine import Connection, loaded, streamed
from storage.queries import write as sql
from storage.transaction import Transaction

AT_ONCE = 20_000
MOVE = "a move that has not ended"
NOT_MOVED = ("leases",)


class Table(NamedTuple):
    """A table with its columns, and those of its primary key."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]

    def _select(self, tail: str) -> str:
        # Made of the schema's own names, which no file of queries can know beforehand.
        return f"select {', '.join(self.columns)} from {self.name} {tail}"  # noqa: S608

    def after(self, begun: bool) -> str:
        """The query for the next rows: the first ones, or those after a key."""
        where = f"where ({', '.join(self.key)}) > ({', '.join('?' * len(self.key))})"
        order = f"order by {', '.join(self.key)} limit {AT_ONCE}"
        return self._select(f"{where} {order}" if begun else order)

    def last_key(self) -> str:
        """The query for the last key."""
        keys = ", ".join(self.key)
        order = ", ".join(f"{name} desc" for name in self.key)
        return f"select {keys} from {self.name} order by {order} limit 1"  # noqa: S608

    def whole(self) -> str:
        """The query for every row, in the order of keys."""
        return self._select(f"order by {', '.join(self.key)}")


class Difference(NamedTuple):
    """A table that is not the same in both databases."""

    table: str
    here: int
    there: int

    def __str__(self) -> str:
        """The line that `motcua migrate` prints."""
        return f"{self.table}: {self.here:,} rows here, {self.there:,} there, not the same"


class Root(NamedTuple):
    """The newest root of the log, and whether the tree that is stored leads to it."""

    number: int
    size: int
    root: str
    holds: bool


def tables(connection: Connection) -> list[Table]:
    """Every table that is moved."""
    found: dict[str, list[tuple[str, int]]] = {}
    for name, column, place in sql.table_columns(connection):
        if name not in NOT_MOVED:
            found.setdefault(name, []).append((column, place))
    return [
        Table(
            name,
            tuple(column for column, _ in columns),
            tuple(column for column, place in sorted(columns, key=lambda each: each[1]) if place),
        )
        for name, columns in found.items()
    ]


def begin(tx: Transaction) -> None:
    """Mark the target as one that nobody may serve from yet.

    Raises:
        ValueError: it holds something, and not of a move.
    """
    if not unfinished(tx) and sql.last_unit_id(tx.connection):
        raise ValueError("the database to move to is not empty")
    leases.claim(tx, MOVE, MOVE, 0, 0)


def unfinished(tx: Transaction) -> bool:
    """Whether a move into this database has begun and not ended."""
    return sql.lease_holder(tx.connection, name=MOVE) is not None


def end(tx: Transaction) -> None:
    """It may be served from now on."""
    leases.give_back(tx, MOVE, MOVE)


def move(source: Connection, target: Connection, table: Table) -> Iterator[int]:
    """Copy what the target lacks of a table, some rows a transaction; tell how many each time."""
    n = AT_ONCE
    while n == AT_ONCE:
        target.execute("begin")
        last = target.execute(table.last_key()).fetchone()
        rows = source.execute(table.after(last is not None), last or ()).fetchall()
        loaded(target, table.name, table.columns, rows)
        target.execute("commit")
        n = len(rows)
        yield n


def digest(connection: Connection, table: Table) -> tuple[int, bytes]:
    """How many rows a table has, and a hash of them all in the order of keys."""
    n, hashed = 0, sha256()
    for row in streamed(connection, table.whole(), ()):
        hashed.update(repr(tuple(row)).encode())
        n += 1
    return n, hashed.digest()


def compared(source: Connection, target: Connection, table: Table) -> tuple[int, Difference | None]:
    """How many rows a table has, and what differs."""
    here, there = digest(source, table), digest(target, table)
    return here[0], None if here == there else Difference(table.name, here[0], there[0])


def root(tx: Transaction) -> Root | None:
    """The newest root; None where nothing was sealed yet."""
    last = sealing.last_root(tx)
    if last is None:
        return None
    made = merkle.root(frontier_of(last.size, sealing.looked_up(tx)))
    return Root(last.number, last.size, last.root.hex(), made == last.root)
