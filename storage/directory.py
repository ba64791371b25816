"""The administrative tree in memory: units, counters and fields as everybody looks them up.

Some hundred rows that change a few times a year; loaded whole and kept until the file changes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

from sipas.breaks import Asking
from sipas.units import LineageRow
from storage.engine import Reader
from storage.queries import read as sql


@dataclass(frozen=True, slots=True)
class Unit:
    """One row of `units`: a body of the tree as it was between two dates."""

    unit_id: int
    code: str
    kind: str
    name: str
    name_en: str
    sort_key: str
    search_key: str
    parent_code: str | None
    valid_from: str
    valid_to: str | None
    published_from: str | None

    @property
    def published(self) -> bool:
        """Whether an authorised act has made the unit's figures public."""
        return self.published_from is not None


@dataclass(frozen=True, slots=True)
class Counter:
    """One row of `counters` with the code of its unit."""

    counter_id: int
    code: str
    unit_id: int
    name: str
    instrument: str
    officials: int
    public: bool
    valid_from: str
    valid_to: str | None


@dataclass(frozen=True, slots=True)
class Field:
    """A field of administrative procedures (lĩnh vực)."""

    field_id: int
    code: str
    name: str
    name_en: str


@dataclass(frozen=True)
class Directory:
    """All units, counters and fields, with the look-ups that pages and the API need."""

    units: tuple[Unit, ...]
    counters: tuple[Counter, ...]
    fields: tuple[Field, ...]
    successors: dict[str, tuple[str, ...]]
    lineage: tuple[LineageRow, ...] = ()
    askings: tuple[Asking, ...] = ()
    _current: dict[str, Unit] = field(default_factory=dict)
    _by_id: dict[int, Unit] = field(default_factory=dict)
    _children: dict[str, tuple[Unit, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for unit in self.units:
            self._by_id[unit.unit_id] = unit
            if unit.valid_to is None or unit.code not in self._current:
                self._current[unit.code] = unit
            if unit.valid_to is None and unit.parent_code:
                siblings = self._children.get(unit.parent_code, ())
                self._children[unit.parent_code] = (*siblings, unit)

    def unit(self, code: str) -> Unit | None:
        """The unit with this code as it is now, or as it was last."""
        return self._current.get(code)

    def unit_by_id(self, unit_id: int) -> Unit:
        """The unit row that responses refer to."""
        return self._by_id[unit_id]

    def counter(self, code: str) -> Counter | None:
        """The counter with this code."""
        return next((counter for counter in self.counters if counter.code == code), None)

    def counters_of(self, unit: Unit) -> tuple[Counter, ...]:
        """The unit's own counters."""
        return tuple(counter for counter in self.counters if counter.unit_id == unit.unit_id)

    def askings_in(self, codes: Collection[str]) -> tuple[Asking, ...]:
        """How many items the counters of units with these codes have asked, day by day."""
        rows = {unit.unit_id for unit in self.units if unit.code in codes}
        counters = {each.counter_id for each in self.counters if each.unit_id in rows}
        return tuple(each for each in self.askings if each.counter in counters)

    def children(self, unit: Unit) -> tuple[Unit, ...]:
        """The units directly below, as the tree stands now."""
        return self._children.get(unit.code, ())

    def subtree(self, unit: Unit) -> tuple[Unit, ...]:
        """The unit and everything below it."""
        below = (self.subtree(child) for child in self.children(unit))
        return (unit, *(found for tree in below for found in tree))

    def line(self, counter: str) -> tuple[str, ...]:
        """Codes of the counter's unit and of those above it, nearest first."""
        found = self.counter(counter)
        unit = self.unit_by_id(found.unit_id) if found else None
        line: list[str] = []
        while unit is not None and unit.code not in line:
            line.append(unit.code)
            unit = self.unit(unit.parent_code) if unit.parent_code else None
        return tuple(line)

    def search(self, key: str) -> tuple[Unit, ...]:
        """Published units whose folded name, or a predecessor's, contains *key* (folded too)."""
        hits: dict[str, Unit] = {}
        for unit in self.units:
            if key in unit.search_key:
                hits |= {found.code: found for found in self._published_now(unit)}
        return tuple(sorted(hits.values(), key=lambda unit: unit.sort_key))

    def _published_now(self, unit: Unit) -> Iterable[Unit]:
        if unit.valid_to is None:
            return (unit,) if unit.published else ()
        successors = (self.unit(code) for code in self.successors.get(unit.code, ()))
        return (found for found in successors if found is not None and found.published)


async def load_directory(connection: Reader) -> Directory:
    """Read the whole directory."""
    successors: dict[str, tuple[str, ...]] = {}
    lineage = tuple(
        LineageRow(old, new, date.fromisoformat(on))
        for old, new, on in await connection.execute_fetchall(sql.all_lineage.sql)
    )
    for row in lineage:
        successors[row.old] = (*successors.get(row.old, ()), row.new)
    units = await connection.execute_fetchall(sql.all_units.sql)
    counters = await connection.execute_fetchall(sql.all_counters.sql)
    fields = await connection.execute_fetchall(sql.all_fields.sql)
    askings = await connection.execute_fetchall(sql.all_askings.sql)
    return Directory(
        units=tuple(Unit(*row) for row in units),
        counters=tuple(Counter(*row) for row in counters),
        fields=tuple(Field(*row) for row in fields),
        successors=successors,
        lineage=lineage,
        askings=tuple(Asking(row, date.fromisoformat(day), n) for row, day, n in askings),
    )
