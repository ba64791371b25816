"""Databases made once for each process: a test begins with a copy instead of migrating its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import chdir, closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from click.testing import CliRunner

from bot.commands.simulate import simulate
from bot.keys import Keys
from storage.engines import engine_of, migrate
from storage.transaction import Transaction
from tests.databases import ON_POSTGRESQL, copied, database

KEYS = Keys(b"a secret for tests, 32 bytes ...")
UNTIL = "2026-11-20"  # what is simulated must not be another thing every day
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


def simulated(to: Path, seed: int, units: int, responses: int) -> str:
    """The address of a database with a simulated year, copied from one that is made once."""
    return copied(_simulated(seed, units, responses), to)


@cache
def _simulated(seed: int, units: int, responses: int) -> Path:
    path = Path(_FOLDER.name) / f"simulated-{seed}-{units}-{responses}.db"
    asked = {"seed": seed, "units": units, "responses": responses, "until": UNTIL}
    words = [word for name, value in asked.items() for word in (f"--{name}", str(value))]
    run = CliRunner(env={"MOTCUA_SECRET_KEY_FILE": str(path.with_name("motcua.key"))})
    # The truth is written beside it; and no test's loop is in the thread.
    with chdir(path.parent), ThreadPoolExecutor(1) as thread:
        told = thread.submit(run.invoke, simulate, [*words, "--to", database(path)]).result()
    assert told.exit_code == 0, told.output
    return path


def written(address: str | Path, work: Work, keys: Keys = KEYS) -> None:
    """Do *work* in a transaction of a database that no test serves yet."""
    engine = engine_of(address)
    with closing(engine), closing(engine.connect()) as connection:
        connection.execute(engine.begin(alone=True))
        work(Transaction(connection, keys))
        connection.execute("commit")
