"""A copy of the database to be kept elsewhere: whole, consistent, and without anybody's chat."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from storage import moving
from storage.engine import Engine
from storage.engines import engine_of, migrate
from storage.queries import write as sql
from storage.sqlite import connected
from storage.transaction import Cipher, Transaction
from storage.writer import StorageUnavailable

COPY_PRAGMAS = ("secure_delete=on",)
_DROPS = (
    sql.drop_conversations,
    sql.drop_addresses,
    sql.drop_case_contacts,
    sql.drop_outbox,
    sql.drop_dead_letters,
    sql.drop_parked_answers,
    sql.drop_marks,
    sql.drop_logins,
)


class Held(NamedTuple):
    """What a copy holds."""

    released: int
    waiting: int


def copy(address: str | Path, target: Path, cipher: Cipher) -> None:
    """Copy the database as of one moment, beside the writer, and leave out what must not last.

    Open responses stay behind with their conversations: who finishes one after the copy was made
    has the code of what was finished, and could not take back a second one made from the copy.

    Raises:
        StorageUnavailable: it cannot be read, or the copy not written.
    """
    engine = engine_of(address)
    try:
        (_moved if engine.shared else _vacuumed)(engine, target)
        made = connected(target, COPY_PRAGMAS)
        try:
            made.execute("begin immediate")
            _strip(Transaction(made, cipher))
            made.execute("commit")
        finally:
            made.close()
    except sqlite3.Error as error:
        raise StorageUnavailable(f"{engine.name}: {error}") from error
    finally:
        engine.close()


def _vacuumed(engine: Engine, target: Path) -> None:
    with closing(engine.connect()) as source:
        source.execute("vacuum into :target", {"target": str(target)})


def _moved(engine: Engine, target: Path) -> None:
    """What PostgreSQL holds, into a file of SQLite: a backup can be opened without a server."""
    migrate(target)
    with closing(connected(target, COPY_PRAGMAS)) as made, engine.snapshot() as source:
        for table in moving.tables(source):
            for _ in moving.move(source, made, table):
                pass


def _strip(tx: Transaction) -> None:
    for (counter_id,) in sql.open_counters(tx.connection):
        tx.take_back_arrival(counter_id)
    for drop in _DROPS:
        drop(tx.connection)


def held(path: Path) -> Held:
    """What the database at *path* holds, once every page of it was found to be sound.

    Raises:
        StorageUnavailable: it is damaged, or no database of ours.
    """
    try:
        connection = connected(path, ())
        try:
            (verdict,) = connection.execute("pragma integrity_check(1)").fetchone()
            if verdict != "ok":
                raise StorageUnavailable(f"{path}: {verdict}")
            return Held(*sql.responses_held(connection))
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise StorageUnavailable(f"{path}: {error}") from error
