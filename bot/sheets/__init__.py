"""Login sheets: one page a person, to be handed over folded and torn up after the first sign-in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import typst

from bot.posters.poster import HERE as POSTERS
from bot.posters.poster import qr

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on it; the password works once."""

    name: str
    full_name: str
    password: str
    address: str


def write_sheets(sheets: Sequence[Sheet], path: Path) -> None:
    """Write the sheets as one tagged PDF; nothing is written where there are none."""
    if not sheets:
        return
    pages = [{**asdict(sheet), "qr": qr(sheet.address)} for sheet in sheets]
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[POSTERS / "fonts"])
    compiler = typst.Compiler(HERE / "sheet.typ", root=HERE, font_paths=fonts)
    compiler.compile(
        output=path, sys_inputs={"sheets": json.dumps(pages)}, format="pdf", pdf_standards=["ua-1"]
    )
