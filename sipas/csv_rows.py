"""Rows of CSV files: each is accepted whole or refused with its reason."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

T = TypeVar("T")
Row = Mapping[str, str]

_LINE_END = re.compile(r"\r\n|\r|\n")
_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_FORMULA = ("=", "+", "-", "@")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was not taken: where, what stood there, and why."""

    line: int
    column: str
    value: str
    reason: str


class Wrong(ValueError):
    """Why a row is refused, raised by what makes something of it."""

    def __init__(self, column: str, value: str, reason: str) -> None:
        """*value* stands in the report; mask what must not."""
        super().__init__(reason)
        self.column, self.value, self.reason = column, value, reason


def read_csv(
    raw: bytes, needed: tuple[str, ...], make: Callable[[Row], T], *, formulas: bool = False
) -> tuple[list[tuple[int, T]], list[Refusal]]:
    """What *make* makes of each row of a CSV file, with its line, and the rows it refused.

    With *formulas* cells may begin like one, as `+84…` does: where none comes into a spreadsheet.

    >>> rows, refused = read_csv(b"code,n\\nxa1,3\\n=A2,4\\n", ("code",), lambda row: row["code"])
    >>> rows, [(each.line, each.column, each.reason) for each in refused]
    ([(2, 'xa1')], [(3, 'code', 'begins like a spreadsheet formula')])
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return [], [Refusal(1, "", "", "expected a file in UTF-8")]
    lines = _LINE_END.split(text)
    delimiter = ";" if lines[0].count(";") > lines[0].count(",") else ","
    reader = csv.DictReader((line + "\n" for line in lines), delimiter=delimiter)
    try:
        return _read(reader, needed, lambda row: make(_clean(row, formulas)))
    except csv.Error as wrong:  # a quotation mark that is never closed makes one endless cell
        return [], [Refusal(reader.line_num, "", "", f"expected a CSV file: {wrong}")]


def _read(
    reader: csv.DictReader[str], needed: tuple[str, ...], make: Callable[[Row], T]
) -> tuple[list[tuple[int, T]], list[Refusal]]:
    missing = [name for name in needed if name not in (reader.fieldnames or ())]
    if missing:
        head = ",".join(reader.fieldnames or ())[:80]
        return [], [Refusal(1, missing[0], head, "expected a column of this name")]
    accepted, refused = [], []
    for row in reader:
        cells = {key: (value or "").strip() for key, value in row.items() if isinstance(key, str)}
        try:
            accepted.append((reader.line_num, make(cells)))
        except Wrong as wrong:
            refused.append(Refusal(reader.line_num, wrong.column, wrong.value[:80], wrong.reason))
    return accepted, refused


def _clean(row: Row, formulas: bool) -> Row:
    for column, value in row.items():
        if any(not letter.isprintable() for letter in value):
            raise Wrong(column, ascii(value), "holds characters that cannot be printed")
        if value.startswith(_FORMULA) and not formulas:
            raise Wrong(column, value, "begins like a spreadsheet formula")
    return row


def code_in(row: Row, column: str) -> str:
    """The code of a unit or kind in *column*.

    Raises:
        Wrong: there is none.

    >>> code_in({"unit": "xa-1"}, "unit")
    'xa-1'
    """
    if not _CODE.fullmatch(row[column]):
        raise Wrong(column, row[column], "expected a code of a-z, 0-9, - and _")
    return row[column]


def day_in(row: Row, column: str) -> date:
    """The day in *column*.

    Raises:
        Wrong: there is none.

    >>> day_in({"on": "2025-07-01"}, "on")
    datetime.date(2025, 7, 1)
    """
    try:
        return date.fromisoformat(row[column])
    except ValueError:
        raise Wrong(column, row[column], "expected a day like 2025-07-01") from None
