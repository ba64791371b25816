"""Cases in real Chromium: worked on by keyboard, on pages that are accessible in both languages."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect

from bot.keys import load_keys
from handlers.rights import Role
from storage import staff
from storage.staff import Grant
from storage.store import Store
from storage.transaction import Transaction
from tests.chromium import browser, pytestmark
from tests.quick_hashes import hash_of
from tests.server import COUNTER, MICRO, Server
from tests.test_cases_stored import HARM
from tests.test_filings_browser import WORD, signed_in
from tests.test_plans_browser import looked_at

__all__ = ["browser", "pytestmark"]


def _lan(tx: Transaction) -> None:
    grants = [
        Grant(Role.INSPECTION, "38"),
        Grant(Role.CASE_WORKER, "38"),
        Grant(Role.OFFICE, "38"),
    ]
    staff.add(tx, "lan.nv", "Nguyễn Vân Lan", grants, "2026-07-01")
    staff.set_password(tx, 1, hash_of(WORD), must_change=False)


async def _furnish(server: Server) -> None:
    store = await Store(server.address, load_keys(server.folder / "motcua.key")).open()
    try:
        await store.write(_lan)
    finally:
        await store.close()


def rate(url: str, counter: str, *texts: str) -> str:
    """One web chat from its counter to its end; the response code."""
    conversation, told = None, dict[str, Any]()
    for number, event in enumerate(({"start": counter}, *({"text": each} for each in texts))):
        sent = {"update_id": f"u{number}", "event": event, "conversation": conversation}
        told = httpx.post(f"{url}/api/v1/chat", json=sent).json()
        conversation = told["conversation"]
    return str(told["response_code"])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The shipped server, an inspector, and two cases of theirs."""
    running = Server(tmp_path_factory.mktemp("cases")).furnish()
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(_furnish(running))).result()
    running.start()
    rate(running.url, COUNTER, *HARM, "không", "bỏ qua", "có")
    rate(running.url, COUNTER, "2", "có", "đã nhận kết quả", "dừng")
    rate(running.url, MICRO, "1", "bỏ qua", "Chờ hai tiếng mới đến lượt.", "không", "có")
    yield running
    running.stop()


def test_a_case_by_keyboard(server: Server, browser: Browser) -> None:
    """Listed with its clock, taken, verified with a fault that is told, extended, answered."""
    page = signed_in(browser, server)
    page.goto(f"{server.url}/cases?lang=vi")
    looked_at(page, "list")
    page.get_by_role("link", name="Vụ việc số 1").press("Enter")
    looked_at(page, "new")
    page.get_by_role("button", name="Nhận", exact=True).press("Enter")
    looked_at(page, "taken")
    page.get_by_label("Lời báo cho người dân").fill("Cần làm việc với thêm hai người.")
    page.get_by_role("button", name="Gia hạn và báo người dân").press("Enter")
    page.get_by_label("Có cơ sở", exact=True).check()
    page.get_by_role("button", name="Ghi kết quả").press("Enter")
    page.get_by_label("Câu trả lời").fill("Đã trả lại tiền và chuyển cán bộ khỏi quầy.")
    page.get_by_role("button", name="Gửi trả lời").press("Enter")

    expect(page.locator("#stands")).to_contain_text("Chờ người dân")
    expect(page.locator(".history")).to_contain_text("gia hạn")
    looked_at(page, "answered")
    page.context.close()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_pages_are_accessible(server: Server, browser: Browser, language: str) -> None:
    """The list, an ordinary case, and an appeal."""
    page = signed_in(browser, server)
    for name, path in (("list", "/cases?"), ("one", "/cases/1?"), ("appeal", "/cases/appeal?")):
        page.goto(f"{server.url}{path}lang={language}")
        looked_at(page, f"{language}-{name}")
    page.context.close()
