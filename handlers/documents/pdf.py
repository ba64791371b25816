"""Documents as tagged PDF: a Typst file lays out what it is given."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typst

from handlers.documents.report import Report

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

HERE = Path(__file__).parent


def pdf(of: Report) -> bytes:
    """A filing's report."""
    return pdf_of("report", of)


def pdf_of(template: str, of: DataclassInstance) -> bytes:
    """The document that `<template>.typ` makes of *of*; the machine's fonts are not looked at."""
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[HERE / "fonts"])
    compiler = typst.Compiler(HERE / f"{template}.typ", root=HERE, font_paths=fonts)
    made = compiler.compile(
        sys_inputs={"report": json.dumps(asdict(of))}, format="pdf", pdf_standards=["ua-1"]
    )
    if not isinstance(made, bytes):  # a list only of images, None only when typst writes the file
        raise TypeError(f"expected one PDF, got {type(made).__name__}")
    return made
