"""Staff at a keyboard, in real Chromium against the real server: key, check, close."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from sipas.paper import is_spoiled, response
from tests.axe import axe_finds_nothing
from tests.chromium import DESKTOP, browser, pytestmark
from tests.databases import rows
from tests.server import COUNTER, Server
from tests.test_browser import received
from tests.test_paper_form import SHORT

__all__ = ["browser", "pytestmark"]

FORMS = 50
QUESTIONS = len(SHORT.lines)
Keyer = Callable[..., Page]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The shipped server with three counters, its closed responses left where they can be read."""
    folder = tmp_path_factory.mktemp("paper")
    running = Server(folder, {"MOTCUA_RELEASE_SECONDS": "100000"}).furnish().start()
    yield running
    running.stop()


@pytest.fixture
def device(browser: Browser, server: Server) -> Iterator[Keyer]:
    """A device of the commune; complaints of its pages fail the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def enrolled(name: str, **how: object) -> Page:
        context = browser.new_context(viewport=DESKTOP, locale="vi-VN", **how)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        enrol(server, page, name)
        return page

    yield enrolled
    for context in contexts:
        context.close()
    assert complaints == []


def enrol(server: Server, page: Page, name: str) -> None:
    """Enrol the browser as a device, as an operator and a member of staff do."""
    words = ("--purpose", "paper", "--unit", "15448", "--name", name)
    done = server.command("devices", "enrol", *words)
    code = re.search(r"type (\S+)$", done.stdout, re.MULTILINE)
    assert code, done
    page.goto(f"{server.url}/device")
    page.get_by_role("searchbox").fill(code[1].lower())
    page.get_by_role("button", name="Mở máy").click()
    page.wait_for_url("**/paper?lang=vi")


def printed(server: Server, forms: int = FORMS) -> str:
    """The number of a fresh batch."""
    words = ("--counter", COUNTER, "--forms", str(forms), "--out", "forms.pdf")
    done = server.command("paper", "print", *words)
    found = re.search(r"P\d{6}", done.stdout)
    assert found, done
    return found[0]


def on_paper(number: int) -> str:
    """What stands on a form: all kinds of marks; every tenth form is spoiled."""
    lines = SHORT.lines
    keys = [line.keys[(number + place) % len(line.keys)] for place, line in enumerate(lines)]
    overall = "x" if number % 10 == 0 else str(number % 5 + 1)
    return overall + "".join(keys[1:])


def wrong(number: int) -> str:
    """The same form with another level in the first question."""
    keys = on_paper(number)
    return ("2" if keys[0] == "1" else "1") + keys[1:]


def type_form(page: Page, keys: str) -> None:
    """One key for each question, as a person does, and Enter; nobody waits for the page."""
    page.keyboard.type(keys.replace("n", "0").replace("s", " "))
    page.keyboard.press("Enter")


def told(page: Page, words: str) -> None:
    """The line that says what was done."""
    expect(page.locator(".told")).to_contain_text(words)


def key_batch(page: Page, server: Server, batch: str, keys: Callable[[int], str]) -> float:
    """Key all forms without ever waiting for the page; seconds for each."""
    page.goto(f"{server.url}/paper/{batch}")
    began = time.perf_counter()
    for number in range(1, FORMS + 1):
        type_form(page, keys(number))
    told(page, f"Đã lưu phiếu {FORMS}.")
    return (time.perf_counter() - began) / FORMS


def check_batch(page: Page, server: Server, batch: str) -> tuple[list[int], int]:
    """Key what is drawn as it is on paper; the numbers drawn and how many forms differed."""
    page.goto(f"{server.url}/paper/{batch}/check")
    page.get_by_role("button", name="Rút phiếu và bắt đầu").click()
    expect(page.locator("form.entry")).to_be_visible()
    numbers: list[int] = []
    differing = 0
    while page.locator("form.entry").count():
        heading = page.locator("h2").last.inner_text()
        number = int(re.findall(r"\d+", heading)[0])
        before = page.locator("[data-keying]").inner_html()
        if "khác nhau" in heading:
            differing += 1
            type_form(page, on_paper(number)[0])
        else:
            numbers.append(number)
            type_form(page, on_paper(number))
        expect(page.locator("form.entry[aria-busy]")).to_have_count(0)
        page.wait_for_function(
            "before => document.querySelector('[data-keying]').innerHTML !== before", arg=before
        )
    return numbers, differing


def levels_on_paper() -> Counter[object]:
    """What the responses of the whole forms must be."""
    forms = [on_paper(number) for number in range(1, FORMS + 1)]
    whole = [response(SHORT, keys, 0) for keys in forms if not is_spoiled(keys)]
    return Counter(each.levels for each in whole if each)


def levels_kept(server: Server) -> Counter[object]:
    """What waits for release."""
    return Counter(row[0] for row in rows(server.database, "select levels from closed_responses"))


def test_fifty_forms_are_keyed_checked_and_counted(
    server: Server, device: Keyer, capsys: pytest.CaptureFixture[str]
) -> None:
    """Planted errors are found and the batch is keyed again; then every mark arrives as it was."""
    before = received(server)
    batch = printed(server)
    keyer, checker = device("Máy 1"), device("Máy 2")
    # All but two forms are wrong in one mark, so that three drawn ones cannot all be right.
    seconds = key_batch(keyer, server, batch, lambda n: wrong(n) if n > 2 else on_paper(n))
    numbers, differing = check_batch(checker, server, batch)
    expect(checker.locator("main")).to_contain_text("Không đạt: nhập lại cả tập")

    assert len(numbers) == 3
    assert differing == sum(number > 2 for number in numbers)
    assert received(server) == before

    seconds = min(seconds, key_batch(keyer, server, batch, on_paper))
    numbers, differing = check_batch(checker, server, batch)
    assert (len(numbers), differing) == (3, 0)
    expect(checker.locator("main")).to_contain_text(f"0/{3 * QUESTIONS} dấu khác nhau")
    checker.get_by_role("button", name="Đóng tập").click()
    expect(checker.locator("main")).to_contain_text("50 phiếu, trong đó 5 phiếu hỏng")

    assert levels_kept(server) == levels_on_paper()
    assert received(server) == before + 45
    report = server.command("paper", "report", batch).stdout
    assert "50 forms printed, 50 keyed, 5 of them spoiled" in report
    assert "round 1: 3 of 50 forms keyed again" in report
    assert "round 2: 3 of 50 forms keyed again, 0 of 42 marks differ: 0.0 %" in report
    with capsys.disabled():
        print(f"\nkeyed by machine: {seconds:.3f} s a form of {QUESTIONS} questions and Enter")


def test_one_key_answers_and_moves_on(server: Server, device: Keyer) -> None:
    """A key that the question does not have stays; Backspace goes back; 0 is N/A, x two marks."""
    batch = printed(server)
    page = device("Máy 1")
    page.goto(f"{server.url}/paper/{batch}")
    first, second, third, fourth = (page.locator(".key").nth(place) for place in range(4))
    expect(first).to_be_focused()
    page.keyboard.type("7")
    expect(first).to_be_focused()
    expect(first).to_have_attribute("aria-invalid", "true")
    page.keyboard.type("520")
    expect(third).to_have_value("n")
    expect(fourth).to_be_focused()
    page.keyboard.press("Backspace")
    expect(third).to_be_focused()
    expect(third).to_have_value("")
    page.keyboard.type("X ")
    expect(third).to_have_value("x")
    expect(fourth).to_have_value("-")
    expect(second).to_have_value("2")


def test_the_last_form_can_be_dropped(server: Server, device: Keyer) -> None:
    """The number comes up again; the same number twice is refused with a clear message."""
    batch = printed(server)
    page = device("Máy 1")
    page.goto(f"{server.url}/paper/{batch}")
    for _ in range(2):
        type_form(page, "5" + "s" * (QUESTIONS - 1))
    told(page, "Đã lưu phiếu 2.")
    page.get_by_role("button", name="Bỏ phiếu 2").click()
    told(page, "Đã bỏ phiếu 2.")
    expect(page.locator("#number")).to_have_value("2")
    page.fill("#number", "1")
    page.locator(".key").first.focus()
    type_form(page, "4")
    told(page, "Phiếu 1 đã được nhập.")
    expect(page.locator(".key").first).to_have_value("4")
    page.get_by_role("button", name="Bỏ phiếu 1").click()
    told(page, "Đã bỏ phiếu 1.")

    assert "0 keyed" in server.command("paper", "list").stdout.split(batch)[1].split("\n")[0]


@pytest.mark.parametrize("scripted", [True, False], ids=["with JavaScript", "without"])
def test_the_language_that_was_chosen_stays(scripted: bool, server: Server, device: Keyer) -> None:
    """From the list to a saved form, a dropped one and back, whatever the browser prefers."""
    batch = printed(server)
    page = device("Máy 1", java_script_enabled=scripted)
    page.get_by_role("link", name="English").click()
    page.get_by_role("link", name=f"Key forms {batch}").click()
    page.fill("input[name='q.overall']", "5")
    page.get_by_role("button", name="Save").click()
    told(page, "Form 1 saved.")
    page.get_by_role("button", name="Drop form 1").click()
    told(page, "Form 1 dropped.")
    page.get_by_role("link", name="All batches").click()
    page.get_by_role("link", name=f"Spot check {batch}").click()

    expect(page.locator("main")).to_contain_text("nothing to check")


def test_enter_twice_saves_one_form(server: Server, device: Keyer) -> None:
    """An empty form is not saved by a finger that stayed on Enter."""
    batch = printed(server)
    page = device("Máy 1")
    page.goto(f"{server.url}/paper/{batch}")
    type_form(page, "5")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    told(page, "Đã lưu phiếu 1.")
    expect(page.locator("#number")).to_have_value("2")
    page.reload()
    expect(page.locator("#number")).to_have_value("2")


def test_without_network_nothing_is_lost(server: Server, device: Keyer) -> None:
    """The marks stay on the page and it is said that they may not be saved."""
    batch = printed(server)
    page = device("Máy 1")
    page.goto(f"{server.url}/paper/{batch}")
    page.context.set_offline(True)
    type_form(page, "53")
    told(page, "chưa rõ đã lưu chưa")
    expect(page.locator(".key").nth(1)).to_have_value("3")
    page.context.set_offline(False)
    page.locator(".key").first.focus()
    page.keyboard.press("Enter")
    told(page, "Đã lưu phiếu 1.")


def test_it_works_without_javascript(server: Server, device: Keyer) -> None:
    """Plain forms do all of it: key, refuse, check, settle."""
    batch = printed(server, 2)
    keyer = device("Máy 1", java_script_enabled=False)
    checker = device("Máy 2", java_script_enabled=False)
    keyer.goto(f"{server.url}/paper/{batch}")
    keyer.fill("input[name='q.overall']", "5")
    keyer.fill("input[name='q.stage']", "9")
    keyer.get_by_role("button", name="Lưu phiếu").click()
    told(keyer, "Phím không hợp lệ")
    keyer.fill("input[name='q.stage']", "0")
    keyer.get_by_role("button", name="Lưu phiếu").click()
    keyer.fill("input[name='q.stage']", "2")
    keyer.get_by_role("button", name="Lưu phiếu").click()
    told(keyer, "Đã lưu phiếu 1.")
    checker.goto(f"{server.url}/paper/{batch}/check")
    checker.get_by_role("button", name="Rút phiếu và bắt đầu").click()
    checker.fill("input[name='q.overall']", "4")
    checker.fill("input[name='q.stage']", "2")
    checker.get_by_role("button", name="Lưu phiếu").click()
    expect(checker.locator("main")).to_contain_text("hai lần nhập khác nhau")
    checker.fill("input[name='q.overall']", "4")
    checker.get_by_role("button", name="Lưu dấu đúng").click()
    expect(checker.locator("main")).to_contain_text(f"1/{QUESTIONS} dấu khác nhau")


def looked_at(server: Server, folder: Path, page: Page, path: str, name: str) -> None:
    """No rule broken in either language, and a picture of it."""
    for language in ("vi", "en"):
        page.goto(f"{server.url}{path}{'&' if '?' in path else '?'}lang={language}")
        axe_finds_nothing(page, name)
        page.screenshot(path=folder / f"{name}-{language}.png", full_page=True)


def test_axe_finds_nothing_and_pictures(server: Server, device: Keyer, tmp_path: Path) -> None:
    """Every page of staff passes the accessibility rules in both languages."""
    batch = printed(server)
    keyer = device("Máy 1", bypass_csp=True)
    checker = device("Máy 2", bypass_csp=True)
    look = partial(looked_at, server, tmp_path)
    look(keyer, "/device", "device")
    look(keyer, "/paper", "list")
    look(keyer, f"/paper/{batch}", "entry")
    type_form(keyer, "5")
    told(keyer, "Form 1 saved.")  # a page left at once may take the form with it, unsent
    look(keyer, f"/paper/{batch}?saved=1", "saved")
    look(keyer, f"/paper/{batch}/check", "same-device")
    look(checker, f"/paper/{batch}/check", "begin")
    checker.get_by_role("button").last.click()
    look(checker, f"/paper/{batch}/check", "blind")
    type_form(checker, "4")
    expect(checker.locator(".differing")).to_be_visible()
    look(checker, f"/paper/{batch}/check", "differing")
    type_form(checker, "5")
    expect(checker.locator(".differing")).to_have_count(0)
    look(checker, f"/paper/{batch}/check", "failed")

    assert len(list(tmp_path.glob("*.png"))) == 18
