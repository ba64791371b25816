"""Reads the shipped questionnaires from package files; the pure domain never opens a file."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from sipas.instrument import Instrument, parse

SHARED = "shared.toml"


@cache
def shipped() -> dict[str, Instrument]:
    """Every shipped instrument by its reference, for example ``short.1``."""
    folder = files("sipas") / "instruments"
    shared = (folder / SHARED).read_text(encoding="utf-8")
    parsed = [
        parse(file.read_text(encoding="utf-8"), file.name, shared)
        for file in sorted(folder.iterdir(), key=lambda file: file.name)
        if file.name.endswith(".toml") and file.name != SHARED
    ]
    return {instrument.ref: instrument for instrument in parsed}
