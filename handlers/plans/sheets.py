"""A scorecard's file as CSV, whether it came as CSV or as a workbook."""

from __future__ import annotations

import csv
import io
from datetime import date
from zipfile import BadZipFile, ZipFile

from sipas.csv_rows import Refusal

UNPACKED_MOST = 32 << 20  # bytes of a workbook; a scorecard has some hundred rows
ROWS_MOST = 2_000
COLUMNS_MOST = 50
_ZIP = b"PK\x03\x04"


class Unreadable(ValueError):
    """A workbook that cannot be read; *refusal* says where and why."""

    def __init__(self, line: int, column: str, value: str, reason: str) -> None:
        super().__init__(reason)
        self.refusal = Refusal(line, column, value, reason)


def as_csv(raw: bytes) -> bytes:
    """*raw* itself, or the first sheet of the workbook that it is; lines stay what they are.

    Raises:
        Unreadable: it is a workbook that cannot be read.
    """
    if not raw.startswith(_ZIP):
        return raw
    sink = io.StringIO()
    csv.writer(sink, lineterminator="\n").writerows(_rows(raw))
    return sink.getvalue().encode()


def _rows(raw: bytes) -> list[list[str]]:
    from openpyxl import load_workbook  # when first needed: it is slow to load

    _check_size(raw)
    try:
        book = load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        # One cell in the last column would make sixteen thousand of its row.
        found = book.worksheets[0].iter_rows(1, ROWS_MOST + 1, 1, COLUMNS_MOST, values_only=True)
        rows = [list(row) for row in found]
    except Exception as wrong:  # the library's readers of archives and XML name no error of theirs
        raise Unreadable(1, "", "", "expected an XLSX workbook with one sheet") from wrong
    if len(rows) > ROWS_MOST:
        raise Unreadable(ROWS_MOST + 1, "", "", f"expected at most {ROWS_MOST} rows")
    heads = [f"{cell or ''}".strip() for cell in rows[0]] if rows else []
    return [
        [_cell(cell, line, head) for cell, head in zip(row, heads, strict=False)]
        for line, row in enumerate(rows, 1)
    ]


def _check_size(raw: bytes) -> None:
    """Refuse a small file that unpacks into a huge one."""
    try:
        with ZipFile(io.BytesIO(raw)) as packed:
            size = sum(each.file_size for each in packed.infolist())
    except BadZipFile as wrong:
        raise Unreadable(1, "", "", "expected an XLSX workbook") from wrong
    if size > UNPACKED_MOST:
        raise Unreadable(1, "", "", f"expected at most {UNPACKED_MOST >> 20} MiB unpacked")


def _cell(cell: object, line: int, head: str) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float | date) and head in ("code", "earlier"):
        # A spreadsheet takes 1.10 for the number 1.1, and 1.2.3 for a day.
        reason = "expected text: format the column of codes as text, 1.10 is not 1.1"
        raise Unreadable(line, head, f"{cell}", reason)
    if isinstance(cell, float):
        return f"{cell:.6f}".rstrip("0").rstrip(".")
    return " ".join(f"{cell}".split())
