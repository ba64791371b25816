"""A simulated year of the province whose log is sealed: what a server under load begins with."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from bot.clock import utc_now
from bot.keys import load_keys
from bot.sealing import load_signer, seal
from bot.workers import NAMED, WATCHED
from sipas.packing import HANOI, half_day
from storage import registry, sealing
from storage.release import last_release
from storage.sealing import Statement
from storage.store import Store, snapshot

KEY = "motcua.key"


def made(folder: Path, responses: int) -> Path:
    """A database with so many responses, or a copy of the one `MOTCUA_BENCH_DATABASE` names."""
    given = os.environ.get("MOTCUA_BENCH_DATABASE")
    return copied(Path(given), folder) if given else simulated(folder, responses)


def copied(given: Path, folder: Path) -> Path:
    """A database with the keys that are beside it."""
    for key in given.parent.glob("*.key"):
        shutil.copy(key, folder / key.name)
    return Path(shutil.copy(given, folder / "motcua.db"))


def simulated(folder: Path, responses: int) -> Path:
    """A database with so many responses, sealed, and its keys beside it."""
    database = folder / "motcua.db"
    words = [str(Path(sys.executable).parent / "motcua"), "simulate", "--to", str(database)]
    own = {**os.environ, "MOTCUA_SECRET_KEY_FILE": str(folder / KEY)}
    subprocess.run(
        [*words, "--responses", str(responses)], env=own, check=True, capture_output=True
    )
    asyncio.run(_sealed(database, folder / KEY))
    return database


async def _sealed(database: Path, key: Path) -> None:
    """As if every day had been sealed; a year at once keeps the writer busy for a minute."""
    store = await Store(database, load_keys(key)).open()

    async def stated() -> Statement:
        return Statement(await store.write(last_release), {})

    await seal(store, _day(-1), load_signer(key), stated)
    await _looked_at(store)
    await store.close()


async def _looked_at(store: Store) -> None:
    """As if done for today: what a server does at night, or once after a whole year."""
    today = str(half_day(utc_now()) // 2)
    for watched in (WATCHED, NAMED):
        await store.write(registry.mark, watched, today)


def put_off(database: Path) -> None:
    """Let nothing be sealed today: ten million leaves at once are no day of any province.

    Their leaves are there already, from `motcua simulate`.
    """
    asyncio.run(_put_off(database))


async def _put_off(database: Path) -> None:
    key = database.with_name(KEY)
    store = await Store(database, load_keys(key)).open()
    while await store.write(sealing.commit_old):
        pass
    await store.write(sealing.sign, _day(0), load_signer(key).sign)
    await _looked_at(store)
    await store.close()


def _day(later: int) -> str:
    return (utc_now().astimezone(HANOI).date() + timedelta(days=later)).isoformat()


def counters(database: Path | str) -> list[str]:
    """Codes of the counters at which people can answer the short questionnaire today."""
    query = (
        "select c.code from counters c join units u on u.unit_id = c.unit_id"
        " where c.instrument = 'short.1' and c.public = 1"
        " and c.valid_to is null and u.valid_to is null order by c.code"
    )
    found = snapshot(database, lambda connection: connection.execute(query).fetchall())
    return [code for (code,) in found]


def kept(database: Path | str) -> int:
    """How many responses are stored, released or not."""
    query = "select (select count(*) from closed_responses) + (select count(*) from responses)"
    return int(snapshot(database, lambda connection: connection.execute(query).fetchone()[0]))
