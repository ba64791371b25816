"""Reads the shipped questionnaires from package files; the pure domain never opens a file."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from sipas.instrument import Instrument, parse
from sipas.packs import Pack, PackError, with_pack
from sipas.packs import parse as parse_pack

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


def shipped_packs() -> dict[str, Pack]:
    """Every content pack by its language; which of them are spoken is the operator's to say."""
    folder = files("sipas") / "languages"
    packs = [
        parse_pack(file.read_text(encoding="utf-8"), file.name)
        for file in sorted(folder.iterdir(), key=lambda file: file.name)
        if file.name.endswith(".toml")
    ]
    return {pack.language: pack for pack in packs}


def chosen(codes: Iterable[str]) -> list[Pack]:
    """The content packs of these languages.

    Raises:
        PackError: there is none for a language, or it is not complete.
    """
    packs = shipped_packs()
    for code in codes:
        if code not in packs:
            known = ", ".join(["vi", "en", *packs])
            raise PackError(f"MOTCUA_LANGUAGES: no language {code!r}; there are {known}")
    return [packs[code] for code in codes]


def spoken(packs: Iterable[Pack]) -> dict[str, Instrument]:
    """The shipped instruments with these further languages."""
    instruments = dict(shipped())
    for pack in packs:
        instruments = {ref: with_pack(each, pack) for ref, each in instruments.items()}
    return instruments
