"""One case from one star to its end: rated on Zalo, worked on in Chromium, judged on both."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from handlers.messages import text
from handlers.rights import Role
from sipas.units import UnitRow
from storage import registry, staff
from storage.staff import Grant
from storage.transaction import Transaction
from tests.chromium import browser, pytestmark
from tests.four_channels.people import OnOfficialAccount
from tests.four_channels.test_replay import _CODE
from tests.four_channels.town import FIRST, Town
from tests.patience import PATIENCE_S
from tests.peers.telegram.driver import TelegramPeer
from tests.peers.zalo.bot import ZaloBot
from tests.peers.zalo.oa import ZaloOa
from tests.ports import free_port
from tests.quick_hashes import hash_of
from tests.test_filings_browser import WORD
from tests.test_plans_browser import looked_at

__all__ = ["browser", "pytestmark"]

COUNTER = "381207"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The application with Zalo beside it, and two inspectors."""
    port = free_port()
    with TelegramPeer() as telegram, ZaloBot() as bot, ZaloOa() as official:
        telegram.token = "70000:abc"
        made = Town(tmp_path_factory.mktemp("walk"), telegram, bot, official, port)
        with made.open():
            with made.beside() as tx:
                _inspectors(tx)
            yield made


def _inspectors(tx: Transaction) -> None:
    """A province above the communes of the transcripts, and two people who inspect for it."""
    tx.connection.execute("update units set parent_code = '38'")
    registry.add_units(tx, [UnitRow("38", "province", "Tỉnh", "", None, FIRST, None)])
    for number, name in enumerate(("lan.nv", "minh.tt"), 1):
        staff.add(tx, name, name, [Grant(Role.INSPECTION, "38")], "2026-07-01")
        staff.set_password(tx, number, hash_of(WORD), must_change=False)


def inspector(browser: Browser, town: Town, name: str) -> Page:
    """The first case, opened by an inspector."""
    page = browser.new_context(locale="vi-VN").new_page()
    page.goto(f"{town.url}/login?to=/cases&lang=vi")
    page.get_by_label("Tên đăng nhập").fill(name)
    page.get_by_label("Mật khẩu").fill(WORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.get_by_role("link", name="Vụ việc số 1").click()
    return page


def verify(page: Page) -> None:
    """Take the case and note what was found out."""
    page.get_by_role("button", name="Nhận", exact=True).click()
    page.get_by_label("Có cơ sở", exact=True).check()
    page.get_by_role("button", name="Ghi kết quả").click()


def answer(page: Page, words: str) -> None:
    """Answer the respondent."""
    page.get_by_label("Câu trả lời").fill(words)
    page.get_by_role("button", name="Gửi trả lời").click()
    expect(page.locator("#stands")).to_contain_text("Chờ người dân")


def own(browser: Browser, town: Town, code: str) -> Page:
    """The respondent's page, by code."""
    page = browser.new_context(locale="vi-VN").new_page()
    page.goto(f"{town.url}/case?lang=vi")
    looked_at(page, "own-empty")
    page.get_by_label("Mã phiếu").fill(code)
    page.get_by_role("button", name="Xem vụ việc").click()
    return page


def test_a_case_from_one_star_to_its_end(town: Town, browser: Browser) -> None:
    """Told on Zalo, answered there and on the web, "not solved", answered anew, closed on Zalo."""
    citizen = OnOfficialAccount(town)
    citizen.start(COUNTER)
    told = ""
    for words in ("1", "có", "1", "3", "3", "2", "không", "có", "không", "bỏ qua", "bỏ qua"):
        citizen.say(words)
    for words in ("Cán bộ quát mắng tôi.", "không", "bỏ qua", "có"):
        told = citizen.say(words) or told
    found = _CODE.search(told)
    assert found, told
    code = found[0]

    staff_page = inspector(browser, town, "lan.nv")
    expect(staff_page.get_by_text("Cán bộ quát mắng tôi.")).to_be_visible()
    verify(staff_page)
    answer(staff_page, "Đã nhắc nhở cán bộ và xin lỗi.")
    heard = citizen.chat.hears(2, PATIENCE_S)

    page = own(browser, town, code)
    expect(page.locator("#ask")).to_be_visible()
    looked_at(page, "own-answered")
    page.get_by_label("Nếu chưa: vì sao?").fill("Hôm sau vẫn thế.")
    page.get_by_role("button", name="Chưa giải quyết").click()
    expect(page.locator("#stands")).to_contain_text("Đã chuyển lên cấp trên")
    assert code not in page.url
    looked_at(page, "own-escalated")

    staff_page.reload()
    expect(staff_page.get_by_text("Hôm sau vẫn thế.")).to_be_visible()
    verify(staff_page)
    expect(staff_page.locator("#acts")).to_be_visible()
    expect(staff_page.get_by_role("button", name="Gửi trả lời")).to_have_count(0)
    assert len(citizen.chat.hears(1, PATIENCE_S)) == 1
    town.zalo_oa.clock.advance(days=3)  # the free window of 48 hours is over by then
    other = inspector(browser, town, "minh.tt")
    answer(other, "Đã chuyển cán bộ khỏi quầy.")
    late = town.seen(citizen.chat.hears)

    read = citizen.say(f"/vuviec {code}")
    assert citizen.chat.taps("Đã giải quyết")
    (ended,) = citizen.chat.hears(1, PATIENCE_S)
    other.reload()

    assert [each.text.split("\n")[0] for each in heard] == [
        text("vi", "cases.tell.take", case=code),
        "Trả lời phản ánh của bạn:",
    ]
    assert [button.title for button in heard[-1].buttons] == ["Đã giải quyết", "Chưa giải quyết"]
    assert late == []
    assert read and "Đã chuyển cán bộ khỏi quầy." in read
    assert ended.text.startswith("Bạn cho biết đã được giải quyết.")
    expect(other.locator("#stands")).to_contain_text("Đã khép lại")
    expect(other.locator(".history")).to_contain_text("cho biết đã giải quyết")
    looked_at(other, "ended")
    page.context.close()
    staff_page.context.close()
    other.context.close()
