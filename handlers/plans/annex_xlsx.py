"""The annex of plans as a workbook, or as a sheet of another one."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import partial

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from handlers.documents import grids
from handlers.messages import text
from handlers.plans.annex import VIETNAMESE, Row

_told = partial(text, VIETNAMESE)
_WIDTHS = (26, 34, 28, 40, 40, 40, 13, 26, 16, 13)


def heads() -> list[str]:
    """The heads of the columns of `Row`."""
    return [_told(f"plans.column.{name}") for name in Row._fields]


def fill(sheet: Worksheet, found: Sequence[Row]) -> None:
    """Write the rows into a sheet."""
    grids.fill(sheet, _told("plans.sheet"), (heads(), *found), _WIDTHS, stays="C2")


def workbook(found: Sequence[Row]) -> bytes:
    """The annex as a workbook."""
    book, sink = Workbook(), io.BytesIO()
    sheet = book.active
    assert isinstance(sheet, Worksheet)  # noqa: S101 - a new workbook has one sheet
    fill(sheet, found)
    book.save(sink)
    return sink.getvalue()
