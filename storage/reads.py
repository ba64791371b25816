"""What pages and the API read: tallies of released responses, the number received, the state.

A tally is one integer, so adding the rows of many days, counters or units is `+`. Tallies of
different instruments are vectors of different meaning and are never added: every result is by
instrument. Periods of whole half-months are read from the margins, weeks and day ranges day by day.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sipas import tally
from sipas.periods import Period, atom, is_whole
from storage.engine import Reader
from storage.numbering import DIMENSIONS
from storage.queries import read as sql

EPOCH = date(1970, 1, 1)

Key = tuple[int, ...]
Tallies = dict[Key, int]
Days = dict[int, dict[int, list[int]]]
"""By counter and instrument: one tally for every day."""


@dataclass(frozen=True, slots=True)
class Release:
    """The last release: the state that every shown figure was computed from."""

    release_id: int
    half_day: int


async def last_release(connection: Reader) -> Release | None:
    """The last release, or None while nothing has been released."""
    row = await sql.last_release(connection)
    return Release(*row) if row else None


async def unit_tallies(connection: Reader, unit_id: int, period: Period) -> Tallies:
    """One unit's tallies by (unit, instrument), over the whole period."""
    query, between = sql.unit_margins.sql, _atoms(period)
    if not is_whole(period):
        query, between = sql.unit_days.sql, _days(period)
    return _summed(await connection.execute_fetchall(query, {"unit_id": unit_id, **between}))


async def all_unit_tallies(connection: Reader, period: Period) -> Tallies:
    """Every unit's tallies, as `unit_tallies`."""
    query, between = sql.all_unit_margins.sql, _atoms(period)
    if not is_whole(period):
        query, between = sql.all_unit_days.sql, _days(period)
    return _summed(await connection.execute_fetchall(query, between))


def _summed(rows: Iterable[Any]) -> Tallies:
    sums: Tallies = defaultdict(int)
    for unit_id, _, instrument_id, stored in rows:
        sums[unit_id, instrument_id] += tally.from_bytes(stored)
    return sums


async def all_margins(connection: Reader, dimension: str = DIMENSIONS[0]) -> Tallies:
    """Every tally there is, by (unit, half-month, instrument, value of *dimension*)."""
    found = await connection.execute_fetchall(
        sql.margins_ever.sql, {"dimension": DIMENSIONS.index(dimension)}
    )
    return await asyncio.to_thread(_margins, found)


def _margins(rows: Iterable[Any]) -> Tallies:
    return {
        (unit_id, number, instrument_id, value): tally.from_bytes(stored)
        for unit_id, number, instrument_id, value, stored in rows
    }


async def days_of_unit(connection: Reader, unit_id: int, period: Period) -> Days:
    """One unit's tallies by counter and instrument, one for every day with released responses.

    Counter 0 holds what joined the unit's month.
    """
    rows = await connection.execute_fetchall(
        sql.unit_rollups.sql, {"unit_id": unit_id, **_days(period)}
    )
    sums: Tallies = defaultdict(int)
    for counter_id, day, instrument_id, _, stored in rows:
        sums[counter_id, instrument_id, day] += tally.from_bytes(stored)
    found: Days = defaultdict(lambda: defaultdict(list))
    for (counter_id, instrument_id, _), each in sums.items():
        found[counter_id][instrument_id].append(each)
    return found


async def days_of_units(connection: Reader, period: Period) -> Tallies:
    """Every unit's tallies by (unit, day, instrument)."""
    sums: Tallies = defaultdict(int)
    rows = await connection.execute_fetchall(sql.all_unit_days.sql, _days(period))
    for unit_id, day, instrument_id, stored in rows:
        sums[unit_id, day, instrument_id] += tally.from_bytes(stored)
    return sums


async def margins_of_counters(connection: Reader, unit_id: int) -> Tallies:
    """All that a unit's counters ever got, by (unit, half-month, instrument, counter)."""
    ever = {"first": 0, "last": _day(date.max)}
    rows = await connection.execute_fetchall(sql.unit_rollups.sql, {"unit_id": unit_id, **ever})
    sums: Tallies = defaultdict(int)
    for counter_id, day, instrument_id, _, stored in rows:
        number = atom(EPOCH + timedelta(day))
        sums[unit_id, number, instrument_id, counter_id] += tally.from_bytes(stored)
    return sums


async def received_of_unit(connection: Reader, unit_id: int, period: Period) -> int:
    """How many responses came in at the unit's counters, open and closed ones included."""
    found = await sql.received_of_unit(connection, unit_id=unit_id, **_days(period))
    return int(found)


async def received_of_counter(connection: Reader, counter_id: int, period: Period) -> int:
    """How many responses came in at the counter, open and closed ones included."""
    found = await sql.received_of_counter(connection, counter_id=counter_id, **_hours(period))
    return int(found)


async def received_by_unit(connection: Reader, period: Period) -> dict[int, int]:
    """How many responses came in, by unit."""
    rows = await connection.execute_fetchall(sql.received_by_unit.sql, _days(period))
    return {int(unit_id): int(n) for unit_id, n in rows}


async def instrument_refs(connection: Reader) -> dict[int, str]:
    """The instrument versions in use by their small number."""
    rows = await connection.execute_fetchall(sql.all_instruments.sql)
    return {int(number): str(ref) for number, ref in rows}


def _atoms(period: Period) -> dict[str, int]:
    return {"first": atom(period.first), "last": atom(period.last)}


def _days(period: Period) -> dict[str, int]:
    return {"first": _day(period.first), "last": _day(period.last)}


def _hours(period: Period) -> dict[str, int]:
    return {"first": _day(period.first) * 24, "last": _day(period.last) * 24 + 23}


def _day(day: date) -> int:
    return (day - EPOCH).days
