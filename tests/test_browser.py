"""People at a counter, in real Chromium against the real server: phone, keyboard, no JavaScript.

`make pictures` keeps the screenshots of the README; otherwise they go to a temporary folder.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Response,
    Route,
    expect,
)

from tests.axe import axe_finds_nothing
from tests.chromium import CHROMIUM, DESKTOP, PHONE, PICTURES, chromium, pytestmark
from tests.server import COUNTER, MICRO, Server, arrived

__all__ = ["pytestmark"]

DELAY_S, BYTES_PER_S = 0.4, 50_000  # a slow network


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The shipped server with three counters."""
    running = Server(tmp_path_factory.mktemp("browser")).furnish().start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The Chromium that people have, one for the module."""
    with chromium(CHROMIUM) as opened:
        yield opened


@pytest.fixture
def person(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Somebody with a browser; complaints of the page fail the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def come(**how: Any) -> Page:
        context = browser.new_context(**{"viewport": PHONE, "locale": "vi-VN", **how})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield come
    for context in contexts:
        context.close()
    assert complaints == []


def received(server: Server, unit: str = "15448") -> int:
    """The only live number, exactly."""
    return arrived(server.database, unit)


def press(page: Page, label: str) -> None:
    """Press the button that reads so."""
    page.get_by_role("button", name=re.compile(label)).first.click()


def question(page: Page, words: str) -> None:
    """Wait for a question."""
    expect(page.locator("h2").last).to_contain_text(words)


def full_survey(page: Page, url: str) -> None:
    """From the scanned link to thanks, with five factors and a comment."""
    page.goto(url)
    press(page, "Rất hài lòng")
    press(page, "Có, hỏi tiếp")
    press(page, "Đã nhận kết quả")
    for words in ("Nơi tiếp đón", "Giấy tờ, phí", "Cán bộ lịch sự", "Kết quả đúng hẹn"):
        question(page, words)
        press(page, "4 .*Hài lòng")
    question(page, "góp ý")
    press(page, "1 .*Có")
    question(page, "Góp ý của bạn")
    press(page, "3 .*Bình thường")
    press(page, "Đúng hẹn")
    press(page, "1 .*Không")
    question(page, "đưa tiền")
    press(page, "1 .*Không")
    press(page, "Đất đai")
    press(page, "Lời hướng dẫn")
    expect(page.locator("[aria-pressed='true']")).to_have_count(1)
    press(page, "^Xong")
    question(page, "nhắn thêm")
    page.locator("textarea").fill("Cán bộ hướng dẫn rõ ràng")
    press(page, "Gửi")
    question(page, "Báo chí")
    press(page, "Có, được trích")
    press(page, "Người dân")
    expect(page.locator("main")).to_contain_text(re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}"))


def test_one_tap_is_stored_within_two_seconds(server: Server, person: Callable[..., Page]) -> None:
    """Scan, tap one level: received moves, nothing else is needed."""
    before = received(server)
    page = person(has_touch=True, is_mobile=True)
    page.goto(f"{server.url}/c/{COUNTER}")
    page.get_by_role("button", name=re.compile("Rất hài lòng")).first.tap()
    question(page, "trả lời thêm")

    assert received(server) == before + 1


def test_the_whole_form_on_a_phone(server: Server, person: Callable[..., Page]) -> None:
    """One tap, more, factors, comment, thanks with a code."""
    full_survey(person(has_touch=True, is_mobile=True), f"{server.url}/c/{COUNTER}")


def test_the_whole_form_without_javascript(server: Server, person: Callable[..., Page]) -> None:
    """Plain form posts go the same way to the same end."""
    full_survey(person(java_script_enabled=False), f"{server.url}/c/{COUNTER}")


def test_the_whole_form_with_storage_blocked(server: Server, person: Callable[..., Page]) -> None:
    """No cookie is set, and a browser that refuses every storage loses nothing."""
    page = person()
    page.add_init_script(
        "for (const name of ['sessionStorage', 'localStorage']) Object.defineProperty(window, name,"
        " {get() { throw new DOMException('blocked', 'SecurityError'); }})"
    )
    full_survey(page, f"{server.url}/c/{COUNTER}")

    assert page.context.cookies() == []


def test_with_the_keyboard_only(server: Server, person: Callable[..., Page]) -> None:
    """Digits choose, Tab and Enter reach everything, focus follows the question."""
    page = person()
    page.goto(f"{server.url}/c/{MICRO}")
    page.keyboard.press("4")
    question(page, "Điều gì khiến bạn")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[aria-pressed='true']")).to_have_count(1)
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == "Xong":
            break
    page.keyboard.press("Enter")
    expect(page.locator("textarea")).to_be_visible()
    page.locator("textarea").focus()
    page.keyboard.type("Nhanh 5 phut la xong")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    question(page, "Báo chí")
    page.keyboard.press("1")

    expect(page.locator("main")).to_contain_text("Mã phiếu")


def test_at_320_pixels_with_text_twice_as_large(
    server: Server, person: Callable[..., Page]
) -> None:
    """Nothing is cut off and nothing scrolls sideways."""
    page = person(viewport={"width": 320, "height": 640}, bypass_csp=True)
    for path in (f"/c/{COUNTER}", "/", "/units/15448", "/about", f"/counters/{COUNTER}"):
        page.goto(server.url + path)
        page.add_style_tag(content="html { font-size: 225% !important }")

        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path


def test_on_a_slow_network(server: Server, person: Callable[..., Page]) -> None:
    """At 400 kbit/s with 400 ms delay the next question costs less than three seconds of line."""
    page = person()
    answers: list[Response] = []
    slow = page.context.new_cdp_session(page)
    slow.send("Network.enable")
    slow.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": DELAY_S * 1000,
            "downloadThroughput": BYTES_PER_S,
            "uploadThroughput": BYTES_PER_S,
        },
    )
    page.goto(f"{server.url}/c/{COUNTER}")
    page.on("response", lambda answer: answers.append(answer))
    press(page, "4 .*Hài lòng")
    question(page, "trả lời thêm")

    sizes = [answer.request.sizes() for answer in answers]
    there = sum(each["requestHeadersSize"] + each["requestBodySize"] for each in sizes)
    back = sum(each["responseHeadersSize"] + each["responseBodySize"] for each in sizes)
    assert sizes
    assert len(sizes) * DELAY_S + (there + back) / BYTES_PER_S < 3


def test_an_answer_lost_on_the_way_back_is_counted_once(
    server: Server, person: Callable[..., Page]
) -> None:
    """The tap arrived, its answer did not: it is kept, sent again, and counted once."""
    before = received(server)
    page = person()
    lost: list[int] = []

    def lose_the_first(route: Route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch().status)
            route.abort()

    page.route("**/api/v1/chat", lose_the_first)
    page.goto(f"{server.url}/c/{COUNTER}")
    press(page, "Rất hài lòng")
    question(page, "trả lời thêm")

    assert lost == [200]
    assert received(server) == before + 1


def test_a_tap_without_network_is_kept_and_sent_later(
    server: Server, person: Callable[..., Page]
) -> None:
    """Offline the answer is kept and said to be kept; online it goes by itself."""
    before = received(server)
    page = person()
    page.goto(f"{server.url}/c/{COUNTER}")
    page.context.set_offline(True)
    press(page, "Rất hài lòng")
    expect(page.locator("main")).to_contain_text("được giữ lại")
    page.context.set_offline(False)
    question(page, "trả lời thêm")

    assert received(server) == before + 1


PAGES = (
    "/",
    "/?q=khong+co",
    "/units/15448",
    f"/counters/{COUNTER}",
    "/about",
    "/register",
    f"/c/{COUNTER}",
)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_axe_finds_nothing(
    server: Server, person: Callable[..., Page], size: dict[str, int], language: str
) -> None:
    """Every page passes the accessibility rules at both widths in both languages."""
    page = person(viewport=size, bypass_csp=True)
    for path in (*PAGES, "/no-such-page"):
        page.goto(f"{server.url}{path}{'&' if '?' in path else '?'}lang={language}")

        axe_finds_nothing(page, path)


def test_pages_call_no_foreign_host(server: Server, person: Callable[..., Page]) -> None:
    """Everything a page needs comes from this server."""
    page = person()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in PAGES:
        page.goto(server.url + path)

    assert asked
    assert [url for url in asked if not url.startswith((server.url, "data:"))] == []


def test_pictures(server: Server, person: Callable[..., Page], tmp_path: Path) -> None:
    """The README's picture is what a phone shows."""
    folder = PICTURES if "MOTCUA_PICTURES" in os.environ else tmp_path
    folder.mkdir(exist_ok=True)
    page = person(device_scale_factor=1.5)
    page.goto(f"{server.url}/c/{COUNTER}")
    page.screenshot(path=folder / "phone.png")
    page = person(viewport=DESKTOP)
    page.goto(f"{server.url}/units/15448")
    page.screenshot(path=folder / "desktop.png")

    assert (folder / "phone.png").stat().st_size > 20_000
