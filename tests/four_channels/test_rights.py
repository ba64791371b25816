"""Rights by code on all four channels, under load, with a restart in between: nothing is left."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeVar

import pytest

from bot.instruments import shipped
from handlers.log import package
from handlers.log.statement import questionnaire
from handlers.log.verify import check
from sipas.packing import half_day
from storage.backup import copy
from storage.recount import recount
from storage.store import Store, snapshot
from storage.transaction import Transaction
from tests.databases import database as address
from tests.databases import raw
from tests.four_channels.people import OnTheWeb, Person
from tests.four_channels.test_replay import _CODE, CHANNELS
from tests.four_channels.town import PUBLIC, Town
from tests.peers.telegram.driver import TelegramPeer
from tests.peers.zalo.bot import ZaloBot
from tests.peers.zalo.oa import ZaloOa
from tests.ports import free_port
from tests.test_release import released
from tests.test_sealing import DAY, NEXT, SIGNER, seal_with

pytestmark = pytest.mark.telegram

T = TypeVar("T")
COUNTER = "100014"
KNOWN = {ref: questionnaire(each) for ref, each in shipped().items()}
FILES = {
    "instruments.json": json.dumps(KNOWN).encode(),
    "totals.jsonl": b"",
    "figures.jsonl": b"",
}


class Given(NamedTuple):
    """A response that somebody gave on a channel."""

    person: Person
    words: str
    code: str


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """An application with every channel, which the test opens and closes itself."""
    port = free_port()
    reaches = {PUBLIC: f"http://127.0.0.1:{port}"}
    with TelegramPeer() as telegram, ZaloBot(reaches=reaches) as bot, ZaloOa() as official:
        telegram.token = "70000:abc"
        yield Town(tmp_path_factory.mktemp("town"), telegram, bot, official, port)


def given(person: Person, words: str) -> Given:
    """Answer every question of the counter's questionnaire, with a comment."""
    person.start(COUNTER)
    shown = ""
    for typed in ("2", "xong", words, "không", "1"):
        shown = person.say(typed) or ""
    code = _CODE.search(shown)
    assert code, shown
    return Given(person, words, code[0])


@contextlib.contextmanager
def load(town: Town) -> Iterator[None]:
    """Others go on answering at the same counter."""
    over = threading.Event()

    def answer() -> None:
        while not over.is_set():
            other = OnTheWeb(town)
            other.start(COUNTER)
            other.say("5")
            other.say("dừng")

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def opened(town: Town, work: Callable[[Store], Awaitable[T]]) -> T:
    """Do *work* on the database while nobody serves it."""

    async def run() -> T:
        store = await Store(address(town.database), town.keys).open()
        try:
            return await work(store)
        finally:
            await store.close()

    return asyncio.run(run())


def kept_bytes(tx: Transaction) -> list[bytes]:
    """Comments and their salts as they are in the file."""
    rows = tx.connection.execute("select sealed, salt from comments").fetchall()
    return [each for row in rows for each in row]


def release_and_seal(town: Town) -> list[bytes]:
    """What waits is released and sealed; what is kept of comments then."""

    async def work(store: Store) -> list[bytes]:
        await store.write(released, half_day(town.now()))
        await seal_with(store, DAY, FILES)
        return await store.look(kept_bytes)

    return opened(town, work)


def audited(town: Town, path: Path) -> tuple[bytes, list[str]]:
    """The audit package after the next seal, and what the verifier finds in it."""

    async def work(store: Store) -> dict[str, bytes]:
        await seal_with(store, NEXT, FILES)
        files = await store.look(package.audit, SIGNER.public)
        assert files is not None
        return {**files, **FILES}

    files = opened(town, work)
    path.write_bytes(package.zipped(files))
    return b"".join(files.values()), check(str(path))


@pytest.mark.sqlite  # a backup is one
@pytest.mark.usefixtures("sealed_by_the_test_alone")
def test_rights_on_every_channel_leave_nothing(
    town: Town, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Words are gone from file, write-ahead log, backups, exports; recount and log verify."""
    with town.open(), load(town):
        people = {name: make(town) for name, (make, _) in CHANNELS.items()}
        first = [given(each, f"lời nhắn thứ nhất, {name}") for name, each in people.items()]
        other = [given(each, f"lời nhắn thứ hai, {name}") for name, each in people.items()]
    secret = release_and_seal(town)
    before = raw(town.database)
    with town.open():
        with load(town):
            seen = [each.person.say(f"/dulieu {each.code}") or "" for each in first]
            erased = [each.person.say(f"/xoa {each.code}") or "" for each in first]
            back = [each.person.say(f"/rut {each.code}") or "" for each in other]
            gone = [each.person.say(f"/dulieu {each.code}") or "" for each in (*first, *other)]
        # PostgreSQL's places are written over when they are needed; the copy has all its rows.
        files = b"".join(each.read_bytes() for each in town.folder.iterdir())
    copy(address(town.database), tmp_path / "copy.db", town.keys)
    export, faults = audited(town, tmp_path / "audit.zip")
    logs = "".join(capfd.readouterr())
    places = (files, (tmp_path / "copy.db").read_bytes(), export, logs.encode())
    words = [each.words.encode() for each in (*first, *other)]

    assert [each.words in shown for each, shown in zip(first, seen, strict=True)] == [True] * 4
    assert [("Đã xóa vĩnh viễn" in shown) for shown in erased] == [True] * 4
    assert [("Đã rút lại phiếu" in shown) for shown in back] == [True] * 4
    assert [("Không có phiếu nào mang mã" in shown) for shown in gone] == [True] * 8
    assert [each in before for each in secret] == [True] * 2 * len(words)
    assert not [each for each in (*words, *secret) if any(each in place for place in places)]
    assert faults == []
    assert snapshot(address(town.database), recount, shipped()) == []
