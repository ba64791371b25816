"""Which engine an address names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from storage.engine import POSTGRESQL, SQLITE, Connection, Engine
from storage.postgresql import PostgreSQL, is_plain
from storage.sqlite import SQLite

P = ParamSpec("P")
T = TypeVar("T")


def engine_of(address: str | Path) -> Engine:
    """The engine of a database: ``sqlite:///path``, ``postgresql://…``, or just an SQLite file."""
    text = str(address)
    if text.startswith(POSTGRESQL):
        return PostgreSQL(text)
    return SQLite(Path(text.removeprefix(SQLITE)))


def is_address(text: str) -> bool:
    """Whether *text* names a database of one of the engines.

    >>> is_address("sqlite:///motcua.db"), is_address("postgres://db.example/motcua")
    (True, False)
    """
    if text.startswith(POSTGRESQL):
        return is_plain(text)
    return text.startswith(SQLITE) and len(text) > len(SQLITE) and "\0" not in text


def migrate(address: str | Path) -> None:
    """Bring a database to the newest schema, making it where there is none.

    Raises:
        StorageUnavailable: it cannot be opened or written.
    """
    engine_of(address).migrate()


def snapshot(
    address: str | Path,
    work: Callable[Concatenate[Connection, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Run a long read against one unchanging state, without holding the writer."""
    engine = engine_of(address)
    try:
        with engine.snapshot() as connection:
            return work(connection, *args, **kwargs)
    finally:
        engine.close()
