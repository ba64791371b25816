"""Documents of a filing: layout of Decree 30/2020, figures with ids, a template people edit."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import anyio
import pytest
from docx import Document
from docx.enum.section import WD_ORIENT
from openpyxl import load_workbook

from handlers.documents.docx import TEMPLATE, TemplateFault, docx
from handlers.documents.pdf import pdf
from handlers.documents.report import Changed, Part, Report, Row, Table
from handlers.rights import Role
from scripts.report_template import template
from storage import filings
from tests.ports import free_port
from tests.test_filings_http import PERIOD, UNIT, become, desk, opened, play, post
from tests.test_staff import Office, office
from tests.test_work import answered

__all__ = ["desk", "office"]  # fixtures

pytestmark = pytest.mark.anyio

LETTERS = "ăâđêôơư ẮẰẲẴẶ ẤẦẨẪẬ ẾỀỂỄỆ ỐỒỔỖỘ ỚỜỞỠỢ ỨỪỬỮỰ ỲÝỶỸỴ ạảãàá ẹẻẽèé ịỉĩìí ọỏõòó ụủũùú ỵỷỹỳý"
ID = "52e09abe4cbcc4d1d2c4"
ROW = Row("Hài lòng chung · short.1", "90,0 %", "76,9 – 96,0 %", "40", ("1",) * 5, "0", ID)
PLAIN = Report(
    superior="ỦY BAN NHÂN DÂN TỈNH THANH HÓA",
    body=("SỞ NỘI VỤ",),
    place="Thanh Hóa",
    year=2026,
    abstract="Công tác cải cách hành chính quý I năm 2026",
    days="15/12/2025 – 14/3/2026",
    parts=(
        Part("I", "Công tác chỉ đạo, điều hành", ("Đạt 90,0 %.",), ("Lời của tôi.", LETTERS)),
        Part("II", "Kết quả", (), ()),
    ),
    method="Không phải Chỉ số SIPAS.",
    tables=(Table("Toàn đơn vị", (ROW, ROW)),),
    changes=(),
)
CHANGED = Changed(2, "Chỉ số", "80,0 %", "81,0 %", "Nhập trùng.", "15:00 17/3/2026")
SOFFICE = shutil.which("soffice")
EDIT = Path(__file__).parent / "edit_in_libreoffice.py"


def texts(made: bytes) -> str:
    """Everything that is written in a DOCX file's body."""
    with zipfile.ZipFile(io.BytesIO(made)) as file:
        told = file.read("word/document.xml").decode()
    return "\n".join(
        "".join(re.findall(r"<w:t(?: [^>]*)?>([^<]*)", paragraph))
        for paragraph in told.split("</w:p>")
    )


def test_the_layout_is_that_of_the_decree() -> None:
    """A4, margins, Times New Roman, page number on top but not on page 1, annex lying down."""
    made = Document(io.BytesIO(docx(PLAIN)))
    first, annex = made.sections
    millimetres = [
        round(side.mm)
        for side in (first.top_margin, first.bottom_margin, first.left_margin, first.right_margin)
        if side is not None
    ]
    normal = made.styles["Normal"]

    assert millimetres == [20, 20, 30, 15]
    assert first.page_width is not None
    assert round(first.page_width.mm) == 210
    assert first.different_first_page_header_footer
    assert "PAGE" in first.header._element.xml
    assert (normal.font.name, normal.font.size and normal.font.size.pt) == ("Times New Roman", 14)
    assert annex.orientation == WD_ORIENT.LANDSCAPE


def test_the_head_stands_as_the_decree_orders_it() -> None:
    """Motto, body, empty number, place without a day, draft mark, type, abstract."""
    told = texts(docx(PLAIN))
    order = [
        *("ỦY BAN NHÂN DÂN TỈNH THANH HÓA", "SỞ NỘI VỤ", "/BC-……", "DỰ THẢO"),
        *("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"),
        *("Thanh Hóa, ngày       tháng       năm 2026", "BÁO CÁO", PLAIN.abstract),
        *("I. CÔNG TÁC CHỈ ĐẠO, ĐIỀU HÀNH", "Lời của tôi.", "II. KẾT QUẢ", "Nơi nhận:", "PHỤ LỤC"),
    ]

    assert [each for each in order if each not in told] == []
    assert sorted(order, key=told.index) == order
    assert "{{" not in told
    assert "{%" not in told
    assert LETTERS in told
    assert "thay đổi" not in told


def test_a_commune_stands_alone_and_a_ledger_is_shown() -> None:
    """No superior body; what changed has a table of its own, in both forms."""
    of = replace(PLAIN, superior="", body=("ỦY BAN NHÂN DÂN", "XÃ ĐỊNH HÒA"), changes=(CHANGED,))
    told = texts(docx(of))

    assert "TỈNH THANH HÓA" not in told
    assert "Nhập trùng." in told
    assert pdf(of).startswith(b"%PDF")


@pytest.mark.parametrize("evil", ["<w:p/>&amp;</w:t>", "{{ 7 * 7 }}", "{% for x in y %}", "]]>"])
def test_what_is_typed_is_only_text(evil: str) -> None:
    """Neither markup nor a placeholder of the template, in a paragraph or a unit's name."""
    part = Part("I", "T", (), (evil,))
    of = replace(PLAIN, parts=(part,), body=(evil,))
    told = Document(io.BytesIO(docx(of)))

    assert evil in [paragraph.text for paragraph in told.paragraphs]
    assert evil in told.tables[0].cell(0, 0).text
    assert pdf(of).startswith(b"%PDF")


def test_the_template_is_what_its_script_makes() -> None:
    """Whoever changes one changes the other."""
    sink = io.BytesIO()
    template().save(sink)

    assert texts(TEMPLATE.read_bytes()) == texts(sink.getvalue())


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("{{ abstract }}", "{{ abstrakt }}", "abstrakt"),
        ("{{ abstract }}", "{{ abstract.__class__.__mro__ }}", "unsafe|undefined"),
        ("{{ abstract }}", "{{ abstract", "expected token"),
    ],
)
def test_a_template_that_cannot_be_filled_is_told(
    old: str, new: str, told: str, tmp_path: Path
) -> None:
    """A misspelt placeholder is named; a template is no program."""
    with pytest.raises(TemplateFault, match=told):
        docx(PLAIN, edited(tmp_path / "t.docx", old, new))


def edited(path: Path, old: str, new: str) -> Path:
    """Our template with a text replaced."""
    with zipfile.ZipFile(TEMPLATE) as ours, zipfile.ZipFile(path, "w") as theirs:
        for name in ours.namelist():
            told = ours.read(name)
            if name == "word/document.xml":
                assert old.encode() in told
                told = told.replace(old.encode(), new.encode())
            theirs.writestr(name, told)
    return path


def test_a_file_that_is_no_template_is_told(tmp_path: Path) -> None:
    """Missing, or something else."""
    wrong = tmp_path / "x.docx"
    for made in (False, True):
        if made:
            wrong.write_bytes(b"not a document")
        with pytest.raises(TemplateFault, match=r"x\.docx"):
            docx(PLAIN, wrong)


@pytest.mark.skipif(SOFFICE is None, reason="needs LibreOffice (Debian package libreoffice-writer)")
def test_a_template_saved_by_libreoffice_still_fills(tmp_path: Path) -> None:
    """Other words, other XML, the same placeholders."""
    own = edited(tmp_path / "own.docx", "Nơi nhận:", "Kính gửi:")
    home = f"-env:UserInstallation=file://{tmp_path}/home"
    words = [str(SOFFICE), home, "--headless", "--convert-to", "docx:Office Open XML Text"]
    subprocess.run(
        [*words, "--outdir", str(tmp_path / "out"), str(own)],
        check=True,
        timeout=120,
        capture_output=True,
    )
    told = texts(docx(PLAIN, tmp_path / "out" / "own.docx"))

    assert "Kính gửi:" in told
    assert "Lời của tôi." in told
    assert told.count(ID) == 2


@pytest.mark.skipif(
    SOFFICE is None or "MOTCUA_LIBREOFFICE" not in os.environ,
    reason="a drill of `make prove`; needs libreoffice-writer and python3-uno",
)
def test_a_template_edited_in_libreoffice_still_fills(tmp_path: Path) -> None:
    """Really edited: words replaced, a paragraph put in, letters made larger, saved as DOCX."""
    port, home = str(free_port()), f"-env:UserInstallation=file://{tmp_path}/home"
    accept = f"--accept=socket,host=127.0.0.1,port={port};urp;"
    own = tmp_path / "own.docx"
    office = subprocess.Popen([str(SOFFICE), home, "--headless", "--norestore", accept])
    try:
        edit = ["/usr/bin/python3", str(EDIT), port, str(TEMPLATE), str(own)]
        told = subprocess.run(edit, check=True, timeout=120, capture_output=True, text=True)
    finally:
        office.terminate()
        office.wait(60)
    made = texts(docx(PLAIN, own))

    assert told.stdout == "1 replaced\n"
    assert "Kính gửi:" in made
    assert made.index("(Kèm theo Công văn số …)") < made.index(PLAIN.abstract)
    assert "Lời của tôi." in made
    assert made.count(ID) == 2
    assert LETTERS in made


async def frozen(desk: Office, words: str = "Lời của cán bộ.") -> str:
    """A filing with figures and a paragraph; its address."""
    await become(desk, Role.HOME_AFFAIRS)
    path = await opened(desk)
    await post(desk, f"{path}/words", revision=0, part_3=words)
    await play(desk, path, "freeze")
    return path


async def fetched(desk: Office, path: str) -> bytes:
    """A document, as a browser gets it."""
    answer = await desk.client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return answer.content


async def test_every_number_has_its_figure_id(desk: Office) -> None:
    """Each percentage stands beside the id of a figure that the API tells with that value."""
    path = await frozen(desk)
    query = {"unit": UNIT, "period": PERIOD}
    told: list[dict[str, Any]] = []
    for by in (None, "field", "channel", "stratum", "counter"):
        answer = await desk.client.get("/api/v1/scores", params=query | ({"by": by} if by else {}))
        told += answer.json()["figures"]
    values = {each["id"]: each["value"] for each in told}
    made = Document(io.BytesIO(await fetched(desk, f"{path}/report.docx")))
    sentences = [each.text for each in made.paragraphs if re.search(r"\d,\d\s%", each.text)]
    rows = [[cell.text for cell in row.cells] for table in made.tables for row in table.rows]
    annex = [row for row in rows if re.fullmatch(r"[0-9a-f]{20}", row[-1])]

    assert len(sentences) == 4  # the index, and the three lowest factors
    assert len(annex) > 15
    for sentence in sentences:
        found = re.search(r"([\d,]+)\s% .* mã số liệu ([0-9a-f]{20})\)", sentence)
        assert found, sentence
        assert found[1] == shown(values[found[2]])
    for row in annex:
        assert row[1] == f"{shown(values[row[-1]])} %"


def shown(value: float) -> str:
    """A share as documents tell it, by another way than the product's."""
    return f"{value * 100:.1f}".replace(".", ",")


async def test_paragraphs_survive_a_refresh_and_only_the_ledger_differs(desk: Office) -> None:
    """Made again from later figures, the document has the same words and the ledger's changes."""
    path = await frozen(desk)
    before = texts(await fetched(desk, f"{path}/report.docx"))
    again = texts(await fetched(desk, f"{path}/report.docx"))
    await answered(desk.store, date(2026, 11, 21), 33)
    await play(desk, path, "freeze")
    after = texts(await fetched(desk, f"{path}/report.docx"))
    entries = await desk.store.look(filings.ledger, 1)
    ids = re.compile(r"\b[0-9a-f]{20}\b")
    gone = {each.before["id"] for each in entries if each.before}
    come = {each.after["id"] for each in entries if each.after}
    old, new = set(ids.findall(before)), set(ids.findall(after.split("thay đổi so với")[0]))

    assert before == again
    assert "Lời của cán bộ." in after
    assert old - new <= gone
    assert new - old <= come
    assert old != new


async def test_the_workbook_is_typed(desk: Office) -> None:
    """Numbers are numbers, every figure of the snapshot is a row, shares are shown as percent."""
    path = await frozen(desk)
    book = load_workbook(io.BytesIO(await fetched(desk, f"{path}/annex.xlsx")))
    rows = list(book.worksheets[0].iter_rows(min_row=2))
    whole = await desk.store.look(filings.whole, 1)
    assert whole

    assert [row[0].value for row in rows] == [each["id"] for each in whole.figures]
    for row, figure in zip(rows, whole.figures, strict=True):
        assert row[7].value == figure["value"]
        assert row[7].number_format == "0.0%"
        assert row[10].value == figure["n"]
        assert all(cell.data_type != "f" for cell in row)


async def test_no_text_becomes_a_formula(desk: Office) -> None:
    """A unit and a counter whose name begins with = is text in the workbook."""
    await desk.store.write(
        lambda tx: tx.connection.execute("update counters set name = '=cmd|calc!A1'")
    )
    await desk.store.write(
        lambda tx: tx.connection.execute(
            "update installation set value = 'new' where key = 'directory'"
        )
    )
    path = await frozen(desk)
    made = await fetched(desk, f"{path}/annex.xlsx")
    cells = [c for row in load_workbook(io.BytesIO(made)).worksheets[0].iter_rows() for c in row]
    names = [cell for cell in cells if str(cell.value).startswith("=cmd")]
    with zipfile.ZipFile(io.BytesIO(made)) as file:
        sheet = file.read("xl/worksheets/sheet1.xml")

    assert names
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in names)
    assert b"<f>" not in sheet


async def test_documents_need_figures_and_a_filing(desk: Office) -> None:
    """Before freezing there is nothing to make a document of."""
    await become(desk, Role.HOME_AFFAIRS)
    path = await opened(desk)
    for name in ("report.docx", "report.pdf", "annex.xlsx"):
        assert (await desk.client.get(f"{path}/{name}")).status_code == 409
        assert (await desk.client.get(f"/filings/77/{name}")).status_code == 404


async def test_a_report_of_nobody_s_answers_is_whole(desk: Office) -> None:
    """A unit that nobody rated has a document that says so, in each form."""
    await become(desk, Role.HOME_AFFAIRS)
    path = await opened(desk, unit="14923")
    await play(desk, path, "freeze")
    told = texts(await fetched(desk, f"{path}/report.docx"))

    assert "chưa có phiếu nào được phát hành" in told
    assert (await fetched(desk, f"{path}/report.pdf")).startswith(b"%PDF")
    assert load_workbook(io.BytesIO(await fetched(desk, f"{path}/annex.xlsx")))


async def test_the_fault_of_a_template_is_told_to_who_asks(desk: Office, tmp_path: Path) -> None:
    """An error page, and for a program the reason; nothing else of the filing is hurt."""
    path = await frozen(desk)
    broken = edited(tmp_path / "t.docx", "{{ abstract }}", "{{ abstrakt }}")
    desk.app.state.service.report_template = broken
    answer = await desk.client.get(f"{path}/report.docx", headers={"accept": "application/json"})

    assert answer.status_code == 500
    assert "abstrakt" in answer.json()["detail"]
    assert (await desk.client.get(path)).status_code == 200


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs poppler-utils")
async def test_the_pdf_says_what_the_docx_says(desk: Office, tmp_path: Path) -> None:
    """The same ids, the same paragraphs, every Vietnamese letter."""
    path = await frozen(desk, LETTERS)
    file = tmp_path / "r.pdf"
    file.write_bytes(await fetched(desk, f"{path}/report.pdf"))
    reading = await anyio.run_process(["pdftotext", "-raw", str(file), "-"])
    told = reading.stdout.decode()
    both = texts(await fetched(desk, f"{path}/report.docx"))
    ids = re.compile(r"\b[0-9a-f]{20}\b")

    assert set(ids.findall(told)) == set(ids.findall(both))
    assert LETTERS.replace(" ", "") in re.sub(r"\s", "", told)
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in told
