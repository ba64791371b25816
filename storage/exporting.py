"""Released responses to be exported: read row by row, beside the writer, however many there are."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from sipas.periods import Period
from storage.engine import ERRORS, Connection, streamed
from storage.engines import engine_of
from storage.numbering import row_id
from storage.queries import write as sql

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

    The database sorts them in files of its own, so memory does not grow with their number.
    """

    def __init__(self, address: str | Path, period: Period) -> None:
        self._engine = engine_of(address)
        self._period = period
        self._connection: Connection | None = None

    def __iter__(self) -> Iterator[Row]:
        first, before = bounds(self._period)
        between = {"first": first, "before": before}
        try:
            with self._engine.snapshot() as self._connection:
                yield from streamed(self._connection, sql.released_between.sql, between)
        finally:
            self._engine.close()

    def stop(self) -> None:
        """End a reading in another thread that nobody waits for any more."""
        if self._connection is not None:
            with contextlib.suppress(*ERRORS):  # it is closed: it has ended already
                self._connection.interrupt()
