"""The annex of plans as a workbook, or as a sheet of another one."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import partial

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from handlers.messages import text
from handlers.plans.annex import VIETNAMESE, Row

_told = partial(text, VIETNAMESE)
_HEAD = PatternFill("solid", fgColor="E8F1EF")
_WIDTHS = (26, 34, 28, 40, 40, 40, 13, 26, 16, 13)


def heads() -> list[str]:
    """The heads of the columns of `Row`."""
    return [_told(f"plans.column.{name}") for name in Row._fields]


def fill(sheet: Worksheet, found: Sequence[Row]) -> None:
    """Write the rows into a sheet: texts are texts, whatever they begin with."""
    sheet.title = _told("plans.sheet")
    for number, row in enumerate((heads(), *found), 1):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(number, column, value)
            cell.data_type, cell.quotePrefix = "s", value[:1] in ("=", "+", "-", "@")
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for column, width in enumerate(_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), _HEAD
    sheet.freeze_panes = "C2"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"


def workbook(found: Sequence[Row]) -> bytes:
    """The annex as a workbook."""
    book, sink = Workbook(), io.BytesIO()
    sheet = book.active
    assert isinstance(sheet, Worksheet)  # noqa: S101 - a new workbook has one sheet
    fill(sheet, found)
    book.save(sink)
    return sink.getvalue()
