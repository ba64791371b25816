"""PostgreSQL 15 and newer: any number of processes on one database, or on one schema of it.

What is its own is here and in ``sql/postgresql``. Rows are locked, nothing else: no LISTEN, no
advisory locks, so that databases that speak its protocol remain possible.
"""

from __future__ import annotations

import contextlib
import itertools
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import psycopg
import yoyo
from psycopg.abc import Params, Query
from psycopg.adapt import AdaptersMap, Loader
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import TransactionStatus
from psycopg.types.string import StrDumperUnknown
from psycopg_pool import AsyncConnectionPool, ConnectionPool

from storage.dialect import translated, translated_schema
from storage.engine import Connection, StorageUnavailable
from storage.queries import write as queries
from storage.sqlite import MIGRATIONS, apply_migrations, is_newest

READERS = 8
AT_ONCE = 5_000
WAIT_S = 10
# As long as SQLite waits for a lock that somebody else holds: then it is 503, not silence.
PATIENCE = b"set lock_timeout to '10s'"
PREPARED_MOST = 400  # the queries there are, for each way to type their numbers

# Where rows go by deletion that tell of a person, or in which order people came.
PERISHABLE = "closed_responses, comments, conversations, addresses, contest_tags, receipts, marks"


class _Cursor(psycopg.Cursor[tuple[Any, ...]]):
    def execute(self, query: Query, params: Params | None = None, **more: Any) -> Self:
        return super().execute(_own(query), params, **more)

    def executemany(self, query: Query, params_seq: Iterable[Params], **more: Any) -> None:
        super().executemany(_own(query), params_seq, **more)


class _AsyncCursor(psycopg.AsyncCursor[tuple[Any, ...]]):
    async def execute(self, query: Query, params: Params | None = None, **more: Any) -> Self:
        return await super().execute(_own(query), params, **more)


def _own(query: Query) -> Any:
    return translated(query).encode() if isinstance(query, str) else query


own = queries.postgresql  # those that SQLite has no need of
_numbers = itertools.count()


class Link(psycopg.Connection[tuple[Any, ...]]):
    """A connection of psycopg that takes the storage layer's queries."""

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction has begun and not ended."""
        return self.info.transaction_status != TransactionStatus.IDLE

    def streamed(self, query: str, given: Params) -> Iterator[tuple[Any, ...]]:
        """The rows of one query, some at a time."""
        with self.cursor(f"rows_{next(_numbers)}") as cursor:
            cursor.itersize = AT_ONCE
            yield from cursor.execute(_own(query), given)

    def load(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Add many rows at once."""
        copied = f"copy {table} ({', '.join(columns)}) from stdin"
        with self.cursor() as cursor, cursor.copy(copied.encode()) as copy:
            for row in rows:
                copy.write_row(row)

    def for_each(self, query: str, given: Iterable[Any]) -> Iterator[psycopg.Cursor[Any]]:
        """Run one statement for each of many rows, none waiting for what the one before gave."""
        with self.cursor() as cursor:
            rows = iter(given)
            while some := list(itertools.islice(rows, AT_ONCE)):
                cursor.executemany(query, some, returning=True)
                yield from cursor.results()

    def interrupt(self) -> None:
        """End what it is doing, from another thread."""
        self.cancel_safe()

    def executemany(self, query: str, given: Iterable[Any]) -> None:
        """Run one statement for each of many rows, by place."""
        with self.cursor() as cursor:
            cursor.executemany(query, given)


class _Text(StrDumperUnknown):
    """A nought byte, which SQLite keeps and PostgreSQL refuses, becomes what is shown for it."""

    def dump(self, obj: str) -> Any:
        return super().dump(obj.replace("\0", "\ufffd"))


class _Sum(Loader):
    """PostgreSQL sums bigint into numeric, SQLite into integer; no column of ours is numeric."""

    def load(self, data: Any) -> int | float:
        text = bytes(data).decode()
        return float(text) if "." in text else int(text)


_ADAPTERS = AdaptersMap(psycopg.adapters)
_ADAPTERS.register_loader("numeric", _Sum)
_ADAPTERS.register_dumper(str, _Text)


class Reader:
    """Short reads, each on whichever connection is free."""

    def __init__(self, pool: AsyncConnectionPool[Any], name: str) -> None:
        self._pool = pool
        self._name = name

    @contextlib.asynccontextmanager
    async def execute(
        self, query: str, given: Params | None = None, /
    ) -> AsyncIterator[psycopg.AsyncCursor[tuple[Any, ...]]]:
        """Run one query with its :names."""
        with unavailable(self._name):
            async with self._pool.connection() as connection:
                yield await connection.execute(query, given)

    async def execute_fetchall(
        self, query: str, given: Params | None = None, /
    ) -> list[tuple[Any, ...]]:
        """Run one query and give all its rows."""
        async with self.execute(query, given) as cursor:
            return await cursor.fetchall()

    async def close(self) -> None:
        """End every connection."""
        await self._pool.close()


class PostgreSQL:
    """A database, or a schema of one, on a server."""

    shared = True

    def __init__(self, address: str) -> None:
        self.address = address
        self.name = _without_password(address)
        self.path = Path(f"{urlsplit(address).path.strip('/') or 'motcua'}.db")
        self._looks: ConnectionPool[Link] | None = None

    def migrate(self) -> None:
        """Bring the schema to the newest version.

        Raises:
            StorageUnavailable: the server cannot be reached, or refuses.
        """
        with unavailable(self.name):
            if not self._is_newest():
                self._apply()

    def _is_newest(self) -> bool:
        """Many processes start at once: only where something is missing is it worth a lock."""
        with psycopg.connect(self.address) as link:
            table = link.execute(b"select to_regclass('_yoyo_migration')").fetchone()
            if table == (None,):
                return False
            return is_newest(link.execute(b"select migration_id from _yoyo_migration"))

    def _apply(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            for file in MIGRATIONS.glob("*.sql"):
                text = translated_schema(file.read_text("utf-8"))
                (Path(folder) / file.name).write_text(text, "utf-8")
            apply_migrations(self.address.replace(":", "+psycopg:", 1), Path(folder))

    def connect(self) -> Connection:
        """The writer's connection."""
        link = Link.connect(
            self.address, autocommit=True, cursor_factory=_Cursor, context=_ADAPTERS
        )
        link.prepared_max = PREPARED_MOST
        link.execute(PATIENCE)
        return link

    def begin(self, alone: bool) -> str:
        """Conversations are locked row by row; all other work sees nobody else's changes."""
        return f"begin isolation level {'serializable' if alone else 'read committed'}"

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection of those kept for it, inside one transaction."""
        if self._looks is None:
            self._looks = ConnectionPool(
                self.address,
                connection_class=Link,
                kwargs={"cursor_factory": _Cursor, "context": _ADAPTERS},
                configure=_looking,
                check=ConnectionPool.check_connection,
                min_size=0,
                max_size=READERS,
                timeout=WAIT_S,
                open=True,
            )
        with unavailable(self.name), self._looks.connection() as link:
            yield link

    async def reader(self) -> Reader:
        """A few connections for as many reads at once."""
        pool = AsyncConnectionPool(
            self.address,
            kwargs={"autocommit": True, "cursor_factory": _AsyncCursor, "context": _ADAPTERS},
            configure=_reading,
            check=AsyncConnectionPool.check_connection,
            min_size=1,
            max_size=READERS,
            timeout=WAIT_S,
            open=False,
        )
        await pool.open()
        return Reader(pool, self.name)

    def renumber(self, connection: Connection) -> None:
        """Numbers are given from where those of the rows end."""
        for table, column in connection.execute(own.numbered_columns.sql).fetchall():
            (highest,) = connection.execute(f"select max({column}) from {table}").fetchone()  # noqa: S608
            given = {"table": table, "column": column, "next": (highest or 0) + 1}
            connection.execute(own.next_number.sql, given)

    def fold(self) -> None:
        """The server does it by itself."""

    def forget(self) -> None:
        """Free the places of deleted rows; what archives hold of the log is the operator's."""
        with unavailable(self.name), psycopg.connect(self.address, autocommit=True) as link:
            link.execute(f"vacuum (skip_locked) {PERISHABLE}")

    def close(self) -> None:
        """End the connections for long reads."""
        if self._looks is not None:
            self._looks.close()
            self._looks = None


def _looking(link: psycopg.Connection[Any]) -> None:
    link.execute(PATIENCE)
    link.commit()
    link.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    link.read_only = True


async def _reading(link: psycopg.AsyncConnection[Any]) -> None:
    await link.execute(b"set default_transaction_read_only to on")
    await link.execute(PATIENCE)


@contextlib.contextmanager
def unavailable(name: str) -> Iterator[None]:
    """Say of which database it is that it cannot be reached."""
    try:
        yield
    except (psycopg.OperationalError, yoyo.exceptions.LockTimeout) as error:
        raise StorageUnavailable(f"{name}: {error}") from error


def is_plain(address: str) -> bool:
    """Whether an address falls into the parts that its writer meant.

    A password with a sign that stands for something in addresses ends up in another part, and the
    other parts are shown.

    >>> [is_plain(f"postgresql://u:{word}@h:5432/db") for word in ("a%2Fb", "a/b", "a%b", "a@b")]
    [True, False, False, False]
    """
    try:
        known, path = conninfo_to_dict(address), urlsplit(address).path.strip("/")
    except (psycopg.ProgrammingError, ValueError):  # its message repeats what it cannot read
        return False
    host, port = str(known.get("host", "")), str(known.get("port", ""))
    plain = set(port) <= set("0123456789,") and "@" not in host
    return plain and bool(path) and not set(path) & set("/@:")


def _without_password(address: str) -> str:
    known = conninfo_to_dict(address)
    place = f"{known.get('host', '')}:{known.get('port', '')}".rstrip(":")
    return f"postgresql://{place}/{known.get('dbname', '')}"
