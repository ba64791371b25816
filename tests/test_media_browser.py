"""What newsrooms print and embed, in real Chromium: looked at by axe, framed by another site."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.server import MOTCUA, Server
from tests.test_browser import DESKTOP, PHONE, browser, pytestmark

__all__ = ["browser", "pytestmark"]

PERIOD = "2026-Q3"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Three communes with a year of responses."""
    folder = tmp_path_factory.mktemp("media")
    made = [str(MOTCUA), "simulate", "--seed", "5", "--units", "3", "--responses", "3000"]
    made += ["--until", "2026-11-20", "--to", str(folder / "motcua.db")]
    subprocess.run(made, check=True, capture_output=True)
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


def test_another_site_frames_the_chart_and_nothing_else(browser: Browser, elsewhere: str) -> None:
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
    browser: Browser, server: Server, unit: str
) -> None:
    """Nothing that axe finds, nothing wider than the screen, in both languages."""
    for size, language in ((PHONE, "vi"), (DESKTOP, "en")):
        page = browser.new_page(viewport=size)  # type: ignore[arg-type]
        for path in (f"/units/{unit}/{PERIOD}", "/data/", f"/embed/units/{unit}/{PERIOD}"):
            page.goto(f"{server.url}{path}?lang={language}", wait_until="networkidle")

            assert Axe().run(page).violations_count == 0, path
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
        page.close()
