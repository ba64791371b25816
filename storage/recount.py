"""Every rollup counted again from the responses themselves, and every difference named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sipas import tally
from sipas.instrument import Instrument
from storage import dossiers
from storage.engine import Connection, streamed
from storage.queries import write as sql
from storage.release import TOTAL, Key, instruments_by_id, rollups_of
from storage.verdicts import flagged_places

K = TypeVar("K", bound=Key)


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


def recount(
    connection: Connection,
    instruments: Mapping[str, Instrument],
    part: int = 0,
    parts: int = 1,
) -> list[Difference]:
    """Compare the rollups, and the number received, with a count of the responses.

    The units are dealt out to *parts* recounts that may run side by side; this one does its *part*.
    The difference of a rollup is shown as its number of responses; a vector may also differ inside.
    """
    known = instruments_by_id(connection, instruments)
    mine = {"part": part, "parts": parts}

    def rows(query: Any) -> Iterable[tuple[Any, ...]]:
        return streamed(connection, query.sql, mine)

    counted = rollups_of(known, rows(sql.all_responses))
    released = _by_unit(counted.margins)
    return [
        *_compare("rollups", rows(sql.all_rollups), counted.counters),
        *_compare("rollup_margins", rows(sql.all_margins), counted.margins),
        *_compare("rollup_cube", rows(sql.all_cells), counted.cube),
        *_compare_received(rows(sql.received_and_waiting), released),
        *(
            Difference("received", (unit, day), *both)
            for unit, day, *both in rows(sql.received_amiss)
        ),
        *_compare_counts("flagged", *flagged_places(connection, mine)),
        *_compare_counts("dossier_counts", *dossiers.recounted(connection, mine)),
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


def _by_unit(margins: Mapping[Key, int]) -> Counter[int]:
    """How many responses of each unit are released."""
    released: Counter[int] = Counter()
    for (unit_id, _, _, dimension, _), many in margins.items():
        if dimension == TOTAL:
            released[unit_id] += tally.responses(many)
    return released


def _compare_received(
    sums: Iterable[tuple[Any, ...]], released: Counter[int]
) -> Iterator[Difference]:
    """A unit has received what is open with a level, closed or released there, and nothing else."""
    for unit_id, received, waiting in sums:
        found = waiting + released.pop(unit_id, 0)
        if received != found:
            yield Difference("arrivals", (unit_id,), received, found)
    for unit_id, found in sorted(released.items()):
        yield Difference("arrivals", (unit_id,), 0, found)


def _compare_counts(
    table: str, stored: Mapping[K, int], counted: Mapping[K, int]
) -> Iterator[Difference]:
    """What is kept beside the figures is what flags and decisions, or dossier events, say."""
    for key in sorted(stored.keys() | counted.keys()):
        before, after = stored.get(key, 0), counted.get(key, 0)
        if before != after:
            yield Difference(table, key, before, after)
