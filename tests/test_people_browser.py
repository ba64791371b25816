"""Whoever looks after accounts, in real Chromium: a login sheet, a file, keys, a leader's phone."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from handlers.rights import Role
from storage import staff
from storage.staff import Grant
from storage.transaction import Transaction
from tests.chromium import DESKTOP, PHONE, PICTURES, browser, pytestmark
from tests.quick_hashes import hash_of
from tests.server import Server
from tests.test_filings_browser import accessible

__all__ = ["browser", "pytestmark"]

WORD = "một câu dài dễ nhớ của Minh"
PEOPLE = (("minh.tq", "Trần Quang Minh", Role.SYSTEM), ("ha.lt", "Lê Thu Hà", Role.LEADER))


def _people(tx: Transaction) -> None:
    for number, (name, full_name, role) in enumerate(PEOPLE, 1):
        staff.add(tx, name, full_name, [Grant(role, "38")], "2026-07-01")
        staff.set_password(tx, number, hash_of(WORD), must_change=False)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The shipped server with somebody of role `system` and a leader."""
    running = Server(tmp_path_factory.mktemp("people")).furnish(_people)
    yield running.start()
    running.stop()


def signed_in(browser: Browser, server: Server, name: str, language: str = "vi") -> Page:
    """Somebody who has signed in, with a browser that runs no script."""
    context = browser.new_context(viewport=DESKTOP, locale=language, java_script_enabled=True)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{server.url}/login?lang={language}")
    page.fill("[name=name]", name)
    page.fill("[name=password]", WORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/(people|work|dashboard)"))
    return page


def test_a_day_of_who_looks_after_accounts(
    server: Server, browser: Browser, tmp_path: Path
) -> None:
    """By keyboard and plain forms: one account, a whole file, a role, a key; axe finds nothing."""
    page = signed_in(browser, server, "minh.tq")
    accessible(page)
    page.fill("#name", "hoa.nt")
    page.fill("#full_name", "Nguyễn Thị Hoa")
    page.select_option("#role", "leader")
    page.get_by_role("button", name="Thêm và hiện phiếu đăng nhập").press("Enter")
    expect(page.locator("code")).to_have_text(re.compile("[A-Z2-9-]{19}"))
    accessible(page)
    page.get_by_role("link", name="Tài khoản", exact=True).first.press("Enter")
    with page.expect_download() as offered:
        page.get_by_role("link", name=re.compile("Tải danh sách mẫu")).press("Enter")
    offered.value.save_as(tmp_path / "people.csv")
    page.set_input_files("#csv", tmp_path / "people.csv")
    with page.expect_download() as sheets:
        page.get_by_role("button", name="Thêm và tải các phiếu đăng nhập").press("Enter")
    page.goto(f"{server.url}/people?q=hoa")
    page.get_by_role("link", name="hoa.nt").press("Enter")
    page.select_option("#role", "office")
    page.get_by_role("button", name="Giao vai trò").press("Enter")
    expect(page.locator(".roles li")).to_have_count(2)
    accessible(page)

    assert sheets.value.suggested_filename == "logins.pdf"
    assert sheets.value.path().read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_pages_of_accounts_are_accessible(language: str, server: Server, browser: Browser) -> None:
    """Both languages, a phone and a desk, faults told too."""
    page = signed_in(browser, server, "minh.tq", language)
    for path in ("/people", "/people/2", "/people/1", "/keys", "/account", "/audit", "/login"):
        page.goto(f"{server.url}{path}?lang={language}")
        accessible(page)
    page.goto(f"{server.url}/keys?lang={language}")
    page.fill("#name", "Cổng dịch vụ công")
    page.locator("main form.fields button").press("Enter")
    expect(page.locator("[role=status] code")).to_be_visible()
    accessible(page)


def test_a_leader_reads_on_a_phone(server: Server, browser: Browser) -> None:
    """Nothing to press but links, search, views of one's own and the way out."""
    page = signed_in(browser, server, "ha.lt")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    for path in ("/work", "/filings", "/account"):
        page.goto(server.url + path)
        accessible(page)
    page.goto(f"{server.url}/work")

    assert page.locator("main form[method=post]:not([action^='/dashboard/views'])").count() == 0
    assert page.locator("a[href^='/people'], a[href^='/audit']").count() == 0


def test_pictures(server: Server, browser: Browser, tmp_path: Path) -> None:
    """The picture of docs/vi/quan-tri.md is what the page shows."""
    folder = PICTURES if "MOTCUA_PICTURES" in os.environ else tmp_path
    page = signed_in(browser, server, "minh.tq")
    page.goto(f"{server.url}/people")
    page.screenshot(path=folder / "people.png", full_page=True)

    assert (folder / "people.png").stat().st_size > 20_000
