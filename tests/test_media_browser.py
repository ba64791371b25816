"""What newsrooms print and embed, in real Chromium: looked at by axe, framed by another site."""

from __future__ import annotations

import asyncio
import os
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from bot.keys import load_keys
from bot.surveys import survey
from handlers.media.packs import make
from handlers.service import Service
from storage.store import Store
from tests.server import MOTCUA, Server
from tests.test_browser import DESKTOP, PHONE, PICTURES, browser, pytestmark

__all__ = ["browser", "pytestmark"]

PERIOD, WEEK = "2026-Q3", "2026-W45"


async def _packed(folder: Path) -> None:
    """The pack of a week in which a month was settled; before a browser holds the event loop."""
    keys = load_keys(folder / "motcua.key")
    store = await Store(folder / "motcua.db", keys).open()
    try:
        monday = datetime(2026, 11, 9, 1, tzinfo=UTC)
        asked = Service(store, survey(keys), lambda: monday, "https://motcua.example", 0, 1000)
        assert await make(asked) == WEEK
    finally:
        await store.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Three communes with a year of responses."""
    folder = tmp_path_factory.mktemp("media")
    made = [str(MOTCUA), "simulate", "--seed", "5", "--units", "3", "--responses", "3000"]
    made += ["--until", "2026-11-20", "--to", str(folder / "motcua.db")]
    subprocess.run(made, check=True, capture_output=True)
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
    drawn = chart.locator("img").evaluate("image => image.complete && image.naturalWidth > 0")

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
        for path in (*paths, "/packs", f"/packs/{WEEK}"):
            page.goto(f"{server.url}{path}?lang={language}", wait_until="networkidle")

            assert Axe().run(page).violations_count == 0, path
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
        page.close()


def test_pictures(server: Server, browser: Browser, unit: str, tmp_path: Path) -> None:
    """The pictures of docs/vi/toa-soan.md are what the pages show."""
    folder = PICTURES if "MOTCUA_PICTURES" in os.environ else tmp_path
    page = browser.new_page(viewport={"width": 1000, "height": 900})
    for name, path in (("ban-tin", f"/packs/{WEEK}"), ("mot-ky", f"/units/{unit}/{PERIOD}")):
        page.goto(f"{server.url}{path}?lang=vi", wait_until="networkidle")
        page.screenshot(path=folder / f"toa-soan-{name}.png")

        assert (folder / f"toa-soan-{name}.png").stat().st_size > 10_000
    page.close()
