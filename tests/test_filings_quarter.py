"""A quarter of five units in real Chromium: from first logins to published, corrected reports.

The application runs in a thread on a clock that the test moves, so that who is in time is in time.
With `make pictures` the steps leave pictures in a temporary folder, and those of the manuals stay.
"""

from __future__ import annotations

import asyncio
import io
import os
import random
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Coroutine, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
import uvicorn
from docx import Document
from playwright.sync_api import Browser, Page, expect

from bot.app import create_app
from bot.instruments import shipped
from bot.keys import load_keys
from bot.settings import Settings
from handlers.rights import Role
from sipas.codes import check_digit
from sipas.items import Kind
from sipas.ledger import applied, place
from sipas.packing import HANOI, half_day, pack
from sipas.units import CounterRow, UnitRow
from storage import filings, registry, staff
from storage.filing_rows import By, New
from storage.numbering import RANDOM_BITS, row_id
from storage.release import release
from storage.staff import Grant
from storage.store import Store
from storage.transaction import Transaction
from tests.axe import axe_finds_nothing
from tests.chromium import DESKTOP, PHONE, PICTURES, browser, pytestmark
from tests.databases import database as address
from tests.ports import free_port
from tests.quick_hashes import hash_of
from tests.server import FIRST
from tests.test_release import A_RESPONSE
from tests.test_staff import Clock

__all__ = ["browser", "pytestmark"]

T = TypeVar("T")

ONCE, WORD = "ONCE-ONLY-2345-6789", "một câu dài dễ nhớ của tôi"
UNITS = {
    "15448": ("Xã Định Hòa", 40),
    "14923": ("Xã Bá Thước", 35),
    "16012": ("Xã Hà Trung", 50),
    "14797": ("Phường Hạc Thành", 64),
    "16249": ("Xã Nga Sơn", 12),  # too few for a value
}
RETURNED, LATE = "14923", "16249"
OFFICER = "lan.nv"
LIST = "/filings?kind=unit_quarter&period=2026-R3"
TELLING = "Phần III chưa nêu nguyên nhân."


def counter_of(unit: str) -> str:
    """The code of a unit's only counter."""
    return unit + check_digit(unit)


def _province(tx: Transaction) -> None:
    rows = [UnitRow("38", "province", "Tỉnh Thanh Hóa", "Thanh Hóa", None, FIRST, None)]
    for code, (name, _) in UNITS.items():
        kind = "phuong" if name.startswith("Phường") else "xa"
        rows.append(UnitRow(code, kind, name, "", "38", FIRST, None))
    registry.add_units(tx, rows)
    registry.add_counters(
        tx,
        [
            CounterRow(counter_of(u), u, "Quầy số 1", "short.1", 3, True, (), FIRST, None)
            for u in UNITS
        ],
    )
    registry.publish(tx, ["38", *UNITS], FIRST.isoformat(), "test", "2026-01-01T00:00:00")


def _people(tx: Transaction) -> None:
    """The officer of Home Affairs and a head for each unit, with one-time passwords."""
    grants = {OFFICER: Grant(Role.HOME_AFFAIRS, "38")}
    grants |= {f"head.{unit}": Grant(Role.UNIT_HEAD, unit) for unit in UNITS}
    hashed = hash_of(ONCE)
    for number, (name, grant) in enumerate(grants.items(), 1):
        title = "Nguyễn Vân Lan" if name == OFFICER else f"Trưởng {UNITS[grant.unit][0]}"
        staff.add(tx, name, title, [grant], "2026-07-01")
        staff.set_password(tx, number, hashed, must_change=True)


def _spring(tx: Transaction) -> None:
    """The filing of the quarter before, whose words may be taken over."""
    by = By("head.15448", "2026-06-17T02:00:00+00:00", "2026-06-17")
    new = New("unit_quarter", "15448", "15448", "2026-R2", "2026-06-17")
    number = filings.open_filing(tx, new, by)
    told = {1: "Đã kiểm tra 5 quầy; tuyên truyền trên loa truyền thanh.", 4: "Thêm một quầy."}
    filings.write(tx, number, 0, told, by)


def _rated(tx: Transaction, unit: str, day: date, n: int) -> None:
    """*n* released responses of a day, with levels by chance that is the same each time."""
    counter_id, unit_id = tx.counter_ids(counter_of(unit))
    instrument, chance = shipped()["short.1"], random.Random(f"{unit} {day}")
    half = half_day(datetime(day.year, day.month, day.day, 9, tzinfo=HANOI))
    scales = [item.key for item in instrument.items if item.kind is Kind.SCALE]
    for _ in range(n):
        marks = {key: chance.choices("12345", (2, 4, 10, 34, 50))[0] for key in scales}
        one = replace(
            A_RESPONSE,
            response_id=row_id(half, chance.getrandbits(RANDOM_BITS)),
            counter_id=counter_id,
            unit_id=unit_id,
            levels=pack(instrument, marks),
        )
        tx.close(one)
    release(tx, shipped(), half, chance)


class Office:
    """The application in a thread, and the clock on its wall."""

    def __init__(self, folder: Path) -> None:
        settings = Settings.model_validate(
            {
                "database": address(folder / "m.db"),
                "secret_key_file": folder / "motcua.key",
                "rate_per_minute": 100_000,
            }
        )
        load_keys(settings.secret_key_file)
        self.clock = Clock()
        self.app = create_app(settings, self.clock)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.server = uvicorn.Server(uvicorn.Config(self.app, port=port, log_level="error"))
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()
        while not self.server.started:
            time.sleep(0.02)

    def _serve(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(self.server.serve())

    @property
    def store(self) -> Store:
        """What the application works on."""
        found: Store = self.app.state.service.store
        return found

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """Do *work* in the application's thread."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    def today(self, day: int) -> None:
        """It is nine o'clock on a day of September 2026."""
        self.clock.ahead = datetime(2026, 9, day, 2, tzinfo=UTC) - datetime.now(UTC)

    def stop(self) -> None:
        """Let it end, and its thread with it."""
        self.server.should_exit = True
        self.thread.join(20)
        self.loop.close()


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Five communes rated in July, six people who have never signed in."""
    running = Office(tmp_path_factory.mktemp("quarter"))
    running.wait(running.store.write(_province))
    running.wait(running.store.write(_people))
    running.wait(running.store.write(_spring))
    for unit, (_, n) in UNITS.items():
        running.wait(running.store.write(_rated, unit, date(2026, 7, 20), n))
    yield running
    running.stop()


class Desk:
    """Somebody at a browser; every step is looked at."""

    def __init__(self, town: Office, browser: Browser, name: str, pictures: Path) -> None:
        self.town, self.name, self.pictures, self.taken = town, name, pictures, 0
        context = browser.new_context(viewport=DESKTOP, locale="vi-VN")  # type: ignore[arg-type]
        self.page: Page = context.new_page()

    def sign_in(self, *, first: bool) -> Desk:
        """With the one-time password and then one's own, or with one's own."""
        page = self.page
        page.goto(f"{self.town.url}/login")
        self.picture("dang-nhap") if first else None
        page.fill("[name=name]", self.name)
        page.fill("[name=password]", ONCE if first else WORD)
        page.keyboard.press("Enter")
        if first:
            page.wait_for_url("**/account*")
            form = page.locator("form", has=page.locator("[name=new]"))
            form.locator("[name=password]").fill(ONCE)
            form.locator("[name=new]").fill(WORD)
            self.picture("mat-khau")
            with page.expect_navigation():
                form.locator("[name=new]").press("Enter")
        else:
            page.wait_for_url("**/work*")
        return self

    def go(self, path: str) -> Desk:
        """Open a page."""
        self.page.goto(self.town.url + path)
        return self

    def press(self, name: str) -> Desk:
        """A button, by its name."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name, exact=True).first.press("Enter")
        return self

    def follow(self, name: str) -> Desk:
        """A link, by its name."""
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=name, exact=True).first.press("Enter")
        return self

    def back(self) -> Desk:
        """From the sheet to its report."""
        with self.page.expect_navigation():
            self.page.locator(".eyebrow a").press("Enter")
        return self

    def state(self, told: str) -> None:
        """The filing's state is told so."""
        expect(self.page.locator("section.card .state")).to_have_text(told)

    def picture(self, step: str) -> None:
        """What is on the screen now fits a desk and a phone, and axe finds nothing."""
        self.taken += 1
        for size, kind in ((PHONE, "phone"), (DESKTOP, "desk")):
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            width = self.page.evaluate("document.documentElement.scrollWidth")
            assert width <= size["width"], (step, kind, width)
            if "MOTCUA_PICTURES" in os.environ:
                file = self.pictures / f"{self.name}-{self.taken:02}-{step}-{kind}.png"
                self.page.screenshot(path=file, full_page=True)
        axe_finds_nothing(self.page, step)

    def keep(self, name: str, height: int = 900) -> None:
        """A picture for the manuals, where those are made."""
        if "MOTCUA_PICTURES" in os.environ:
            clip = {"x": 0, "y": 0, "width": DESKTOP["width"], "height": height}
            path = PICTURES / f"{name}.png"
            self.page.screenshot(path=path, clip=clip, full_page=True)  # type: ignore[arg-type]

    def leave(self) -> None:
        """Close the browser."""
        self.page.context.close()


def file_one(desk: Desk, unit: str, points: str) -> None:
    """A head opens the unit's report, freezes, scores and hands it in."""
    desk.go(LIST).press(f"Lập báo cáo {UNITS[unit][0]}")
    desk.press("Chốt số liệu")
    score(desk, points)
    desk.press("Nộp báo cáo")
    desk.state("đã nộp")


def score(desk: Desk, points: str) -> None:
    """Nine points on the sheet, typed one after the other, then back to the report."""
    desk.follow("Mở bảng đánh giá quý")
    for number, each in enumerate(points.split()):
        desk.page.locator("[name=points]").nth(number).fill(each)
    desk.press("Lưu điểm tự chấm")
    desk.back()


def told_of(town: Office, path: str, **asked: str) -> Any:
    """What everybody gets from the interface."""
    answer = httpx.get(town.url + path, params=asked, trust_env=False)
    assert answer.status_code == 200, answer.text
    return answer.json()


def saved(desk: Desk, file: str, path: Path) -> bytes:
    """A document, downloaded as people do."""
    with desk.page.expect_download() as fetched:
        desk.page.locator(f'a[href$="/{file}"]').press("Enter")
    fetched.value.save_as(path)
    return path.read_bytes()


def test_a_quarter_of_five_units(town: Office, browser: Browser, tmp_path: Path) -> None:
    """One is returned with reasons and handed in again, one is late, all are published."""
    town.today(16)
    own = Desk(town, browser, "head.15448", tmp_path).sign_in(first=True)
    own.go("/filings").picture("danh-sach")
    began = time.monotonic()
    own.go(LIST).press("Lập báo cáo Xã Định Hòa")
    own.press("Lấy phần lời từ báo cáo 2026-R2")
    own.picture("lay-loi")
    own.page.fill("#part-3", "Nguyên nhân: thiếu người.\nGiải pháp: thêm một quầy.")
    own.press("Lưu phần lời")
    own.press("Chốt số liệu")
    own.keep("trung-tam-bao-cao", 1000)
    saved(own, "report.docx", tmp_path / "draft.docx")
    print(f"draft from last quarter's: {time.monotonic() - began:.0f} s of a machine's hands")
    own.follow("Mở bảng đánh giá quý")
    own.picture("tu-cham")
    own.keep("trung-tam-tu-cham", 1100)
    own.back()
    score(own, "2 1,5 2 1,5 1 2 2 2 1")
    own.press("Nộp báo cáo")
    own.picture("da-nop")
    own.leave()
    for unit in (RETURNED, "16012", "14797"):
        head = Desk(town, browser, f"head.{unit}", tmp_path).sign_in(first=True)
        file_one(head, unit, "2 2 2 2 2 2 2 2 2" if unit == "16012" else "1 1 1 1 1 1 1 1 1")
        head.leave()

    officer = Desk(town, browser, OFFICER, tmp_path).sign_in(first=True)
    officer.go(LIST).picture("tiep-nhan")
    officer.follow(UNITS[RETURNED][0])
    officer.press("Trả lại")
    expect(officer.page.get_by_role("alert")).to_be_visible()
    officer.page.get_by_label("Lý do").fill(TELLING)
    officer.press("Trả lại")
    officer.picture("tra-lai")
    officer.leave()

    town.today(17)
    again = Desk(town, browser, f"head.{RETURNED}", tmp_path).sign_in(first=False)
    again.go("/filings").follow(
        f"Báo cáo quý của đơn vị · {UNITS[RETURNED][0]} · Kỳ báo cáo quý III/2026"
    )
    expect(again.page.locator(".reason")).to_have_text(TELLING)
    again.page.fill("#part-3", "Nguyên nhân: phần mềm chậm.")
    again.press("Lưu phần lời")
    again.press("Nộp báo cáo")
    again.picture("nop-lai")
    again.leave()

    town.today(21)
    officer = Desk(town, browser, OFFICER, tmp_path).sign_in(first=False)
    officer.go(LIST)
    expect(officer.page.locator("tbody tr").first).to_contain_text("quá hạn, chưa nộp")
    officer.keep("so-noi-vu-tiep-nhan", 900)
    officer.leave()
    late = Desk(town, browser, f"head.{LATE}", tmp_path).sign_in(first=True)
    file_one(late, LATE, "2 2 2 2 1 1 1 1 1")
    late.leave()

    officer = Desk(town, browser, OFFICER, tmp_path).sign_in(first=False)
    officer.go(LIST)
    expect(officer.page.locator("tbody tr").first).to_contain_text("nộp muộn")
    officer.picture("muon")
    for unit, (name, _) in UNITS.items():
        officer.go(LIST).follow(name)
        officer.follow("Mở bảng đánh giá quý")
        officer.press("Thẩm định đúng như điểm tự chấm")
        if unit == "15448":
            officer.picture("tham-dinh")
            officer.keep("so-noi-vu-tham-dinh", 1100)
        officer.back()
        officer.press("Tiếp nhận")
        officer.press("Ban hành")
        officer.state("đã ban hành")
    officer.go("/reports").picture("cong-khai")
    _figures_are_the_interfaces(town)
    _corrected(town, officer, tmp_path)
    officer.leave()
    _looked_at(tmp_path)


def _figures_are_the_interfaces(town: Office) -> None:
    """Each published figure has the id, value, interval and n that the scores tell."""
    told = told_of(town, "/api/v1/reports")["filings"]
    assert {each["unit"] for each in told} == set(UNITS)
    for filed in told:
        asked = {"unit": filed["unit"], "period": "2026-R3"}
        known = {each["id"]: each for each in told_of(town, "/api/v1/scores", **asked)["figures"]}
        for by in ("counter", "channel", "stratum", "field"):
            found = told_of(town, "/api/v1/scores", by=by, **asked)["figures"]
            known |= {each["id"]: each for each in found}
        figures = told_of(town, f"/api/v1/reports/{filed['id']}")["figures"]
        same = ("value", "low", "high", "n", "levels")

        assert figures
        assert len({each["value"] for each in figures}) > 2 or filed["unit"] == LATE
        for each in figures:
            other = known[each["id"]]
            assert [each.get(key) for key in same] == [other.get(key) for key in same]


def _corrected(town: Office, officer: Desk, folder: Path) -> None:
    """Restated with a reason, two versions differ exactly in the ledger's entries."""
    number = _number_of(town, "15448")
    before = told_of(town, f"/api/v1/reports/{number}")
    town.wait(town.store.write(_rated, "15448", date(2026, 7, 21), 33))
    officer.go(f"/filings/{number}")
    old = _annex(saved(officer, "report.docx", folder / "report-v1.docx"))
    officer.page.get_by_label("Lý do").fill("Một tập phiếu về muộn.")
    officer.press("Đính chính theo số liệu hiện nay")
    officer.picture("dinh-chinh")
    officer.keep("so-noi-vu-dinh-chinh", 1000)
    new = _annex(saved(officer, "report.docx", folder / "report-v2.docx"))
    for file in ("report.pdf", "annex.xlsx"):
        saved(officer, file, folder / file)
    officer.go(f"/reports/{number}/summary").picture("tom-tat")
    saved(officer, f"reports/{number}/summary.pdf?lang=vi", folder / "summary.pdf")
    officer.go(f"/filings/{number}/sheet")
    for sheet in ("01", "02"):
        for ending in ("docx", "xlsx"):
            saved(officer, f"sheet-{sheet}.{ending}", folder / f"sheet-{sheet}.{ending}")
    after = told_of(town, f"/api/v1/reports/{number}")
    entries = town.wait(town.store.look(filings.ledger, number))
    kept = town.wait(town.store.look(filings.figures_of, number, 1))
    later = town.wait(town.store.look(filings.figures_of, number, 2))
    moved = {
        (each.before and each.before["id"], each.after and each.after["id"]) for each in entries
    }

    assert applied(kept, entries) == {place(each): each for each in later}  # type: ignore[arg-type]
    assert old.keys() - new.keys() == {gone for gone, _ in moved} & old.keys()
    assert new.keys() - old.keys() == {come for _, come in moved} & new.keys()
    assert all(old[each] == new[each] for each in old.keys() & new.keys())
    assert before["words"] == after["words"]
    assert before["words"]["1"].startswith("Đã kiểm tra 5 quầy")


def _number_of(town: Office, unit: str) -> int:
    told = told_of(town, "/api/v1/reports")["filings"]
    return next(int(each["id"]) for each in told if each["unit"] == unit)


def _annex(made: bytes) -> dict[str, tuple[str, ...]]:
    """The annex of a report, row by row, by the figure's id."""
    tables = Document(io.BytesIO(made)).tables
    rows = [[cell.text for cell in row.cells] for table in tables for row in table.rows]
    return {row[-1]: tuple(row) for row in rows if re.fullmatch(r"[0-9a-f]{20}", row[-1])}


def _looked_at(folder: Path) -> None:
    """Every document becomes pages of A4, where there is something to make them with."""
    if "MOTCUA_PICTURES" not in os.environ:
        return
    if not (shutil.which("soffice") and shutil.which("pdftoppm")):
        print("not rendered: needs LibreOffice (libreoffice-writer, -calc) and poppler-utils")
        return
    home = f"-env:UserInstallation=file://{folder}/home"
    for file in (*folder.glob("*.docx"), *folder.glob("*.xlsx")):
        made = folder / f"{file.name}.pdf"
        words = ["soffice", home, "--headless", "--convert-to", "pdf", "--outdir", f"{folder}/out"]
        subprocess.run([*words, str(file)], check=True, timeout=120, capture_output=True)
        (folder / "out" / f"{file.stem}.pdf").rename(made)
    for file in folder.glob("*.pdf"):
        told = subprocess.run(["pdfinfo", file], check=True, capture_output=True, text=True).stdout
        pages = re.search(r"Pages: +(\d+)", told)

        assert "(A4)" in told
        assert pages
        assert int(pages[1]) == 1 or not file.name.startswith(("sheet", "summary"))
        subprocess.run(["pdftoppm", "-r", "70", "-png", file, file.with_suffix("")], check=True)
