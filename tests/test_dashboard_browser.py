"""The dashboard in real Chromium on a simulated province: read, reached by keyboard, printed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from handlers.rights import Role
from storage import staff
from storage.staff import Grant
from storage.transaction import Transaction
from tests.chromium import browser, pytestmark
from tests.prepared import simulated, written
from tests.quick_hashes import hash_of
from tests.server import Server
from tests.test_filings_browser import NAME, WORD, accessible, signed_in

__all__ = ["browser", "pytestmark"]

PERIOD = "2026-Q3"


def _lan(tx: Transaction) -> None:
    staff.add(tx, NAME, "Nguyễn Vân Lan", [Grant(Role.LEADER, "38")], "2026-07-01")
    staff.set_password(tx, 1, hash_of(WORD), must_change=False)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Ten communes with a year of simulated responses, and a leader."""
    folder = tmp_path_factory.mktemp("dashboard")
    simulated(folder / "motcua.db", seed=3, units=10, responses=9000)
    server = Server(folder)
    written(server.address, _lan)
    yield server.start()
    server.stop()


@pytest.fixture(scope="module")
def leader(server: Server, browser: Browser) -> Iterator[Page]:
    """A leader who has signed in, with JavaScript off: every page must do without."""
    page = signed_in(browser, server, script=False)
    yield page
    page.context.close()


def test_change_is_said_where_compare_says_it(server: Server, leader: Page) -> None:
    """Tile by tile the same verdict as everybody gets from the API, and not always the same."""
    leader.goto(f"{server.url}/dashboard?period={PERIOD}&order=name&lang=en")
    told: dict[str, str] = {}
    for tile in leader.locator(".tile").all():
        link = tile.locator("h3 a").get_attribute("href") or ""
        words = re.search(r"change: not enough ground|up: \S+|down: \S+", tile.inner_text())
        told[link.split("unit=")[1].split("&")[0]] = words[0] if words else ""
    verdicts = {unit: _verdict(server, unit) for unit in told}

    assert {unit: _SAID[words[:2]] for unit, words in told.items()} == verdicts
    assert len(told) == 10
    assert len(set(verdicts.values())) > 1


_SAID = {"up": "higher", "do": "lower", "ch": "unclear", "": None}


def _verdict(server: Server, unit: str) -> str | None:
    """What the API says of the overall rating: nothing where the period shows none."""
    asked = {"unit": unit, "period": PERIOD, "compare": "2026-Q2"}
    found = httpx.get(f"{server.url}/api/v1/scores", params=asked, trust_env=False).json()
    overall = [each for each in found["figures"] if each["part"] == "overall"]
    rows = [each["verdict"] for each in found["comparisons"] if each["part"] == "overall"]
    if not any(each["value"] is not None for each in overall):
        return None
    return rows[0] if rows else "unclear"


def test_the_grid_is_read_by_everybody(server: Server, browser: Browser) -> None:
    """No complaint of axe on phone and desk; sorted and searched by keyboard alone."""
    page = signed_in(browser, server)
    page.goto(f"{server.url}/dashboard?period={PERIOD}&lang=vi")
    accessible(page)
    first = page.locator(".tile h3").first.inner_text()
    page.locator("#q").focus()
    page.keyboard.type(first.replace("Xã ", ""))
    page.keyboard.press("Enter")

    expect(page.locator(".tile h3").first).to_have_text(first)
    expect(page.locator(".sums li").first).to_contain_text("1")
    page.context.close()


@pytest.mark.parametrize("look", ["", "&by=month", "&by=week", "&by=channel"])
def test_the_way_down_is_read_by_everybody(server: Server, browser: Browser, look: str) -> None:
    """No complaint of axe; printed there is nothing to fill in; a view is saved by keyboard."""
    page = signed_in(browser, server)
    page.goto(f"{server.url}/work?unit=38&period={PERIOD}&lang=vi{look}")
    accessible(page)
    page.emulate_media(media="print")
    assert not page.locator("input:visible, select:visible, button:visible").count()
    page.emulate_media(media="screen")
    page.get_by_label("Đặt tên cho khung nhìn này").focus()
    page.keyboard.type(f"Cả tỉnh {look}")
    page.keyboard.press("Enter")

    expect(page.get_by_role("link", name=f"Cả tỉnh {look}".strip(), exact=True)).to_be_visible()
    page.context.close()
