"""From closed to released: at least five of one counter, shuffled, in one transaction.

Until here a response is nobody's and nowhere to be seen but in the number *received*. From here
on it is in `responses` and in every rollup, and never changes; who takes it back may take it out
of the rollups again, see `storage.withdrawals`.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import groupby, islice
from typing import Any, NamedTuple

from sipas import tally
from sipas.instrument import Instrument
from sipas.packing import day_of, together
from sipas.periods import atom, half_month, settled_before
from storage import leaves, receipts, verdicts, withdrawals
from storage.dossiers import resolvers
from storage.engine import Connection, for_each
from storage.numbering import DIMENSIONS, RANDOM_BITS, half_day_of, row_id
from storage.queries import by_place
from storage.queries import write as sql
from storage.released import Counted, Released
from storage.transaction import Transaction

BATCH_LEAST = 5
EPOCH = date(1970, 1, 1)
_AT_ONCE = 20_000
BESIDE = 3  # as many columns of a rollup's key are read together
_INSERT = by_place(sql.release_response)

Key = tuple[int, ...]
TOTAL, FIELD, CHANNEL, STRATUM, KIND, STAGE, RESOLVING = range(len(DIMENSIONS))

COUNTER_KEY = ("unit_id", "counter_id", "day", "instrument_id", "stage")
MARGIN_KEY = ("unit_id", "atom", "instrument_id", "dimension", "value")
CELL_KEY = ("unit_id", "month", "instrument_id", "field_id", "channel", "stratum")


class Rollups(NamedTuple):
    """Tallies by the keys of the three rollup tables, in the order of their primary keys."""

    counters: dict[Key, int]
    margins: dict[Key, int]
    cube: dict[Key, int]


def release(
    tx: Transaction,
    instruments: Mapping[str, Instrument],
    half_day: int,
    chance: random.Random,
    most: int | None = None,
) -> int:
    """Release every batch that is large enough and return how many responses were released.

    Where *most* have been found no further batch is begun: whoever writes meanwhile need not wait
    for all, and the next release has the rest.

    A batch is of one half-month, so that no figure of any period ever moves by fewer than five.
    What a counter cannot release alone by the half-month's end joins the unit's, without its
    counter. What is still left when the half-month is settled counts in the running one: a
    half-month that is settled never changes.
    """
    _carry(tx, half_day, chance)
    batches = _first(_found(tx, half_day), most)
    for batch in batches:
        chance.shuffle(batch)
        for row in batch:
            sql.drop_closed(tx.connection, response_id=row.response_id)
    together_told = (row for batch in batches for row in _told_together(tx, batch, chance))
    rows = _resolved(tx, together_told, day_of(half_day))
    if rows:
        known = instruments_by_id(tx.connection, instruments)
        running = row_id(2 * _first_day(settled_before(day_of(half_day))), 0)
        gone = withdrawals.leave(tx, known, rows, running, BATCH_LEAST)
        add(tx, instruments, half_day, rows, gone)
        verdicts.count_released(tx, ((row.response_id, row.unit_id) for row in rows))
    return len(rows)


def _resolved(tx: Transaction, rows: Iterable[Released], today: date) -> list[Released]:
    """The rows with the unit that resolves their field's dossiers, where there is but one."""
    known = resolvers(tx.connection, today)
    return [row._replace(resolving_unit_id=known.get((row.unit_id, row.field_id))) for row in rows]


def _batches(rows: Iterable[Released]) -> list[list[Released]]:
    """The rows by half-month, those of which there are enough."""
    found: dict[int, list[Released]] = defaultdict(list)
    for row in rows:
        found[_atom_of(half_day_of(row.response_id) >> 1)].append(row)
    return [batch for _, batch in sorted(found.items()) if len(batch) >= BATCH_LEAST]


def _found(tx: Transaction, half_day: int) -> Iterator[list[Released]]:
    """Every batch there is; nobody looks through a counter's before it is asked for."""
    whole: set[int] = set()
    for counter_id, _ in list(sql.counters_with_closed(tx.connection, least=BATCH_LEAST)):
        rows = _closed(sql.closed_of_counter(tx.connection, counter_id=counter_id))
        for batch in _batches(rows):
            whole |= {row.response_id for row in batch}
            yield batch
    ended = row_id(2 * _first_day(atom(day_of(half_day))), 0)
    for unit_id, _ in list(
        sql.units_with_leftovers(tx.connection, before_response=ended, least=BATCH_LEAST)
    ):
        rows = _closed(sql.leftovers_of_unit(tx.connection, unit_id=unit_id, before_response=ended))
        yield from _batches([row for row in rows if row.response_id not in whole])


def _first(batches: Iterable[list[Released]], most: int | None) -> list[list[Released]]:
    """Whole batches until there are *most* responses in them."""
    found, many = [], 0
    for batch in batches:
        found.append(batch)
        many += len(batch)
        if most and many >= most:
            break
    return found


def _carry(tx: Transaction, half_day: int, chance: random.Random) -> None:
    """Let closed responses of settled half-months count from the first day that is not settled."""
    first = 2 * _first_day(settled_before(day_of(half_day)))
    for (old,) in list(sql.closed_before(tx.connection, before_response=row_id(first, 0))):
        new = row_id(first, chance.getrandbits(RANDOM_BITS))
        sql.carry_closed(tx.connection, response_id=old, new_id=new)
        _carry_what_belongs(tx, old, new)


def _told_together(
    tx: Transaction, batch: list[Released], chance: random.Random
) -> Iterator[Released]:
    """The batch with no half-day of fewer than five: who knows when somebody came finds nobody."""
    told = together((half_day_of(row.response_id) for row in batch), BATCH_LEAST)
    for row in batch:
        old = row.response_id
        if (half_day := told[half_day_of(old)]) != half_day_of(old):
            row = row._replace(response_id=row_id(half_day, chance.getrandbits(RANDOM_BITS)))
            _carry_what_belongs(tx, old, row.response_id)
        yield row


def _carry_what_belongs(tx: Transaction, old: int, new: int) -> None:
    """Give what is kept beside a response to its new number."""
    for carry in (sql.carry_verdicts, sql.carry_duration):
        carry(tx.connection, response_id=old, new_id=new)
    tx.carry_comment(old, new)
    receipts.carry(tx, old, new)


def _first_day(number: int) -> int:
    return (half_month(number).first - EPOCH).days


def add(
    tx: Transaction,
    instruments: Mapping[str, Instrument],
    half_day: int,
    rows: Iterable[Released],
    gone: Iterable[Released] = (),
) -> None:
    """Insert *rows* as released and add them to every rollup, as one release that *gone* leave.

    They are inserted as they come, so a month of a million need not be held in memory.
    """
    known = instruments_by_id(tx.connection, instruments)
    _store(tx, rollups_of(known, (row.counted() for row in _inserted(tx, iter(rows)))))
    _store(tx, _less(rollups_of(known, (row.counted() for row in gone))))
    sql.add_release(tx.connection, half_day=half_day)


def _less(rollups: Rollups) -> Rollups:
    """What takes the counted responses out again."""
    return Rollups(*({key: -many for key, many in table.items()} for table in rollups))


def last_release(tx: Transaction) -> int:
    """The number of the last release, 0 before the first."""
    return int(sql.last_release_id(tx.connection))


def _inserted(tx: Transaction, rows: Iterator[Released]) -> Iterator[Released]:
    while some := sorted(islice(rows, _AT_ONCE)):  # as they are stored: faster
        tx.connection.executemany(_INSERT, some)
        leaves.commit(tx, some)
        yield from some


def instruments_by_id(
    connection: Connection, instruments: Mapping[str, Instrument]
) -> dict[int, Instrument]:
    """The instruments in use by their small number."""
    return {
        number: instruments[ref]
        for number, ref in sql.all_instruments(connection)
        if ref in instruments
    }


def rollups_of(instruments: Mapping[int, Instrument], rows: Iterable[Counted]) -> Rollups:
    """Count *rows* into the three kinds of rollup; the recount uses the same lines.

    Each response is added three times, to the finest cells, and those are folded into the others:
    adding it to all eight places directly takes twice as long.
    """
    days: dict[Key, int] = defaultdict(int)
    kinds: dict[Key, int] = defaultdict(int)
    cells: dict[Key, int] = defaultdict(int)
    for row in rows:
        number, unit, counter, version, levels, stage, kind, field, channel, stratum, solver = row
        one = tally.tally(instruments[version], levels)
        day = half_day_of(number) >> 1
        half_month = _atom_of(day)
        days[unit, counter, day, version, stage] += one
        kinds[unit, half_month, version, kind, solver] += one
        cells[unit, half_month, version, field, channel, stratum] += one
    return Rollups(days, _margins(days, kinds, cells), _cube(cells))


def _margins(
    days: Mapping[Key, int], kinds: Mapping[Key, int], cells: Mapping[Key, int]
) -> dict[Key, int]:
    margins: dict[Key, int] = defaultdict(int)
    for (unit, _, day, version, stage), many in days.items():
        half_month = _atom_of(day)
        margins[unit, half_month, version, TOTAL, 0] += many
        margins[unit, half_month, version, STAGE, stage] += many
    for (unit, half_month, version, field, channel, stratum), many in cells.items():
        margins[unit, half_month, version, FIELD, field] += many
        margins[unit, half_month, version, CHANNEL, channel] += many
        margins[unit, half_month, version, STRATUM, stratum] += many
    for (unit, half_month, version, kind, solver), many in kinds.items():
        margins[unit, half_month, version, KIND, kind] += many
        margins[unit, half_month, version, RESOLVING, solver] += many
    return margins


def _cube(cells: Mapping[Key, int]) -> dict[Key, int]:
    cube: dict[Key, int] = defaultdict(int)
    for (unit, number, *rest), many in cells.items():
        cube[unit, number >> 1, *rest] += many
    return cube


@lru_cache(maxsize=4096)
def _atom_of(day: int) -> int:
    return atom(day_of(day * 2))


def _closed(rows: Iterable[Sequence[Any]]) -> list[Released]:
    return [Released(*row) for row in rows]


def _store(tx: Transaction, rollups: Rollups) -> None:
    _add_to(tx, rollups.counters, COUNTER_KEY, sql.rollups_beside, sql.save_rollup)
    _add_to(tx, rollups.margins, MARGIN_KEY, sql.margins_beside, sql.save_margin)
    _add_to(tx, rollups.cube, CELL_KEY, sql.cells_beside, sql.save_cell)


def _add_to(
    tx: Transaction, fresh: Mapping[Key, int], names: Sequence[str], find: Any, save: Any
) -> None:
    """Read, add, save: the vectors are added here because no SQL adds them on both engines.

    Keys that begin alike are read at once, and all are saved at once: a server is far away.
    """
    saved = list[tuple[int | bytes, ...]]()
    groups = [(of, list(keys)) for of, keys in groupby(sorted(fresh), lambda key: key[:BESIDE])]
    asked = (dict(zip(names, beside, strict=False)) for beside, _ in groups)
    for (_, keys), stored in zip(groups, for_each(tx.connection, find.sql, asked), strict=True):
        known = {tuple(rest): tally.from_bytes(vector) for *rest, vector in stored}
        for key in keys:
            total = fresh[key] + known.get(key[BESIDE:], 0)
            saved.append((*key, tally.to_bytes(total)))
    tx.connection.executemany(by_place(save), saved)
