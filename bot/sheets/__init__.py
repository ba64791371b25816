"""Login sheets: one page a person, to be handed over folded and torn up after the first sign-in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import typst

from bot.own_files import own_file
from bot.posters.poster import HERE as POSTERS
from bot.posters.poster import qr
from handlers.people.sheet import Sheet

HERE = Path(__file__).parent


def sheets_pdf(sheets: Sequence[Sheet]) -> bytes:
    """The sheets as one tagged PDF."""
    pages = [{**asdict(sheet), "qr": qr(sheet.address)} for sheet in sheets]
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[POSTERS / "fonts"])
    compiler = typst.Compiler(HERE / "sheet.typ", root=HERE, font_paths=fonts)
    made = compiler.compile(
        sys_inputs={"sheets": json.dumps(pages)}, format="pdf", pdf_standards=["ua-1"]
    )
    if not isinstance(made, bytes):  # a list only of images, None only when typst writes the file
        raise TypeError(f"expected one PDF, got {type(made).__name__}")
    return made


def write_sheets(sheets: Sequence[Sheet], path: Path) -> None:
    """Write the sheets as one PDF; nothing is written where there are none."""
    if sheets:
        made = sheets_pdf(sheets)
        with own_file(path) as file:
            file.write(made)
