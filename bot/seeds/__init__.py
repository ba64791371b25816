"""Thanh Hóa as seed data: units with their predecessors, counters, fields of procedure."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from importlib.resources import files
from typing import TypeVar

from sipas.csv_rows import Refusal
from sipas.register import Entry, read_register
from sipas.units import CounterRow, LineageRow, UnitRow, read_counters, read_lineage, read_units

T = TypeVar("T")


def seed_units() -> tuple[UnitRow, ...]:
    """The province, its departments, its 166 communes and the former ones."""
    return _accepted("units.csv", read_units)


def seed_lineage() -> tuple[LineageRow, ...]:
    """Which former commune went into which present one."""
    return _accepted("lineage.csv", read_lineage)


def seed_counters() -> tuple[CounterRow, ...]:
    """At least one counter for every commune and department."""
    return _accepted("counters.csv", read_counters)


def seed_official() -> tuple[Entry, ...]:
    """Official yearly values that ministry and province have published, with source and mark."""
    return _accepted("official.csv", read_register)


def seed_fields() -> list[tuple[str, str, str]]:
    """Fields of procedure: code, Vietnamese name, English name."""
    rows = csv.DictReader(io.StringIO(_bytes("fields.csv").decode()))
    return [(row["code"], row["vi"], row["en"]) for row in rows]


def _bytes(name: str) -> bytes:
    return (files("bot.seeds") / name).read_bytes()


def _accepted(
    name: str, read: Callable[[bytes], tuple[tuple[T, ...], tuple[Refusal, ...]]]
) -> tuple[T, ...]:
    rows, refused = read(_bytes(name))
    if refused:
        raise ValueError(f"{name}: {refused[0]}")
    return rows
