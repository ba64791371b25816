"""Make handlers/documents/report.docx: the layout of Nghị định 30/2020/NĐ-CP with placeholders.

The file is meant to be edited in Word or LibreOffice; this script only made the first one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

PATH = Path(__file__).parent.parent / "handlers" / "documents" / "report.docx"
FONT = "Times New Roman"
CENTRE = WD_ALIGN_PARAGRAPH.CENTER
HEADS = ("Nội dung", "Chỉ số", "Khoảng 95 %", "n", "Mức 1", "Mức 2", "Mức 3", "Mức 4", "Mức 5")


def say(paragraph: Any, text: str, size: float = 14, **how: Any) -> Any:
    """Add a run to *paragraph*."""
    run = paragraph.add_run(text)
    run.font.size = Pt(size)
    for name, value in how.items():
        setattr(run.font, name, value)
    return paragraph


def line(place: Any, text: str, size: float = 14, centred: bool = True, **how: Any) -> Any:
    """A paragraph of its own without indent."""
    paragraph = say(place.add_paragraph(), text, size, **how)
    form = paragraph.paragraph_format
    form.first_line_indent, form.space_after, form.space_before = Mm(0), Pt(0), Pt(0)
    paragraph.alignment = CENTRE if centred else WD_ALIGN_PARAGRAPH.LEFT
    return paragraph


def ruled(paragraph: Any, left: float, right: float) -> None:
    """A line under the paragraph, shorter than it on both sides (mm)."""
    borders, under = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        under.set(qn(f"w:{name}"), value)
    borders.append(under)
    paragraph._p.get_or_add_pPr().append(borders)
    paragraph.paragraph_format.left_indent, paragraph.paragraph_format.right_indent = (
        Mm(left),
        Mm(right),
    )


def boxed(run: Any) -> None:
    """A frame around a run."""
    border = OxmlElement("w:bdr")
    for name, value in (("val", "single"), ("sz", "8"), ("space", "0"), ("color", "000000")):
        border.set(qn(f"w:{name}"), value)
    run._r.get_or_add_rPr().append(border)


def field(paragraph: Any, code: str) -> None:
    """A field such as PAGE."""
    run = say(paragraph, "", 13).runs[-1]
    for kind, text in (("begin", ""), ("", code), ("end", "")):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)


def base(document: Any) -> None:
    """Page, default font and paragraph."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.header_distance = Mm(10)
    section.different_first_page_header_footer = True
    head = section.header.paragraphs[0]
    head.alignment = CENTRE
    head.paragraph_format.first_line_indent = Mm(0)
    field(head, "PAGE")
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(14)
    for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        style.element.rPr.rFonts.set(qn(script), FONT)
    form = style.paragraph_format
    form.space_after, form.space_before = Pt(6), Pt(0)
    form.line_spacing_rule, form.first_line_indent = WD_LINE_SPACING.SINGLE, Mm(10)


def head(document: Any) -> None:
    """Issuing body and number on the left, motto, place and date on the right."""
    table = document.add_table(1, 2)
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    left, right = table.rows[0].cells
    widen(table, (57, 108))
    control(left, "{%p if superior %}")
    line(left, "{{ superior }}", 13)
    control(left, "{%p endif %}")
    control(left, "{%p for each in body %}")
    line(left, "{{ each }}", 13, bold=True)
    control(left, "{%p endfor %}")
    ruled(line(left, "", 4), 20, 20)
    line(left, "Số:           /BC-……", 13)
    mark = line(left, " DỰ THẢO ", 13, bold=True)
    mark.paragraph_format.space_before = Pt(6)
    boxed(mark.runs[0])
    line(right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 13, bold=True)
    line(right, "Độc lập - Tự do - Hạnh phúc", 14, bold=True)
    ruled(line(right, "", 4), 17, 17)
    date = line(right, "{{ place }}, ngày       tháng       năm {{ year }}", 14, italic=True)
    date.paragraph_format.space_before = Pt(4)
    for cell in (left, right):
        cell._tc.remove(cell.paragraphs[0]._p)


def widen(table: Any, widths: Any) -> None:
    """Columns of these widths (mm), in the grid and in every cell: programs read one of both."""
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)


def control(place: Any, tag: str) -> None:
    """A paragraph that only steers and is gone when the template is filled."""
    line(place, tag, 10)


def body(document: Any) -> None:
    """Title, parts I to V, recipients and the empty signature."""
    title = line(document, "BÁO CÁO", 14, bold=True)
    title.paragraph_format.space_before = Pt(18)
    line(document, "{{ abstract }}", 14, bold=True)
    days = line(document, "(Số liệu từ {{ days }})", 13, italic=True)
    days.paragraph_format.space_after = Pt(12)
    control(document, "{%p for part in parts %}")
    heading = say(
        document.add_paragraph(), "{{ part.numeral }}. {{ part.title | upper }}", bold=True
    )
    heading.paragraph_format.keep_with_next = True
    heading.paragraph_format.space_before = Pt(6)
    for name in ("lines", "words"):
        control(document, f"{{%p for each in part.{name} %}}")
        told = say(document.add_paragraph(), "{{ each }}")
        told.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        control(document, "{%p endfor %}")
    control(document, "{%p endfor %}")
    foot = document.add_table(1, 2)
    left, right = foot.rows[0].cells
    widen(foot, (57, 108))
    line(left, "Nơi nhận:", 12, centred=False, bold=True, italic=True)
    line(left, "- Như trên;", 11, centred=False)
    line(left, "- Lưu: VT.", 11, centred=False)
    foot.rows[0].cells[0].paragraphs[0].paragraph_format.space_before = Pt(12)
    line(right, "QUYỀN HẠN, CHỨC VỤ CỦA NGƯỜI KÝ", 14, bold=True)
    for cell in (left, right):
        cell._tc.remove(cell.paragraphs[0]._p)


def annex(document: Any) -> None:
    """Figures on landscape pages, then what changed."""
    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.top_margin, section.bottom_margin = Mm(30), Mm(15)
    section.left_margin = section.right_margin = Mm(20)
    section.different_first_page_header_footer = False
    line(document, "PHỤ LỤC: SỐ LIỆU", 14, bold=True)
    line(document, "{{ method }}", 11, italic=True)
    control(document, "{%p for table in tables %}")
    subtitle(document, "{{ table.title }}")
    levels = [f"{{{{ row.levels[{level}] }}}}" for level in range(5)]
    cells = ["{{ row.name }}", "{{ row.value }}", "{{ row.interval }}", "{{ row.n }}", *levels]
    grid(
        document,
        (*HEADS, "Không áp dụng", "Mã số liệu"),
        (*cells, "{{ row.not_applicable }}", "{{ row.id }}"),
        (61, 21, 30, 14, 14, 14, 14, 14, 14, 14, 47),
        "table.rows",
    )
    control(document, "{%p endfor %}")
    control(document, "{%p if changes %}")
    subtitle(document, "Số liệu đã thay đổi so với lần chốt trước")
    names = ("version", "name", "before", "after", "reason", "at")
    grid(
        document,
        ("Lần", "Nội dung", "Trước", "Sau", "Lý do", "Lúc"),
        [f"{{{{ row.{name} }}}}" for name in names],
        (12, 50, 66, 66, 38, 25),
        "changes",
    )
    control(document, "{%p endif %}")


def subtitle(document: Any, text: str) -> None:
    """The title of a table."""
    said = line(document, text, 12, centred=False, bold=True)
    said.paragraph_format.space_before, said.paragraph_format.space_after = Pt(10), Pt(4)
    said.paragraph_format.keep_with_next = True


def repeated_head(table: Any) -> None:
    """Repeat the first row on every page."""
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def grid(document: Any, heads: Any, cells: Any, widths: Any, rows: str) -> None:
    """A table whose second row is repeated for each of *rows*."""
    table = document.add_table(4, len(heads))
    table.style = "Table Grid"
    widen(table, widths)
    repeated_head(table)
    texts = (heads, (f"{{%tr for row in {rows} %}}",), cells, ("{%tr endfor %}",))
    for number, row in enumerate(texts):
        for column in range(len(widths)):
            cell = table.rows[number].cells[column]
            told = row[column] if column < len(row) else ""
            right = number == 2 and 0 < column < len(widths) - 1 and rows != "changes"
            said = line(cell, told, 10, centred=number == 0, bold=number == 0)
            if right:
                said.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            cell._tc.remove(cell.paragraphs[0]._p)


def template() -> Any:
    """The template as a document."""
    document = Document()
    base(document)
    head(document)
    body(document)
    annex(document)
    document.core_properties.title = "Báo cáo"
    document.core_properties.author = "motcua"
    return document


def main() -> None:
    """Write the template."""
    template().save(str(PATH))


if __name__ == "__main__":
    main()
