"""Every rollup counted again from the responses themselves, and every difference named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sipas import tally
from sipas.instrument import Instrument
from storage.queries import write as sql
from storage.release import Key, instruments_by_id, rollups_of
from storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Difference:
    """One stored number that a recount does not confirm."""

    table: str
    key: Key
    stored: int
    counted: int

    def __str__(self) -> str:
        """The line `motcua doctor --recount` prints."""
        return f"{self.table} {self.key}: stored {self.stored}, counted {self.counted}"


def recount(tx: Transaction, instruments: Mapping[str, Instrument]) -> list[Difference]:
    """Compare all rollups, and the number received, with a count of the responses.

    The difference of a rollup is shown as its number of responses; a vector may also differ inside.
    """
    known = instruments_by_id(tx, instruments)
    rows = tx.connection.execute
    counted = rollups_of(known, rows(sql.all_responses.sql))
    return [
        *_compare("rollups", rows(sql.all_rollups.sql), counted.counters),
        *_compare("rollup_margins", rows(sql.all_margins.sql), counted.margins),
        *_compare("rollup_cube", rows(sql.all_cells.sql), counted.cube),
        *_compare_received(tx),
    ]


def _compare(
    table: str, stored: Iterable[tuple[Any, ...]], counted: dict[Key, int]
) -> Iterator[Difference]:
    """Row by row in the stored form; what was counted and never stored is left at the end."""
    for *key, vector in stored:
        many = counted.pop(tuple(key), 0)
        if tally.to_bytes(many) != vector:
            before = tally.from_bytes(vector)
            yield Difference(table, tuple(key), tally.responses(before), tally.responses(many))
    for left, many in sorted(counted.items()):
        yield Difference(table, left, 0, tally.responses(many))


def _compare_received(tx: Transaction) -> Iterator[Difference]:
    """A unit has received what is open with a level, closed or released there, and nothing else."""
    for unit_id, stored, counted in sql.received_and_found(tx.connection):
        if stored != counted:
            yield Difference("arrivals", (unit_id,), stored, counted)
