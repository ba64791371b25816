"""Backups: what is in them, what opens them, and that nothing erased comes back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.instruments import shipped
from bot.keys import load_keys
from bot.ledger import LedgerFile
from handlers.privacy.exercise import exercise
from sipas.rights import Right, Wanted
from storage import taking_back
from storage.backup import Held, held
from storage.recount import recount
from storage.store import Store, snapshot
from storage.transaction import Transaction
from tests.databases import database as address
from tests.databases import only_sqlite
from tests.test_release import released
from tests.test_sealing import WORDS
from tests.test_taking_back import close_five, hashed, kept, sealed_words

T = TypeVar("T")
pytestmark = only_sqlite("a restore puts a file in its place; test_moving has PostgreSQL's backup")


class Place:
    """A folder with an installation in it, of which commands know by the environment."""

    def __init__(self, folder: Path) -> None:
        self.database, self.key = folder / "motcua.db", folder / "motcua.key"
        self.backup_key = folder / "motcua-backup.key"
        self.ledger = LedgerFile(folder / "motcua.erased")
        self.file = folder / "of-today.backup"

    def run(self, *args: str) -> Result:
        """A command of the console script."""
        return CliRunner().invoke(main, list(args))

    def do(self, work: Callable[[Store], Awaitable[T]]) -> T:
        """Open the database, do *work*, close it."""

        async def opened() -> T:
            store = await Store(
                address(self.database), load_keys(self.key), ledger=self.ledger
            ).open()
            try:
                return await work(store)
            finally:
                await store.close()

        return asyncio.run(opened())

    def lose_database(self) -> None:
        """The disk is gone."""
        for left in self.database.parent.glob("motcua.db*"):
            left.unlink()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Five released responses, the first with a comment, and a backup of them."""
    made = Place(tmp_path)
    monkeypatch.chdir(tmp_path)

    async def fill(store: Store) -> None:
        await store.write(close_five)
        await store.write(released)
        await store.write(_talk)

    made.do(fill)
    assert made.run("backup", str(made.file)).exit_code == 0
    return made


def _talk(tx: Transaction) -> None:
    """Somebody has begun to answer."""
    tx.arrive(1, 500_000)
    tx.hold(b"somebody", 1, "000001", 1, "a session", None)


def test_a_backup_is_sealed_and_holds_no_conversation(place: Place) -> None:
    """Neither file nor copy tells who was answering; nothing is left beside the file."""
    place.lose_database()
    told = place.run("restore", str(place.file))

    assert told.exit_code == 0, told.output
    assert held(place.database) == Held(5, 0)
    assert b"SQLite" not in place.file.read_bytes()
    assert b"somebody" not in place.database.read_bytes()
    assert snapshot(address(place.database), recount, shipped()) == []
    assert place.do(kept) == (1, 5, 5)
    assert not [each for each in place.database.parent.iterdir() if each.is_dir()]


def test_what_was_erased_after_a_backup_does_not_come_back(place: Place) -> None:
    """Words and code of an older backup are destroyed again before it is put in its place."""
    words = place.do(lambda store: store.look(sealed_words))
    place.do(lambda store: store.write(taking_back.erase, hashed(0)))
    place.do(lambda store: store.write(taking_back.withdraw, hashed(3)))
    place.lose_database()
    told = place.run("restore", str(place.file))
    again = place.do(lambda store: store.write(taking_back.withdraw, hashed(3)))

    assert "erased again: 2 of 2" in told.output
    assert not any(part in place.database.read_bytes() for part in words)
    assert place.do(kept) == (0, 3, 5)
    assert again is None
    assert snapshot(address(place.database), recount, shipped()) == []
    assert place.ledger.length == 2


def test_the_ledger_tells_no_code_and_no_day(place: Place) -> None:
    """Its lines are hashes; a line that a crash has cut is written over."""
    place.do(lambda store: store.write(taking_back.erase, hashed(0)))
    with place.ledger.path.open("a") as file:
        file.write("e 0123")
    place.do(lambda store: store.write(taking_back.erase, hashed(1)))
    lines = place.ledger.path.read_text().splitlines()

    assert [len(line) for line in lines] == [34, 34]
    assert not any(str(hashed(0)) in line for line in lines)
    assert WORDS not in place.ledger.path.read_text()


def test_a_damaged_ledger_is_named(place: Place) -> None:
    """Nobody is served until it is whole: what it no longer tells could come back."""
    place.do(lambda store: store.write(taking_back.erase, hashed(0)))
    place.do(lambda store: store.write(taking_back.erase, hashed(1)))
    lines = place.ledger.path.read_bytes().splitlines()
    place.ledger.path.write_bytes(lines[0] + b"\n" + lines[1][:9] + b"\xff" * 25 + b"\n")
    place.lose_database()
    told = place.run("restore", str(place.file))

    assert told.exit_code == 1
    assert f"{place.ledger.path.name}: line 2 is damaged" in told.output
    assert "Traceback" not in told.output


def test_an_older_ledger_is_noticed(place: Place) -> None:
    """The backup knows of more acts than the ledger that is there."""
    place.do(lambda store: store.write(taking_back.erase, hashed(0)))
    place.file.unlink()
    place.run("backup", str(place.file))
    place.lose_database()
    place.ledger.path.unlink()
    told = place.run("restore", str(place.file))

    assert "the ledger lacks 1 acts" in told.output


def test_without_the_secret_key_it_says_what_is_lost(place: Place) -> None:
    """Only who asks for it goes on without, and then levels and figures are there."""
    place.lose_database()
    place.key.unlink()
    refused = place.run("restore", str(place.file))
    nothing = place.database.exists()
    told = place.run("restore", str(place.file), "--without-secret")

    assert refused.exit_code == 1
    assert "every comment that is kept" in refused.output
    assert not nothing
    assert told.exit_code == 0, told.output
    assert held(place.database) == Held(5, 0)


def test_a_backup_that_was_changed_or_has_another_key_is_refused(place: Place) -> None:
    """One bit is enough, also of its head; no file takes the database's place."""
    place.lose_database()
    whole = place.file.read_bytes()
    for at in (25, len(whole) // 2, len(whole) - 1):
        changed = bytearray(whole)
        changed[at] ^= 1
        place.file.write_bytes(changed)

        assert place.run("restore", str(place.file)).exit_code == 1

    place.file.write_bytes(whole[: len(whole) // 2])
    assert place.run("restore", str(place.file)).exit_code == 1
    place.file.write_bytes(whole)
    place.backup_key.unlink()
    assert "its key" in place.run("restore", str(place.file)).output
    assert not place.database.exists()


def test_nothing_is_overwritten(place: Place) -> None:
    """Neither a backup nor a database that is there."""
    assert "cannot write" in place.run("backup", str(place.file)).output
    assert "move it away" in place.run("restore", str(place.file)).output


def test_requests_are_listed_with_their_clock(place: Place) -> None:
    """The day, the day that the law allows, what was asked where, and what came of it."""
    now = datetime(2026, 11, 28, 3, tzinfo=UTC)
    wanted = Wanted(Right.ERASE, "K7Q2M9PA4X")
    place.do(lambda store: store.write(exercise, wanted, lambda code: 0, "telegram", now))
    told = place.run("rights")

    assert told.output == "2026-11-28\t2026-12-18\terase\ttelegram\tunknown\t1\n"
