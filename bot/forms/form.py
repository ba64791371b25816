"""A batch of paper forms as data, and as one PDF that `form.typ` lays out."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import typst

from handlers.messages import LANGUAGES, text
from sipas.items import LETTERS, Kind
from sipas.packing import NOT_APPLICABLE, REFUSED
from sipas.paper import Line, Paper

HERE = Path(__file__).parent
FONTS = HERE.parent / "posters" / "fonts"

Words = dict[str, str]


def sheet(form: Paper, unit_en: str, code: str, forms: int) -> dict[str, Any]:
    """What the template reads: the batch's code, the counter, and the questions."""
    return {
        "code": code,
        "forms": forms,
        "counter": form.place.name,
        "counter_code": form.place.counter,
        "unit": form.place.unit,
        "unit_en": unit_en,
        "levels": {language: form.plan.instrument.levels[language] for language in LANGUAGES},
        "notice": {language: text(language, "chat.page.notice") for language in LANGUAGES},
        "lines": [_line(form, number, line) for number, line in enumerate(form.lines, 1)],
    }


def _line(form: Paper, number: int, line: Line) -> dict[str, Any]:
    scale = line.item.kind is Kind.SCALE
    return {
        "number": number,
        "scale": scale,
        "text": _question(form, line),
        "when": [_when(form, gate, allowed) for gate, allowed in form.plan.rules[line.number]],
        "options": [] if scale else options(form, line),
        "na": NOT_APPLICABLE in line.keys,
        "refuse": REFUSED in line.keys,
    }


def _question(form: Paper, line: Line) -> Words:
    return {
        language: line.item.texts[language].format(
            **{word: texts[language] for word, texts in form.plan.instrument.words.items()}
        )
        for language in LANGUAGES
    }


def options(form: Paper, line: Line) -> list[Words]:
    """The boxes of a choice in printed order, those of the counter first."""
    own = [
        {language: option.texts[language] for language in LANGUAGES} for option in line.item.options
    ]
    if line.number != form.plan.field:
        return own
    return [{"vi": vi, "en": en or vi} for _, vi, en in form.place.fields] + own


def _when(form: Paper, gate: int, allowed: str) -> dict[str, Any]:
    """On which boxes of which printed question this one depends."""
    printed = [line.number for line in form.lines]
    boxes = [str(LETTERS.index(mark) + 1) if mark in LETTERS else mark for mark in allowed]
    return {"number": printed.index(gate) + 1, "boxes": boxes}


def pdf(of: dict[str, Any]) -> bytes:
    """Tagged PDF (PDF/UA-1) of a batch, a form after the other."""
    made = _compiler().compile(
        sys_inputs={"sheet": json.dumps(of)}, format="pdf", pdf_standards=["ua-1"]
    )
    if not isinstance(made, bytes):  # a list only of images, None only when typst writes the file
        raise TypeError(f"expected one PDF, got {type(made).__name__}")
    return made


@cache
def _compiler() -> typst.Compiler:
    """The template with the posters' fonts, and none of the machine's."""
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[FONTS])
    return typst.Compiler(HERE / "form.typ", root=HERE, font_paths=fonts)
