"""A tablet at the counter, in real Chromium against the real server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from storage.transaction import Transaction
from tests.axe import axe_finds_nothing
from tests.chromium import browser, pytestmark
from tests.databases import rows
from tests.prepared import written
from tests.server import COUNTER, Server, arrived

__all__ = ["browser", "pytestmark"]

TABLET = ViewportSize(width=810, height=1080)
AN_HOUR_S = 3600
LANDSCAPE = ViewportSize(width=1280, height=800)


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The shipped server."""
    running = Server(tmp_path_factory.mktemp("kiosk")).furnish().start()
    yield running
    running.stop()


@pytest.fixture
def server(serving: Server) -> Server:
    """The server, where nobody has ever answered."""
    written(serving.address, _clean)
    return serving


def _clean(tx: Transaction) -> None:
    for table in ("closed_responses", "comments", "arrivals", "conversations", "devices"):
        tx.connection.execute(f"delete from {table}")  # noqa: S608 - names of our own


def code_of(server: Server, *words: str) -> str:
    """The code of a new device."""
    done = server.command("devices", "enrol", *words, "--name", "Máy 1")
    found = re.search(r"type (\S+)$", done.stdout, re.MULTILINE)
    assert found, done
    return found[1]


@pytest.fixture
def tablet(server: Server, browser: Browser) -> Iterator[Page]:
    """An enrolled tablet that shows the first question, with a clock that only a test moves."""
    context = browser.new_context(viewport=TABLET, locale="vi-VN", has_touch=True)
    page = context.new_page()
    page.clock.install()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{server.url}/device")
    page.locator("input[name=code]").fill(
        code_of(server, "--purpose", "kiosk", "--counter", COUNTER)
    )
    page.locator("main button").tap()
    page.wait_for_url("**/kiosk?lang=vi")
    hold(page)
    yield page
    context.close()
    assert complaints == []


def hold(tablet: Page) -> None:
    """Let no time pass there from now on."""
    tablet.clock.pause_at(tablet.evaluate("Date.now()") / 1000 + AN_HOUR_S)


def level(tablet: Page, number: int) -> None:
    """Tap a level of the question on screen."""
    tablet.locator("[data-kiosk]:visible .choices button", has_text=f"{number}").first.tap()


def second(tablet: Page) -> None:
    """Wait for the question after the first."""
    expect(tablet.locator(".turn:visible h2")).to_contain_text("thêm vài câu")


def received(server: Server) -> int:
    return arrived(server.database)


def all_sent(tablet: Page) -> None:
    """Wait until nothing is left on the tablet."""
    expect(tablet.locator(".waiting")).to_have_text("")
    assert tablet.evaluate("localStorage.getItem('motcua:kiosk')") == "[]"


def shown(tablet: Page) -> str:
    return tablet.locator("[data-kiosk]:visible").inner_text()


def test_five_ratings_without_network_are_counted_once_each(server: Server, tablet: Page) -> None:
    """Kept on the tablet, sent when the network is back, and a forced repeat changes nothing."""
    first = shown(tablet)
    tablet.context.set_offline(True)
    for number in (5, 4, 3, 2, 1):
        level(tablet, number)
        expect(tablet.locator("[data-kiosk]:visible .said")).to_contain_text("khi có mạng")
        tablet.clock.run_for(13_000)
        assert shown(tablet) == first
    queued = tablet.evaluate("localStorage.getItem('motcua:kiosk')")
    assert received(server) == 0
    tablet.context.set_offline(False)
    tablet.clock.run_for(6_000)
    all_sent(tablet)

    assert received(server) == 5
    tablet.evaluate("queue => localStorage.setItem('motcua:kiosk', queue)", queued)
    tablet.reload()
    all_sent(tablet)
    assert received(server) == 5
    assert len(rows(server.database, "select 1 from conversations")) == 5


def test_the_next_person_finds_no_trace(server: Server, tablet: Page) -> None:
    """After thirty seconds the answer is closed as it is, and nothing of it is left."""
    first = shown(tablet)
    level(tablet, 2)
    second(tablet)
    tablet.clock.run_for(21_000)
    expect(tablet.locator(".clock:visible")).to_contain_text("giây")
    tablet.clock.run_for(10_000)
    all_sent(tablet)

    assert shown(tablet) == first
    assert tablet.evaluate("[localStorage.length, sessionStorage.length, history.length < 4]") == [
        1,
        0,
        True,
    ]
    assert rows(
        server.database, "select substr(levels, 1, 1), stratum, channel from closed_responses"
    ) == [("2", 3, 1)]
    tablet.go_back()
    tablet.go_forward()
    assert shown(tablet) == first


def test_a_touch_keeps_the_screen(tablet: Page) -> None:
    """Somebody who reads slowly and touches the screen is not thrown out."""
    level(tablet, 4)
    second(tablet)
    before = shown(tablet)
    for _ in range(3):
        tablet.clock.run_for(25_000)
        tablet.locator("h1:visible").tap()

    assert shown(tablet).splitlines()[:4] == before.splitlines()[:4]


def test_a_whole_survey_in_english_and_back(server: Server, tablet: Page) -> None:
    """The language is the person's; the next one finds Vietnamese."""
    tablet.locator("[data-switch]:visible").tap()
    expect(tablet.locator("h2:visible")).to_contain_text("Overall")
    level(tablet, 5)
    expect(tablet.locator("h2:visible")).not_to_contain_text("Overall")
    for _ in range(40):
        expect(tablet.locator("[data-kiosk]:visible button[disabled]")).to_have_count(0)
        buttons = tablet.locator("[data-kiosk]:visible .turn button")
        if buttons.count() == 0:
            break
        done = tablet.locator(".controls:visible button", has_text=re.compile("^(Done|Skip)$"))
        with tablet.expect_response("**/api/v1/kiosk"):
            (done if done.count() else buttons).first.tap()
    expect(tablet.locator(".code:visible")).to_have_count(1)
    tablet.clock.run_for(13_000)

    expect(tablet.locator("h2:visible")).to_contain_text("Nhìn chung")
    assert rows(server.database, "select stratum from closed_responses") == [(3,)]


def test_only_an_enrolled_tablet(server: Server, tablet: Page) -> None:
    """Neither a stranger nor a device for paper nor an ended one; and only at its counter."""
    url = f"{server.url}/api/v1/kiosk"
    update = {"update_id": "1", "conversation": "x" * 22, "event": {"start": COUNTER}}
    with httpx.Client(trust_env=False) as stranger:
        assert stranger.post(url, json=update).status_code == 403
        code = code_of(server, "--purpose", "paper", "--unit", "15448")
        stranger.post(f"{server.url}/device", data={"code": code})
        assert stranger.post(url, json=update).status_code == 403
        assert stranger.get(f"{server.url}/kiosk").status_code == 403
    cookies = {each["name"]: each["value"] for each in tablet.context.cookies()}
    elsewhere = {"start": "100009", "tap": "1|-|overall|5"}
    answer = httpx.post(url, json={**update, "event": elsewhere}, cookies=cookies, trust_env=False)
    assert answer.json()["messages"][0]["choices"]
    assert rows(
        server.database, "select c.code from arrivals a join counters c using (counter_id)"
    ) == [(COUNTER,)]
    (kiosk, *_) = rows(server.database, "select device_id from devices where purpose = 'kiosk'")
    assert server.command("devices", "end", str(kiosk[0])).returncode == 0
    assert httpx.post(url, json=update, cookies=cookies, trust_env=False).status_code == 403


@pytest.mark.parametrize("size", [TABLET, LANDSCAPE], ids=["upright", "landscape"])
def test_the_screen_is_large_and_accessible(
    size: ViewportSize, tablet: Page, tmp_path: Path
) -> None:
    """Every target is at least 96 px high, and axe, which takes its time, objects to nothing."""
    tablet.set_viewport_size(size)
    fits(size, tablet, tmp_path)
    level(tablet, 3)
    second(tablet)
    fits(size, tablet, tmp_path)


def fits(size: ViewportSize, tablet: Page, tmp_path: Path) -> None:
    """Every target of what is on screen can be met by a thumb."""
    heights = [
        box["height"]
        for button in tablet.locator("[data-kiosk]:visible .turn button").all()
        if (box := button.bounding_box())
    ]
    assert heights
    assert min(heights) >= 96
    tablet.screenshot(path=tmp_path / "kiosk.png", full_page=True)
    if size is TABLET:
        tablet.clock.resume()
        axe_finds_nothing(tablet)
        hold(tablet)
