"""A sheet of rows under heads that stay: texts wrap and are never formulas, pages fit A4."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from typing import Any

from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

Cell = str | int | float | None
_HEAD = PatternFill("solid", fgColor="E8F1EF")
_LINE = 15  # points
_FORMULA = ("=", "+", "-", "@")


def put(sheet: Worksheet, row: int, column: int, value: Cell, shape: str = "General") -> Any:
    """A cell with *value* in a number's *shape*; a text is never a formula."""
    cell = sheet.cell(row, column, value)
    cell.number_format = shape
    if isinstance(value, str):
        # A text that begins with = would else be stored as a formula; the quote keeps it a text
        # when somebody edits the cell.
        cell.data_type, cell.quotePrefix = "s", value[:1] in _FORMULA
    return cell


def fill(
    sheet: Worksheet,
    title: str,
    rows: Iterable[Sequence[Cell]],
    widths: Sequence[int],
    shapes: Mapping[int, str] | None = None,
    stays: str = "B2",
) -> None:
    """Write *rows*, the heads first.

    Args:
        widths: of the columns, in characters.
        shapes: number formats by column, from 1.
        stays: the first cell that moves when one scrolls.
    """
    sheet.title = title
    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    for number, row in enumerate(rows, 1):
        _fill(sheet, number, row, shapes or {})
        # Not every program makes a row as high as its text.
        sheet.row_dimensions[number].height = _LINE * _lines(row, widths)
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), _HEAD
    sheet.freeze_panes = stays
    sheet.auto_filter.ref = sheet.dimensions
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"


def _fill(sheet: Worksheet, number: int, row: Sequence[Cell], shapes: Mapping[int, str]) -> None:
    for column, value in enumerate(row, 1):
        cell = put(sheet, number, column, value, shapes.get(column, "General"))
        side = "right" if column in shapes else "left"
        cell.alignment = Alignment(wrap_text=True, vertical="top", horizontal=side)


def _lines(row: Sequence[Cell], widths: Sequence[int]) -> int:
    """How many lines the longest text takes; words break early, and bold heads are wider."""
    texts = (
        (each, width) for each, width in zip(row, widths, strict=True) if isinstance(each, str)
    )
    return max((ceil(1.1 * len(each) / width) for each, width in texts), default=1)
