"""Reads the shipped questionnaires from package files; the pure domain never opens a file."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from handlers.messages import told_by_packs
from sipas.crosswalk import Crosswalk
from sipas.crosswalk import parse as parse_crosswalk
from sipas.instrument import Instrument, parse
from sipas.packs import Pack, PackError, check_messages, with_pack
from sipas.packs import parse as parse_pack

SHARED = "shared.toml"
CROSSWALK = "crosswalk.toml"


@cache
def shipped() -> dict[str, Instrument]:
    """Every instrument that a counter may offer by its reference, for example ``short.1``."""
    return _read(files("sipas") / "instruments")


@cache
def historic() -> dict[str, Instrument]:
    """Instruments of the past by reference: known by name, but no counter can offer them."""
    return _read(files("sipas") / "instruments" / "historic")


@cache
def crosswalk() -> Crosswalk:
    """Which items of the national forms are about the same thing."""
    return parse_crosswalk((files("sipas") / CROSSWALK).read_text(encoding="utf-8"), CROSSWALK)


def _read(folder: Traversable) -> dict[str, Instrument]:
    shared = (files("sipas") / "instruments" / SHARED).read_text(encoding="utf-8")
    parsed = [
        parse(file.read_text(encoding="utf-8"), file.name, shared)
        for file in sorted(folder.iterdir(), key=lambda file: file.name)
        if file.name.endswith(".toml") and file.name != SHARED
    ]
    return {instrument.ref: instrument for instrument in parsed}


def chosen(codes: Iterable[str]) -> list[Pack]:
    """The content packs of these languages; files of other languages are not even read.

    Raises:
        PackError: there is none for a language, or it is not complete.
    """
    folder = files("sipas") / "languages"
    names = sorted(file.name for file in folder.iterdir() if file.name.endswith(".toml"))
    packs = []
    for code in codes:
        if f"{code}.toml" not in names:
            known = ", ".join(["vi", "en", *(name.removesuffix(".toml") for name in names)])
            raise PackError(f"MOTCUA_LANGUAGES: no language {code!r}; there are {known}")
        text = (folder / f"{code}.toml").read_text(encoding="utf-8")
        packs.append(parse_pack(text, f"{code}.toml"))
        check_messages(packs[-1], told_by_packs())
    spoken(packs)
    return packs


def spoken(packs: Iterable[Pack]) -> dict[str, Instrument]:
    """The shipped instruments with these further languages."""
    instruments = dict(shipped())
    for pack in packs:
        instruments = {ref: with_pack(each, pack) for ref, each in instruments.items()}
    return instruments
