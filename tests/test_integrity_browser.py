"""Findings in real Chromium: listed, appealed against by keyboard, upheld; all accessible."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.keys import load_keys
from handlers.rights import Role
from sipas.integrity import Sign
from sipas.periods import atom
from storage import integrity, staff
from storage.integrity import Named
from storage.staff import Grant
from storage.store import Store
from storage.transaction import Transaction
from tests.chromium import DESKTOP, PHONE, browser, pytestmark
from tests.quick_hashes import hash_of
from tests.server import Server
from tests.test_filings_browser import WORD, accessible, signed_in
from tests.test_work import answered

__all__ = ["browser", "pytestmark"]

SHOTS = os.environ.get("MOTCUA_SHOTS", "")
DAY = date(2026, 8, 20)


def _furnished(tx: Transaction) -> None:
    """A head who is an inspector too, and a counter that was named."""
    grants = [Grant(Role.INSPECTION, "38"), Grant(Role.UNIT_HEAD, "15448")]
    staff.add(tx, "lan.nv", "Nguyễn Vân Lan", grants, "2026-07-01")
    staff.set_password(tx, 1, hash_of(WORD), must_change=False)
    signs = (Sign.BURST, Sign.SOURCE, Sign.COMPOSITION)
    integrity.keep(tx, atom(DAY), [Named(1, signs, 14)], "2026-09-01")


async def _furnish(server: Server) -> None:
    store = await Store(server.address, load_keys(server.folder / "motcua.key")).open()
    try:
        await answered(store, DAY, 60)
        await store.write(_furnished)
    finally:
        await store.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The shipped server with one finding and one account."""
    running = Server(tmp_path_factory.mktemp("integrity")).furnish()
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(_furnish(running))).result()
    yield running.start()
    running.stop()


def test_from_the_list_to_the_public_line(server: Server, browser: Browser) -> None:
    """Appeal by keyboard, decision, one line in public."""
    page = signed_in(browser, server)
    page.goto(f"{server.url}/integrity?lang=vi")
    accessible(page)
    _shot(page, "list")
    page.get_by_role("link", name="Quầy số 1").click()
    accessible(page)
    _shot(page, "named")
    page.get_by_label("Đơn vị nói gì").focus()
    page.keyboard.type("Ngày hội phục vụ, có ảnh kèm theo.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Chờ thanh tra hoặc Sở Nội vụ quyết định.")).to_be_visible()
    page.get_by_label("Lý do").fill("Một điện thoại, 24 lần.")
    page.get_by_role("button", name="Kết luận có chấm hộ").click()
    page.goto(f"{page.url.split('?')[0]}?lang=en")
    accessible(page)
    _shot(page, "upheld")
    page.goto(f"{server.url}/units/15448?lang=en")
    expect(page.get_by_text("found that answers at Quầy số 1")).to_be_visible()
    accessible(page)
    _shot(page, "public")


def _shot(page: Page, name: str) -> None:
    for size in (PHONE, DESKTOP) if SHOTS else ():
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.screenshot(path=Path(SHOTS) / f"integrity-{name}-{size['width']}.png", full_page=True)
