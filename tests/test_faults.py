"""Fault drills: a real server is hurt while people answer; nothing is lost and nothing doubled.

`pytest -s` prints the table of docs/proofs.md. MOTCUA_FAULTS says how many people answer in each
drill (`make prove`: 100); without it only a few, and only what is quick.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import databases
from tests.bot_api import bot_api
from tests.databases import ONLY_POSTGRESQL, only_sqlite
from tests.faults import Adrift, Line, Told, drilled, filled, held, may_mount, small_disk
from tests.server import COUNTER, Server
from tests.test_kill_drill import Person, _kept

ROLES = ("web", "sender", "worker")
LONG = "MOTCUA_FAULTS" in os.environ
PEOPLE = int(os.environ.get("MOTCUA_FAULTS", "16"))
JUMPS = (1, -1, 400, -400, 3, -30, 3_000, -2)
"""Days that a clock is off, one after the other."""
LONG_ONLY = pytest.mark.skipif(not LONG, reason="takes minutes: MOTCUA_FAULTS=100")

pytestmark = pytest.mark.drill


@dataclass
class Forgetful(Person):
    """Somebody whose telephone sends again what was sent before, in any order."""

    said: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    async def _send(self, client: httpx.AsyncClient, event: dict[str, str]) -> dict[str, Any]:
        reply = await super()._send(client, event)
        self.said.append((str(self.acknowledged), event))
        again = random.Random(len(self.said)).sample(self.said, min(3, len(self.said)))
        await asyncio.gather(*(self._repeat(client, *each) for each in again))
        return reply

    async def _repeat(
        self, client: httpx.AsyncClient, update_id: str, event: dict[str, str]
    ) -> None:
        update = {"conversation": f"{self.name:x>24}", "update_id": update_id, "event": event}
        answer = await client.post("/api/v1/chat", json=update)
        assert answer.status_code == 200


def _people(name: str, kind: type[Person] = Person) -> list[Person]:
    return [kind(f"{name}-{k}", random.Random(f"{name} {k}")) for k in range(PEOPLE)]


def _killed(server: Server) -> float:
    at = time.monotonic()
    server.kill()
    server.start()
    return at


@pytest.fixture(scope="module")
def line() -> Iterator[Line]:
    """The line between the server and PostgreSQL."""
    between = Line(int(databases.server().rsplit(":", 1)[1].rstrip("/")))
    yield between
    between.close()


@pytest.fixture(scope="module")
def far(line: Line, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose database is at the other end of the line."""
    server = Server(tmp_path_factory.mktemp("far"), {"MOTCUA_RELEASE_SECONDS": "1"}).furnish()
    here, there = server.address.rsplit(":", 1)
    server.settings["MOTCUA_DATABASE"] = f"{here}:{line.port}/{there.split('/', 1)[1]}"
    yield server.start()
    server.stop()


ON_A_LINE: list[tuple[str, Callable[[Line], None], bool]] = [
    ("cut connection for 1 s", lambda line: line.cut(1), True),
    ("restart of PostgreSQL (`fast`)", lambda line: databases.restart("fast"), True),
    ("immediate stop of PostgreSQL", lambda line: databases.restart("immediate"), False),
    ("slow line, every packet 0.1 s late for 5 s", lambda line: line.slow(5, 0.1), True),
]


@ONLY_POSTGRESQL
@pytest.mark.parametrize(
    ("name", "hurt"),
    [pytest.param(n, h, marks=LONG_ONLY if long else ()) for n, h, long in ON_A_LINE],
    ids=[name for name, _, _ in ON_A_LINE],
)
def test_the_database_goes_and_comes_back(
    name: str, hurt: Callable[[Line], None], far: Server, line: Line
) -> None:
    """Whatever was acknowledged is there once, and the server is ready again by itself."""
    told = drilled(far, _people(name.split()[0]), lambda: hurt(line))
    health = far.command("doctor", "--recount")
    print(told.row(name))

    assert (told.lost, told.doubled) == (0, 0)
    assert told.sent >= told.acknowledged > 0
    assert health.returncode == 0, health.stdout


@pytest.fixture
def near(tmp_path: Path) -> Iterator[Server]:
    """A server of one test."""
    server = Server(tmp_path, {"MOTCUA_RELEASE_SECONDS": "1"}).furnish()
    yield server.start()
    server.stop()


@only_sqlite("another program holds the file")
@LONG_ONLY
def test_a_slow_disk_loses_nothing(near: Server) -> None:
    """Writes wait for half a second each for five seconds: people wait too."""
    told = drilled(near, _people("slow"), lambda: held(near.database, 5))
    print(told.row("slow disk (SQLite, locked nine tenths of 5 s)"))

    assert (told.lost, told.doubled) == (0, 0)


@only_sqlite("the server itself writes the file")
@LONG_ONLY
@pytest.mark.skipif(not may_mount(), reason="only root mounts a small disk")
def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    """503 as long as there is no room; what was refused is sent again and is there once."""
    with small_disk(tmp_path, "24m"):
        server = Server(tmp_path, {"MOTCUA_RELEASE_SECONDS": "1"}).furnish().start()
        try:
            told = drilled(server, _people("full"), lambda: filled(tmp_path, 3))
            health = server.command("doctor", "--recount")
        finally:
            server.stop()
    print(told.row("disk full for 3 s (SQLite, a tmpfs of 24 MB)"))

    assert (told.lost, told.doubled) == (0, 0)
    assert told.sent > told.acknowledged
    assert health.returncode == 0, health.stdout


@LONG_ONLY
@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler: apt install gcc")
def test_a_clock_that_jumps_loses_nothing(tmp_path: Path) -> None:
    """By days and years, back too, between the taps of whoever answers."""
    server = Adrift(tmp_path, {"MOTCUA_RELEASE_SECONDS": "1"})
    server.furnish().start()
    try:
        told = drilled(server, _people("clock"), lambda: server.jump(JUMPS, 0.3))
        health = server.command("doctor", "--recount")
    finally:
        server.stop()
    [(days,)] = databases.rows(server.address, "select count(distinct day) from received")
    print(told.row(f"clock that jumps by days and years, back too: answers of {days} days"))

    assert (told.lost, told.doubled) == (0, 0)
    assert days > 2
    assert health.returncode == 0, health.stdout


@LONG_ONLY
def test_repeats_in_any_order_change_nothing(near: Server) -> None:
    """Each update comes up to three times more, among newer ones."""
    told = drilled(near, _people("again", Forgetful), lambda: time.sleep(1))
    print(told.row("updates repeated in any order"))

    assert (told.lost, told.doubled) == (0, 0)
    assert told.sent > 2 * told.acknowledged


@LONG_ONLY
def test_a_killed_server_is_back(near: Server) -> None:
    """SIGKILL amid the answers, and a new start."""
    told = drilled(near, _people("killed"), lambda: _killed(near))
    print(told.row("SIGKILL of the one process"))

    assert (told.lost, told.doubled) == (0, 0)


@ONLY_POSTGRESQL
@LONG_ONLY
@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_be_killed(role: str, tmp_path: Path) -> None:
    """Three processes, one role each: the killed one starts again, the others never stopped."""
    settings = {"MOTCUA_RELEASE_SECONDS": "1"}
    roles = {each: Server(tmp_path, settings, roles=(each,)) for each in ROLES}
    roles["web"].furnish()
    try:
        for server in roles.values():
            server.start()
        told = drilled(roles["web"], _people(role), lambda: _killed(roles[role]))
        health = roles["web"].command("doctor", "--recount")
    finally:
        for server in roles.values():
            server.stop()
    print(told.row(f"SIGKILL of the role `{role}`"))

    assert (told.lost, told.doubled) == (0, 0)
    assert health.returncode == 0, health.stdout


@only_sqlite("a restore puts a file in its place")
@LONG_ONLY
def test_an_empty_machine_gets_everything_back(near: Server, tmp_path: Path) -> None:
    """Backup, its key, the secret key and the ledger, in a folder with nothing else."""
    told = drilled(near, _people("restored"), lambda: None)
    near.command("backup", "today.backup")
    near.kill()
    other = Server(tmp_path / "other")
    other.folder.mkdir()
    for name in ("today.backup", "motcua-backup.key", "motcua.key", "motcua-log.key"):
        shutil.copy(near.folder / name, other.folder)
    began = time.monotonic()
    done = other.command("restore", "today.backup")
    other.start()
    ready = httpx.get(f"{other.url}/readyz", trust_env=False).status_code
    told.ready_s = time.monotonic() - began
    other.stop()
    print(told.row("restored on an empty machine (SQLite)"))

    assert (done.returncode, ready) == (0, 200), done.stderr
    assert _kept(other) == _kept(near)
    assert other.command("doctor", "--recount").returncode == 0


def _messages(first: int, chats: range) -> list[dict[str, Any]]:
    """Each chat rates once: three messages."""
    words = (f"/start c{COUNTER}", "5", "dừng")
    said = [(chat, text) for text in words for chat in chats]
    return [
        {"update_id": number, "message": {"message_id": number, "date": 0, **_said(chat, text)}}
        for number, (chat, text) in enumerate(said, first)
    ]


def _said(chat: int, text: str) -> dict[str, Any]:
    person = {"id": chat, "is_bot": False, "first_name": "Lan", "language_code": "vi"}
    return {"from": person, "chat": {"id": chat, "type": "private"}, "text": text}


@ONLY_POSTGRESQL
@LONG_ONLY
def test_two_pollers_by_mistake_poll_one_after_the_other(tmp_path: Path) -> None:
    """Two whole servers with one bot: one polls; killed, the other goes on, and nothing is lost."""
    with bot_api() as (api, address):
        settings = {"MOTCUA_TELEGRAM_TOKEN": "1:nobody", "MOTCUA_TELEGRAM_API": address}
        servers = [Server(tmp_path, settings), Server(tmp_path, settings)]
        servers[0].furnish()
        try:
            for server in servers:
                server.start()
            api.updates += _messages(1, range(10, 10 + PEOPLE))
            _until(lambda: api.confirmed > PEOPLE)
            servers[0].kill()
            began = time.monotonic()
            api.updates += _messages(1 + 3 * PEOPLE, range(10 + PEOPLE, 10 + 2 * PEOPLE))
            _until(lambda: api.confirmed == 6 * PEOPLE)
            ready_s = time.monotonic() - began
        finally:
            for server in servers:
                server.stop()
    kept = _kept(servers[0]).total()
    lost, doubled = max(2 * PEOPLE - kept, 0), max(kept - 2 * PEOPLE, 0)
    told = Told(api.handed_out, 6 * PEOPLE, lost, doubled, ready_s)
    print(told.row("two pollers by mistake, SIGKILL of one"))

    assert (told.lost, told.doubled, api.most_at_once) == (0, 0, 1)


def _until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 120
    while not true() and time.monotonic() < end:
        time.sleep(0.1)
