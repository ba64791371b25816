"""What `tt01.v1` needs of stored dossiers and responses, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

from sipas.instrument import Instrument
from sipas.periods import Period
from sipas.tt01 import Pace, pace
from sipas.tt01_units import QUESTIONS, Told
from storage.engine import Reader
from storage.numbering import row_id
from storage.queries import read

EPOCH = date(1970, 1, 1)


class Ended(NamedTuple):
    """A dossier that ended: all that is kept of its code, and how it stands to its day."""

    last_four: str
    reached: Pace | None


async def dossiers_of(connection: Reader, units: set[int], period: Period) -> list[Ended]:
    """The dossiers that `days_of` counts, one by one, by day for each unit."""
    span = {"first": (period.first - EPOCH).days, "last": (period.last - EPOCH).days}
    found: list[Ended] = []
    for unit_id in sorted(units):
        rows = await connection.execute_fetchall(
            read.dossiers_listed.sql, {"unit_id": unit_id, **span}
        )
        found += [Ended(last_four, _reached(day, due)) for last_four, day, due in rows]
    return found


async def days_of(connection: Reader, units: set[int], period: Period) -> Counter[Pace | None]:
    """Dossiers of *units* that ended in *period*, by how they stand to their appointed day.

    A dossier ends once, when its result or refusal is first told. None: no day was appointed.
    """
    found = Counter[Pace | None]()
    for unit_id in units:
        span = {"first": (period.first - EPOCH).days, "last": (period.last - EPOCH).days}
        rows = await connection.execute_fetchall(
            read.dossiers_ended.sql, {"unit_id": unit_id, **span}
        )
        for day, due, n in rows:
            found[_reached(day, due)] += n
    return found


async def told_of(
    connection: Reader, units: set[int], version: int, instrument: Instrument, period: Period
) -> Counter[Told]:
    """Released responses of *units* to one questionnaire, by what they told of `QUESTIONS`."""
    places = {item.key: place for place, item in enumerate(instrument.items, 1)}
    first, last = (2 * (day - EPOCH).days for day in (period.first, period.last + timedelta(1)))
    asked = {
        "instrument_id": version,
        "first": row_id(first, 0),
        "below": row_id(last, 0),
        **{key: places.get(key, 0) for key in QUESTIONS},
    }
    query = read.told_by_unit
    if len(units) == 1:
        query, asked["unit_id"] = read.told_of_unit, next(iter(units))
    options = [_options(instrument, key) for key in QUESTIONS]
    found = Counter[Told]()
    for unit_id, *marks, n in await connection.execute_fetchall(query.sql, asked):
        if unit_id in units:
            found[tuple(map(Mapping.get, options, marks, [""] * len(marks)))] += n
    return found


def _options(instrument: Instrument, key: str) -> Mapping[str, str]:
    """The codes of a question's options, by their letter; none where it is not asked."""
    item = instrument.by_key.get(key)
    return {option.letter: option.code for option in item.options} if item else {}


def _reached(day: int, due: int | None) -> Pace | None:
    return None if due is None else pace(_day(due), _day(day))


def _day(number: int) -> date:
    return EPOCH + timedelta(days=number)
