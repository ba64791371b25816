"""A filing's figures as a workbook: numbers are numbers, texts are texts and never formulas."""

from __future__ import annotations

import io
from collections.abc import Iterable
from functools import partial

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from handlers.documents.grids import Cell, fill
from handlers.documents.wording import VIETNAMESE, figure_text, local_time, n_told, why_none
from handlers.filings.figures import lines
from handlers.messages import text
from handlers.plans.annex import of_filing, rows
from handlers.plans.annex_xlsx import fill as fill_plans
from handlers.service import Service, State
from sipas.ledger import Record
from storage.filing_rows import Whole

_told = partial(text, VIETNAMESE)
_SHARE, _COUNT = "0.0%", "#,##0"
_LEVELS = range(1, 6)
_WIDTHS = (23, 18, 52, 14, 11, 15, 11, 11, 11, 11, 9, *(9 for _ in _LEVELS), 12, 12)
_LEDGER_WIDTHS = (8, 44, 46, 46, 36, 18)
_SHAPES = {8: _SHARE, 9: _SHARE, 10: _SHARE, **dict.fromkeys(range(11, 19), _COUNT)}


def workbook(asked: Service, state: State, whole: Whole) -> bytes:
    """All figures of the filing, and sheets of what changed and of plans, where there are any."""
    book = Workbook()
    figures = book.active
    assert isinstance(figures, Worksheet)  # noqa: S101 - a new workbook has one sheet
    named = lines(asked, state, whole.figures, VIETNAMESE)
    told = (_row(each.name, each.figure) for each in named)
    fill(figures, _told("filings.sheet.figures"), [_heads(), *told], _WIDTHS, _SHAPES, "D2")
    if whole.entries:
        entries = [_ledger_heads(), *_ledger(asked, state, whole)]
        title = _told("filings.sheet.changes")
        fill(book.create_sheet(), title, entries, _LEDGER_WIDTHS)
    _add_plans(book, asked, state, whole)
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def _add_plans(book: Workbook, asked: Service, state: State, whole: Whole) -> None:
    about = state.directory.unit(whole.filing.about)
    if about and (known := of_filing(state, whole.plans, about)):
        fill_plans(book.create_sheet(), rows(asked, state, known))


def _heads() -> list[Cell]:
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


def _row(name: str, figure: Record) -> list[Cell]:
    place = [_told(f"filings.by.{figure['by']}"), name, figure["unit"], figure.get("counter", "")]
    value = figure["value"] if figure["value"] is not None else why_none(figure)
    return [
        *(figure["id"], *place, figure["instrument"], figure["formula"]),
        *(value, figure["low"], figure["high"], n_told(figure)),
        *(figure.get("levels") or (None,) * len(_LEVELS)),
        *(figure.get("not_applicable"), figure["release"]),
    ]


def _ledger_heads() -> list[Cell]:
    keys = ("filings.version_no", "table.what", "filings.before", "filings.after")
    return [_told(key) for key in (*keys, "filings.reason", "audit.at")]


def _ledger(asked: Service, state: State, whole: Whole) -> Iterable[list[Cell]]:
    told = [entry.after or entry.before or {} for entry in whole.entries]
    for line, entry in zip(lines(asked, state, told, VIETNAMESE), whole.entries, strict=True):
        both = [figure_text(each) if each else "–" for each in (entry.before, entry.after)]
        yield [entry.version, line.name, *both, entry.reason, local_time(entry.at)]
