"""Behind a real nginx under `/danhgia/`, by `deploy/nginx.conf`: everything leads back there.

MOTCUA_CROWD says how many people rate from one address (24 unless told otherwise; `make prove`:
500).
"""

from __future__ import annotations

import asyncio
import os
import random
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, urldefrag, urljoin, urlsplit

import httpx
import pytest
from playwright.sync_api import Browser

from bot.channels.telegram.channel import SECRET_HEADER
from bot.keys import load_keys
from handlers.rights import Role
from storage import staff
from storage.staff import Grant
from storage.transaction import Transaction
from tests.bot_api import bot_api
from tests.chromium import PHONE, browser
from tests.nginx import NEEDS_NGINX, before
from tests.ports import free_port
from tests.quick_hashes import hash_of
from tests.server import COUNTER, Server, arrived
from tests.test_kill_drill import Person
from tests.test_receipts_minted import _scanned

__all__ = ["browser"]

BASE = "/danhgia"
CROWD = int(os.environ.get("MOTCUA_CROWD", "24"))
WORD = "một câu dài dễ nhớ của Minh"
LINKS = ("href", "src", "action", "formaction")
PAGES_MOST = 80

pytestmark = [NEEDS_NGINX, pytest.mark.drill]


@dataclass
class Site:
    """What stands behind nginx, and where people find it."""

    server: Server
    url: str
    access_log: Path
    told: list[str]

    def client(self, address: str = "127.0.0.1") -> httpx.Client:
        """Somebody at an address of this machine."""
        transport = httpx.HTTPTransport(local_address=address)
        asks = {"Accept": "text/html"}
        return httpx.Client(base_url=self.url, transport=transport, headers=asks)


def _people(tx: Transaction) -> None:
    grants = [Grant(Role.SYSTEM, "38"), Grant(Role.HOME_AFFAIRS, "38"), Grant(Role.LEADER, "38")]
    staff.add(tx, "minh.tq", "Trần Quang Minh", grants, "2026-07-01")
    staff.set_password(tx, 1, hash_of(WORD), must_change=False)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The shipped server behind nginx, with a Telegram bot by webhook."""
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    settings = {
        "MOTCUA_PUBLIC_URL": f"http://127.0.0.1:{port}{BASE}",
        "MOTCUA_RATE_PER_MINUTE": "10000",
        "MOTCUA_LOGIN_REFUSALS": "5",
        "MOTCUA_TELEGRAM_TOKEN": "1:nobody",
        "MOTCUA_TELEGRAM_MODE": "webhook",
    }
    with bot_api() as (api, address):
        server = Server(folder, {**settings, "MOTCUA_TELEGRAM_API": address}).furnish(_people)
        try:
            server.start()
            with before(server.port, port, folder / "nginx") as log:
                yield Site(server, settings["MOTCUA_PUBLIC_URL"], log, api.told)
        finally:
            server.stop()


class Links(HTMLParser):
    """The addresses that a page leads to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what a browser would follow, load or post to."""
        self.found += [(name, value) for name, value in attrs if name in LINKS and value]


@dataclass
class Walk:
    """Everything that can be reached by links of one host; what leads out of its path."""

    client: httpx.Client
    base: str = BASE
    most: int = PAGES_MOST
    seen: set[str] = field(default_factory=set)
    outside: set[str] = field(default_factory=set)
    broken: dict[str, int] = field(default_factory=dict)

    def go(self, start: str) -> Walk:
        """Follow links until nothing new is found."""
        waiting = [start]
        while waiting and len(self.seen) < self.most:
            address = waiting.pop(0)
            if address in self.seen:
                continue
            self.seen.add(address)
            answer = self.client.get(address, follow_redirects=True)
            if answer.status_code >= 400:
                self.broken[address] = answer.status_code
            if answer.headers.get("content-type", "").startswith("text/html"):
                waiting += self._links(str(answer.url), answer.text)
        return self

    def _links(self, page: str, html: str) -> Iterator[str]:
        reader = Links()
        reader.feed(html)
        for name, value in reader.found:
            address = urldefrag(urljoin(page, value)).url
            if urlsplit(address).netloc != urlsplit(page).netloc:
                continue
            if not urlsplit(address).path.startswith(f"{self.base}/"):
                self.outside.add(f"{page} {name} {value}")
            elif "action" not in name:
                yield address


def _sign_in(client: httpx.Client, name: str = "minh.tq", **headers: str) -> httpx.Response:
    form = {"name": name, "password": WORD, "to": "/work"}
    return client.post("login", data=form, headers=headers)


def test_every_link_leads_back_under_the_path(site: Site) -> None:
    """Links, forms, redirects and files of public pages and of staff's: none leaves the path."""
    with site.client() as client:
        moved = client.get(site.url)
        entered = _sign_in(client)
        cookie = entered.headers["set-cookie"].lower()
        walk = Walk(client).go(f"{site.url}/").go(f"{site.url}/work").go(f"{site.url}/people")

    assert moved.headers["location"] == f"{site.url}/"
    assert (entered.status_code, entered.headers["location"]) == (303, f"{BASE}/work?lang=vi")
    assert f"path={BASE}/;" in cookie
    assert walk.outside == set()
    assert all("/data/" in each for each in walk.broken)  # before the first seal there is none
    assert len(walk.seen) > 40


def test_what_machines_read_tells_the_public_address(site: Site) -> None:
    """Feeds, the catalogue of open data, OpenAPI and what a stranger is redirected to."""
    with site.client() as client:
        document = client.get("openapi.json").json()
        names = ("feed.json", "feed.atom", "data/catalogue.jsonld")
        feeds = [client.get(name).text for name in names]
        stranger = client.get("people")

    addresses = [each for text in feeds for each in re.findall(r'https?://127[^"<>\s]+', text)]
    assert document["servers"] == [{"url": BASE}]
    assert addresses and all(each.startswith(site.url) for each in addresses)
    assert stranger.headers["location"] == f"{BASE}/login?to=%2Fpeople&lang=vi"


def test_platforms_call_under_the_path(site: Site) -> None:
    """The address that Telegram was told is one where its update is taken."""
    address = f"{site.url}/channels/telegram"
    keys = load_keys(site.server.folder / "motcua.key")
    name = next(line for line in site.told if "setWebhook" in line)
    secret = {SECRET_HEADER: keys.webhook_secret("telegram 1")}
    update = {"update_id": 1, "message": {"chat": {"id": 5, "type": "private"}, "text": "?"}}
    with site.client() as client:
        taken = client.post(address, json=update, headers=secret)
        forged = client.post(address, json=update, headers={SECRET_HEADER: "x"})

    assert f"url={quote(address, safe='')}&" in name
    assert (taken.status_code, forged.status_code) == (200, 403)


def test_a_code_is_scanned_and_answered(site: Site, browser: Browser, tmp_path: Path) -> None:
    """In Chromium: the code on the counter's page leads to its questions, and taps are stored."""
    before_ = arrived(site.server.database)
    context = browser.new_context(viewport=PHONE, locale="vi-VN")  # type: ignore[arg-type]
    page = context.new_page()
    failed: list[str] = []
    page.on("response", lambda got: failed.append(got.url) if got.status >= 400 else None)
    page.goto(f"{site.url}/counters/{COUNTER}")
    page.pdf(path=tmp_path / "page.pdf")
    (link,) = _scanned(tmp_path / "page.pdf")
    page.goto(link)
    with page.expect_response(re.compile("/api/v1/chat$")):
        page.locator(".choices button").first.click()
    page.wait_for_selector(".log li")
    context.close()

    assert link == f"{site.url}/c/{COUNTER}"
    assert failed == []
    assert arrived(site.server.database) == before_ + 1


def test_nobody_chooses_the_address_they_come_from(site: Site) -> None:
    """Forged headers do not make a guesser somebody else, nor somebody else the guesser."""
    with site.client("127.0.0.9") as guesser, site.client("127.0.0.10") as other:
        guesses = [
            _sign_in(guesser, f"name{n}", **{"X-Forwarded-For": f"198.51.100.{n}"}).status_code
            for n in range(6)
        ]
        blamed = _sign_in(other, "somebody", **{"X-Forwarded-For": "127.0.0.9"})
        metrics = other.get("metrics", headers={"X-Forwarded-For": "127.0.0.1"})

    assert guesses == [403] * 5 + [429]
    assert (blamed.status_code, metrics.status_code) == (403, 403)
    assert "198.51.100." not in site.access_log.read_text()


def test_a_crowd_behind_one_address_is_not_blocked(site: Site) -> None:
    """Everybody in a hall or behind a mobile carrier's one address rates in the same minute."""
    people = [Person(f"crowd-{k}", random.Random(k)) for k in range(CROWD)]
    blocked: list[int] = []
    already = arrived(site.server.database)

    async def noted(answer: httpx.Response) -> None:
        if answer.status_code != 200:
            blocked.append(answer.status_code)

    async def everybody() -> None:
        limits = httpx.Limits(max_connections=32)
        hooks = {"response": [noted]}
        async with httpx.AsyncClient(
            base_url=site.url, trust_env=False, limits=limits, event_hooks=hooks
        ) as client:
            await asyncio.gather(*(person.answer(client) for person in people))

    with ThreadPoolExecutor(1) as thread:  # Chromium has the loop of this one
        thread.submit(asyncio.run, everybody()).result()

    assert blocked == []
    assert arrived(site.server.database) == already + sum(person.rated for person in people)
    assert sum(person.rated for person in people) == CROWD
