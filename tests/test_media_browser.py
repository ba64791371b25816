"""What newsrooms print and embed, in real Chromium: looked at by axe, framed by another site."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from bot.keys import load_keys
from bot.surveys import survey
from handlers.media.packs import make
from handlers.rights import Role
from handlers.service import Service
from handlers.voices.topics import coded
from sipas.quotes import Act
from sipas.relays import Act as Asked
from sipas.relays import Outcome
from storage import packs, relays, staff, voices
from storage.filing_rows import By
from storage.numbering import row_id
from storage.release import EPOCH
from storage.staff import Grant
from storage.store import Store
from storage.transaction import Transaction
from tests.axe import axe_finds_nothing
from tests.chromium import DESKTOP, PHONE, PICTURES, browser, pytestmark
from tests.databases import database as address
from tests.prepared import simulated
from tests.quick_hashes import hash_of
from tests.server import Server
from tests.test_filings_browser import NAME, WORD, change, signed_in

__all__ = ["browser", "pytestmark"]

PERIOD, WEEK = "2026-Q3", "2026-W45"


QUOTES = (
    "Nộp hồ sơ buổi sáng mà đến chiều mới được gọi, quầy 3 chỉ có một người.",
    "Máy lấy số hỏng từ tuần trước, không ai hướng dẫn.",
    "Cán bộ giải thích dễ hiểu, trả kết quả sớm hai ngày.",
    "Chỗ để xe chật, trời mưa không có mái che.",
)


def _asked(tx: Transaction) -> None:
    """Three of four quotes were sent: one is overdue, one waits, one is answered; six are of Q3."""
    newest = "select response_id from responses order by 1 desc limit 4"
    settled = (
        "select response_id from responses where response_id < ? and unit_id = "
        "(select max(unit_id) from responses) order by 1 desc limit 6"
    )
    ended = row_id(2 * (date(2026, 10, 1) - EPOCH).days, 0)
    numbers = [*tx.connection.execute(newest), *tx.connection.execute(settled, (ended,))]
    fees = [f"Thu phí không có biên lai, lần thứ {n}." for n in range(1, 7)]
    texts = dict(zip((number for (number,) in numbers), (*QUOTES, *fees), strict=True))
    for number, words in texts.items():
        tx.comment(number, words, quote=True)
    voices.keep(tx, texts.items())
    voices.keep_topics(tx, [(number, coded(words)) for number, words in texts.items()])
    by = By("lan", "2026-11-10T03:00:00+00:00", "2026-11-10")
    for number in range(1, 11):
        seen = voices.voice(tx, number)
        assert seen and voices.decide(tx, seen, Act.RELEASE, by)
        due = {1: "2026-11-20", 2: "2099-01-01", 3: "2026-11-25"}.get(number, "")
        assert not due or relays.ask(tx, relays.New(number, seen.unit, None, due), by)
    answer = relays.Answer(Outcome.FIXED, "Từ 15/11 quầy 3 có hai người trong giờ buổi sáng.", 0)
    relays.move(tx, 3, Asked.WRITE, by, answer)
    relays.move(tx, 3, Asked.PUBLISH, by, answer._replace(revision=1))
    packs.add_outlet(tx, "Báo Thanh Hóa", "x" * 43, packs.Act(by.at, "x"))
    grants = [Grant(role, "38") for role in (Role.MEDIA_EDITOR, Role.HOME_AFFAIRS)]
    staff.add(tx, NAME, "Nguyễn Vân Lan", grants, "2026-07-01")
    staff.set_password(tx, 1, hash_of(WORD), must_change=False)


async def _packed(folder: Path) -> None:
    """The pack of a week in which a month was settled; before a browser holds the event loop."""
    keys = load_keys(folder / "motcua.key")
    store = await Store(address(folder / "motcua.db"), keys).open()
    try:
        monday = datetime(2026, 11, 9, 1, tzinfo=UTC)
        asked = Service(store, survey(keys), lambda: monday, "https://motcua.example", 0, 1000)
        assert await make(asked) == WEEK
        await store.write(_asked)
    finally:
        await store.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Three communes with a year of responses."""
    folder = tmp_path_factory.mktemp("media")
    simulated(folder / "motcua.db", seed=5, units=3, responses=3000)
    asyncio.run(_packed(folder))
    running = Server(folder).start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def unit(server: Server) -> str:
    """A published commune."""
    told = httpx.get(f"{server.url}/api/v1/units").json()["units"]
    return next(str(each["code"]) for each in told if each["parent"])


@pytest.fixture(scope="module")
def elsewhere(server: Server, unit: str) -> Iterator[str]:
    """A page of another origin that frames our chart, and two of our pages besides."""
    paths = (f"/embed/units/{unit}/{PERIOD}", f"/units/{unit}/{PERIOD}", "/login")
    frames = "".join(f'<iframe src="{server.url}{each}"></iframe>' for each in paths)

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f"<!doctype html><title>x</title>{frames}".encode())

        def log_message(self, format: str, *args: object) -> None:
            """Quietly."""

    site = HTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{site.server_port}/"
    site.shutdown()
    site.server_close()


def test_another_site_frames_the_chart_and_nothing_else(elsewhere: str, browser: Browser) -> None:
    """The embedded chart is drawn there; a page of a unit and the login are refused."""
    page = browser.new_page()
    page.goto(elsewhere, wait_until="networkidle")
    chart, *others = page.frames[1:]
    expect(chart.locator("img")).to_have_js_property("complete", True)
    drawn = chart.locator("img").evaluate("image => image.naturalWidth > 0")

    assert drawn
    assert chart.locator("a[target=_blank]").count() == 1
    assert [each.url for each in others] == ["chrome-error://chromewebdata/"] * 2
    page.close()


def test_pages_pass_axe_on_a_phone_and_a_screen(
    server: Server, browser: Browser, unit: str
) -> None:
    """Nothing that axe finds, nothing wider than the screen, in both languages."""
    for size, language in ((PHONE, "vi"), (DESKTOP, "en")):
        page = browser.new_page(viewport=size)  # type: ignore[arg-type]
        paths = (f"/units/{unit}/{PERIOD}", f"/embed/units/{unit}/{PERIOD}", "/data/")
        for path in (*paths, "/packs", f"/packs/{WEEK}", "/answers", "/answers/3"):
            page.goto(f"{server.url}{path}?lang={language}", wait_until="networkidle")

            axe_finds_nothing(page, path)
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
        page.close()


def test_pages_of_who_asks_and_who_answers_pass_axe(
    server: Server, browser: Browser, tmp_path: Path
) -> None:
    """The newsroom's and the unit's, on a phone and a screen."""
    page = signed_in(browser, server)
    unit = change(server, lambda tx: voices.voice(tx, 10)).unit  # type: ignore[union-attr]
    paths = ["/newsroom/relays/1", "/questions", "/questions/1", f"/newsroom/quotes?unit={unit}"]
    paths += [f"/work?unit={unit}&period={PERIOD}", f"/voices?unit={unit}&standing=released"]
    paths += ["/newsroom", f"/units/{unit}/{PERIOD}", f"/packs/{WEEK}"]
    for size, language in ((PHONE, "vi"), (DESKTOP, "en")):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        for number, path in enumerate(paths):
            if path == "/newsroom":  # as an outlet's editor sees it, who sees none of the above
                change(server, lambda tx: packs.bind(tx, NAME, 1, packs.Act("x", "x")))
            page.goto(f"{server.url}{path}{'&' if '?' in path else '?'}lang={language}")
            page.screenshot(path=tmp_path / f"{number}-{language}.png", full_page=True)

            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
            axe_finds_nothing(page, path)
        change(server, lambda tx: packs.bind(tx, NAME, None, packs.Act("x", "x")))
    page.context.close()


def test_pictures(server: Server, browser: Browser, unit: str, tmp_path: Path) -> None:
    """The pictures of docs/vi/toa-soan.md are what the pages show."""
    folder = PICTURES if "MOTCUA_PICTURES" in os.environ else tmp_path
    page = browser.new_page(viewport={"width": 1000, "height": 900})
    for name, path in (("ban-tin", f"/packs/{WEEK}"), ("mot-ky", f"/units/{unit}/{PERIOD}")):
        page.goto(f"{server.url}{path}?lang=vi", wait_until="networkidle")
        page.screenshot(path=folder / f"toa-soan-{name}.png")

        assert (folder / f"toa-soan-{name}.png").stat().st_size > 10_000
    page.close()
