"""A machine that misbehaves under the real server: no room, a locked file, a wild clock.

And a platform's webhook at the same server: groups, voice notes, photos, forgeries.
"""

from __future__ import annotations

import json
import random
import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.channels.telegram.channel import SECRET_HEADER
from bot.instruments import shipped
from bot.keys import Keys, load_keys
from handlers.inbound import Happening, Inbound, Start, Tap
from handlers.receive import Survey, expire, receive
from storage.recount import recount
from storage.release import release
from storage.store import Store, snapshot
from storage.transaction import Transaction
from tests.databases import locked, only_sqlite
from tests.ports import free_port
from tests.server import COUNTER, Server, arrived

CHAT, HOOK = "/api/v1/chat", "/channels/telegram"
SECRET = "a" * 24
PERSON = {"id": 5, "is_bot": False, "first_name": "Lan", "language_code": "vi"}
PRIVATE, GROUP = {"id": 5, "type": "private"}, {"id": -9, "type": "supergroup", "title": "Xóm 3"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The shipped server with a Telegram webhook; the Bot API itself is a dead network."""
    settings = {
        "MOTCUA_TELEGRAM_TOKEN": "1:nobody",
        "MOTCUA_TELEGRAM_MODE": "webhook",
        "MOTCUA_TELEGRAM_API": f"http://127.0.0.1:{free_port()}",
    }
    running = Server(tmp_path_factory.mktemp("machine"), settings).furnish().start()
    yield running
    running.stop()
    log = (running.folder / "server.log").read_text(errors="replace")
    assert "nobody" not in log, "the token is in the log"


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, trust_env=False) as opened:
        yield opened


def tapped(client: httpx.Client, number: str) -> httpx.Response:
    """One tap that opens a response of its own."""
    event = {"start": COUNTER, "tap": "1|-|overall|5"}
    sent = {"conversation": f"{number:a>24}", "update_id": number, "event": event}
    return client.post(CHAT, json=sent)


def _log_begun_anew(database: Path) -> int:
    """Fold the log away, or there would be room in it again and again; its size then."""
    with closing(sqlite3.connect(database)) as connection:
        while connection.execute("pragma wal_checkpoint(truncate)").fetchone()[0]:
            pass
    return database.with_name("motcua.db-wal").stat().st_size


@only_sqlite("the server itself writes the file")
@pytest.mark.parametrize("room", [0, 4096], ids=["read-only", "full disk"])
def test_what_cannot_be_stored_is_refused_and_comes_back(
    room: int, server: Server, client: httpx.Client
) -> None:
    """503 with Retry-After and nothing counted; once there is room, the same update counts once."""
    assert server.process is not None
    before = arrived(server.database)
    written = _log_begun_anew(server.database) if room else 0
    limits = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (written + room, limits[1]))
    try:
        answers = [tapped(client, f"full{room}-{n}") for n in range(40)]
        ready = client.get("/readyz")
        page = client.get("/", headers={"Accept": "text/html"})
    finally:
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, limits)
    refused = [answer for answer in answers if answer.status_code != 200]
    again = [tapped(client, f"full{room}-{n}") for n in range(40)]

    assert refused and {answer.status_code for answer in refused} == {503}
    assert all(answer.headers["retry-after"] for answer in refused)
    assert (ready.status_code, page.status_code) == (503, 200)
    assert {answer.status_code for answer in again} == {200}
    assert arrived(server.database) == before + 40


def test_a_database_locked_by_another_program_is_waited_for(
    server: Server, client: httpx.Client
) -> None:
    """Somebody opens the database with a tool and holds it: 503, then all is well."""
    with locked(server.database, "conversations"):
        refused = tapped(client, "locked")

    assert refused.status_code == 503
    assert tapped(client, "locked").status_code == 200


@only_sqlite("the database is a file")
@pytest.mark.parametrize("path", ["/proc/motcua.db", "/dev/null/motcua.db"])
def test_a_place_that_takes_no_file_is_one_clear_line(path: str, tmp_path: Path) -> None:
    """The server does not start, and says which file it was."""
    server = Server(tmp_path, {"MOTCUA_DATABASE": f"sqlite:///{path}"})
    said = server.run("serve", "--port", str(server.port))

    assert said.returncode == 1
    assert path in said.stderr
    assert "Traceback" not in said.stderr


def message(number: int, chat: dict[str, Any], **content: Any) -> dict[str, Any]:
    told = {"message_id": number, "from": PERSON, "chat": chat, "date": 1_795_000_000, **content}
    return {"update_id": number, "message": told}


VOICE = {"file_id": "x", "file_unique_id": "x", "duration": 3}

# What is posted to the webhook, with the secret or without, and how it is answered.
HOOKED: list[tuple[str, object, bool, int]] = [
    ("a forged update", message(1, PRIVATE, text="5"), False, 403),
    ("broken JSON", b'{"update_id":', True, 400),
    ("broken UTF-8", b"\xff\xfe", True, 400),
    ("half a character", b'{"update_id": 2, "message": {"text": "\\ud800"}}', True, 200),
    ("a huge body", b'{"x":"' + b"a" * 1_100_000 + b'"}', True, 413),
    ("a list", b"[]", True, 200),
    ("no chat", {"update_id": 3, "message": {"text": "5"}}, True, 200),
    ("a group", message(4, GROUP, text=f"/start c{COUNTER}"), True, 200),
    ("talk in a group", message(5, GROUP, text="1"), True, 200),
    ("a voice note", message(6, PRIVATE, voice=VOICE), True, 200),
    ("a photo", message(7, PRIVATE, photo=[{"file_id": "x"}], caption="5"), True, 200),
    ("a sticker", message(8, PRIVATE, sticker={"file_id": "x"}), True, 200),
    ("a place", message(9, PRIVATE, location={"latitude": 19.8, "longitude": 105.7}), True, 200),
    ("4,096 letters", message(10, PRIVATE, text="x" * 4096), True, 200),
    ("NUL", message(11, PRIVATE, text="5\x00"), True, 200),
    ("a wrong check digit", message(12, PRIVATE, text="/start c381208"), True, 200),
    ("a number too large", {"update_id": 2**80, "message": {}}, True, 200),
    ("an unknown kind", {"update_id": 13, "business_message": {}}, True, 200),
    ("a service message", message(14, PRIVATE, new_chat_title="x"), True, 200),
]


@pytest.mark.parametrize(
    ("body", "signed", "status"), [row[1:] for row in HOOKED], ids=[row[0] for row in HOOKED]
)
def test_the_webhook_answers_whatever_is_posted(
    body: object, signed: bool, status: int, server: Server, client: httpx.Client
) -> None:
    """Refused with a problem, or taken and never sent again; nothing of it is an answer."""
    before = arrived(server.database)
    secret = load_keys(server.folder / "motcua.key").webhook_secret("telegram 1")
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = client.post(HOOK, content=raw, headers={SECRET_HEADER: secret if signed else "no"})

    assert answer.status_code == status, answer.text
    if status != 200:
        assert answer.headers["content-type"] == "application/problem+json"
    assert arrived(server.database) == before


NOON = datetime(2026, 11, 23, 5, tzinfo=UTC)
JUMPS = [timedelta(0), timedelta(days=-400), timedelta(days=3), timedelta(days=4000)]


@pytest.mark.anyio
@pytest.mark.parametrize("seed", range(6))
async def test_a_clock_that_jumps_loses_nothing(seed: int, store: Store) -> None:
    """Years back and forth between the taps of a conversation: each response is there once."""
    chance = random.Random(seed)
    survey = Survey(shipped(), 1, chance.getrandbits, Keys(bytes(32)).code_hash)
    await store.write(_counter)
    web = await store.write(Transaction.account_id, "web", "web")
    for person in range(8):
        steps: list[tuple[Happening, ...]] = [
            (Start(COUNTER), Tap("1|-|overall|4")),
            (Tap("1|-|more|yes"),),
            (Tap("1|-|stage|waiting"),),
            (Tap("1|-|overall|2"),),
        ]
        for number, happenings in enumerate(steps):
            key = bytes([person]) * 16
            inbound = Inbound(web, "web", f"{person}-{number}", key, happenings)
            shown = await store.write(receive, survey, inbound, NOON + chance.choice(JUMPS))
            assert shown is not None and shown.screen
    far = NOON + timedelta(days=5000)
    ended = await store.write(expire, survey, far, far, 100)
    released = await store.write(release, shipped(), 2 * 25_000, chance)

    assert (ended, released) == (8, 8)
    assert snapshot(store.address, recount, shipped()) == []


def _counter(tx: Transaction) -> None:
    tx.connection.execute(
        "insert into units (unit_id, code, kind, name, sort_key, search_key, valid_from)"
        " values (1, 'u', 'xa', 'Xã', '', '', '2000-01-01')"
    )
    tx.connection.execute(
        "insert into counters (counter_id, code, unit_id, name, instrument, public, valid_from)"
        " values (1, ?, 1, 'Quầy 1', 'short.1', 1, '2000-01-01')",
        (COUNTER,),
    )
