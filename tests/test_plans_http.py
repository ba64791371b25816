"""Plans and scorecards on the real application: from the call to the verified plan, and who may."""

from __future__ import annotations

import io
import os
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from docx import Document
from openpyxl import Workbook, load_workbook

import bot.seeds
from handlers.messages import catalogue
from handlers.plans.desk import DECIDING, DRAFTING
from handlers.rights import RIGHTS, Right, Role
from sipas.declining import Sign
from sipas.packing import HANOI, half_day
from sipas.plans import Act, Refusal, Standing, State
from sipas.scorecard import Way
from sipas.units import UnitRow
from storage import numbering, plans, registry, scorecards
from storage.plan_rows import Plan
from storage.store import Store
from storage.transaction import Transaction
from tests.server import COUNTER, FIRST, MICRO, Server
from tests.test_filings_http import become, post
from tests.test_release import A_RESPONSE, released
from tests.test_staff import Office, office

__all__ = ["office"]  # a fixture

pytestmark = pytest.mark.anyio

UNIT, PERIOD = "15448", "2026-R4"
ENTERED = {
    "causes": "Thiếu người <script>",
    "measures": "=Thêm một quầy",
    "deadline": "2027-03-31",
    "post": "Phó Chủ tịch UBND xã",
}
EXAMPLE = Path(bot.seeds.__file__).parent / "par_example.csv"


def at(office: Office, year: int, month: int, day: int) -> None:
    """Move the application's clock."""
    office.clock.ahead = datetime(year, month, day, 3, tzinfo=UTC) - datetime.now(UTC)


async def levels(store: Store, day: date, good: int, bad: int, counter: str = COUNTER) -> None:
    """Release responses of a day at a counter: so many with level 5, then so many with level 2."""
    half = half_day(datetime(day.year, day.month, day.day, 9, tzinfo=HANOI))

    def answer(tx: Transaction) -> None:
        place, unit = tx.counter_ids(counter)
        for number in range(good + bad):
            told = "5" if number < good else "2"
            marks = A_RESPONSE.levels.translate(str.maketrans("12345", told * 5))
            key = numbering.row_id(half, place * 1000 + number)
            made = replace(A_RESPONSE, response_id=key, counter_id=place, unit_id=unit)
            tx.close(replace(made, levels=marks))
            tx.arrive(place, half * 12)
        released(tx, half)

    await store.write(answer)


@pytest.fixture
async def desk(office: Office) -> Office:
    """The first days of 2027: the commune fell from 95 % to 60 % within a year."""
    for month in (9, 10, 11):
        for day in (16, 20, 25):
            await levels(office.store, date(2025, month, day), 19, 1)
            await levels(office.store, date(2026, month, day), 12, 8)
    at(office, 2027, 1, 5)
    return office


async def listed(office: Office) -> list[Plan]:
    """The plans as they stand."""
    return await office.store.look(plans.plans)


async def called(office: Office, **more: Any) -> list[Plan]:
    """Call for plans as Home Affairs."""
    await become(office, Role.HOME_AFFAIRS)
    form = {"period": PERIOD, "due": "2027-01-31", "lowest": 0, **more}
    answer = await post(office, "/plans/calls", **form)
    assert answer.status_code == 303, answer.text
    return await listed(office)


async def entered(office: Office, plan: Plan, **more: Any) -> Any:
    """Enter a plan as whoever is signed in."""
    form = {"act": "write", "revision": plan.revision, **ENTERED, **more}
    return await post(office, f"/plans/{plan.plan_id}/draft?lang=en", **form)


async def test_a_plan_from_the_call_to_its_result(desk: Office) -> None:
    """Called for, entered, noted, done, returned, done again, verified; later figures are told."""
    found = await called(desk)
    plan = next(each for each in found if each.criterion == "short.1|overall|overall_direct")
    path = f"/plans/{plan.plan_id}"
    await become(desk, Role.UNIT_HEAD, UNIT)
    waiting = (await desk.client.get("/plans?lang=en")).text
    assert (await entered(desk, plan)).status_code == 303
    for act, note in (("note", "Đã tuyển người"), ("finish", "Quầy mới mở")):
        assert (await post(desk, f"{path}/draft", act=act, note=note)).status_code == 303
    await become(desk, Role.HOME_AFFAIRS)
    silent = await post(desk, f"{path}/decide?lang=en", act="return", note=" ")
    await post(desk, f"{path}/decide", act="return", note="Chưa thấy quầy mới")
    await become(desk, Role.UNIT_HEAD, UNIT)
    told = (await desk.client.get(f"{path}?lang=en")).text
    await post(desk, f"{path}/draft", act="finish", note="Có ảnh")
    await become(desk, Role.HOME_AFFAIRS)
    await post(desk, f"{path}/decide", act="verify")
    for day in (16, 20, 25):
        await levels(desk.store, date(2027, 3, day), 19, 1)
    at(desk, 2027, 6, 20)
    await become(desk, Role.HOME_AFFAIRS)
    last = (await desk.client.get(f"{path}?lang=en")).text
    acts = [each.act for each in await desk.store.look(plans.acts, plan.plan_id)]

    assert plan.listed["signs"] == ["fell"]
    assert path in waiting
    assert silent.status_code == 409
    assert "Chưa thấy quầy mới" in told
    assert "<script>" not in last
    assert "60.0 % → 95.0 % (2027-R2): clearly higher" in last
    assert acts == ["list", "write", "note", "finish", "return", "finish", "verify"]
    assert {each.plan_id: each.state for each in await listed(desk)}[plan.plan_id] is State.VERIFIED


async def test_a_plan_overdue_and_one_done_are_shown(desk: Office) -> None:
    """Missing when the call's day is over, overdue after its own deadline, done when reported."""
    found = await called(desk)
    await become(desk, Role.UNIT_HEAD, UNIT)
    assert (await entered(desk, found[0])).status_code == 303
    assert (await entered(desk, found[1])).status_code == 303
    await post(desk, f"/plans/{found[1].plan_id}/draft", act="finish", note="xong")
    at(desk, 2027, 4, 1)
    await become(desk, Role.HOME_AFFAIRS)
    page = (await desk.client.get("/plans?lang=en")).text
    overdue = (await desk.client.get("/plans?lang=en&standing=overdue")).text
    api = (await desk.client.get("/api/v1/plans")).json()["plans"]

    standings = re.findall(r'class="standing (\w+)"', page[page.index('id="plans"') :])
    assert standings[0] == "overdue"
    assert {"done", "missing"} <= set(standings)
    assert re.findall(r'href="/plans/(\d+)\?', overdue[overdue.index('id="plans"') :]) == [
        str(found[0].plan_id)
    ]
    assert {each["plan"]: each["standing"] for each in api}[found[1].plan_id] == "done"


async def test_the_list_is_made_once_and_only_of_settled_figures(desk: Office) -> None:
    """A second call moves the day and lists nothing; an unfinished quarter is refused."""
    first = await called(desk)
    again = await called(desk, due="2027-02-15")
    early = await post(desk, "/plans/calls?lang=en", period="2027-Q1", due="2027-02-01")
    past = await post(desk, "/plans/calls?lang=en", period="2026-R3", due="2026-12-31")
    nonsense = await post(desk, "/plans/calls?lang=en", period="soon", due="2027-02-01")

    assert len(first) == len(again) > 0
    assert {each.due for each in again} == {"2027-02-15"}
    assert {each.unit for each in first} == {UNIT}
    assert [each.status_code for each in (early, past, nonsense)] == [409] * 3
    assert "not settled" in early.text


async def test_nothing_is_listed_of_too_few_answers(desk: Office) -> None:
    """A unit with nine unhappy answers has no figure, so it has no fall and no lowest factor."""
    await levels(desk.store, date(2026, 11, 26), 0, 9, MICRO)
    await become(desk, Role.HOME_AFFAIRS)
    page = await desk.client.get(f"/plans/declining?unit=14923&period={PERIOD}")
    api = await desk.client.get(f"/api/v1/declining?unit=14923&period={PERIOD}&lowest=5")

    assert page.status_code == 200
    assert api.json()["criteria"] == []


async def test_the_list_of_a_unit_tells_both_figures(desk: Office) -> None:
    """Those of the API's comparison, by id; the whole interval of a fall is below nought."""
    await become(desk, Role.UNIT_HEAD, UNIT)
    query = {"unit": UNIT, "period": PERIOD}
    found = (await desk.client.get("/api/v1/declining", params=query)).json()
    compared = await desk.client.get("/api/v1/scores", params={**query, "compare": "2025-R4"})
    ids = {(row["figure"], row["other"]) for row in compared.json()["comparisons"]}

    fell = [each for each in found["criteria"] if "fell" in each["signs"]]
    assert found["before"] == "2025-R4"
    assert fell
    for each in fell:
        assert (each["now"]["id"], each["before"]["id"]) in ids
        assert each["difference"]["high"] < 0


async def test_what_somebody_else_changed_is_not_overwritten(desk: Office) -> None:
    """409, and what was typed stays on the page; faults are named one by one."""
    (plan, *_) = await called(desk)
    await become(desk, Role.UNIT_HEAD, UNIT)
    await entered(desk, plan)
    stale = await entered(desk, plan, causes="khác hẳn")
    wrong = await entered(desk, plan, deadline="2020-01-01", post="0912345678", causes="")

    assert stale.status_code == wrong.status_code == 409
    assert "khác hẳn" in stale.text
    assert wrong.text.count("<li>", 0, wrong.text.index("</div>", wrong.text.index("alert"))) >= 3
    assert "no telephone number" in wrong.text


ACTS = [("draft", act) for act in DRAFTING] + [("decide", act) for act in DECIDING]


@pytest.mark.parametrize("scope", ["38", UNIT, "14923"])
async def test_every_role_tries_every_act_in_every_scope(scope: str, desk: Office) -> None:
    """403 without the right, 404 outside one's units or one's part, else done or refused."""
    (plan, *_) = await called(desk)
    path = f"/plans/{plan.plan_id}"
    for role in Role:
        await become(desk, role, scope)
        inside = scope != "14923"
        seen = await desk.client.get(path)
        can = RIGHTS[role]
        assert seen.status_code == (403 if Right.SEE not in can else 200 if inside else 404)
        for route, act in ACTS:
            answer = await post(desk, f"{path}/{route}", act=act, note="", revision=10**9)
            right = Right.DRAFT if route == "draft" else Right.DECIDE
            mine = role in (Role.UNIT_HEAD, Role.OFFICE) or route == "decide"
            expected = 403 if right not in can else 409 if inside and mine else 404
            assert answer.status_code == expected, (role, act)
        calls = await post(desk, "/plans/calls", period="x", due="x")
        whole = scope == "38" and role is Role.HOME_AFFAIRS
        assert calls.status_code == (409 if whole else 403)


async def test_the_public_sees_nothing_of_plans(desk: Office) -> None:
    """Strangers are sent to sign in, and no public page or answer names a plan."""
    (plan, *_) = await called(desk)
    stranger = desk.browser()
    for path in ("/plans", f"/plans/{plan.plan_id}", "/plans/annex.xlsx", "/scorecard"):
        assert (await stranger.get(path)).status_code == 303
    for path in ("/api/v1/plans", "/api/v1/declining"):
        assert (await stranger.get(path)).status_code == 401


async def test_the_annex_holds_every_plan_and_no_formula(desk: Office) -> None:
    """As a workbook and as DOCX, with what the unit entered."""
    found = await called(desk)
    await become(desk, Role.UNIT_HEAD, UNIT)
    await entered(desk, found[0])
    book = await desk.client.get(f"/plans/annex.xlsx?period={PERIOD}")
    text = await desk.client.get(f"/plans/annex.docx?period={PERIOD}")
    sheet = load_workbook(io.BytesIO(book.content)).worksheets[0]
    table = Document(io.BytesIO(text.content)).tables[0]

    assert sheet.max_row == len(table.rows) == len(found) + 1
    if keep := os.environ.get("MOTCUA_SHOTS"):
        (Path(keep) / "annex.docx").write_bytes(text.content)
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type == "s" for cell in cells if cell.value is not None)
    assert any(cell.value == "=Thêm một quầy" for cell in cells)
    assert "Phó Chủ tịch UBND xã" in {cell.text for row in table.rows for cell in row.cells}


async def test_a_filing_tells_plans_as_they_were_when_it_was_submitted(desk: Office) -> None:
    """Causes in part III, tasks in part IV, a sheet; what is noted later is not in it."""
    found = await called(desk)
    await become(desk, Role.UNIT_HEAD, UNIT)
    await entered(desk, found[0])
    opened = await post(desk, "/filings", kind="unit_quarter", unit=UNIT, period=PERIOD)
    path = opened.headers["location"].split("?")[0]
    for act in ("freeze", "submit"):
        assert (await post(desk, f"{path}/draft", act=act)).status_code == 303
    at(desk, 2027, 1, 7)
    await become(desk, Role.UNIT_HEAD, UNIT)
    await entered(desk, found[1], causes="Nguyên nhân về sau")
    text = await desk.client.get(f"{path}/report.docx")
    book = load_workbook(io.BytesIO((await desk.client.get(f"{path}/annex.xlsx")).content))
    told = "\n".join(each.text for each in Document(io.BytesIO(text.content)).paragraphs)

    assert "Nguyên nhân: Thiếu người <script>" in told
    assert "=Thêm một quầy Hoàn thành trước 31/3/2027; Phó Chủ tịch UBND xã phụ trách" in told
    assert "Nguyên nhân về sau" not in told
    assert book.sheetnames[-1] == "Kế hoạch khắc phục"
    assert book.worksheets[-1].max_row == len(found) + 1


async def bring(office: Office, raw: bytes, name: str = "par.csv") -> Any:
    """Send a scorecard's file."""
    shown = await office.client.get("/account")
    found = re.search(r'name="csrf" value="(\w+)"', shown.text)
    assert found
    files = {"file": (name, raw)}
    return await office.client.post(
        "/scorecard/import?lang=en", data={"csrf": found[1]}, files=files
    )


def departments(tx: Transaction) -> None:
    """The bodies that answer for criteria in the example."""
    rows = [
        UnitRow(code, "department", name, "", "38", FIRST, None)
        for code, name in (("vp_ubnd", "Văn phòng UBND tỉnh"), ("so_noi_vu", "Sở Nội vụ"))
    ]
    registry.add_units(tx, rows)


async def test_two_years_of_a_scorecard(office: Office) -> None:
    """Falls and lost points are listed; what was renamed or rescored is not, until it is mapped."""
    await office.store.write(departments)
    await become(office, Role.HOME_AFFAIRS)
    assert (await bring(office, EXAMPLE.read_bytes())).status_code == 303
    before = (await office.client.get("/scorecard?year=2026&lang=en")).text
    for code, earlier, comparable in (("1.3", "1.3", "true"), ("2.1", "2.1", "true")):
        form = {"year": 2026, "code": code, "earlier": earlier, "comparable": comparable}
        answer = await post(office, "/scorecard/map", **form, reason="đổi tên")
        assert answer.status_code == 303
    after = (await office.client.get("/scorecard?year=2026&lang=en")).text
    said = await office.store.look(scorecards.mappings, 2026)
    await post(office, "/plans/calls", kind="scorecard", period="2026", due="2099-01-31")
    found = await listed(office)
    later = "year,code,name,maximum,self,appraised\n2027,1,{},2,2,1.75\n"
    (plan,) = (each for each in found if each.criterion == "1.1")
    await bring(office, later.format("x").encode())
    said_2027 = ("2027", "1", "1.1", "true")
    form = dict(zip(("year", "code", "earlier", "comparable"), said_2027, strict=True))
    await post(office, "/scorecard/map", **form, reason="đổi mã")
    result = (await office.client.get(f"/plans/{plan.plan_id}?lang=en")).text

    assert "2027: rose (+0.25)" in result
    assert falls(before) == ["1.1"]
    assert falls(after) == ["1.1", "2.1"]
    assert [(each.actor, each.mapped.earlier) for each in said] == [
        ("lan.nv", c) for c in ("1.3", "2.1")
    ]
    assert {each.criterion for each in found if "fell" in each.listed["signs"]} == {"1.1", "2.1"}
    assert {each.unit for each in found} <= {"vp_ubnd", "so_noi_vu"}


def falls(page: str) -> list[str]:
    """The codes on the list of falls."""
    part = page[page.index('id="falls"') : page.index('id="points"')]
    return re.findall(r"<li><strong>([0-9.]+) ", part)


async def test_a_bad_scorecard_is_refused_line_by_line(office: Office) -> None:
    """Nothing of it is taken; a workbook's code that became a number is told apart."""
    await become(office, Role.HOME_AFFAIRS)
    head = "year,code,name,maximum,self,appraised,unit\n"
    wrong = await bring(office, f"{head}2026,1,x,1,2,1,\n2026,2,x,1,1,1,nowhere\n".encode())
    empty = await bring(office, head.encode())
    book = Workbook()
    for row in (head.strip().split(","), [2026, "1", "x", 1.5, 1.5, 1, ""], [2026, 1.1, "y", 1.5]):
        book.worksheets[0].append(row)
    sink = io.BytesIO()
    book.save(sink)
    number = await bring(office, sink.getvalue(), "par.xlsx")
    broken = await bring(office, b"PK\x03\x04 no zip", "par.xlsx")
    with ZipFile(sink, "a") as spoilt, pytest.warns(UserWarning, match="Duplicate name"):
        spoilt.writestr("xl/workbook.xml", "<workbook")
    spoilt_one = await bring(office, sink.getvalue(), "par.xlsx")

    answers = (wrong, empty, number, broken, spoilt_one)
    assert [each.status_code for each in answers] == [409] * 5
    assert "line 2, column self" in wrong.text
    assert "line 3, column unit" in wrong.text
    assert "line 3, column code" in number.text
    assert "1.10 is not 1.1" in number.text
    assert await office.store.look(scorecards.years) == []


def test_the_commands_do_the_same(tmp_path: Path) -> None:
    """A scorecard imported, mapped, listed; what cannot be done is one line that says why."""
    server = Server(tmp_path).furnish()
    rows = "year,code,name,maximum,self,appraised,unit\n{},1,{},2,2,{},15448\n"
    for year, name, points in ((2025, "Kế hoạch", 2), (2026, "Chương trình", 1)):
        (tmp_path / "par.csv").write_text(rows.format(year, name, points), "utf-8")
        assert server.command("scorecard", "import", "par.csv").stdout == f"imported: {year}\n"
    unmapped = server.command("scorecard", "list", "2026").stdout
    told = "year,code,earlier,comparable,reason\n2026,1,{},yes,đổi tên\n"
    (tmp_path / "map.csv").write_text(told.format("7"), "utf-8")
    wrong = server.command("scorecard", "map", "map.csv")
    (tmp_path / "map.csv").write_text(told.format("1"), "utf-8")
    mapped = server.command("scorecard", "map", "map.csv")
    call = ("plans", "call", "2026", "--kind", "scorecard", "--due")
    made = server.command(*call, "2099-01-31")
    past = server.command(*call, "2020-01-31")
    plans_told = server.command("plans", "list", "--standing", "awaited").stdout
    none = server.command("plans", "declining", "--unit", "15448", "--period", "2026-R1")
    (tmp_path / "par.csv").write_text(rows.format(2026, "x", 3), "utf-8")
    refused = server.command("scorecard", "import", "par.csv")

    assert "\trenamed\t" in unmapped
    assert "no criterion 7 in the scorecard of 2025" in wrong.stderr
    assert mapped.stdout == "1 mappings new or corrected\n"
    assert "\tfell\t" in server.command("scorecard", "list", "2026").stdout
    assert made.stdout == "1 criteria listed, plans due 2099-01-31\n"
    assert "today or later" in past.stderr
    assert "PAR INDEX 1 · Chương trình" in plans_told
    assert none.stdout == "15448\tnot compared: the unit changed on 2025-07-01\n"
    assert "line 2: appraised '3': is more than the maximum" in refused.stderr
    assert {each.returncode for each in (wrong, past, refused)} == {1}


async def test_a_scorecard_imported_again_keeps_the_former_one(office: Office) -> None:
    """The same changes nothing; another is shown, and its import is a further row."""
    await become(office, Role.HOME_AFFAIRS)
    rows = "year,code,name,maximum,self,appraised\n2026,1,x,2,2,{}\n"
    for points in ("1", "1", "1.5"):
        assert (await bring(office, rows.format(points).encode())).status_code == 303
    (shown,) = await office.store.look(scorecards.years)

    assert shown.import_id == 2
    assert "1.5" in (await office.client.get("/scorecard?lang=en")).text


def test_every_code_has_its_words() -> None:
    """States, acts, refusals, standings, signs and ways are named in the catalogue."""
    keys = {
        *(f"plans.standing.{each}" for each in Standing),
        *(f"plans.act.{each}" for each in Act),
        *(f"plans.done.{each}" for each in (*Act, plans.LISTED)),
        *(f"plans.fault.{each}" for each in (*Refusal, "stale")),
        *(f"plans.sign.{each}" for each in (*Sign, "lost")),
        *(f"scorecard.way.{each}" for each in Way),
        *(f"plans.column.{each}" for each in ("number", "why", "change")),
    }

    assert keys <= catalogue("vi").keys()
