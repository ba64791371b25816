"""A process with the role public: it has nothing of staff, and what leads between both is right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import SecretStr

from bot.app import Role, create_app
from bot.settings import Settings
from bot.single import provider
from handlers import rights
from handlers.rights import COOKIE
from handlers.web import INSIDE, PUBLIC
from storage import staff
from storage.staff import Grant
from storage.transaction import Transaction
from tests import access
from tests.databases import ONLY_POSTGRESQL
from tests.nginx import NEEDS_NGINX, before
from tests.ports import free_port
from tests.quick_hashes import hash_of
from tests.server import COUNTER, Server
from tests.test_behind_nginx import WORD, Walk

ASKED = [
    (method, each.path) for each in access.routes(INSIDE) for method in sorted(each.methods or ())
]


@pytest.fixture(scope="module")
def public() -> FastAPI:
    """The routes of the process, without the store that only what is found would need."""
    return create_app(Settings(), roles=frozenset({Role.PUBLIC}))


def test_what_knows_nobody_asks_for_nobody() -> None:
    """No public route has an access rule; each route that anybody may call is in one list."""
    shown = access.routes(PUBLIC)
    others = {each.path for each in access.routes(INSIDE) if not access.rules(each)}

    assert [each.path for each in shown if access.rules(each)] == []
    assert {each.path for each in shown} | others == access.PUBLIC
    assert all(path.startswith(("/login", "/device")) for path in others)


@pytest.mark.anyio
async def test_every_address_of_staff_is_not_there(public: FastAPI) -> None:
    """Whoever asks, with a cookie or a key, is told 404: the route, not the person, is unknown."""
    transport = httpx.ASGITransport(public)
    cookies = {COOKIE: "x" * 43, "motcua_device": "x" * 43}
    told = []
    async with httpx.AsyncClient(
        transport=transport,
        base_url="http://127.0.0.1",
        cookies=cookies,
        headers={"Authorization": "Bearer x"},
    ) as client:
        for method, path in ASKED:
            answer = await client.request(method, re.sub(r"{\w+}", "1", path))
            told.append((path, answer.status_code, answer.headers.get("set-cookie")))

    assert len(told) > 90
    assert [each for each in told if each[1:] != (404, None)] == []


def test_it_has_what_anybody_may_call_and_says_so(public: FastAPI) -> None:
    """The routes, and the document that programs read, are those of the public list."""
    wanted = {each.path for each in access.routes(PUBLIC)}
    mounted = {each.path for each in public.routes if isinstance(each, APIRoute)}

    assert mounted == wanted
    assert public.openapi()["paths"].keys() == wanted


def test_the_identity_provider_leads_back_to_where_staff_sign_in() -> None:
    """Single sign-on comes back to the process that has it."""
    known = provider(
        Settings(
            staff_url="https://noibo.example/motcua/",
            oidc_issuer="https://id.example",
            oidc_client_id="motcua",
            oidc_client_secret=SecretStr("x"),
        )
    )

    assert known is not None
    assert known.back == "https://noibo.example/motcua/login/oidc/back"
    assert known.bye == "https://noibo.example/motcua/login"


@dataclass(frozen=True)
class Both:
    """One host, with the public under one path and staff under another."""

    server: Server
    public: str
    staff: str


def _people(tx: Transaction) -> None:
    grants = [Grant(rights.Role.SYSTEM, "38"), Grant(rights.Role.HOME_AFFAIRS, "38")]
    staff.add(tx, "minh.tq", "Trần Quang Minh", grants, "2026-07-01")
    staff.set_password(tx, 1, hash_of(WORD), must_change=False)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """Two real processes on one database behind a real nginx, as deploy/ has it."""
    folder, port = tmp_path_factory.mktemp("both"), free_port()
    host = f"http://127.0.0.1:{port}"
    settings = {"MOTCUA_PUBLIC_URL": f"{host}/danhgia", "MOTCUA_STAFF_URL": f"{host}/noibo"}
    public, inside = (Server(folder, settings, roles=(role,)) for role in ("public", "web"))
    inside.furnish(_people)
    try:
        inside.start()
        public.start()
        with before(public.port, port, folder / "nginx", inside.port):
            yield Both(inside, *settings.values())
    finally:
        public.stop()
        inside.stop()


@ONLY_POSTGRESQL
@NEEDS_NGINX
@pytest.mark.drill
def test_each_leads_to_itself_under_its_own_path(both: Both) -> None:
    """Pages of the public, then those of somebody who signed in: no link leaves its path."""
    with httpx.Client(headers={"Accept": "text/html"}, trust_env=False) as client:
        public = (
            Walk(client, "/danhgia", most=40).go(f"{both.public}/").go(f"{both.public}/c/{COUNTER}")
        )
        kept = dict(client.cookies)
        refused = client.post(f"{both.public}/login", data={"name": "minh.tq", "password": WORD})
        entered = client.post(
            f"{both.staff}/login", data={"name": "minh.tq", "password": WORD, "to": "/work"}
        )
        inside = Walk(client, "/noibo", most=60).go(f"{both.staff}/work").go(f"{both.staff}/people")
        hidden = client.get(f"{both.public}/work")

    assert (public.outside, inside.outside) == (set(), set())
    assert all("/data/" in each for each in public.broken | inside.broken)  # not sealed yet
    assert len(public.seen) > 30 and len(inside.seen) > 40
    assert (kept, refused.status_code, hidden.status_code) == ({}, 404, 404)
    assert entered.headers["location"] == "/noibo/work?lang=vi"
    assert "path=/noibo/;" in entered.headers["set-cookie"].lower()


@ONLY_POSTGRESQL
@NEEDS_NGINX
@pytest.mark.drill
def test_what_is_printed_names_the_right_one(both: Both) -> None:
    """Devices and people are sent to where they are let in; posters and feeds to the public."""
    device = both.server.command(
        *("devices", "enrol", "--purpose", "kiosk", "--counter", COUNTER, "--name", "Máy 1")
    )
    with httpx.Client(trust_env=False) as client:
        feed = client.get(f"{both.staff}/feed.json").text

    assert f"open {both.staff}/device and type" in device.stdout
    assert both.public in feed and both.staff not in feed
