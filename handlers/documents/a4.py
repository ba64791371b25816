"""Paper of offices: A4 with their margins, Times New Roman in black."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def document(title: str, sizes: Mapping[str, int]) -> Any:
    """An empty document with this title.

    Args:
        sizes: points, by style.
    """
    from docx import Document  # when first needed: it is slow to load
    from docx.shared import Mm

    made = Document()
    made.core_properties.title = title
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.top_margin = section.bottom_margin = Mm(20)
    for style, size in sizes.items():
        _letter(made.styles[style], size)
    return made


def _letter(style: Any, size: int) -> None:
    """The theme's own fonts would take precedence."""
    from docx.shared import Pt, RGBColor

    style.font.name, style.font.size = "Times New Roman", Pt(size)
    style.font.color.rgb = RGBColor(0, 0, 0)
    style.paragraph_format.space_after = Pt(6)
    fonts = style.element.rPr.rFonts
    for name in [each for each in fonts.attrib if each.endswith("Theme")]:
        del fonts.attrib[name]
