"""Units, lineage, counters and fields are added here, and units are published here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import NamedTuple

from sipas.units import CounterRow, LineageRow, UnitRow
from sipas.vietnamese import fold, sort_key
from storage.engine import Reader
from storage.queries import read
from storage.queries import write as sql
from storage.transaction import Transaction


def add_units(tx: Transaction, rows: Iterable[UnitRow]) -> int:
    """Add units that are not known yet and return how many were added."""
    added: int = sum(
        sql.add_unit(
            tx.connection,
            code=row.code,
            kind=row.kind,
            name=row.name,
            name_en=row.name_en,
            sort_key=sort_key(row.name),
            search_key=fold(row.name),
            parent_code=row.parent,
            valid_from=row.valid_from.isoformat(),
            valid_to=row.valid_to and row.valid_to.isoformat(),
        )
        for row in rows
    )
    touch(tx)
    return added


def add_lineage(tx: Transaction, rows: Iterable[LineageRow]) -> int:
    """Add successions of units and return how many were new."""
    added: int = sum(
        sql.add_lineage(
            tx.connection, old_code=row.old, new_code=row.new, changed_on=row.on.isoformat()
        )
        for row in rows
    )
    touch(tx)
    return added


def add_fields(tx: Transaction, rows: Iterable[tuple[str, str, str]]) -> None:
    """Add fields of procedure (code, Vietnamese name, English name) or rename them."""
    for code, name, name_en in rows:
        sql.add_field(tx.connection, code=code, name=name, name_en=name_en)
    touch(tx)


def add_counters(tx: Transaction, rows: Iterable[CounterRow]) -> int:
    """Add counters that are not known yet and return how many were added.

    Raises:
        LookupError: a counter names a unit that does not exist on its first day.
    """
    added = sum(_add_counter(tx, row) for row in rows)
    touch(tx)
    return added


def _add_counter(tx: Transaction, row: CounterRow) -> int:
    first = row.valid_from.isoformat()
    unit_id = sql.current_unit_id(tx.connection, code=row.unit, day=first)
    if unit_id is None:
        raise LookupError(f"counter {row.code}: no unit {row.unit} on {first}")
    added: int = sql.add_counter(
        tx.connection,
        code=row.code,
        unit_id=unit_id,
        name=row.name,
        instrument=row.instrument,
        officials=row.officials,
        public=int(row.public),
        valid_from=first,
        valid_to=row.valid_to and row.valid_to.isoformat(),
        split=row.split,
    )
    counter_id = sql.counter_id(tx.connection, code=row.code)
    if added and row.split:
        sql.add_asking(tx.connection, counter_id=counter_id, day=first, items=row.split)
    for field in row.fields:
        if field_id := tx.field_id(field):
            sql.add_counter_field(tx.connection, counter_id=counter_id, field_id=field_id)
    return added


def publish(tx: Transaction, codes: Iterable[str], day: str, actor: str, at: str) -> int:
    """Make units' figures public from *day* on, with a line in the audit; return how many."""
    published = 0
    for code in codes:
        if sql.publish_unit(tx.connection, code=code, day=day):
            published += 1
            audit(tx, at, actor, "publish", code, day)
    touch(tx)
    return published


def unit_exists(tx: Transaction, code: str) -> bool:
    """Whether there is, or was, a unit with this code."""
    return sql.unit_exists(tx.connection, code=code) is not None


def audit(tx: Transaction, at: str, actor: str, act: str, subject: str, detail: str = "") -> None:
    """Write down who did what to what; no line of it is ever changed."""
    sql.add_audit(tx.connection, at=at, actor=actor, act=act, subject=subject, detail=detail)


class AuditLine(NamedTuple):
    """One act, as it was written down."""

    number: int
    at: str
    actor: str
    act: str
    subject: str
    detail: str


async def audit_lines(connection: Reader, before: int, most: int) -> list[AuditLine]:
    """The newest lines below a number, newest first."""
    rows = read.audit_before(connection, before=before, most=most)
    return [AuditLine(*row) async for row in rows]


async def whole_audit(connection: Reader) -> AsyncIterator[tuple[str, ...]]:
    """Every line without its number, oldest first."""
    async for _, *line in read.whole_audit(connection):
        yield tuple(line)


def mark(tx: Transaction, key: str, value: str) -> None:
    """Remember a fact about the installation itself, such as that it holds simulated data."""
    sql.set_installation(tx.connection, key=key, value=value)


def fact(tx: Transaction, key: str) -> str | None:
    """A fact about the installation, or None."""
    found: str | None = sql.installation(tx.connection, key=key)
    return found


def touch(tx: Transaction) -> None:
    """Tell every process that keeps the directory in memory to read it again."""
    version = int(fact(tx, "directory") or 0)
    mark(tx, "directory", str(version + 1))
