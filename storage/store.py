"""Opens a database: migrates it, starts the writer, and gives readers their own connections."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import aiosqlite
import yoyo

from storage.catching_up import CaughtUp, catch_up
from storage.ledger import Ledger
from storage.transaction import Cipher, Transaction
from storage.writer import StorageUnavailable, Writer

P = ParamSpec("P")
T = TypeVar("T")

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_TIMEOUT_S = 10

# FULL: an answer is acknowledged only when it survives a power cut. secure_delete: what a
# respondent takes back is overwritten, not merely unlinked.
WRITER_PRAGMAS = ("journal_mode=wal", "synchronous=full", "secure_delete=on", "cache_size=-65536")
READER_PRAGMAS = ("query_only=on", "cache_size=-16384")


class Store:
    """One open database: `write` for every change, `reader` for every look."""

    def __init__(
        self,
        path: Path,
        cipher: Cipher,
        observe: Callable[[float], object] = lambda _: None,
        ledger: Ledger | None = None,
    ) -> None:
        """*observe* is told the seconds from hand-over to commit of every write.

        *ledger* is where erasures are written down, outside the database.
        """
        self.path = path
        self.cipher = cipher
        self.ledger = ledger
        self.caught_up = CaughtUp(0, 0, 0)
        self._observe = observe
        self._writer = Writer(self._connect, self._transaction)
        self._reader: aiosqlite.Connection | None = None

    async def open(self) -> Store:
        """Migrate, start the writer, do what the ledger has more, and open the reader.

        Raises:
            StorageUnavailable: the file cannot be opened or written.
        """
        migrate(self.path)
        self._writer.start()
        if self.ledger is not None:
            self.caught_up = await self.write(catch_up, self.ledger)
        self._reader = await self._open_reader()
        return self

    async def close(self) -> None:
        """Commit what is waiting and close every connection."""
        self._writer.stop()
        if self._reader is not None:
            await self._reader.close()

    async def write(
        self, work: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run *work* in the writer's next group; see `Writer.write`."""

        def traced(tx: Transaction) -> tuple[T, bool]:
            value = work(tx, *args, **kwargs)
            traces, tx.traces = tx.traces, False
            return value, traces

        began = time.perf_counter()
        value, traces = await self._writer.write(traced)
        self._observe(time.perf_counter() - began)
        if traces:  # what was destroyed is still in the write-ahead log
            await asyncio.to_thread(self.checkpoint)
        return value

    async def look(
        self, work: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run *work* against one unchanging state, beside the writer; it cannot write."""

        def looked(connection: sqlite3.Connection) -> T:
            return work(Transaction(connection, self.cipher), *args, **kwargs)

        return await asyncio.to_thread(snapshot, self.path, looked)

    @property
    def reader(self) -> aiosqlite.Connection:
        """The shared connection for short reads; it cannot write."""
        if self._reader is None:
            raise StorageUnavailable("the store is not open")
        return self._reader

    def checkpoint(self) -> None:
        """Fold the log into the file and cut it, so the order of arrivals is not left behind."""
        connection = self._connect()
        try:
            connection.execute("pragma wal_checkpoint(truncate)")
        finally:
            connection.close()

    def _transaction(self, connection: sqlite3.Connection) -> Transaction:
        return Transaction(connection, self.cipher, self.ledger)

    def _connect(self) -> sqlite3.Connection:
        return connected(self.path, WRITER_PRAGMAS)

    async def _open_reader(self) -> aiosqlite.Connection:
        reader = await aiosqlite.connect(
            self.path, timeout=BUSY_TIMEOUT_S, isolation_level=None, cached_statements=256
        )
        for pragma in READER_PRAGMAS:
            await reader.execute(f"pragma {pragma}")
        return reader


def snapshot(
    path: Path,
    work: Callable[Concatenate[sqlite3.Connection, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Run a long read against one unchanging state, without holding the writer."""
    connection = connected(path, READER_PRAGMAS)
    try:
        connection.execute("begin")
        return work(connection, *args, **kwargs)
    finally:
        connection.close()


def connected(path: Path, pragmas: Iterable[str]) -> sqlite3.Connection:
    """A connection whose transactions begin and end only where the code says so."""
    connection = sqlite3.connect(
        path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
    )
    for pragma in pragmas:
        connection.execute(f"pragma {pragma}")
    return connection


def migrate(path: Path) -> None:
    """Bring the database at *path* to the newest schema, creating it if missing.

    Raises:
        StorageUnavailable: the file cannot be opened or written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        backend = yoyo.get_backend(f"sqlite:///{path}")
        migrations = yoyo.read_migrations(str(MIGRATIONS))
        try:
            with backend.lock():
                backend.apply_migrations(backend.to_apply(migrations))
        finally:
            backend.connection.close()
    except (OSError, sqlite3.Error, yoyo.exceptions.LockTimeout) as error:
        raise StorageUnavailable(f"{path}: {error}") from error
