"""The quarterly sheets: points given and appraised, sums, classes, boxes, dossiers one by one."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook

from handlers.documents import docx as documents
from handlers.documents.sheets import band_of, sum_of
from handlers.filings.types import TYPES
from handlers.rights import Role
from scripts.sheet_templates import dossier_sheet, unit_sheet
from sipas.dossiers import DossierEvent
from sipas.quarter_sheet import Given, Side, edited, read_points, total
from sipas.tt01_totals import UNIT as INDICATORS
from storage import filings
from storage.dossiers import add_events
from tests.test_documents import fetched, texts
from tests.test_filings_http import (
    PERIOD,
    UNIT,
    become,
    desk,
    office,
    opened,
    play,
    post,
)
from tests.test_staff import Office
from tests.test_work import answered

__all__ = ["desk", "office"]  # fixtures

pytestmark = pytest.mark.anyio

POINTS = ["2", "1,5", "2", "1.5", "1", "2", "2", "0,4", ""]
FULL = [*POINTS[:-1], "2"]
NOTES = ["theo hồ sơ", *[""] * 8]


def test_a_blank_is_no_points() -> None:
    """Neither 0 nor 2: it leaves a gap in the sum, and a sum with a gap has no class."""
    some = {1: Given(read_points("1,9")), 2: Given(read_points("")), 3: Given(read_points("-0"))}

    assert some == {1: Given(Decimal("1.9")), 2: Given(), 3: Given(Decimal("0.0"))}
    assert sum_of(total(some), some) == "1,9/4"
    assert sum_of(total({}), {}) == "–"
    assert band_of(total(some)) == "chưa đủ chỉ số để xếp loại"


@pytest.mark.parametrize(
    ("last", "told"), [("0.6", "Xuất sắc"), ("0.5", "Tốt")], ids=["15.0", "14.9"]
)
def test_classes_begin_at_their_lower_bound(last: str, told: str) -> None:
    """Exactly 15 is excellent."""
    nine = {**dict.fromkeys(range(1, 9), Given(Decimal("1.8"))), 9: Given(Decimal(last))}

    assert band_of(total(nine)) == told


def test_templates_are_what_their_script_makes() -> None:
    """Whoever changes one changes the other."""
    for path, made in (
        (documents.UNIT_SHEET, unit_sheet()),
        (documents.DOSSIER_SHEET, dossier_sheet()),
    ):
        sink = io.BytesIO()
        made.save(sink)

        assert texts(path.read_bytes()) == texts(sink.getvalue())


async def dossiers(desk: Office, n: int = 12) -> None:
    """Dossiers of the unit that ended on a day of November, half of them a day late."""
    day = date(2026, 11, 10)
    told = [
        DossierEvent(
            f"H56.12.34-261101-{number:04}", "result", UNIT, "", "", "", day, day - timedelta(late)
        )
        for number, late in ((each, each % 2) for each in range(n))
    ]
    done = await desk.store.write(add_events, list(enumerate(told, 1)))
    assert done.added == n


async def score(desk: Office, path: str, route: str, revision: int = 0, **form: Any) -> int:
    """Send the form of one side; the answer's status."""
    sent = {"points": FULL, "note": NOTES, "revision": revision, **form}
    return (await post(desk, f"{path}/{route}", **sent)).status_code


async def test_a_sheet_from_the_offer_to_the_class(desk: Office) -> None:
    """The unit keeps or changes what is computed; Home Affairs appraises; the class is theirs."""
    await dossiers(desk)
    await become(desk, Role.UNIT_HEAD, UNIT)
    path = await opened(desk)
    offered = (await desk.client.get(f"{path}/sheet?lang=vi")).text
    await play(desk, path, "freeze")
    assert await score(desk, path, "sheet") == 303
    await play(desk, path, "submit")
    assert await score(desk, path, "sheet", 1) == 409  # it is with its receiver now
    await become(desk, Role.HOME_AFFAIRS)
    assert await score(desk, path, "appraisal", points=["1", *FULL[1:]]) == 303
    shown = (await desk.client.get(f"{path}?lang=vi")).text
    made = Document(io.BytesIO(await fetched(desk, f"{path}/sheet-02.docx")))
    rows = [[cell.text for cell in row.cells] for row in made.tables[1].rows]

    assert re.search(r'name="points"[^>]* value="0,5"', offered)
    assert "theo ngày trả của 12 hồ sơ" in offered
    assert "Tự chấm: 14,4. Thẩm định: 13,4; Tốt." in shown
    assert [row[3:5] for row in rows[1:3]] == [["2,0", "1,0"], ["1,5", "1,5"]]
    assert rows[-1][1:] == ["Tổng cộng", "18", "14,4", "13,4", "Xếp loại: Tốt"]
    assert rows[1][5] == "theo hồ sơ; theo hồ sơ"


async def test_a_missing_indicator_leaves_no_class(desk: Office) -> None:
    """Reached of possible is told instead, in every form of the sheet."""
    await become(desk, Role.HOME_AFFAIRS)
    path = await opened(desk)
    await play(desk, path, "freeze")
    await score(desk, path, "sheet", points=POINTS)
    await play(desk, path, "submit")
    await score(desk, path, "appraisal", points=[""] * 9, as_given="true")
    told = texts(await fetched(desk, f"{path}/sheet-02.docx"))
    book = load_workbook(io.BytesIO(await fetched(desk, f"{path}/sheet-02.xlsx"))).worksheets[0]
    cells = [cell.value for row in book.iter_rows() for cell in row]

    assert told.count("12,4/16") == 2
    assert "chưa đủ chỉ số để xếp loại" in told
    assert cells.count("12,4/16") == 2


async def test_nobody_overwrites_or_gives_points_that_are_none(desk: Office) -> None:
    """409 with what was typed still in the form; nothing is stored."""
    await become(desk, Role.UNIT_HEAD, UNIT)
    path = await opened(desk)
    assert await score(desk, path, "sheet") == 303
    stale = await post(desk, f"{path}/sheet", points=POINTS, note=NOTES, revision=0)
    wrong = await post(desk, f"{path}/sheet", points=["2,7", *FULL[1:]], note=NOTES, revision=1)
    short = await post(desk, f"{path}/sheet", points=["2"], note=["x"], revision=1)
    whole = await desk.store.look(filings.whole, 1)
    assert whole

    assert [each.status_code for each in (stale, wrong, short)] == [409, 409, 400]
    assert 'value="2,7"' in wrong.text
    assert whole.scored(Side.SELF).given[9].points == 2
    assert len(whole.points) == 1


@pytest.mark.parametrize("role", [Role.UNIT_HEAD, Role.LEADER, Role.OFFICE, Role.SYSTEM])
async def test_only_the_receiver_appraises(role: Role, desk: Office) -> None:
    """Whoever files never gives the second column."""
    await become(desk, Role.HOME_AFFAIRS)
    path = await opened(desk)
    await play(desk, path, "freeze submit")
    await become(desk, role, UNIT)

    assert await score(desk, path, "appraisal") == 403
    whole = await desk.store.look(filings.whole, 1)
    assert whole
    assert whole.points == []


async def test_every_saving_is_kept(desk: Office) -> None:
    """Returned and scored again, both revisions are there with who gave them."""
    await become(desk, Role.UNIT_HEAD, UNIT)
    path = await opened(desk)
    await score(desk, path, "sheet")
    await score(desk, path, "sheet", 1, points=POINTS)
    whole = await desk.store.look(filings.whole, 1)
    assert whole
    first, second = whole.points

    assert (first.revision, second.revision) == (1, 2)
    assert edited(first.given, second.given) == (9,)
    assert [done.act for done in whole.acts] == ["open", "score", "score"]


async def test_boxes_are_the_levels_that_the_interface_tells(desk: Office) -> None:
    """Four shares of the levels of the overall question, with its figure's id and n."""
    await become(desk, Role.HOME_AFFAIRS)
    path = await opened(desk)
    await play(desk, path, "freeze")
    asked = {"unit": UNIT, "period": PERIOD}
    answer = await desk.client.get("/api/v1/scores", params=asked)
    figure = next(f for f in answer.json()["figures"] if f["part"] == "overall")
    one, two, *rest = figure["levels"]
    shares = [f"{100 * n / figure['n']:.1f} %".replace(".", ",") for n in (one + two, *rest)]
    made = Document(io.BytesIO(await fetched(desk, f"{path}/sheet-02.docx")))
    book = load_workbook(io.BytesIO(await fetched(desk, f"{path}/sheet-02.xlsx"))).worksheets[0]
    numbers = [c.value for row in book.iter_rows() for c in row if c.number_format == "0.0%"]

    assert [cell.text for cell in made.tables[2].rows[1].cells] == shares
    assert figure["id"] in "".join(each.text for each in made.paragraphs)
    assert [round(100 * each, 1) for each in numbers] == [
        float(each[:-2].replace(",", ".")) for each in shares
    ]


async def test_too_few_forms_fill_no_box(desk: Office) -> None:
    """Below thirty there is no share, as everywhere."""
    await answered(desk.store, date(2026, 11, 20), 12, "100014")
    await become(desk, Role.HOME_AFFAIRS)
    path = await opened(desk, unit="14923")
    await play(desk, path, "freeze")
    made = Document(io.BytesIO(await fetched(desk, f"{path}/sheet-02.docx")))

    assert {cell.text for cell in made.tables[2].rows[1].cells} == {"–"}


async def test_a_dossier_is_told_by_four_characters(desk: Office) -> None:
    """Points from its days only; satisfaction never stands beside a dossier."""
    await dossiers(desk)
    await become(desk, Role.HOME_AFFAIRS)
    path = await opened(desk)
    await play(desk, path, "freeze")
    made = Document(io.BytesIO(await fetched(desk, f"{path}/sheet-01.docx")))
    rows = [[cell.text for cell in row.cells] for row in made.tables[1].rows]
    book = load_workbook(io.BytesIO(await fetched(desk, f"{path}/sheet-01.xlsx"))).worksheets[0]
    codes = [cell.value for row in book.iter_rows() for cell in row if "…" in str(cell.value)]

    assert rows[1] == ["1", "…0000", "1", *["–"] * 5, "1,0/2", *["–"] * 5]
    assert rows[2][:3] == ["2", "…0001", "0"]
    assert rows[-3][1] == "Tổng số: 12 hồ sơ"
    assert rows[-2][2] == "0,5"
    assert rows[-1][-4:] != ["–"] * 4
    assert [each for each in codes if each != "(Ban hành kèm theo …)"] == [r[1] for r in rows[1:13]]
    assert not any("H56" in cell for row in rows for cell in row)


async def test_only_types_with_a_sheet_have_one(desk: Office) -> None:
    """The report of the committee's office has none; before freezing no file can be made."""
    await become(desk, Role.OFFICE)
    other = await opened(desk, "office_quarter", "vp_ubnd")
    await become(desk, Role.HOME_AFFAIRS)
    own = await opened(desk)
    files = [f"sheet-{sheet}.{ending}" for sheet in ("01", "02") for ending in ("docx", "xlsx")]

    assert [key for key, kind in TYPES.items() if kind.sheet] == ["unit_quarter"]
    assert (await desk.client.get(f"{other}/sheet")).status_code == 404
    for name in files:
        assert (await desk.client.get(f"{other}/{name}")).status_code == 404
        assert (await desk.client.get(f"{own}/{name}")).status_code == 409
    assert await score(desk, other, "sheet") == 404


async def test_a_new_quarter_takes_over_the_last_one_s_words(desk: Office) -> None:
    """Empty parts only, marked until changed; a refresh of figures keeps them all."""
    before = {"kind": "unit_quarter", "unit": UNIT, "period": "2026-R3"}
    await become(desk, Role.UNIT_HEAD, UNIT)
    first = (await post(desk, "/filings", **before)).headers["location"].split("?")[0]
    await post(desk, f"{first}/words", revision=0, part_1="Như kỳ trước.", part_3="Thiếu người.")
    path = await opened(desk)
    await post(desk, f"{path}/words", revision=0, part_3="Đã đủ người.")
    offered = (await desk.client.get(f"{path}?lang=vi")).text
    taken = await post(desk, f"{path}/take-over?lang=vi")
    marked = (await desk.client.get(path)).text
    await play(desk, path, "freeze")
    await answered(desk.store, date(2026, 11, 21), 33)
    await play(desk, path, "freeze")
    whole = await desk.store.look(filings.whole, 2)
    kept = {"part_1": "Như kỳ trước.", "part_3": "Đã đủ người. Và máy mới."}
    await post(desk, f"{path}/words", revision=2, **kept)
    same = await desk.store.look(filings.whole, 2)
    await post(desk, f"{path}/words", revision=3, **kept | {"part_1": "Khác."})
    changed = await desk.store.look(filings.whole, 2)
    assert whole
    assert same
    assert changed

    assert "Lấy phần lời từ báo cáo 2026-R3" in offered
    assert taken.status_code == 303
    assert "lấy nguyên từ báo cáo 2026-R3" in marked
    assert (whole.words[1], whole.words[3]) == ("Như kỳ trước.", "Đã đủ người.")
    assert (whole.taken_from, same.taken_from) == ({1: "2026-R3"}, {1: "2026-R3"})
    assert changed.taken_from == {}


async def test_nothing_is_taken_over_where_nothing_is(desk: Office) -> None:
    """Not from a later filing, not from another unit's, not into one that is submitted."""
    await become(desk, Role.HOME_AFFAIRS)
    later = await opened(desk)
    for period in ("2026-R2", "2026-R3"):
        await post(desk, "/filings", kind="unit_quarter", unit="14923", period=period)
    assert (await post(desk, f"{later}/take-over")).status_code == 404
    await play(desk, "/filings/3", "freeze submit")

    assert (await post(desk, "/filings/3/take-over")).status_code == 409
    assert (await post(desk, "/filings/2/take-over")).status_code == 404


def test_a_sheet_has_nine_indicators() -> None:
    """As many as the form has fields."""
    assert len(INDICATORS) == len(FULL) == len(NOTES)
