"""SQLite: one file, one serving process; the default."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

import aiosqlite
import yoyo

from storage.engine import SQLITE, Connection, StorageUnavailable

OWN = 0o600  # its write-ahead log is made with the same rights

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_TIMEOUT_S = 10

# FULL: an answer is acknowledged only when it survives a power cut. secure_delete: what a
# respondent takes back is overwritten, not merely unlinked.
WRITER_PRAGMAS = ("journal_mode=wal", "synchronous=full", "secure_delete=on", "cache_size=-16384")
# Who serves folds the log beside the writer (`fold`); this many pages only where nobody does.
SELDOM = "wal_autocheckpoint=4000"
# A log that is synced seldom: what a power cut takes of a migration is migrated again.
MIGRATING_PRAGMAS = ("journal_mode=wal", "synchronous=normal")
READER_PRAGMAS = ("query_only=on", "cache_size=-16384")


class SQLite:
    """A database in one file."""

    shared = False

    def __init__(self, path: Path) -> None:
        self.path = path
        self.address = f"{SQLITE}{path}"
        self.name = str(path)

    def migrate(self) -> None:
        """Bring the file to the newest schema, creating it if missing.

        Raises:
            StorageUnavailable: it cannot be opened or written.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.touch(OWN)  # who may read it is settled before anything is in it
            if not self._is_newest():
                apply_migrations(self.address, MIGRATIONS, MIGRATING_PRAGMAS)
        except (OSError, sqlite3.Error, yoyo.exceptions.LockTimeout) as error:
            raise StorageUnavailable(f"{self.path}: {error}") from error

    def _is_newest(self) -> bool:
        """Looking takes a millisecond; before yoyo knows its drivers there are thirty."""
        with contextlib.closing(connected(self.path, ())) as connection:
            named = "select 1 from sqlite_master where name = '_yoyo_migration'"
            if connection.execute(named).fetchone() is None:
                return False
            return is_newest(connection.execute("select migration_id from _yoyo_migration"))

    def connect(self) -> Connection:
        """The writer's connection."""
        return connected(self.path, (*WRITER_PRAGMAS, SELDOM))

    def begin(self, alone: bool) -> str:
        """Nobody reads before a write without holding the lock already."""
        return "begin immediate"

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A reader of its own, inside one transaction."""
        connection = connected(self.path, READER_PRAGMAS)
        try:
            connection.execute("begin")
            yield connection
        finally:
            connection.close()

    async def reader(self) -> aiosqlite.Connection:
        """One connection on a thread of its own."""
        reader = await aiosqlite.connect(
            self.path, timeout=BUSY_TIMEOUT_S, isolation_level=None, cached_statements=256
        )
        for pragma in READER_PRAGMAS:
            await reader.execute(f"pragma {pragma}")
        return reader

    def renumber(self, connection: Connection) -> None:
        """They begin after the highest anyway."""

    def fold(self) -> None:
        """Bring what the log holds into the file, as far as nobody has to wait for it."""
        self._checkpoint("passive")

    def forget(self) -> None:
        """Fold the log into the file and cut it."""
        self._checkpoint("passive")  # so that little is left to do while nobody can write
        self._checkpoint("truncate")

    def _checkpoint(self, how: str) -> None:
        connection = connected(self.path, WRITER_PRAGMAS)
        try:
            connection.execute(f"pragma wal_checkpoint({how})")
        finally:
            connection.close()

    def close(self) -> None:
        """Nothing is kept open between uses."""


def connected(path: Path, pragmas: Iterable[str]) -> sqlite3.Connection:
    """A connection whose transactions begin and end only where the code says so."""
    connection = sqlite3.connect(
        path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
    )
    for pragma in pragmas:
        connection.execute(f"pragma {pragma}")
    return connection


def is_newest(applied: Iterable[tuple[str]]) -> bool:
    """Whether the names of what was *applied* are those of all migrations, or more."""
    return {file.stem for file in MIGRATIONS.glob("*.sql")} <= {name for (name,) in applied}


def apply_migrations(address: str, folder: Path, pragmas: Iterable[str] = ()) -> None:
    """Apply what is missing of the migrations in *folder*; yoyo keeps two from doing it at once."""
    backend = yoyo.get_backend(address)
    migrations = yoyo.read_migrations(str(folder))
    try:
        for pragma in pragmas:
            backend.execute(f"pragma {pragma}")
        with backend.lock():
            backend.apply_migrations(backend.to_apply(migrations))
    finally:
        backend.connection.close()
