"""A report as tagged PDF that `report.typ` lays out."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import typst

from handlers.documents.report import Report

HERE = Path(__file__).parent


def pdf(of: Report) -> bytes:
    """The document; the machine's fonts are not looked at."""
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[HERE / "fonts"])
    compiler = typst.Compiler(HERE / "report.typ", root=HERE, font_paths=fonts)
    made = compiler.compile(
        sys_inputs={"report": json.dumps(asdict(of))}, format="pdf", pdf_standards=["ua-1"]
    )
    if not isinstance(made, bytes):  # a list only of images, None only when typst writes the file
        raise TypeError(f"expected one PDF, got {type(made).__name__}")
    return made
