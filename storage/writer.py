"""The one writer: a thread with one connection that commits everything waiting as one group.

A transaction is a plain function, so nobody can come between its BEGIN and its COMMIT. Each job
of a group has a savepoint of its own: a job that fails takes back its own rows and nobody else's.
Nothing is answered before the group is on disk.

Where other processes write too, jobs that name their conversations lock them and go as one group;
every other job has a transaction of its own in which it sees nobody else's changes. When another
process came between, all of it is done once more.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

import psycopg

from storage.engine import ERRORS, FAILURES, Again, Connection, Engine
from storage.engine import StorageUnavailable as StorageUnavailable  # where everybody looks for it
from storage.transaction import Transaction

T = TypeVar("T")

GROUP_MOST = 512
TRIES = 12
LONGEST_PAUSE_S = 0.5
AGAIN = (Again, psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected)


@dataclass(slots=True)
class _Job:
    work: Callable[[Transaction], Any]
    conversations: Sequence[bytes] | None
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
        self, engine: Engine, open_transaction: Callable[[Connection], Transaction]
    ) -> None:
        self._engine = engine
        self._open_transaction = open_transaction
        self._connection: Connection | None = None
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
        self, work: Callable[[Transaction], T], conversations: Sequence[bytes] | None = None
    ) -> T:
        """Run `work(transaction)` and return its value once it is committed.

        Raises:
            StorageUnavailable: nothing of the group could be stored; the caller may try again.
        """
        if self._stopped:
            raise StorageUnavailable("the writer has stopped")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._waiting.put(_Job(work, conversations, loop, future))
        return await future

    def _run(self) -> None:
        try:
            while waiting := self._take():
                for group in self._groups(waiting):
                    self._commit(group)
                    _settle(group)
        finally:
            self._disconnect()

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

    def _groups(self, waiting: list[_Job]) -> list[list[_Job]]:
        """What may be committed together; conversations in one order: none waits in a circle."""
        if not self._engine.shared:
            return [waiting]
        together = [job for job in waiting if job.conversations is not None]
        together.sort(key=lambda job: min(job.conversations or (b"",)))
        alone = [[job] for job in waiting if job.conversations is None]
        return [together, *alone] if together else alone

    def _commit(self, group: list[_Job]) -> None:
        error: Exception | None = None
        for tries in range(TRIES):
            error = self._attempt(group)
            if not isinstance(error, AGAIN):
                break
            time.sleep(min(2**tries / 1000, LONGEST_PAUSE_S) * random.random())  # noqa: S311
        if error is not None:
            # A full disk or a lock fails the whole group.
            for job in group:
                job.error = StorageUnavailable(str(error))

    def _attempt(self, group: list[_Job]) -> Exception | None:
        """Run the group and commit it; return why that failed."""
        ending = False
        try:
            self._connection = connection = self._connection or self._engine.connect()
            transaction = self._open_transaction(connection)
            connection.execute(self._engine.begin(alone=group[0].conversations is None))
            for job in group:
                _run_job(connection, transaction, job)
            transaction.counts.write()
            ending = True
            connection.execute("commit")
        except ERRORS as error:
            lost = not self._rolled_back()
            # Nobody knows whether a commit that broke off was made: who asked asks again.
            return Again(str(error)) if lost and not ending else error
        return None

    def _rolled_back(self) -> bool:
        """Take back what was begun, where the database has not already; False: no connection."""
        if self._connection is None:
            return True
        try:
            if self._connection.in_transaction:
                self._connection.execute("rollback")
        except ERRORS:
            self._disconnect()
            return False
        return True

    def _disconnect(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(*ERRORS):
                self._connection.close()
            self._connection = None


def _run_job(connection: Connection, transaction: Transaction, job: _Job) -> None:
    job.value = job.error = None
    mark = transaction.counts.mark
    connection.execute("savepoint job")
    try:
        job.value = job.work(transaction)
    except FAILURES:
        raise
    except BaseException as error:  # the job's own failure: its caller gets it, the thread goes on
        job.error = error
        connection.execute("rollback to job")
        transaction.counts.back_to(mark)
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
