"""Opens a database: migrates it, starts the writer, and gives readers their own connections."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from storage.catching_up import CaughtUp, catch_up
from storage.engine import Connection, Reader, StorageUnavailable
from storage.engines import engine_of
from storage.engines import migrate as migrate  # where everybody looks for it
from storage.engines import snapshot as snapshot
from storage.ledger import Ledger
from storage.transaction import Cipher, Transaction
from storage.writer import Writer

P = ParamSpec("P")
T = TypeVar("T")


class Store:
    """One open database: `write` for every change, `reader` for every look."""

    def __init__(
        self,
        address: str | Path,
        cipher: Cipher,
        observe: Callable[[float], object] = lambda _: None,
        ledger: Ledger | None = None,
        path: Path | None = None,
    ) -> None:
        """*observe* is told the seconds from hand-over to commit of every write.

        *ledger* is where erasures are written down, outside the database. Files beside the database
        are named after *path*, which SQLite knows itself.
        """
        self._engine = engine_of(address)
        self.address = self._engine.address
        self.path = path or self._engine.path
        self.cipher = cipher
        self.ledger = ledger
        self.caught_up = CaughtUp(0, 0, 0)
        self.shared = self._engine.shared
        self._observe = observe
        self._writer = Writer(self._engine, self._transaction)
        self._reader: Reader | None = None

    async def open(self) -> Store:
        """Migrate, start the writer, do what the ledger has more, and open the reader.

        Raises:
            StorageUnavailable: the database cannot be opened or written.
        """
        self._engine.migrate()
        self._writer.start()
        if self.ledger is not None:
            self.caught_up = await self.write(catch_up, self.ledger)
        self._reader = await self._engine.reader()
        return self

    async def open_to_read(self) -> Store:
        """Open nothing but the reader, beside a process that serves; it closes its own reader."""
        self._reader = await self._engine.reader()
        return self

    async def close(self) -> None:
        """Commit what is waiting and close every connection."""
        self._writer.stop()
        if self._reader is not None:
            await self._reader.close()
        self._engine.close()

    async def write(
        self, work: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run *work* in the writer's next group, as if no other process wrote meanwhile.

        See `Writer.write`.
        """
        return await self._write(None, lambda tx: work(tx, *args, **kwargs))

    async def write_for(
        self,
        conversations: Sequence[bytes] | None,
        work: Callable[Concatenate[Transaction, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run *work*, which changes nothing that depends on other rows than *conversations*.

        Whoever has the row of a conversation has it alone, so that many such jobs are committed
        together on every engine. Counts may be added to, and new rows be made. None: as `write`.
        """
        return await self._write(conversations, lambda tx: work(tx, *args, **kwargs))

    async def _write(
        self, conversations: Sequence[bytes] | None, work: Callable[[Transaction], T]
    ) -> T:
        def traced(tx: Transaction) -> tuple[T, bool]:
            value = work(tx)
            traces, tx.traces = tx.traces, False
            return value, traces

        began = time.perf_counter()
        value, traces = await self._writer.write(traced, conversations)
        self._observe(time.perf_counter() - began)
        if traces:  # what was destroyed is still in the write-ahead log
            await asyncio.to_thread(self.checkpoint)
        return value

    async def look(
        self, work: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run *work* against one unchanging state, beside the writer; it cannot write."""

        def looked() -> T:
            with self._engine.snapshot() as connection:
                return work(Transaction(connection, self.cipher), *args, **kwargs)

        return await asyncio.to_thread(looked)

    @property
    def reader(self) -> Reader:
        """The shared connection for short reads; it cannot write."""
        if self._reader is None:
            raise StorageUnavailable("the store is not open")
        return self._reader

    def fold(self) -> None:
        """Keep the log short, beside the writer."""
        self._engine.fold()

    def checkpoint(self) -> None:
        """See that the order of arrivals, and what was destroyed, is not left behind."""
        self._engine.forget()

    def _transaction(self, connection: Connection) -> Transaction:
        return Transaction(connection, self.cipher, self.ledger)
