"""A big database moved into PostgreSQL by processes that are killed: it ends equal all the same.

`MOTCUA_MOVED` says how many responses are moved; results are in docs/proofs.md.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from bot.keys import load_keys
from bot.sealing import load_signer, seal
from bot.surveys import survey
from handlers.log.statement import stated
from handlers.service import Service
from storage import sealing
from storage.store import Store
from tests.databases import ONLY_POSTGRESQL, database
from tests.sealed_province import NOW
from tests.server import MOTCUA

MOVED = int(os.environ.get("MOTCUA_MOVED", "0"))
pytestmark = [
    ONLY_POSTGRESQL,
    pytest.mark.sqlite,
    pytest.mark.skipif(not MOVED, reason="a long drill: MOTCUA_MOVED"),
]

LOOK_S = 0.2
LONGEST_S = 3600


@pytest.fixture
def installation(tmp_path: Path) -> dict[str, str]:
    """The settings of a sealed year with so many responses."""
    path, key = tmp_path / "m.db", tmp_path / "motcua.key"
    settings = {"MOTCUA_DATABASE": f"sqlite:///{path}", "MOTCUA_SECRET_KEY_FILE": str(key)}
    made = [str(MOTCUA), "simulate", "--responses", str(MOVED), "--to", str(path)]
    subprocess.run(made, env={**os.environ, **settings}, check=True, capture_output=True)
    asyncio.run(_sealed(path, key))
    return settings


async def _sealed(path: Path, key: Path) -> None:
    keys = load_keys(key)
    store = await Store(path, keys).open()
    try:
        while await store.write(sealing.place):
            pass  # without the pauses of a seal, as nobody waits
        service = Service(store, survey(keys), lambda: NOW, "", 0, 1000)
        await seal(store, "2026-12-20", load_signer(key), partial(stated, service))
    finally:
        await store.close()


def test_a_move_that_was_killed_twice_ends_equal(
    installation: dict[str, str], tmp_path: Path
) -> None:
    """Killed within two tables and begun again: rows, figures and the log's root are the same."""
    address = database(tmp_path / "m.db")
    first = killed(installation, address, "log_leaves", MOVED // 4)
    second = killed(installation, address, "responses", MOVED // 2)
    began = time.monotonic()
    done = subprocess.run(moving(address), env=environment(installation), capture_output=True)
    told = done.stdout.decode()
    print(f"\n{first}\n{second}\nthe third try: {time.monotonic() - began:.0f} s\n{told}")

    assert done.returncode == 0, done.stderr
    assert "figures: every rollup equals its recount" in told
    assert "log: root 1 over" in told
    assert "equal; now set" in told


def killed(installation: dict[str, str], address: str, table: str, rows: int) -> str:
    """Move until a table has so many rows there, then SIGKILL; how that went."""
    began = time.monotonic()
    with subprocess.Popen(
        moving(address), env=environment(installation), stdout=subprocess.DEVNULL
    ) as process:
        for found in counted(address, table):
            assert process.poll() is None, "it ended before it could be killed"
            if found >= rows:
                break
        process.kill()
    left = next(counted(address, table))
    return f"killed after {time.monotonic() - began:.0f} s with {left:,} rows of {table} there"


def counted(address: str, table: str) -> Iterator[int]:
    """How many rows a table has, again and again."""
    query = sql.SQL("select count(*) from {}").format(sql.Identifier(table))
    until = time.monotonic() + LONGEST_S
    with psycopg.connect(address, autocommit=True) as link:
        while time.monotonic() < until:
            row = link.execute(query).fetchone()
            yield row[0] if row else 0
            time.sleep(LOOK_S)
    raise TimeoutError(table)


def moving(address: str) -> list[str]:
    return [str(MOTCUA), "migrate", "--to", address]


def environment(installation: dict[str, str]) -> dict[str, str]:
    return {**os.environ, **installation}
