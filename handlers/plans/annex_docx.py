"""The annex of plans as DOCX: A4 across, one table whose head stands on every page."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from handlers.messages import text
from handlers.plans.annex import VIETNAMESE, Row

# Number, unit, criterion, causes, measures, deadline, post, standing: 252 mm between the margins.
_WIDTHS = (10, 34, 50, 42, 48, 22, 26, 20)
_HEADS = ("number", "unit", "criterion", "causes", "measures", "deadline", "post", "standing")


def document(rows: Sequence[Row], period: str) -> bytes:
    """The annex of *rows*; *period* stands in its title."""
    made, sink = Document(), io.BytesIO()
    _lay_out(made)
    title = text(VIETNAMESE, "plans.doc.title").upper()
    _line(made.add_paragraph(), title, bold=True)
    _line(made.add_paragraph(), text(VIETNAMESE, "plans.doc.subtitle", period=period))
    made.add_paragraph()
    _table(made, [_cells(number, row) for number, row in enumerate(rows, 1)])
    made.save(sink)
    return sink.getvalue()


def _lay_out(made: Any) -> None:
    section, style = made.sections[0], made.styles["Normal"]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.top_margin = section.bottom_margin = Mm(20)
    style.font.name, style.font.size = "Times New Roman", Pt(11)
    style.paragraph_format.space_after = Pt(0)


def _line(paragraph: Any, words: str, bold: bool = False) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(words)
    run.bold, run.font.size = bold, Pt(13)


def _cells(number: int, row: Row) -> list[str]:
    criterion = "\n".join(filter(None, (row.criterion, row.change, row.why)))
    told = (row.causes, row.measures, row.deadline, row.post, row.standing)
    return [f"{number}", row.unit, criterion, *told]


def _table(made: Any, rows: Sequence[Sequence[str]]) -> None:
    table = made.add_table(rows=1, cols=len(_WIDTHS), style="Table Grid")
    table.autofit = False
    _write(table.rows[0], [text(VIETNAMESE, f"plans.column.{head}") for head in _HEADS], bold=True)
    _mark(table.rows[0], "w:tblHeader")
    for row in rows:
        _write(table.add_row(), row)
    for column, width in zip(table.columns, _WIDTHS, strict=True):
        column.width = Mm(width)  # LibreOffice asks the table, Word its cells


def _mark(row: Any, what: str) -> None:
    """Say of a row what python-docx has no name for."""
    marked = OxmlElement(what)
    marked.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(marked)


def _write(row: Any, cells: Sequence[str], bold: bool = False) -> None:
    _mark(row, "w:cantSplit")
    for cell, words, width in zip(row.cells, cells, _WIDTHS, strict=True):
        cell.width = Mm(width)
        run = cell.paragraphs[0].add_run(words)
        run.bold, run.font.size = bold, Pt(10)
