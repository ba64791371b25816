"""The quarterly sheets as workbooks, laid out as on paper; numbers are numbers."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from handlers.documents.grids import put
from handlers.documents.sheets import DossierSheet, Head, UnitSheet

_NUMBER = re.compile(r"(\d+(?:,\d+)?)( %)?")
_BOXES = ("Không hài lòng", "Bình thường", "Hài lòng", "Rất hài lòng")
_INDICATORS = tuple(f"Chỉ số {number}" for number in (1, 2, 3, 4, 6, 7))
_THIN = Side(style="thin")
_RULED = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_FONT = "Times New Roman"
_LINE = 16  # points


def book(of: UnitSheet | DossierSheet) -> bytes:
    """One sheet, to print on A4."""
    made = Workbook()
    page = made.active
    assert isinstance(page, Worksheet)  # noqa: S101 - a new workbook has one sheet
    if isinstance(of, UnitSheet):
        _unit(page, of)
    else:
        _dossiers(page, of)
    sink = io.BytesIO()
    made.save(sink)
    return sink.getvalue()


def _unit(page: Worksheet, of: UnitSheet) -> None:
    page.title = "Mẫu 02"
    widths = (8, 40, 10, 10, 11, 26)
    row = _head(page, of.head, len(widths), ("BẢNG ĐÁNH GIÁ VIỆC GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH",))
    row = _lines(page, row, (f"Số phiếu đánh giá: {of.forms}", "", _part_1()), len(widths))
    heads = ("Chỉ số", "Tên chỉ số", "Điểm chuẩn", "Điểm tự chấm", "Điểm thẩm định", "Ghi chú")
    sums = ("", "Tổng cộng", "18", of.self_sum, of.appraised_sum, f"Xếp loại: {of.band}")
    rows = [tuple(map(str, each)) for each in of.rows]
    row = _ruled(page, row, (heads, *rows, sums), widths, left=frozenset({2, 6}))
    row = _lines(page, row, ("", _part_2()), len(widths))
    row = _ruled(page, row, (("", *_BOXES), ("Tỷ lệ %", *of.boxes)), widths)
    row = _lines(page, row, (f"n = {of.forms}. Mã số liệu: {of.figure}",), len(widths))
    _foot(page, row, of.head, len(widths))
    _print(page, widths, "portrait")


def _part_1() -> str:
    return "I. Đánh giá việc giải quyết thủ tục hành chính"


def _part_2() -> str:
    return "II. Tỷ lệ % mức độ hài lòng trong việc giải quyết thủ tục hành chính"


def _dossiers(page: Worksheet, of: DossierSheet) -> None:
    page.title = "Mẫu 01"
    widths = (7, 26, *(9,) * 6, 16, 16, *(11,) * 4)
    titles = (
        "TỔNG HỢP KẾT QUẢ ĐÁNH GIÁ CÁC CHỈ SỐ THÀNH PHẦN; XẾP LOẠI CÁN BỘ, CÔNG CHỨC",
        "VÀ MỨC ĐỘ HÀI LÒNG THÔNG QUA PHIẾU ĐÁNH GIÁ",
    )
    row = _head(page, of.head, len(widths), titles)
    totals = ("Tổng điểm CBCC (1+2+3+4+7)", "Xếp loại hoàn thành nhiệm vụ")
    heads = ("TT", "Hồ sơ", *_INDICATORS, *totals, *_BOXES)
    lines = [
        (each.number, each.code, *each.points, each.total, each.band, *each.satisfied)
        for each in (*of.rows, *of.closing)
    ]
    page.print_title_rows = f"{row}:{row}"
    row = _ruled(page, row, (heads, *lines), widths, left=frozenset({2}))
    row = _lines(page, row, (f"Mã số liệu: {of.figure}",), len(widths))
    _foot(page, row, of.head, len(widths))
    _print(page, widths, "landscape")


def _head(page: Worksheet, head: Head, columns: int, titles: Sequence[str]) -> int:
    """Unit and motto, title, and what the sheet is about; the next free row."""
    motto = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
    half = columns // 2
    for number, told in enumerate(head.body, 1):
        _say(page, number, 1, half, told, bold=True)
    for number, told in enumerate(motto, 1):
        _say(page, number, half + 1, columns, told, bold=True)
    row = max(len(head.body), len(motto)) + 2
    for told in titles:
        _say(page, row, 1, columns, told, bold=True)
        row += 1
    _say(page, row, 1, columns, "(Ban hành kèm theo …)", italic=True)
    about = (
        f"Cơ quan/đơn vị: {head.unit}",
        f"Thời điểm đánh giá: {head.quarter} ({head.days})",
    )
    return _lines(page, row + 1, about, columns)


def _foot(page: Worksheet, row: int, head: Head, columns: int) -> None:
    half = columns // 2 + 1
    _say(
        page,
        row + 1,
        half,
        columns,
        f"{head.place}, ngày     tháng     năm {head.year}",
        italic=True,
    )
    _say(page, row + 2, half, columns, "NGƯỜI TỔNG HỢP", bold=True)


def _say(
    page: Worksheet,
    row: int,
    first: int,
    last: int,
    told: str,
    *,
    side: str = "center",
    **how: bool,
) -> None:
    """A text over several columns."""
    cell = put(page, row, first, told)
    cell.font = Font(name=_FONT, size=12, **how)
    cell.alignment = Alignment(horizontal=side, vertical="center", wrap_text=True)
    page.merge_cells(start_row=row, start_column=first, end_row=row, end_column=last)


def _lines(page: Worksheet, row: int, told: Iterable[str], columns: int) -> int:
    for each in told:
        _say(page, row, 1, columns, each, side="left", bold=each[:2] in ("I.", "II"))
        row += 1
    return row


def _ruled(
    page: Worksheet,
    row: int,
    rows: Iterable[Sequence[str]],
    widths: Sequence[int],
    left: frozenset[int] = frozenset(),
) -> int:
    """A ruled table, its first row in bold; the next free row."""
    for number, cells in enumerate(rows):
        for column, told in enumerate(cells, 1):
            cell = put(page, row, column, *_typed(told))
            cell.font, cell.border = Font(name=_FONT, size=11, bold=not number), _RULED
            side = "left" if number and column in left else "center"
            cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal=side)
        # Not every program finds out how high a wrapped line is.
        lines = max(-(-len(each) // width) for each, width in zip(cells, widths, strict=False))
        page.row_dimensions[row].height = _LINE * max(lines, 1)
        row += 1
    return row


def _typed(told: str) -> tuple[str | float, str]:
    """A number with its format where the sheet shows one; a dash, a sum with a gap are text."""
    found = _NUMBER.fullmatch(told)
    if found is None:
        return told, "General"
    number = float(found[1].replace(",", "."))
    if found[2]:
        return round(number / 100, 3), "0.0%"
    return number, "0.0" if "," in told else "0"


def _print(page: Worksheet, widths: Sequence[int], orientation: str) -> None:
    for column, width in enumerate(widths, 1):
        page.column_dimensions[get_column_letter(column)].width = width
    page.page_setup.orientation, page.page_setup.paperSize = orientation, 9
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.sheet_view.showGridLines = False
