"""Plans in real Chromium: called for, entered by keyboard, verified; every page is accessible."""

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
from storage import staff
from storage.staff import Grant
from storage.store import Store
from storage.transaction import Transaction
from tests.chromium import DESKTOP, PHONE, browser, pytestmark
from tests.quick_hashes import hash_of
from tests.server import Server
from tests.test_filings_browser import WORD, accessible, signed_in
from tests.test_plans_http import EXAMPLE, departments, levels

__all__ = ["browser", "pytestmark"]

PERIOD = "2026-R3"
SHOTS = os.environ.get("MOTCUA_SHOTS", "")


def _lan(tx: Transaction) -> None:
    grants = [Grant(Role.HOME_AFFAIRS, "38"), Grant(Role.UNIT_HEAD, "15448")]
    staff.add(tx, "lan.nv", "Nguyễn Vân Lan", grants, "2026-07-01")
    staff.set_password(tx, 1, hash_of(WORD), must_change=False)


async def _furnish(server: Server) -> None:
    store = await Store(server.address, load_keys(server.folder / "motcua.key")).open()
    try:
        await store.write(departments)
        for month in (4, 5, 7, 8):
            for number in (16, 20, 25):
                good = 12 if month > 6 else 19
                await levels(store, date(2026, month, number), good, 20 - good)
        await store.write(_lan)
    finally:
        await store.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The shipped server; a commune that fell from spring to summer; one account with two roles."""
    running = Server(tmp_path_factory.mktemp("plans")).furnish()
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(_furnish(running))).result()
    yield running.start()
    running.stop()


def looked_at(page: Page, name: str) -> None:
    """Accessible on a phone and on a desk; with MOTCUA_SHOTS a picture of each for a person."""
    accessible(page)
    for size in (PHONE, DESKTOP) if SHOTS else ():
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.screenshot(path=Path(SHOTS) / f"{name}-{size['width']}.png", full_page=True)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_pages_are_accessible_before_anything_is_there(
    server: Server, browser: Browser, language: str
) -> None:
    """The desk, the list of a unit, and the scorecard, with and without falls."""
    page = signed_in(browser, server)
    for path in (
        "/plans?",
        f"/plans/declining?unit=15448&period={PERIOD}&against=before&",
        "/plans/declining?unit=14923&",
        "/scorecard?",
    ):
        page.goto(f"{server.url}{path}lang={language}")
        looked_at(page, f"{language}{path.partition('?')[0].replace('/', '-')}-{len(path)}")
    page.context.close()


def test_a_plan_by_keyboard(server: Server, browser: Browser) -> None:
    """Called for, entered with a fault that is told, entered, finished, verified."""
    page = signed_in(browser, server)
    page.goto(f"{server.url}/plans?lang=vi")
    page.get_by_text("Yêu cầu các đơn vị lập kế hoạch").press("Enter")
    page.get_by_label("Kỳ", exact=True).select_option(PERIOD)
    page.get_by_label("So với").select_option("before")
    page.get_by_label("Hạn lập kế hoạch").fill("2099-01-31")
    page.get_by_role("button", name="Lập danh sách và đặt hạn").press("Enter")
    looked_at(page, "list")
    page.get_by_role("link", name="Hài lòng chung").first.press("Enter")
    page.get_by_label("Nguyên nhân").fill("Ít quầy.")
    page.get_by_label("Giải pháp").fill("Thêm một quầy từ 9 giờ.")
    page.get_by_label("Hoàn thành trước").fill("2099-03-31")
    page.get_by_label("Vị trí phụ trách").fill("Anh Nam, 0912345678")
    page.get_by_role("button", name="Lưu kế hoạch").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("không phải số điện thoại")
    looked_at(page, "fault")
    page.get_by_label("Vị trí phụ trách").fill("Phó Chủ tịch UBND xã")
    page.get_by_role("button", name="Lưu kế hoạch").press("Enter")
    page.get_by_label("Tiến độ hoặc kết quả").fill("Đã mở quầy.")
    page.get_by_role("button", name="Báo đã hoàn thành").press("Enter")
    looked_at(page, "done")
    page.get_by_role("button", name="Xác nhận hoàn thành").press("Enter")

    expect(page.locator(".standing")).to_have_text("đã xác nhận")
    looked_at(page, "verified")
    page.context.close()


def test_a_scorecard_without_javascript(server: Server, browser: Browser) -> None:
    """Two years brought as a file; a renamed criterion waits, is mapped, and is listed no more."""
    page = signed_in(browser, server, script=False)
    page.goto(f"{server.url}/scorecard?lang=vi")
    page.locator("summary").first.click()
    page.get_by_label("Tệp CSV hoặc XLSX").set_input_files(EXAMPLE)
    page.get_by_role("button", name="Nhập tệp").click()
    expect(page.locator("#map")).to_contain_text("(2)")
    page.get_by_label("Lý do 2.1").fill("Đổi điểm tối đa, cùng nội dung.")
    page.get_by_label("So sánh được: lấy tỷ lệ so với điểm tối đa 2.1").check()
    page.get_by_role("button", name="Lưu đối chiếu 2.1").click()

    expect(page.locator("#map")).to_contain_text("(1)")
    expect(page.locator("#said")).to_be_visible()
    page.context.close()
    page = signed_in(browser, server)
    page.goto(f"{server.url}/scorecard?lang=vi")
    looked_at(page, "scorecard")
    page.context.close()
