"""Units, lineage and counters from CSV."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sipas.codes import is_code
from sipas.csv_rows import Refusal, Row, Wrong, code_in, day_in, read_csv

T = TypeVar("T")

_SMALL = re.compile(r"\d{1,4}", re.ASCII)
MOST_DRAWN = 20
"""Of a split questionnaire, what one respondent may be asked of the index."""

_TRUE, _FALSE = ("yes", "1", "true", "có"), ("no", "0", "false", "không")


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A body of the tree between two days."""

    code: str
    kind: str
    name: str
    name_en: str
    parent: str | None
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class LineageRow:
    """A unit and one that took over from it."""

    old: str
    new: str
    on: date


@dataclass(frozen=True, slots=True)
class CounterRow:
    """A one-stop desk of a unit."""

    code: str
    unit: str
    name: str
    instrument: str
    officials: int
    public: bool
    fields: tuple[str, ...]
    valid_from: date
    valid_to: date | None
    split: int = 0


def read_units(raw: bytes) -> tuple[tuple[UnitRow, ...], tuple[Refusal, ...]]:
    """Units of a CSV with code, kind, name, name_en, parent, valid_from, valid_to.

    >>> read_units(b"code,kind,name,valid_from\\nx1,xa,,2025-07-01\\n")[1]
    (Refusal(line=2, column='name', value='', reason='expected a name'),)
    """
    accepted, refused = read_csv(raw, ("code", "kind", "name", "valid_from"), _unit)
    return _once(accepted, refused, lambda row: f"{row.code} {row.valid_from}")


def read_lineage(raw: bytes) -> tuple[tuple[LineageRow, ...], tuple[Refusal, ...]]:
    """Successions of a CSV with old, new, on."""
    accepted, refused = read_csv(raw, ("old", "new", "on"), _lineage)
    return _once(accepted, refused, lambda row: f"{row.old} {row.new} {row.on}")


def read_counters(raw: bytes) -> tuple[tuple[CounterRow, ...], tuple[Refusal, ...]]:
    """Counters of a CSV: code, unit, name, instrument, officials, public, fields, split, …."""
    accepted, refused = read_csv(
        raw, ("code", "unit", "name", "instrument", "valid_from"), _counter
    )
    return _once(accepted, refused, lambda row: row.code)


def _once(
    accepted: list[tuple[int, T]], refused: list[Refusal], key: Callable[[T], str]
) -> tuple[tuple[T, ...], tuple[Refusal, ...]]:
    """Of rows with one key the first counts; the others are refused."""
    kept: dict[str, T] = {}
    for line, row in accepted:
        name = key(row)
        if name in kept:
            refused.append(Refusal(line, "code", name, "the same code twice"))
        kept.setdefault(name, row)
    return tuple(kept.values()), tuple(sorted(refused, key=lambda refusal: refusal.line))


def _unit(row: Row) -> UnitRow:
    first, last = _days(row)
    parent = row.get("parent", "")
    return UnitRow(
        code=code_in(row, "code"),
        kind=code_in(row, "kind"),
        name=_name(row),
        name_en=row.get("name_en", ""),
        parent=code_in(row, "parent") if parent else None,
        valid_from=first,
        valid_to=last,
    )


def _lineage(row: Row) -> LineageRow:
    return LineageRow(code_in(row, "old"), code_in(row, "new"), day_in(row, "on"))


def _counter(row: Row) -> CounterRow:
    first, last = _days(row)
    if not is_code(row["code"]):
        raise Wrong("code", row["code"], "expected six digits with a right check digit")
    officials = row.get("officials", "") or "2"
    if not _SMALL.fullmatch(officials):
        raise Wrong("officials", officials, "expected a number")
    split = row.get("split", "") or "0"
    if not _SMALL.fullmatch(split) or int(split) > MOST_DRAWN:
        raise Wrong("split", split, f"expected a number of items from 0 (all) to {MOST_DRAWN}")
    return CounterRow(
        code=row["code"],
        unit=code_in(row, "unit"),
        name=_name(row),
        instrument=row["instrument"] or "short.1",
        officials=int(officials),
        # One official would be rated in person: not public unless somebody says so.
        public=_yes(row, "public", int(officials) > 1),
        fields=tuple(row.get("fields", "").split()),
        valid_from=first,
        valid_to=last,
        split=int(split),
    )


def _name(row: Row) -> str:
    if not row["name"]:
        raise Wrong("name", "", "expected a name")
    return row["name"]


def _yes(row: Row, column: str, otherwise: bool) -> bool:
    told = row.get(column, "").lower()
    if told and told not in _TRUE + _FALSE:
        raise Wrong(column, told, "expected yes or no")
    return told in _TRUE if told else otherwise


def _days(row: Row) -> tuple[date, date | None]:
    first = day_in(row, "valid_from")
    last = day_in(row, "valid_to") if row.get("valid_to") else None
    if last is not None and last < first:
        raise Wrong("valid_to", row["valid_to"], "is before valid_from")
    return first, last
