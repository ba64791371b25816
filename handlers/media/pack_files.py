"""The files of a pack, made of what is kept of it."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

from handlers.charts.drawing import Draw, Drawing, Form
from handlers.charts.specs import FRAMES, Size
from handlers.documents import a4
from handlers.filings.files import DOCX, XLSX
from handlers.media.packs import Told

Make = Callable[[Told, Draw], Awaitable[bytes]]
_TEXT = "text/plain"
_SIZES = {"Normal": 14, "Heading 1": 18, "Heading 2": 15}
_WIDTHS = (24, 34, 9, 15, 15, 15, 15, 15, 22)
_SHAPES = {3: "0", **dict.fromkeys(range(4, 8), "0.0%"), 8: "+0.0;-0.0;0.0"}


class File(NamedTuple):
    """A file of a pack."""

    media: str
    make: Make


async def _text(told: Told, draw: Draw) -> bytes:
    return f"{told.text}\n".encode()


async def _spoken(told: Told, draw: Draw) -> bytes:
    return f"{told.spoken}\n".encode()


async def _quotes(told: Told, draw: Draw) -> bytes:
    if not told.quotes:
        return b""
    lines = (told.quoted, *(f"“{each}”" for each in told.quotes), told.drawn)
    return "".join(f"{each}\n" for each in lines).encode()


async def _picture(size: Size, told: Told, draw: Draw) -> bytes:
    if not told.chart:
        return b""
    return await draw(Drawing(told.chart, Form.PNG, FRAMES[size].scale))


async def _docx(told: Told, draw: Draw) -> bytes:
    from docx.shared import Mm  # when first needed: it is slow to load

    made = a4.document(told.title, _SIZES)
    made.add_heading(told.title, 1)
    for each in told.paragraphs:
        made.add_paragraph(each)
    _quoted(made, told)
    if picture := await _picture(Size.PRINT, told, draw):
        shape = made.add_picture(io.BytesIO(picture), width=Mm(150))
        shape._inline.docPr.set("descr", told.title)  # read out where the picture is not seen
    sink = io.BytesIO()
    made.save(sink)
    return sink.getvalue()


def _quoted(made: Any, told: Told) -> None:
    """Below a heading of their own, with how they were drawn."""
    if told.quotes:
        made.add_heading(told.quoted, 2)
        for each in (*(f"“{quote}”" for quote in told.quotes), told.drawn):
            made.add_paragraph(each)


async def _xlsx(told: Told, draw: Draw) -> bytes:
    from openpyxl import Workbook  # when first needed: half a second and 30 MB

    from handlers.documents.grids import fill

    book = Workbook()
    fill(book.worksheets[0], told.heads[1], (told.heads, *told.rows), _WIDTHS, _SHAPES, stays="C2")
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


FILES: Mapping[str, File] = {
    "text.txt": File(_TEXT, _text),
    "loa.txt": File(_TEXT, _spoken),
    "quotes.txt": File(_TEXT, _quotes),
    "pack.docx": File(DOCX, _docx),
    "figures.xlsx": File(XLSX, _xlsx),
    "share.png": File("image/png", partial(_picture, Size.SHARE)),
    "print.png": File("image/png", partial(_picture, Size.PRINT)),
}
