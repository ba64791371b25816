"""Where tests put their databases: files, or with MOTCUA_TEST_DATABASE=postgresql a server of ours.

The server is started when the first test asks, on a free port of this machine, and goes with the
tests. It does not wait for the disk. Every database is a copy of one that is migrated once.
"""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
import pytest

from storage.engine import Connection
from storage.engines import engine_of, migrate, snapshot
from storage.transaction import Transaction
from tests.ports import free_port

ON_POSTGRESQL = os.environ.get("MOTCUA_TEST_DATABASE") == "postgresql"
ONLY_POSTGRESQL = pytest.mark.skipif(not ON_POSTGRESQL, reason="is about PostgreSQL")
DEBIAN = Path("/usr/lib/postgresql")
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "autovacuum": "off",
    "jit": "off",
}
Where = Path | str
"""What a test's database is called, or its address."""
_MADE: dict[str, Path] = {}
_NAMED: set[str] = set()
OPENED: list[str] = []
"""The files of SQLite that this process has opened since its test began."""


def _noted(event: str, told: tuple[Any, ...]) -> None:
    if event == "sqlite3.connect" and not _is_known(str(told[0])):
        OPENED.append(str(told[0]))


def _is_known(path: str) -> bool:
    """Whether it is another test's, of a server that lives longer."""
    return path in _NAMED


# While a hook is told that one thread is traced, Python 3.11 refuses to trace another (CPython's
# issue 98257). Where coverage is measured nobody watches: the run on PostgreSQL does.
if sys.gettrace() is None:
    sys.addaudithook(_noted)


def only_sqlite(why: str) -> pytest.MarkDecorator:
    """For a test of what PostgreSQL has not got, and *why*, which every run there prints."""
    return pytest.mark.skipif(ON_POSTGRESQL, reason=f"only on SQLite: {why}")


def database(path: Path) -> str:
    """The address of the test database that is called *path*."""
    if ON_POSTGRESQL:
        return _made(path)
    _NAMED.add(str(path))
    return f"sqlite:///{path}"


def copied(path: Path, to: Path) -> str:
    """The address of a copy of the database *path*, which nobody has open, that is called *to*."""
    if not ON_POSTGRESQL:
        shutil.copy(path, to)
        return database(to)
    return _made(to, database(path).rpartition("/")[2])


def rows(where: Where, query: str, *values: object) -> list[tuple[Any, ...]]:
    """What a database holds."""
    given = (values,) if values else ()  # without any, psycopg takes a % for what it is
    return snapshot(_address(where), lambda c: c.execute(query, *given).fetchall())


def columns(connection: Connection, table: str) -> list[str]:
    """The columns of a table, in order."""
    nothing: Any = connection.execute(f"select * from {table} where false")  # noqa: S608
    return [column[0] for column in nothing.description]


def change(where: Where, statement: str, *values: object) -> None:
    """Change a database, as time or an operator would."""
    with changing(where) as connection:
        connection.execute(statement, values)


@contextmanager
def changing(where: Where) -> Iterator[Connection]:
    """A transaction of a database, beside whoever serves it."""
    engine = engine_of(_address(where))
    with closing(engine.connect()) as connection:
        connection.execute(engine.begin(alone=False))
        yield connection
        connection.execute("commit")


@contextmanager
def locked(where: Where, table: str) -> Iterator[None]:
    """Somebody else holds the table, as far as the engine knows tables."""
    with changing(where) as connection:
        if ON_POSTGRESQL:
            connection.execute(f"lock table {table} in access exclusive mode")
        yield


def fill(tx: Transaction, table: str) -> None:
    """From now on nothing that *table* takes fits on the disk."""
    if not ON_POSTGRESQL:
        tx.connection.execute(f"alter table {table} rename to hidden")
        return
    tx.connection.execute(
        "create function full_disk() returns trigger language plpgsql as"
        " 'begin raise disk_full; end'"
    )
    tx.connection.execute(
        f"create trigger full_disk before insert or update or delete on {table}"
        " for each statement execute function full_disk()"
    )


def clear(tx: Transaction, table: str) -> None:
    """It does again."""
    if ON_POSTGRESQL:
        tx.connection.execute("drop function full_disk cascade")
    else:
        tx.connection.execute(f"alter table hidden rename to {table}")


def raw(where: Where) -> bytes:
    """Every byte that a database keeps on the disk."""
    if not ON_POSTGRESQL:
        path = engine_of(where).path
        return b"".join(map(Path.read_bytes, path.parent.glob(f"{path.name}*")))
    with psycopg.connect(_address(where), autocommit=True) as link:
        link.execute(b"checkpoint")
        (number,) = link.execute(
            b"select oid from pg_database where datname = current_database()"
        ).fetchone() or ("",)
    return b"".join(map(Path.read_bytes, (_running()[2] / "base" / str(number)).iterdir()))


def _address(where: Where) -> str:
    return database(where) if isinstance(where, Path) else where


def programs() -> Path | None:
    """Where Debian keeps the newest PostgreSQL that is installed, or None."""
    found = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda file: int(file.parents[1].name))
    return found[-1].parent if found else None


def _made(path: Path, source: str = "") -> str:
    name = f"t{sha256(str(path).encode()).hexdigest()[:16]}"
    if name not in _MADE:
        # A copy of files takes a third of the time of one that goes through the log.
        made = f"create database {name} template {source or template()} strategy file_copy"
        with psycopg.connect(server() + "postgres", autocommit=True) as link:
            _forget_ended(link)
            link.execute(made.encode())
        _MADE[name] = path.parent
    return server() + name


def _forget_ended(link: psycopg.Connection[Any]) -> None:
    """Drop the databases of tests that are over, whose folders pytest has removed: 11 MB each."""
    for name in [name for name, folder in _MADE.items() if not folder.exists()]:
        link.execute(f"drop database {name} with (force)".encode())
        del _MADE[name]


@cache
def template() -> str:
    """The name of a database with all migrations and nothing in it."""
    with psycopg.connect(server() + "postgres", autocommit=True) as link:
        link.execute(b"drop database if exists template_motcua")
        link.execute(b"create database template_motcua")
    migrate(server() + "template_motcua")
    return "template_motcua"


def server() -> str:
    """The address of a fresh server, up to the name of a database."""
    return _running()[0]


def restart(mode: str) -> None:
    """Stop the server, `fast` or `immediate`ly as after a power cut, and start it again."""
    _run([*_running()[1], "-m", mode, "restart"])


@cache
def _running() -> tuple[str, list[str], Path]:
    folder = Path(
        tempfile.mkdtemp(prefix="motcua-postgresql-", dir=os.environ.get("PYTEST_DEBUG_TEMPROOT"))
    )
    found = programs()
    if found is None:
        raise RuntimeError("PostgreSQL is not installed: apt install postgresql")
    if os.getuid() == 0:  # initdb refuses root
        os.chown(folder, pwd.getpwnam("postgres").pw_uid, -1)
    port = free_port()
    control = [str(found / "pg_ctl"), "-D", str(folder / "data"), "-s", "-w"]
    told = " ".join(f"-c {name}={value!r}" for name, value in {**SETTINGS, "port": port}.items())
    _run([str(found / "initdb"), "-D", str(folder / "data"), "-U", "motcua", "-A", "trust", "-N"])
    _run([*control, "-l", str(folder / "log"), "-o", told, "start"])
    atexit.register(_ended, control, folder)
    return f"postgresql://motcua@127.0.0.1:{port}/", control, folder / "data"


def _ended(control: list[str], folder: Path) -> None:
    _run([*control, "-m", "immediate", "stop"])
    shutil.rmtree(folder, ignore_errors=True)


def _run(words: list[str]) -> None:
    as_postgres = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    subprocess.run([*as_postgres, *words], check=True, stdout=subprocess.DEVNULL, cwd="/")
