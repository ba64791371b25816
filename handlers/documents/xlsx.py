"""A filing's figures as a workbook: numbers are numbers, texts are texts and never formulas."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from handlers.documents.wording import VIETNAMESE, figure_text, n_told, why_none
from handlers.filings.figures import lines
from handlers.messages import text
from handlers.plans.annex import of_filing, rows
from handlers.plans.annex_xlsx import fill
from handlers.service import Service, State
from sipas.ledger import Record
from storage.filing_rows import Whole

_told = partial(text, VIETNAMESE)
_Cell = str | int | float | None
_SHARE, _COUNT = "0.0%", "#,##0"
_HEAD = PatternFill("solid", fgColor="E8F1EF")
_LEVELS = range(1, 6)
_FIRST_NUMBER = 8  # of the sheet of figures: what stands left of it is text
_WIDTHS = (23, 18, 52, 14, 11, 15, 11, 11, 11, 11, 9, *(9 for _ in _LEVELS), 12, 12)
_FORMATS = {8: _SHARE, 9: _SHARE, 10: _SHARE, **dict.fromkeys(range(11, 18), _COUNT)}


def workbook(asked: Service, state: State, whole: Whole) -> bytes:
    """All figures of the filing, and sheets of what changed and of plans, where there are any."""
    book = Workbook()
    figures = book.active
    assert isinstance(figures, Worksheet)  # noqa: S101 - a new workbook has one sheet
    named = lines(asked, state, whole.figures, VIETNAMESE)
    _fill(
        figures,
        _told("filings.sheet.figures"),
        _heads(),
        (_row(each.name, each.figure) for each in named),
    )
    _shape(figures, _WIDTHS, _FORMATS)
    if whole.entries:
        changes = book.create_sheet()
        _fill(
            changes, _told("filings.sheet.changes"), _ledger_heads(), _ledger(asked, state, whole)
        )
        _shape(changes, (8, 52, 60, 60, 40, 20), {})
    _add_plans(book, asked, state, whole)
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def _add_plans(book: Workbook, asked: Service, state: State, whole: Whole) -> None:
    about = state.directory.unit(whole.filing.about)
    if about and (known := of_filing(state, whole.plans, about)):
        fill(book.create_sheet(), rows(asked, state, known))


def _heads() -> list[str]:
    own = ("by", "unit", "counter", "instrument", "formula", "low", "high", "na", "release")
    word = {key: _told(f"filings.sheet.{key}") for key in own}
    levels = [_told("filings.sheet.level", level=level) for level in _LEVELS]
    first = [_told("filings.id"), word["by"], _told("table.what"), word["unit"], word["counter"]]
    numbers = [_told("table.value"), word["low"], word["high"], "n"]
    return [
        *first,
        *(word["instrument"], word["formula"]),
        *numbers,
        *levels,
        *(word["na"], word["release"]),
    ]


def _row(name: str, figure: Record) -> list[_Cell]:
    place = [_told(f"filings.by.{figure['by']}"), name, figure["unit"], figure.get("counter", "")]
    value = figure["value"] if figure["value"] is not None else why_none(figure)
    return [
        *(figure["id"], *place, figure["instrument"], figure["formula"]),
        *(value, figure["low"], figure["high"], n_told(figure)),
        *(figure.get("levels") or (None,) * len(_LEVELS)),
        *(figure.get("not_applicable"), figure["release"]),
    ]


def _ledger_heads() -> list[str]:
    keys = ("filings.version_no", "table.what", "filings.before", "filings.after")
    return [_told(key) for key in (*keys, "filings.reason", "audit.at")]


def _ledger(asked: Service, state: State, whole: Whole) -> Iterable[list[_Cell]]:
    told = [entry.after or entry.before or {} for entry in whole.entries]
    for line, entry in zip(lines(asked, state, told, VIETNAMESE), whole.entries, strict=True):
        both = [figure_text(each) if each else "–" for each in (entry.before, entry.after)]
        yield [entry.version, line.name, *both, entry.reason, entry.at]


def put(
    sheet: Worksheet, row: int, column: int, value: _Cell, number_format: str = "General"
) -> Any:
    """A cell with *value*; a text is never a formula."""
    cell = sheet.cell(row, column, value)
    cell.number_format = number_format
    if isinstance(value, str):
        # A text that begins with = would else be stored as a formula; the quote keeps it a text
        # when somebody edits the cell.
        cell.data_type, cell.quotePrefix = "s", value[:1] in ("=", "+", "-", "@")
    return cell


def _fill(
    sheet: Worksheet, title: str, heads: Sequence[str], rows: Iterable[Sequence[_Cell]]
) -> None:
    sheet.title = title
    for number, row in enumerate((heads, *rows), 1):
        for column, value in enumerate(row, 1):
            put(sheet, number, column, value)


def _shape(sheet: Worksheet, widths: Sequence[int], formats: dict[int, str]) -> None:
    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), _HEAD
        side = "right" if cell.column >= _FIRST_NUMBER and formats else "left"
        cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal=side)
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            cell.number_format = formats.get(cell.column, "General")
            cell.alignment = Alignment(wrap_text=cell.column < 4, vertical="top")
    sheet.freeze_panes = "D2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
