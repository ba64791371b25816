"""A request, damaged anywhere, is answered, and never by 500: forms, headers, cookies, queries.

Bytes are read by an HTTP parser as a server would, and given to the application in process.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import h11
import pytest
from fastapi import FastAPI

from bot.app import create_app
from bot.settings import Settings
from handlers.rights import COOKIE, Right, Role, Signed, hashed
from storage import staff
from storage.staff import Grant, Staff
from storage.transaction import Transaction
from tests.databases import database as address
from tests.fuzz.mutating import damaged, tried
from tests.server import COUNTER, furnish

TOKEN = "a-login-of-somebody-who-may-do-everything"
FORM = b"Content-Type: application/x-www-form-urlencoded"
PARTS = b"Content-Type: multipart/form-data; boundary=b"
BROWSER = b"Accept: text/html\r\nAccept-Language: en-GB,en;q=0.9\r\nX-Forwarded-For: 192.0.2.7"
SIGNED_IN = BROWSER + f"\r\nCookie: {COOKIE}={TOKEN}".encode()
CHAT = b'{"conversation": "%s", "update_id": "1", "language": "vi", "event": {"start": "381207"}}'
EVENTS = (
    b'[{"code": "H56.12-260201-0123", "stage": "result", "unit": "15448", "day": "2026-02-05"}]'
)
JSON = b"Content-Type: application/json"


def post(path: str, body: bytes, kind: bytes = FORM, more: bytes = BROWSER) -> bytes:
    """A request with a body."""
    return b"POST %s HTTP/1.1\r\nHost: a\r\n%s\r\n%s\r\n\r\n%s" % (path.encode(), kind, more, body)


def ask(path: str, more: bytes = BROWSER) -> bytes:
    """A request without one."""
    return b"GET %s HTTP/1.1\r\nHost: a\r\n%s\r\n\r\n" % (path.encode(), more)


def part(name: bytes, value: bytes, file: bytes = b"") -> bytes:
    """A part of a form."""
    told = b'; filename="%s"\r\nContent-Type: text/csv' % file if file else b""
    return b'--b\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n' % (name, told, value)


def requests(csrf: bytes) -> tuple[bytes, ...]:
    """Requests of a stranger, and of somebody who is signed in."""
    forged = part(b"csrf", csrf)
    people = part(b"file", b"name,full_name,role,unit\na,A,leader,15448\n", b"p.csv")
    card = part(b"file", b"year,code,name,maximum,own,appraised\n2025,1,A,2,1,1\n", b"s.csv")
    secret = b"a" * 24
    chat = b"conversation=%s&update_id=2&tap=1%%7C-%%7Coverall%%7C5&text=" % secret
    return (
        post(f"/c/{COUNTER}", chat),
        post(f"/c/{COUNTER}?lang=en", part(b"conversation", secret) + b"--b--\r\n", PARTS),
        post("/api/v1/chat", CHAT % secret, JSON),
        post("/privacy/rights", b"code=K7Q2-M9PA-4X&wish=export"),
        post("/case", b"code=K7Q2-M9PA-4X&wish=remark&words=t%E1%BB%91t"),
        post("/log/check", part(b"code", b"K7Q2-M9PA-4X") + b"--b--\r\n", PARTS),
        post("/login", b"name=lan.nv&password=x&code=123456&to=%2Fwork"),
        post("/device", b"code=K7Q2M9PA4X"),
        post("/login/oidc/ended", b"logout_token=a.b.c"),
        post("/api/v1/dossier-events", EVENTS, JSON + b"\r\nAuthorization: Bearer motcua_1_x"),
        ask("/r/EgXRF1FAASNFZ4mrAAAAAAAAAAAAAAAAAAAA", SIGNED_IN),
        ask("/api/v1/scores?unit=38&period=2026-Q4&by=month&formula=t2b.v1"),
        ask("/login/oidc/back?state=s&code=c&iss=i", b"Cookie: motcua-sign-on=AAAA"),
        ask("/feed.json?lang=vi", b'If-None-Match: W/"a", "b"'),
        ask("/metrics", b"Forwarded: for=192.0.2.7"),
        post("/people/file", forged + people + b"--b--\r\n", PARTS, SIGNED_IN),
        post("/scorecard/import", forged + card + b"--b--\r\n", PARTS, SIGNED_IN),
        post("/people", b"csrf=%s&name=b&role=leader&unit=15448" % csrf, FORM, SIGNED_IN),
        post("/account", b"csrf=%s&act=totp&password=x&secret=&code=1" % csrf, FORM, SIGNED_IN),
        post(
            "/dashboard/views",
            b"csrf=%s&name=x&address=%%2Fdashboard%%3Fq%%3Dx" % csrf,
            FORM,
            SIGNED_IN,
        ),
        ask("/work?unit=15448&period=2026-11", SIGNED_IN),
        ask("/api/v1/responses.csv?unit=15448&period=2026", SIGNED_IN),
    )


def _signed_in(tx: Transaction) -> None:
    staff.add(tx, "lan.nv", "Lan", [Grant(role, "38") for role in Role], "2026-07-01")
    staff.begin_login(tx, 1, hashed(TOKEN), 2**31)


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[FastAPI]:
    """The application with somebody who is signed in."""
    furnish(folder / "m.db", _signed_in)
    settings = {
        "database": address(folder / "m.db"),
        "secret_key_file": folder / "motcua.key",
        "rate_per_minute": 10**9,
        "oidc_issuer": "https://127.0.0.1:1",
        "oidc_client_id": "motcua",
        "oidc_client_secret": "x" * 32,
    }
    app = create_app(Settings.model_validate(settings))
    async with app.router.lifespan_context(app):
        yield app


def read(raw: bytes) -> dict[str, Any] | None:
    """A request as a server hands it on; None where it is none."""
    head, _, body = raw.partition(b"\r\n\r\n")
    parser = h11.Connection(h11.SERVER)
    try:
        parser.receive_data(head + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        asked = parser.next_event()
        if not isinstance(asked, h11.Request):
            return None
        path, _, query = asked.target.partition(b"?")
        told = {"path": unquote(path.decode("ascii")), "raw_path": path, "query_string": query}
    except (h11.RemoteProtocolError, UnicodeDecodeError):
        return None
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": asked.method.decode(),
        "scheme": "http",
        "server": ("127.0.0.1", 80),
        "client": ("192.0.2.7", 4711),
        "root_path": "",
        "headers": list(asked.headers),
        "body": body,
        **told,
    }


async def answered(app: FastAPI, scope: dict[str, Any]) -> int:
    """The status of the answer."""
    body, status = scope.pop("body"), 0
    messages = iter([{"type": "http.request", "body": body}])

    async def receive() -> Any:
        return next(messages, {"type": "http.disconnect"})

    async def send(message: Any) -> None:
        nonlocal status
        status = message.get("status", status)

    await app(scope, receive, send)
    return status


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    """A loop that the application lives in."""
    with asyncio.Runner() as made:
        yield made


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, runner: asyncio.Runner) -> Iterator[FastAPI]:
    """The application, open."""
    context = opened(tmp_path_factory.mktemp("requests"))
    yield runner.run(context.__aenter__())
    runner.run(context.__aexit__(None, None, None))


# The library leaves the file of a form that it refuses to the interpreter, which closes it.
@pytest.mark.filterwarnings("ignore:Exception ignored in.*SpooledTemporaryFile")
def test_a_request_is_answered(app: FastAPI, runner: asyncio.Runner) -> None:
    """What came is our caller's fault or our answer, whatever it was."""

    def law(raw: bytes) -> None:
        scope = read(raw)
        if scope is not None:
            status = runner.run(answered(app, scope))
            # 503: there is no identity provider.
            assert 200 <= status < 500 or status == 503

    page = read(ask("/account", SIGNED_IN))
    assert page and runner.run(answered(app, page)) == 200
    print("request:", tried(law, damaged(requests(_csrf()))), "tried")


def _csrf() -> bytes:
    whoever = Staff(1, "lan.nv", "Lan", None, False, None, 0, None, False)
    return Signed(whoever, TOKEN, Right.OWN).csrf.encode()
