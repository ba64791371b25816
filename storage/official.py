"""The register of official yearly values as it is stored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sipas.register import Certainty, Entry
from storage import registry
from storage.api_keys import Act
from storage.engine import Reader
from storage.queries import read
from storage.queries import write as sql
from storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Registered:
    """What became of entries: new, other than before, known as they are."""

    added: int
    changed: int
    known: int


def register(tx: Transaction, entries: Iterable[Entry], act: Act) -> Registered:
    """Keep entries; a value that was another before is replaced, with both in the audit."""
    added = changed = known = 0
    for entry in entries:
        key = {"index_id": entry.index, "whose": entry.whose, "year": entry.year}
        row = sql.official_value(tx.connection, **key)
        before = _entry(row) if row else None
        if before == entry:
            known += 1
            continue
        sql.put_official_value(tx.connection, **_row(entry))
        subject = f"{entry.index} {entry.whose} {entry.year}"
        detail = f"{_short(before)} -> {_short(entry)}" if before else _short(entry)
        registry.audit(tx, act.at, act.actor, "official value", subject, detail)
        added, changed = added + (before is None), changed + (before is not None)
    return Registered(added, changed, known)


async def official_values(connection: Reader) -> list[Entry]:
    """Every entry of the register."""
    return [_entry(row) async for row in read.all_official_values(connection)]


def _entry(row: Sequence[Any]) -> Entry:
    year, index, whose, whose_en, value, rank, ranked, instrument, source, source_en, sure = row
    return Entry(
        year,
        index,
        whose,
        whose_en,
        Decimal(value) if value else None,
        rank,
        ranked,
        instrument,
        source,
        source_en,
        Certainty(sure),
    )


def _row(entry: Entry) -> dict[str, object]:
    return {
        "year": entry.year,
        "index_id": entry.index,
        "whose": entry.whose,
        "whose_en": entry.whose_en,
        "value": "" if entry.value is None else str(entry.value),
        "standing": entry.rank,
        "ranked": entry.ranked,
        "instrument": entry.instrument,
        "source": entry.source,
        "source_en": entry.source_en,
        "certainty": str(entry.certainty),
    }


def _short(entry: Entry) -> str:
    """Value, rank and certainty, as the audit tells them."""
    return f"{'-' if entry.value is None else entry.value} {entry.rank or '-'} {entry.certainty}"
