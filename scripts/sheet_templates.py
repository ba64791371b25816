"""Make handlers/documents/sheet-01.docx and sheet-02.docx: Thanh Hóa's quarterly sheets.

The files are meant to be edited in Word or LibreOffice; this script only made the first ones.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt

from scripts.report_template import base, control, line, repeated_head, ruled, widen

FOLDER = Path(__file__).parent.parent / "handlers" / "documents"
RIGHT = WD_ALIGN_PARAGRAPH.RIGHT
BOXES = ("Không hài lòng", "Bình thường", "Hài lòng", "Rất hài lòng")
ISSUED = "(Ban hành kèm theo …)"


def head(document: Any, widths: tuple[int, int]) -> None:
    """The unit on the left, the motto on the right."""
    table = document.add_table(1, 2)
    widen(table, widths)
    left, right = table.rows[0].cells
    control(left, "{%p for each in head.body %}")
    line(left, "{{ each }}", 12, bold=True)
    control(left, "{%p endfor %}")
    ruled(line(left, "", 4), widths[0] / 3, widths[0] / 3)
    line(right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 12, bold=True)
    line(right, "Độc lập - Tự do - Hạnh phúc", 13, bold=True)
    ruled(line(right, "", 4), widths[1] / 3.4, widths[1] / 3.4)
    for cell in (left, right):
        cell._tc.remove(cell.paragraphs[0]._p)


def title(document: Any, *lines: str) -> None:
    """The title, and what it was issued with."""
    for number, text in enumerate(lines):
        line(document, text, 13, bold=True).paragraph_format.space_before = Pt(0 if number else 10)
    line(document, ISSUED, 12, italic=True).paragraph_format.space_after = Pt(6)


def about(document: Any, *lines: str) -> None:
    """Lines that say whose sheet it is."""
    for text in lines:
        line(document, text, 12, centred=False).paragraph_format.space_after = Pt(2)


def subtitle(document: Any, text: str) -> None:
    """The title of a part."""
    form = line(document, text, 12, centred=False, bold=True).paragraph_format
    form.space_before, form.space_after, form.keep_with_next = Pt(8), Pt(4), True


def fill(cell: Any, text: str, size: float, centred: bool = True, **how: Any) -> None:
    """Put one line into a cell."""
    line(cell, text, size, centred=centred, **how)
    cell._tc.remove(cell.paragraphs[0]._p)


def grid(document: Any, rows: Any, widths: Any, size: float, left: frozenset[int]) -> Any:
    """A ruled table of texts; rows that only steer hold one text."""
    table = document.add_table(len(rows), len(widths))
    table.style = "Table Grid"
    widen(table, widths)
    repeated_head(table)
    for number, row in enumerate(rows):
        for column in range(len(widths)):
            text = row[column] if column < len(row) else ""
            bold = number == 0 or text.startswith("Tổng cộng")
            fill(
                table.rows[number].cells[column],
                text,
                size,
                not number or column not in left,
                bold=bold,
            )
    return table


def foot(document: Any, widths: tuple[int, int]) -> None:
    """Place and date, and who put it together; nobody's name."""
    table = document.add_table(1, 2)
    widen(table, widths)
    left, right = table.rows[0].cells
    day = line(
        right, "{{ head.place }}, ngày       tháng       năm {{ head.year }}", 12, italic=True
    )
    day.paragraph_format.space_before = Pt(10)
    line(right, "NGƯỜI TỔNG HỢP", 12, bold=True)
    line(left, "", 12)
    for cell in (left, right):
        cell._tc.remove(cell.paragraphs[0]._p)


def unit_sheet() -> Any:
    """Sheet 02: nine indicators, then satisfaction in boxes."""
    document = Document()
    base(document)
    head(document, (57, 108))
    title(document, "BẢNG ĐÁNH GIÁ VIỆC GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH")
    about(
        document,
        "Cơ quan/đơn vị: {{ head.unit }}",
        "Thời điểm đánh giá: {{ head.quarter }} ({{ head.days }})",
        "Số phiếu đánh giá: {{ forms }}",
    )
    subtitle(document, "I. Đánh giá việc giải quyết thủ tục hành chính")
    names = ("number", "name", "highest", "self_given", "appraised", "note")
    heads = ("Chỉ số", "Tên chỉ số", "Điểm chuẩn", "Điểm tự chấm", "Điểm thẩm định", "Ghi chú")
    rows = (
        heads,
        ("{%tr for row in rows %}",),
        [f"{{{{ row.{name} }}}}" for name in names],
        ("{%tr endfor %}",),
        ("", "Tổng cộng", "18", "{{ self_sum }}", "{{ appraised_sum }}", "Xếp loại: {{ band }}"),
    )
    grid(document, rows, (13, 62, 16, 17, 19, 38), 11, frozenset({1, 5}))
    subtitle(document, "II. Đánh giá mức độ hài lòng")
    about(document, "Tỷ lệ % mức độ hài lòng trong việc giải quyết thủ tục hành chính")
    shares = [f"{{{{ boxes[{number}] }}}}" for number in range(len(BOXES))]
    grid(document, (BOXES, shares), (41, 41, 41, 42), 12, frozenset())
    about(document, "n = {{ forms }}. Không hài lòng gồm mức 1 và 2. Mã số liệu: {{ figure }}")
    foot(document, (75, 90))
    return document


def dossier_sheet() -> Any:
    """Sheet 01: a line for each dossier, lying down."""
    document = Document()
    base(document)
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(20)
    head(document, (110, 147))
    title(
        document,
        "TỔNG HỢP KẾT QUẢ ĐÁNH GIÁ CÁC CHỈ SỐ THÀNH PHẦN; XẾP LOẠI CÁN BỘ, CÔNG CHỨC",
        "VÀ MỨC ĐỘ HÀI LÒNG THÔNG QUA PHIẾU ĐÁNH GIÁ",
    )
    about(
        document,
        "Cơ quan/đơn vị: {{ head.unit }}",
        "Thời điểm đánh giá: {{ head.quarter }} ({{ head.days }})",
    )
    indicators = [f"Chỉ số {number}" for number in (1, 2, 3, 4, 6, 7)]
    heads = (
        "TT",
        "Hồ sơ",
        *indicators,
        "Tổng điểm CBCC (1+2+3+4+7)",
        "Xếp loại hoàn thành nhiệm vụ",
    )
    points = [f"{{{{ row.points[{number}] }}}}" for number in range(6)]
    satisfied = [f"{{{{ row.satisfied[{number}] }}}}" for number in range(len(BOXES))]
    cells = ["{{ row.number }}", "{{ row.code }}", *points, "{{ row.total }}", "{{ row.band }}"]
    rows = (
        (*heads, *BOXES),
        ("{%tr for row in rows %}",),
        (*cells, *satisfied),
        ("{%tr endfor %}",),
        ("{%tr for row in closing %}",),
        (*cells, *satisfied),
        ("{%tr endfor %}",),
    )
    widths = (10, 34, *(14,) * 6, 25, 24, *(20,) * 4)
    grid(document, rows, widths, 10, frozenset({1}))
    about(
        document,
        "Phiếu hài lòng không mang mã hồ sơ, nên mức độ hài lòng và các chỉ số 3, 4, 7 chỉ có ở "
        "dòng cuối, tính chung cho đơn vị. Dấu – là chưa có thông tin. Mã số liệu: {{ figure }}",
    )
    foot(document, (150, 107))
    return document


def main() -> None:
    """Write the templates."""
    for name, made in (("sheet-02", unit_sheet()), ("sheet-01", dossier_sheet())):
        made.core_properties.title, made.core_properties.author = "Bảng đánh giá", "motcua"
        made.save(str(FOLDER / f"{name}.docx"))


if __name__ == "__main__":
    main()
