"""Where tests put their databases: files, or with MOTCUA_TEST_DATABASE=postgresql a server of ours.

The server is started when the first test asks, on a free port of this machine, and goes with the
tests. It does not wait for the disk. Every database is a copy of one that is migrated once.
"""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from functools import cache
from hashlib import sha256
from pathlib import Path

import psycopg
import pytest

from storage.store import migrate

ON_POSTGRESQL = os.environ.get("MOTCUA_TEST_DATABASE") == "postgresql"
ONLY_SQLITE = pytest.mark.skipif(ON_POSTGRESQL, reason="is about SQLite")
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
}


def database(path: Path) -> str:
    """The address of the test database that is called *path*."""
    return _made(path) if ON_POSTGRESQL else f"sqlite:///{path}"


def programs() -> Path | None:
    """Where Debian keeps the newest PostgreSQL that is installed, or None."""
    found = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda file: int(file.parents[1].name))
    return found[-1].parent if found else None


@cache
def _made(path: Path) -> str:
    name = f"t{sha256(str(path).encode()).hexdigest()[:16]}"
    with psycopg.connect(server() + "postgres", autocommit=True) as link:
        link.execute(f"create database {name} template {template()}".encode())
    return server() + name


@cache
def template() -> str:
    """The name of a database with all migrations and nothing in it."""
    with psycopg.connect(server() + "postgres", autocommit=True) as link:
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
def _running() -> tuple[str, list[str]]:
    folder = Path(tempfile.mkdtemp(prefix="motcua-postgresql-"))
    found = programs()
    if found is None:
        raise RuntimeError("PostgreSQL is not installed: apt install postgresql")
    if os.getuid() == 0:  # initdb refuses root
        os.chown(folder, pwd.getpwnam("postgres").pw_uid, -1)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    control = [str(found / "pg_ctl"), "-D", str(folder / "data"), "-s", "-w"]
    told = " ".join(f"-c {name}={value!r}" for name, value in {**SETTINGS, "port": port}.items())
    _run([str(found / "initdb"), "-D", str(folder / "data"), "-U", "motcua", "-A", "trust", "-N"])
    _run([*control, "-l", str(folder / "log"), "-o", told, "start"])
    atexit.register(_ended, control, folder)
    return f"postgresql://motcua@127.0.0.1:{port}/", control


def _ended(control: list[str], folder: Path) -> None:
    _run([*control, "-m", "immediate", "stop"])
    shutil.rmtree(folder, ignore_errors=True)


def _run(words: list[str]) -> None:
    as_postgres = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    subprocess.run([*as_postgres, *words], check=True, stdout=subprocess.DEVNULL, cwd="/")
