"""The one writer: a thread with one connection that commits everything waiting as one group.

A transaction is a plain function, so nobody can come between its BEGIN and its COMMIT. Each job
of a group has a savepoint of its own: a job that fails takes back its own rows and nobody else's.
Nothing is answered before the group is committed with ``synchronous=FULL``.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, Concatenate, ParamSpec, TypeVar

from storage.transaction import Transaction

P = ParamSpec("P")
T = TypeVar("T")

GROUP_MOST = 512


class StorageUnavailable(Exception):
    """The database could not be written (full disk, read-only file, lock): nothing was stored."""


@dataclass(slots=True)
class _Job:
    work: Callable[[Transaction], Any]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    value: Any = None
    error: BaseException | None = None

    def settle(self) -> None:
        if self.future.cancelled():
            return
        if self.error is None:
            self.future.set_result(self.value)
        else:
            self.future.set_exception(self.error)


class Writer:
    """Runs jobs in groups on its own thread; `write` returns when the job's group is on disk."""

    def __init__(
        self,
        connect: Callable[[], sqlite3.Connection],
        open_transaction: Callable[[sqlite3.Connection], Transaction],
    ) -> None:
        self._connect = connect
        self._open_transaction = open_transaction
        self._waiting: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="motcua-writer", daemon=True)
        self._stopped = False

    def start(self) -> None:
        """Start the thread; jobs queued before are done first."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what is waiting, close the connection and end the thread."""
        self._stopped = True
        self._waiting.put(None)
        self._thread.join()

    async def write(
        self, work: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `work(transaction, …)` and return its value once it is committed.

        Raises:
            StorageUnavailable: nothing of the group could be stored; the caller may try again.
        """
        if self._stopped:
            raise StorageUnavailable("the writer has stopped")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._waiting.put(_Job(lambda tx: work(tx, *args, **kwargs), loop, future))
        return await future

    def _run(self) -> None:
        connection = self._connect()
        transaction = self._open_transaction(connection)
        try:
            while group := self._take():
                _commit(connection, transaction, group)
                _settle(group)
        finally:
            connection.close()

    def _take(self) -> list[_Job]:
        """Wait for one job, then take all that wait with it; an empty list means stop."""
        first = self._waiting.get()
        if first is None:
            return []
        group = [first]
        while len(group) < GROUP_MOST:
            try:
                job = self._waiting.get_nowait()
            except Empty:
                break
            if job is None:
                self._waiting.put(None)
                break
            group.append(job)
        return group


def _commit(connection: sqlite3.Connection, transaction: Transaction, group: list[_Job]) -> None:
    try:
        connection.execute("begin immediate")
        for job in group:
            _run_job(connection, transaction, job)
        connection.execute("commit")
    except sqlite3.Error as error:
        # A full disk or a lock fails the whole group: SQLite may have rolled it back already.
        if connection.in_transaction:
            connection.execute("rollback")
        for job in group:
            job.error = StorageUnavailable(str(error))


def _run_job(connection: sqlite3.Connection, transaction: Transaction, job: _Job) -> None:
    connection.execute("savepoint job")
    try:
        job.value = job.work(transaction)
    except sqlite3.OperationalError:
        raise
    except BaseException as error:  # the job's own failure: its caller gets it, the thread goes on
        job.error = error
        connection.execute("rollback to job")
    connection.execute("release job")


def _settle(group: list[_Job]) -> None:
    by_loop: dict[asyncio.AbstractEventLoop, list[_Job]] = {}
    for job in group:
        by_loop.setdefault(job.loop, []).append(job)
    for loop, jobs in by_loop.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_settle_all, jobs)


def _settle_all(jobs: list[_Job]) -> None:
    for job in jobs:
        job.settle()
