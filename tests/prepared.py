"""Databases made once for each process: a test begins with a copy instead of migrating its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.keys import Keys
from storage.engines import engine_of, migrate
from storage.transaction import Transaction
from tests.databases import ON_POSTGRESQL, database

KEYS = Keys(b"a secret for tests, 32 bytes ...")
Work = Callable[[Transaction], object]

# Kept open for as long as the process lives, which then takes the files with it.
_FOLDER = TemporaryDirectory(prefix="motcua-prepared-")


def prepared(path: Path, *works: Work) -> str:
    """The address of a database with what *works* write, none of it sealed with a test's keys."""
    address = database(path)
    if ON_POSTGRESQL:  # which has copied what is migrated
        for work in works:
            written(address, work)
    else:
        shutil.copy(_made(*works), path)
    return address


@cache
def _made(*works: Work) -> Path:
    path = Path(_FOLDER.name) / f"{len(list(Path(_FOLDER.name).iterdir()))}.db"
    migrate(path)
    for work in works:
        written(path, work)
    return path


def written(address: str | Path, work: Work, keys: Keys = KEYS) -> None:
    """Do *work* in a transaction of a database that no test serves yet."""
    engine = engine_of(address)
    with closing(engine), closing(engine.connect()) as connection:
        connection.execute(engine.begin(alone=True))
        work(Transaction(connection, keys))
        connection.execute("commit")
