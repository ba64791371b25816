"""What a database is to the storage layer: two engines, one SQL.

Queries are written once, with :names, for SQLite and PostgreSQL. What an engine does its own way is
in its module (`sqlite`, `postgresql`): connections, how a transaction begins, how migrations read.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Iterable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import psycopg

SQLITE, POSTGRESQL = "sqlite:///", "postgresql://"

# Failures of the database itself (full disk, lost connection, lock): no job is to blame.
FAILURES = (sqlite3.OperationalError, psycopg.OperationalError)
ERRORS = (sqlite3.Error, psycopg.Error)


class StorageUnavailable(Exception):
    """The database could not be written (full disk, read-only file, lock): nothing was stored."""


class Again(psycopg.OperationalError):
    """Another process came between, and nothing was stored: the same once more will do."""


class Cursor(Protocol):
    """What a statement gives, as both drivers do."""

    @property
    def rowcount(self) -> int:
        """How many rows were changed."""

    def fetchone(self) -> Any:
        """The next row, or None."""

    def fetchall(self) -> list[Any]:
        """The rows that are left."""

    def __iter__(self) -> Iterator[Any]:
        """Row by row."""


class Connection(Protocol):
    """A connection whose transactions begin and end only where the code says so."""

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction has begun and not ended."""

    def execute(self, query: str, given: Any = ..., /) -> Cursor:
        """Run one statement with its :names."""

    def executemany(self, query: str, given: Iterable[Any], /) -> object:
        """Run one statement for each of many rows, by place."""

    def interrupt(self) -> None:
        """End what it is doing, from another thread."""

    def close(self) -> None:
        """End it."""


@runtime_checkable
class Streams(Protocol):
    """A connection that has its own ways for many rows."""

    def streamed(self, query: str, given: Any, /) -> Iterable[Any]:
        """The rows of one query, some at a time; other statements may run meanwhile."""

    def load(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], /) -> None:
        """Add many rows at once."""

    def for_each(self, query: str, given: Iterable[Any], /) -> Iterator[Cursor]:
        """Run one statement for each of many rows, none waiting for what the one before gave."""


class Found(Protocol):
    """What a read gives."""

    async def fetchone(self) -> Any:
        """The next row, or None."""

    async def fetchall(self) -> Iterable[Any]:
        """The rows that are left."""


class Reader(Protocol):
    """Short reads that do not block the event loop; it cannot write."""

    def execute(self, query: str, given: Any = ..., /) -> AbstractAsyncContextManager[Found]:
        """Run one query with its :names."""

    def execute_fetchall(self, query: str, given: Any = ..., /) -> Awaitable[Iterable[Any]]:
        """Run one query and give all its rows."""

    async def close(self) -> None:
        """End it."""


class Engine(Protocol):
    """A database that can be opened.

    Attributes:
        address: as `MOTCUA_DATABASE` has it.
        name: how messages name it, without a password.
        path: the file, or what files beside the database are named after.
        shared: whether other processes write at the same time, so that a group must be retried.
    """

    address: str
    name: str
    path: Path
    shared: bool

    def migrate(self) -> None:
        """Bring the schema to the newest version, making it where there is none."""

    def connect(self) -> Connection:
        """The writer's connection."""

    def begin(self, alone: bool) -> str:
        """The statement that begins a group, or a job that is *alone* in its transaction."""

    def snapshot(self) -> AbstractContextManager[Connection]:
        """One unchanging state, for a long read; it cannot write."""

    async def reader(self) -> Reader:
        """What short reads go through."""

    def renumber(self, connection: Connection) -> None:
        """Let numbers that are given begin after those that rows brought with them."""

    def fold(self) -> None:
        """Do beside the writer what it would otherwise have to do in between."""

    def forget(self) -> None:
        """See that what was destroyed, and the order of arrivals, is not left in a log."""

    def close(self) -> None:
        """End what it keeps open between uses."""


def streamed(connection: Connection, query: str, given: Any) -> Iterable[Any]:
    """The rows of a query that may be more than fit into memory, as SQLite gives them anyway."""
    if isinstance(connection, Streams):
        return connection.streamed(query, given)
    return connection.execute(query, given)


def for_each(connection: Connection, query: str, given: Iterable[Any]) -> Iterator[Cursor]:
    """What one statement gives for each of many rows, in their order."""
    if isinstance(connection, Streams):
        return connection.for_each(query, given)
    return (connection.execute(query, one) for one in given)


def loaded(
    connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Add many rows to a table as fast as the engine can."""
    if isinstance(connection, Streams):
        connection.load(table, columns, rows)
        return
    places = ", ".join("?" * len(columns))
    insert = f"insert into {table} ({', '.join(columns)}) values ({places})"  # noqa: S608
    connection.executemany(insert, rows)
