"""(a), (b): from a raw Telegram body to the commit with the next question queued."""

from __future__ import annotations

import asyncio
import json
import random
import secrets
import sqlite3
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from telegram import Update
from telegram.warnings import PTBUserWarning

from bench.measure import Finding, medians
from bench.rivals import apart
from bench.rivals.ptb_bot import application
from bench.survey import Script, batches, script
from bot.channels.decoded import Account
from bot.channels.intake import Intake
from bot.channels.telegram.decode import decode
from bot.clock import utc_now
from bot.instruments import shipped
from bot.keys import Keys
from handlers.receive import Survey
from storage.sqlite import WRITER_PRAGMAS, connected
from storage.store import Store
from storage.transaction import Transaction
from tests.channels import add_counter

PEOPLE = 300
Statement = tuple[str, Any]
_WRITES = ("insert", "update", "delete")


def findings() -> Iterator[Finding]:
    """Updates a second against PTB, aiogram and the bare database."""
    survey = script()
    bodies = batches(survey, PEOPLE)
    updates = PEOPLE * survey.length
    groups = _written(bodies)
    ours, ptb, bare = medians(
        lambda: updates / _ours(bodies),
        lambda: updates / _ptb(survey, bodies),
        lambda: updates / _bare(groups),
    )
    told = f"{ours:,.0f} updates/s, FULL sync"
    yield Finding(
        "a",
        "updates against PTB ConversationHandler + PicklePersistence",
        told,
        f"{ptb:,.0f} updates/s, not durable",
        ours / ptb,
        2.0,
    )
    yield from _against_aiogram(survey, bodies, updates)
    rows = sum(map(len, groups)) / updates
    yield Finding(
        "b",
        "updates against bare sqlite3 committing the same rows in the same groups",
        told,
        f"{bare:,.0f} updates/s, {rows:.1f} statements each",
        ours / bare,
        0.4,
    )


def _against_aiogram(survey: Script, bodies: list[bytes], updates: int) -> Iterator[Finding]:
    try:
        with apart.python_with(apart.AIOGRAM) as python:
            ours, theirs = medians(
                lambda: updates / _ours(bodies),
                lambda: updates / _aiogram(python, survey, bodies),
            )
    except apart.Missing as missing:
        click.echo(f"not compared: {missing}", err=True)
        return
    yield Finding(
        "a",
        "updates against an aiogram bot: its state machine and MemoryStorage",
        f"{ours:,.0f} updates/s, FULL sync",
        f"{theirs:,.0f} updates/s, not durable",
        ours / theirs,
        2.0,
    )


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="motcua-bench-") as name:
        yield Path(name)


def _ours(bodies: list[bytes]) -> float:
    with _folder() as folder:
        return asyncio.run(_received(Store(folder / "ours.db", Keys(bytes(32))), bodies))


async def _received(store: Store, bodies: list[bytes]) -> float:
    """Seconds for the way of the product itself: `Intake.take_polled` on the writer."""
    await store.open()
    try:
        await store.write(add_counter)
        account = await store.write(Transaction.account_id, "telegram", "1")
        keys = Keys(bytes(32))
        survey = Survey(shipped(), 1, secrets.randbits, keys.code_hash)
        intake = Intake("telegram", Account(account, keys.pseudonym), survey, decode)
        began = time.perf_counter()
        for number, body in enumerate(bodies):
            result = json.loads(body)["result"]
            await store.write(intake.take_polled, result, number, utc_now())
        return time.perf_counter() - began
    finally:
        await store.close()


def _ptb(survey: Script, bodies: list[bytes]) -> float:
    with _folder() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore", PTBUserWarning)
        return asyncio.run(_processed(survey, folder / "bot.pickle", bodies))


async def _processed(survey: Script, pickle: Path, bodies: list[bytes]) -> float:
    """Seconds for PTB's own way, one update after another as it does by default."""
    app = application(survey, pickle)
    async with app:
        began = time.perf_counter()
        for body in bodies:
            for raw in json.loads(body)["result"]:
                await app.process_update(Update.de_json(raw, app.bot))
        elapsed = time.perf_counter() - began
    responses = len(app.bot_data["responses"])
    if responses != PEOPLE:
        raise RuntimeError(f"PTB finished {responses} of {PEOPLE} surveys")
    return elapsed


def _aiogram(python: Path, survey: Script, bodies: list[bytes]) -> float:
    found = apart.aiogram(python, survey, bodies)
    if found["finished"] != PEOPLE:
        raise RuntimeError(f"aiogram finished {found['finished']} of {PEOPLE} surveys")
    return float(found["seconds"])


class _Recorder(sqlite3.Connection):
    """Keeps every statement that the product executes."""

    statements: list[Statement]

    def cursor(self, *_: Any) -> Any:
        """A cursor that tells the connection what it executes."""
        return super().cursor(_RecordingCursor)

    def execute(self, query: str, given: Any = ()) -> sqlite3.Cursor:
        """As sqlite3's own."""
        self.statements.append((query, given))
        return super().execute(query, given)


class _RecordingCursor(sqlite3.Cursor):
    def execute(self, query: str, given: Any = ()) -> Any:
        recorder: Any = self.connection
        recorder.statements.append((query, given))
        return super().execute(query, given)


def _written(bodies: list[bytes]) -> list[list[Statement]]:
    """The rows that the product writes for these bodies, a list for each commit."""
    with _folder() as folder:
        store = Store(folder / "recorded.db", Keys(bytes(32)))
        asyncio.run(_prepared(store))
        connection = sqlite3.connect(store.path, isolation_level=None, factory=_Recorder)
        connection.statements = []
        tx = Transaction(connection, store.cipher)
        account = tx.account_id("telegram", "1")
        keys = Keys(bytes(32))
        survey = Survey(shipped(), 1, random.Random(1).getrandbits, keys.code_hash)
        intake = Intake("telegram", Account(account, keys.pseudonym), survey, decode)
        groups = []
        for number, body in enumerate(bodies):
            connection.statements = []
            intake.take_polled(tx, json.loads(body)["result"], number, utc_now())
            groups.append([each for each in connection.statements if _writes(each[0])])
        connection.close()
        return groups


def _writes(query: str) -> bool:
    lines = (line.strip() for line in query.splitlines())
    first = next((line for line in lines if line and not line.startswith("--")), "")
    return first.startswith(_WRITES)


async def _prepared(store: Store) -> None:
    await store.open()
    await store.write(add_counter)
    await store.write(Transaction.account_id, "telegram", "1")
    await store.close()


def _bare(groups: list[list[Statement]]) -> float:
    """Seconds for nothing but sqlite3: the same statements, values and group commits."""
    with _folder() as folder:
        store = Store(folder / "bare.db", Keys(bytes(32)))
        asyncio.run(_prepared(store))
        connection = connected(store.path, WRITER_PRAGMAS)
        began = time.perf_counter()
        for group in groups:
            connection.execute("begin immediate")
            for query, given in group:
                connection.execute(query, given)
            connection.execute("commit")
        elapsed = time.perf_counter() - began
        connection.close()
        return elapsed
