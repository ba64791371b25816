"""An officer's filing in real Chromium: from signing in to a published, restated report."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import TypeVar

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.keys import load_keys
from handlers.rights import RIGHTS, Right, Role
from sipas.filings import Act, Facts
from storage import filings, staff
from storage.filing_rows import By, New, Taken
from storage.staff import Grant
from storage.store import Store
from storage.transaction import Transaction
from tests.axe import axe_finds_nothing
from tests.chromium import DESKTOP, PHONE, browser, pytestmark
from tests.quick_hashes import hash_of
from tests.server import Server
from tests.test_work import answered

__all__ = ["browser", "pytestmark"]

T = TypeVar("T")

NAME, WORD = "lan.nv", "một câu dài dễ nhớ của Lan"
LIST = "/filings?kind=unit_quarter&period=2026-R3"


def _lan(tx: Transaction) -> None:
    staff.add(tx, NAME, "Nguyễn Vân Lan", [Grant(Role.HOME_AFFAIRS, "38")], "2026-07-01")
    staff.set_password(tx, 1, hash_of(WORD), must_change=False)


def opened(server: Server, work: Callable[[Store], Awaitable[T]]) -> T:
    """Do *work* on the server's database, in a thread because Playwright runs a loop in this."""

    async def done() -> T:
        store = await Store(server.address, load_keys(server.folder / "motcua.key")).open()
        try:
            return await work(store)
        finally:
            await store.close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(done())).result()


def change(server: Server, work: Callable[[Transaction], T]) -> T:
    """One transaction."""
    return opened(server, lambda store: store.write(work))


def furnish_more(server: Server, responses: int, day: date) -> None:
    """Put released responses of a day into the server's database."""
    opened(server, lambda store: answered(store, day, responses))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The shipped server; 40 responses of the summer, one account of Home Affairs."""
    running = Server(tmp_path_factory.mktemp("filings")).furnish()
    furnish_more(running, 40, date(2026, 7, 20))
    change(running, _lan)
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
    page.wait_for_url("**/work?lang=vi")
    return page


def accessible(page: Page) -> None:
    """No complaint of axe and nothing that sticks out, on a phone and on a desk."""
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        axe_finds_nothing(page)
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


def reach(page: Page, name: str) -> None:
    """Go on by Tab until what has the focus has this name, as people without a mouse do."""
    # After the last place the focus is on the page itself, which holds every name.
    told = "e => e.labels?.[0]?.textContent || e.ariaLabel || e.textContent.replace(/\\s+/g, ' ')"
    there = f"document.activeElement === document.body ? '' : ({told})(document.activeElement)"
    for _ in range(120):
        page.keyboard.press("Tab")
        if name in page.evaluate(there):
            return
    raise AssertionError(f"no Tab leads to {name!r} on {page.url}")


def enter(page: Page, name: str) -> None:
    """Reach a button or link and press it."""
    reach(page, name)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_report_by_nothing_but_keys(server: Server, browser: Browser) -> None:
    """Tab, letters and Enter lead from the list to a report that is handed in."""
    page = signed_in(browser, server)
    page.goto(server.url + LIST.replace("R3", "R2"))
    enter(page, "Lập báo cáo Xã Định Hòa")
    reach(page, "III. Đánh giá chung")
    page.keyboard.type("Nguyên nhân.")
    enter(page, "Lưu phần lời")
    enter(page, "Chốt số liệu")
    enter(page, "Mở bảng đánh giá quý")
    reach(page, "chỉ số 1")
    page.keyboard.type("1,5")
    enter(page, "Lưu điểm tự chấm")
    enter(page, "Báo cáo quý của đơn vị")
    enter(page, "Nộp báo cáo")

    expect(page.locator(".state").first).to_have_text("đã nộp")
    expect(page.get_by_text("Tự chấm: 1,5/2.")).to_be_visible()
    page.context.close()


def _returned(tx: Transaction) -> int:
    """A commune's first quarter, without answers, returned; its number."""
    by = By("test", "2026-09-17T02:00:00+00:00", "2026-09-17")
    new = New("unit_quarter", "14923", "14923", "2026-R1", "2026-03-18")
    number = filings.open_filing(tx, new, by)
    filings.move(tx, number, Act.FREEZE, by, taken=Taken(1, []))
    filings.move(tx, number, Act.SUBMIT, by)
    filings.move(tx, number, Act.RETURN, by, Facts("Thiếu phần III."))
    return number


SEEING = [role for role in Role if Right.SEE in RIGHTS[role]]


@pytest.mark.parametrize("role", SEEING, ids=str)
def test_axe_finds_nothing_for_any_role(role: Role, server: Server, browser: Browser) -> None:
    """List, report, sheet and page of summary, in one language or the other."""
    change(server, lambda tx: staff.set_grants(tx, 1, [Grant(role, "38")]))
    number = change(server, _returned)
    language = "en" if role in (Role.LEADER, Role.OFFICE) else "vi"
    page = signed_in(browser, server)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    own = f"/filings/{number}"
    for path in ("/filings", own, f"{own}/sheet", f"{own}/summary", "/reports"):
        page.goto(f"{server.url}{path}?lang={language}")

        axe_finds_nothing(page, path)
        assert page.locator("h1").count() == 1, path
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
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
