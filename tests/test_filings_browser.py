"""An officer's filing in real Chromium: from signing in to a published, restated report."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from bot.keys import load_keys
from handlers import passwords
from handlers.rights import Role
from storage import staff
from storage.staff import Grant
from storage.store import Store
from storage.transaction import Transaction
from tests.server import Server
from tests.test_browser import DESKTOP, PHONE, browser, pytestmark
from tests.test_work import answered

__all__ = ["browser", "pytestmark"]

NAME, WORD = "lan.nv", "một câu dài dễ nhớ của Lan"
LIST = "/filings?kind=unit_quarter&period=2026-R3"


def _lan(tx: Transaction) -> None:
    staff.add(tx, NAME, "Nguyễn Vân Lan", [Grant(Role.HOME_AFFAIRS, "38")], "2026-07-01")
    staff.set_password(tx, 1, passwords.hash_password(WORD), must_change=False)


async def _more(server: Server, responses: int, day: date, *, account: bool = False) -> None:
    store = await Store(server.database, load_keys(server.folder / "motcua.key")).open()
    try:
        await answered(store, day, responses)
        if account:
            await store.write(_lan)
    finally:
        await store.close()


def furnish_more(server: Server, responses: int, day: date, *, account: bool = False) -> None:
    """Put more into the server's database, from a thread because Playwright runs a loop in this."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(_more(server, responses, day, account=account))).result()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The shipped server; 40 responses of the summer, one account of Home Affairs."""
    running = Server(tmp_path_factory.mktemp("filings")).furnish()
    furnish_more(running, 40, date(2026, 7, 20), account=True)
    yield running.start()
    running.stop()


def signed_in(browser: Browser, server: Server, *, script: bool = True) -> Page:
    """Somebody who has signed in."""
    context = browser.new_context(viewport=DESKTOP, locale="vi-VN", java_script_enabled=script)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{server.url}/login")
    page.fill("[name=name]", NAME)
    page.fill("[name=password]", WORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/work")
    return page


def accessible(page: Page) -> None:
    """No complaint of axe and nothing that sticks out, on a phone and on a desk."""
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_a_report_from_opening_to_restatement(
    server: Server, browser: Browser, tmp_path: Path
) -> None:
    """By keyboard and plain forms; each page is accessible, each document can be fetched."""
    page = signed_in(browser, server)
    page.goto(server.url + LIST)
    accessible(page)
    page.get_by_role("button", name="Lập báo cáo Xã Định Hòa").press("Enter")
    page.fill("#part-3", "Nguyên nhân: thiếu người.")
    page.get_by_role("button", name="Lưu phần lời").press("Enter")
    page.get_by_role("button", name="Chốt số liệu").press("Enter")
    accessible(page)
    page.get_by_role("button", name="Nộp báo cáo").press("Enter")
    page.get_by_role("button", name="Trả lại").press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Cần ghi lý do khi trả lại hoặc đính chính.")
    page.get_by_label("Lý do").fill("Phần III chưa nêu giải pháp.")
    page.get_by_role("button", name="Trả lại").press("Enter")
    expect(page.locator("#part-3")).to_have_value("Nguyên nhân: thiếu người.")
    for name in ("Nộp báo cáo", "Tiếp nhận", "Ban hành"):
        page.get_by_role("button", name=name).press("Enter")
    furnish_more(server, 33, date(2026, 7, 21))
    page.get_by_label("Lý do").fill("Một tập phiếu về muộn.")
    page.get_by_role("button", name="Đính chính").press("Enter")

    expect(page.locator(".state")).to_have_text("đã đính chính")
    expect(page.locator("#ledger")).to_be_visible()
    accessible(page)
    for name in ("DOCX", "PDF", "XLSX"):
        with page.expect_download() as fetched:
            page.get_by_role("link", name=name).press("Enter")
        assert fetched.value.suggested_filename.endswith(name.lower())
        fetched.value.save_as(tmp_path / name)
        assert (tmp_path / name).stat().st_size > 5_000
    page.context.close()


def test_it_works_without_javascript(server: Server, browser: Browser) -> None:
    """Another unit's report is opened, written and frozen by forms alone."""
    page = signed_in(browser, server, script=False)
    page.goto(server.url + LIST)
    page.get_by_role("button", name="Lập báo cáo Xã Bá Thước").click()
    page.fill("#part-1", "Không có phiếu nào.")
    page.get_by_role("button", name="Lưu phần lời").click()
    page.get_by_role("button", name="Chốt số liệu").click()

    expect(page.locator("#part-1")).to_have_value("Không có phiếu nào.")
    expect(page.locator(".state")).to_have_text("đã chốt số liệu")
    page.context.close()


def test_the_command_tells_what_is_owed(server: Server) -> None:
    """One line each with the day by law: the communes' third quarter, long overdue by now."""
    told = server.command("filings", "due", "--unit", "14923")
    lines = [line.split("\t") for line in told.stdout.splitlines()]

    assert told.returncode == 0, told.stderr
    assert {line[4] for line in lines} == {"14923"}
    assert ["unit_quarter", "Xã Bá Thước"] in [[line[2], line[5]] for line in lines]
    assert [line[0] for line in lines] == sorted(line[0] for line in lines)
    assert all(date.fromisoformat(line[0]) for line in lines)
