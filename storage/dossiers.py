"""Dossier events: kept once each, counted by half-month, and read as denominators.

A code comes in, and only its keyed hash and last four characters stay.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple, TypeVar

from sipas.csv_rows import Refusal
from sipas.dossiers import DossierEvent
from sipas.periods import Period, atom, atoms
from storage.engine import Connection, Reader, for_each
from storage.numbering import STAGES
from storage.queries import read
from storage.queries import write as sql
from storage.transaction import Transaction

T = TypeVar("T")

EPOCH = date(1970, 1, 1)
RESOLVED_DAYS = 92
Cell = tuple[int, int, int, int]
"""A row of `dossier_counts`: unit, half-month, counter, field."""


class Place(NamedTuple):
    """Where an event belongs, in small numbers; 0 is not known."""

    unit_id: int
    resolving_unit_id: int | None
    field_id: int
    counter_id: int


class Kept(NamedTuple):
    """An event as it is stored."""

    code_hash: bytes
    stage: int
    day: date
    last_four: str
    place: Place
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of events: new, known before, refused."""

    added: int = 0
    known: int = 0
    refused: tuple[Refusal, ...] = ()

    def __add__(self, other: Imported) -> Imported:
        """Both together."""
        return Imported(
            self.added + other.added, self.known + other.known, (*self.refused, *other.refused)
        )


class Dossiers(NamedTuple):
    """Dossier events of a unit's half-month at a counter."""

    unit_id: int
    atom: int
    counter_id: int
    n: int


def add_events(tx: Transaction, rows: Iterable[tuple[int, DossierEvent]]) -> Imported:
    """Keep events that are new; those known by code, stage and day change nothing."""
    places, refused = _Places(tx), []
    kept: list[Kept] = []
    for number, event in rows:
        found = places.of(event)
        if isinstance(found, Place):
            code_hash = tx.cipher.dossier_hash(event.code)
            stage = STAGES.index(event.stage)
            kept.append(Kept(code_hash, stage, event.day, event.last_four, found, event.due))
        else:
            refused.append(Refusal(number, *found))
    added = keep(tx, kept)
    return Imported(added, len(kept) - added, tuple(refused))


def keep(tx: Transaction, events: Iterable[Kept]) -> int:
    """Store events and count them; return how many were new."""
    cells: Counter[Cell] = Counter()
    resolvers: dict[tuple[int, int, int], date] = {}
    told = list(events)
    added = for_each(tx.connection, sql.add_dossier_event.sql, map(_row, told))
    for event, done in zip(told, added, strict=True):
        if done.rowcount:
            place = event.place
            _resolves(resolvers, place, event.day)
            cells[place.unit_id, atom(event.day), place.counter_id, place.field_id] += 1
    for (unit_id, half_month, counter_id, field_id), n in cells.items():
        sql.add_dossier_count(
            tx.connection,
            unit_id=unit_id,
            atom=half_month,
            counter_id=counter_id,
            field_id=field_id,
            n=n,
        )
    for (unit_id, field_id, resolving), day in resolvers.items():
        sql.add_resolver(
            tx.connection,
            unit_id=unit_id,
            field_id=field_id,
            resolving_unit_id=resolving,
            last_day=(day - EPOCH).days,
        )
    return cells.total()


def _row(event: Kept) -> dict[str, Any]:
    return {
        **event.place._asdict(),
        "code_hash": event.code_hash,
        "stage": event.stage,
        "day": (event.day - EPOCH).days,
        "last_four": event.last_four,
        "due": (event.due - EPOCH).days if event.due else None,
    }


def _resolves(known: dict[tuple[int, int, int], date], place: Place, day: date) -> None:
    """Remember the last day on which a unit's field was seen to be resolved by somebody."""
    if place.field_id and place.resolving_unit_id:
        of = place.unit_id, place.field_id, place.resolving_unit_id
        known[of] = max(known.get(of, day), day)


def resolvers(connection: Connection, today: date) -> dict[tuple[int, int], int]:
    """Who resolves a unit's field, where in three months everybody's dossiers had the same one."""
    since = (today - EPOCH).days - RESOLVED_DAYS
    rows = sql.resolvers_since(connection, last_day=since)
    return {(unit_id, field_id): resolving for unit_id, field_id, resolving in rows}


_Fault = tuple[str, str, str]


@dataclass
class _Places:
    """Looks codes up, each once for many events."""

    tx: Transaction
    _known: dict[tuple[str, ...], Any] = field(default_factory=dict)

    def of(self, event: DossierEvent) -> Place | _Fault:
        """Where the event belongs, or the column, value and reason why nowhere."""
        day = event.day.isoformat()
        unit_id = self._unit(event.unit, day)
        resolving = self._unit(event.resolving_unit, day) if event.resolving_unit else None
        counter = self._counter(event.counter) if event.counter else (0, unit_id)
        field_id = self._field(event.field)
        if unit_id is None:
            return "unit", event.unit, f"no unit has this code on {day}"
        if event.resolving_unit and resolving is None:
            return "resolving_unit", event.resolving_unit, f"no unit has this code on {day}"
        if counter is None or counter[1] != unit_id:
            return "counter", event.counter, f"is no counter of {event.unit} on {day}"
        if event.field and not field_id:
            return "field", event.field, "no field has this code"
        return Place(unit_id, resolving, field_id, counter[0])

    def _unit(self, code: str, day: str) -> int | None:
        def found() -> int | None:
            unit_id: int | None = sql.current_unit_id(self.tx.connection, code=code, day=day)
            return unit_id

        return self._once(("unit", code, day), found)

    def _counter(self, code: str) -> tuple[int, int] | None:
        def found() -> tuple[int, int] | None:
            ids: tuple[int, int] | None = sql.counter_ids(self.tx.connection, code=code)
            return ids

        return self._once(("counter", code), found)

    def _field(self, code: str) -> int:
        return self._once(("field", code), lambda: self.tx.field_id(code))

    def _once(self, key: tuple[str, ...], find: Callable[[], T]) -> T:
        if key not in self._known:
            self._known[key] = find()
        found: T = self._known[key]
        return found


async def dossiers(connection: Reader, units: set[int], period: Period) -> list[Dossiers]:
    """Dossier events of *units* in *period*, which consists of whole half-months."""
    span = atoms(period)
    bounds = {"first": span[0], "last": span[-1]}
    query = read.dossiers_by_unit
    if len(units) == 1:
        query, bounds["unit_id"] = read.dossiers_of_unit, next(iter(units))
    rows = await connection.execute_fetchall(query.sql, bounds)
    return [Dossiers(*row) for row in rows if row[0] in units]


async def dossiers_by_field(connection: Reader, period: Period) -> dict[tuple[int, ...], int]:
    """Dossier events by (unit, field) in *period*, which consists of whole half-months."""
    span = atoms(period)
    bounds = {"first": span[0], "last": span[-1]}
    rows = await connection.execute_fetchall(read.dossiers_by_field.sql, bounds)
    return {(unit_id, field_id): n for unit_id, field_id, n in rows}


async def days_heard(connection: Reader, period: Period) -> dict[tuple[int, ...], int]:
    """Responses that came in by (unit, day); days are counted from 1970-01-01."""
    bounds = {"first": (period.first - EPOCH).days, "last": (period.last - EPOCH).days}
    rows = await connection.execute_fetchall(read.days_heard.sql, bounds)
    return {(unit_id, day): n for unit_id, day, n in rows}


async def counters_heard(connection: Reader, first: date, last: date) -> set[int]:
    """Counters that received a response between two days, both included."""
    rows = await connection.execute_fetchall(read.counters_heard.sql, _hours(first, last))
    return {int(counter_id) for (counter_id,) in rows}


def _hours(first: date, last: date) -> dict[str, int]:
    return {"first": (first - EPOCH).days * 24, "last": (last - EPOCH).days * 24 + 23}


def recounted(
    connection: Connection, part: Mapping[str, int]
) -> tuple[dict[Cell, int], dict[Cell, int]]:
    """`dossier_counts` as stored, and as the events say."""
    stored = {
        (unit_id, half_month, counter_id, field_id): n
        for unit_id, half_month, counter_id, field_id, n in connection.execute(
            sql.all_dossier_counts.sql, part
        )
    }
    counted: Counter[Cell] = Counter()
    for unit_id, day, counter_id, field_id, n in connection.execute(sql.all_dossier_days.sql, part):
        counted[unit_id, atom(EPOCH + timedelta(days=day)), counter_id, field_id] += n
    return stored, dict(counted)
