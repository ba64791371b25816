"""Small questionnaires for tests, and the shipped ones as a program loads them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from sipas.instrument import parse
from sipas.items import Factor, Instrument, Item, Kind, Option

FOLDER = Path(__file__).parents[1] / "sipas" / "instruments"
NO_TEXTS: Mapping[str, str] = MappingProxyType({})


@cache
def shipped(name: str) -> Instrument:
    """One of the questionnaires in the package."""
    texts = {path.stem: path.read_text("utf-8") for path in FOLDER.glob("*.toml")}
    return parse(texts[name], f"{name}.toml", texts["shared"])


def instrument(
    index: tuple[str, ...], factors: Mapping[str, tuple[str, ...]] | None = None
) -> Instrument:
    """A questionnaire of `overall`, the scales of *index*, one event, reasons and a comment."""
    options = tuple(Option(code, code.upper(), NO_TEXTS) for code in "abc")
    grouped = {key: factor for factor, keys in (factors or {}).items() for key in keys}
    items = (
        _item("overall", Kind.SCALE),
        *(_item(key, Kind.SCALE, factor=grouped.get(key)) for key in index),
        _item("ev", Kind.EVENT, options),
        _item("reasons", Kind.REASONS, options),
        _item("comment", Kind.TEXT),
    )
    return Instrument(
        id="small",
        version=1,
        names=NO_TEXTS,
        source="",
        questions=items,
        asides=(),
        factors=tuple(Factor(key, NO_TEXTS, keys) for key, keys in (factors or {}).items()),
        index_items=index,
        formulas=("t2b.v1", "m5.v1", "m0.v1"),
        levels=MappingProxyType({}),
        words=MappingProxyType({}),
        items=items,
        by_key=MappingProxyType({item.key: item for item in items}),
    )


def _item(
    key: str, kind: Kind, options: tuple[Option, ...] = (), factor: str | None = None
) -> Item:
    return Item(key, kind, factor, NO_TEXTS, NO_TEXTS, options)
