"""The registry for people: what every formula means, reads and rests on, in both languages."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sipas import qd766, tt01
from sipas.checked import Checked
from sipas.formulas import FORMULAS
from sipas.items import InstrumentError, Texts
from sipas.tt01_totals import OfficialClass, UnitClass

IDS = (*FORMULAS, tt01.FORMULA_ID, qd766.FORMULA_ID)


@dataclass(frozen=True, slots=True)
class Described:
    """One formula for people; *reads* and *prints* are the lines of `motcua formula`."""

    id: str
    meaning: Texts
    rule: str
    range: str
    source: str
    status: str
    reads: str
    prints: str


@dataclass(frozen=True, slots=True)
class Registry:
    """Every formula, and the names of what `tt01.v1` says in codes."""

    formulas: Mapping[str, Described]
    classes: Mapping[str, Texts]
    notes: Mapping[str, Texts]


def parse(text: str, name: str) -> Registry:
    """The registry a TOML *text* describes; every formula of the code is in it, and no other.

    Raises:
        InstrumentError: the file cannot be used; the message names file, key and reason.

    >>> parse("", "bad.toml")
    Traceback (most recent call last):
    sipas.items.InstrumentError: bad.toml: formulas.t2b.v1: missing
    """
    file = Checked(name, ("vi", "en"))
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as wrong:
        raise InstrumentError(f"{name}: file: not TOML: {wrong}") from wrong
    formulas = _tables(file, table, "formulas", IDS)
    return Registry(
        MappingProxyType({key: _described(file, key, formulas[key]) for key in IDS}),
        _named(file, table, "classes", [*UnitClass, *OfficialClass]),
        _named(file, table, "notes", list(tt01.Note)),
    )


def _tables(file: Checked, table: dict[str, Any], place: str, keys: Any) -> dict[str, Any]:
    declared = file.table(table.get(place), place)
    for key in keys:
        file.need(key in declared, f"{place}.{key}", "missing")
    for key in declared:
        file.need(key in tuple(keys), f"{place}.{key}", "the code has none")
    return declared


def _named(file: Checked, table: dict[str, Any], place: str, keys: Any) -> Mapping[str, Texts]:
    declared = _tables(file, table, place, keys)
    return MappingProxyType({str(k): file.texts(declared[k], f"{place}.{k}") for k in keys})


def _described(file: Checked, key: str, fields: dict[str, Any]) -> Described:
    place = f"formulas.{key}"

    def line(field: str) -> str:
        value = fields.get(field)
        file.need(isinstance(value, str) and bool(value), f"{place}.{field}", "expected a text")
        return str(value)

    return Described(
        key,
        file.texts(fields.get("meaning"), f"{place}.meaning"),
        *map(line, ("rule", "range", "source", "status", "reads", "prints")),
    )
