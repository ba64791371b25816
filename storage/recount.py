"""Every rollup counted again from the responses themselves, and every difference named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sipas import tally
from sipas.instrument import Instrument
from storage.queries import write as sql
from storage.release import Key, Released, Rollups, instruments_by_id, rollups_of
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


def recount(tx: Transaction, instruments: dict[str, Instrument]) -> list[Difference]:
    """Compare all rollups, and the number received, with a count of the responses.

    The difference of a rollup is shown as its number of responses; a vector may also differ inside.
    """
    known = instruments_by_id(tx, instruments)
    counted = rollups_of(known, _responses(tx))
    stored = _stored(tx)
    return [
        *_compare("rollups", stored.counters, counted.counters),
        *_compare("rollup_margins", stored.margins, counted.margins),
        *_compare("rollup_cube", stored.cube, counted.cube),
        *_compare_received(tx),
    ]


def _responses(tx: Transaction) -> Iterator[Released]:
    for row in tx.connection.execute(sql.all_responses.sql):
        yield Released(*row)


def _stored(tx: Transaction) -> Rollups:
    def by_key(rows: Iterable[tuple[object, ...]]) -> dict[Key, int]:
        return {row[:-1]: tally.from_bytes(row[-1]) for row in rows}  # type: ignore[misc, arg-type]

    return Rollups(
        by_key(sql.all_rollups(tx.connection)),
        by_key(sql.all_margins(tx.connection)),
        by_key(sql.all_cells(tx.connection)),
    )


def _compare(
    table: str, stored: Mapping[Key, int], counted: Mapping[Key, int]
) -> Iterator[Difference]:
    for key in sorted(stored.keys() | counted.keys()):
        before, after = stored.get(key, 0), counted.get(key, 0)
        if before != after:
            yield Difference(table, key, tally.responses(before), tally.responses(after))


def _compare_received(tx: Transaction) -> Iterator[Difference]:
    """A unit has received what is open with a level, closed or released there, and nothing else."""
    for unit_id, stored, counted in sql.received_and_found(tx.connection):
        if stored != counted:
            yield Difference("arrivals", (unit_id,), stored, counted)
