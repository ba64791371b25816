"""Released responses to be exported: read row by row, beside the writer, however many there are."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from sipas.periods import Period
from storage.numbering import row_id
from storage.queries import write as sql
from storage.store import READER_PRAGMAS, connected

EPOCH = date(1970, 1, 1)

Row = tuple[int, int, int, str]
"""Unit, instrument, response, levels."""


def bounds(period: Period) -> tuple[int, int]:
    """The first number that a response of *period* can have, and the first of those after it."""
    after = period.last + timedelta(days=1)
    first, before = (row_id(2 * (day - EPOCH).days, 0) for day in (period.first, after))
    return first, before


class ReleasedRows:
    """The released responses of a period, by unit, instrument and levels; read once.

    SQLite sorts them in files of its own, so memory does not grow with their number.
    """

    def __init__(self, path: Path, period: Period) -> None:
        self._connection = connected(path, READER_PRAGMAS)
        self._period = period

    def __iter__(self) -> Iterator[Row]:
        first, before = bounds(self._period)
        try:
            yield from self._connection.execute(
                sql.released_between.sql, {"first": first, "before": before}
            )
        finally:
            self._connection.close()

    def stop(self) -> None:
        """End a reading in another thread that nobody waits for any more."""
        with contextlib.suppress(sqlite3.ProgrammingError):  # it is closed: it has ended already
            self._connection.interrupt()
