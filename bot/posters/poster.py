"""A poster as data, and posters as one PDF that `poster.typ` lays out."""

from __future__ import annotations

import io
import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

import segno
import typst

from storage.directory import Counter, Directory

HERE = Path(__file__).parent


class Size(StrEnum):
    """The paper a poster fills."""

    A4 = "a4"
    A5 = "a5"
    A6 = "a6"


@dataclass(frozen=True, slots=True)
class Poster:
    """What stands on the poster of one counter.

    Attributes:
        code: six digits.
        counter: the counter's name.
        unit: its unit's name, and in English `unit_en` or "".
        address: where its QR code leads.
        zalo: name of the Zalo Official Account that answers to the code, or "".
    """

    code: str
    counter: str
    unit: str
    unit_en: str
    address: str
    zalo: str = ""


def poster(directory: Directory, counter: Counter, public_url: str, zalo: str = "") -> Poster:
    """The poster of a counter of this directory."""
    unit = directory.unit_by_id(counter.unit_id)
    address = f"{public_url}/c/{counter.code}"
    return Poster(counter.code, counter.name, unit.name, unit.name_en, address, zalo)


def page(of: Poster) -> dict[str, str]:
    """What the template reads of a poster, its QR code drawn."""
    return {**asdict(of), "qr": qr(of.address)}


def pdf(pages: list[dict[str, str]], size: Size) -> bytes:
    """Tagged PDF (PDF/UA-1) of these pages; the same pages give the same bytes."""
    made = _compiler().compile(
        sys_inputs={"size": size, "posters": json.dumps(pages)},
        format="pdf",
        pdf_standards=["ua-1"],
    )
    if not isinstance(made, bytes):  # a list only of images, None only when typst writes the file
        raise TypeError(f"expected one PDF, got {type(made).__name__}")
    return made


def qr(address: str) -> str:
    """A QR code as SVG with the quiet zone of four modules that the standard asks for.

    Error level M, or better where that makes it no larger: posters wear off.
    """
    sink = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        sink, kind="svg", border=4, dark="#000", omitsize=True
    )
    return sink.getvalue().decode()


@cache
def _compiler() -> typst.Compiler:
    """The template with its fonts, read once and not from the machine: every poster is alike."""
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[HERE / "fonts"])
    return typst.Compiler(HERE / "poster.typ", root=HERE, font_paths=fonts)
