"""Counts that every answer adds to: gathered while a group runs, written once at its end."""

from __future__ import annotations

from collections import Counter
from itertools import groupby

from storage.engine import Connection
from storage.queries import write as sql

Place = tuple[str, tuple[tuple[str, int | str], ...]]
"""A count: the query that adds to it, and which row."""


class Counts:
    """What a group has counted and not written yet.

    Written in the one order of every process: two that lock the rows of each other's counts would
    wait in a circle.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._added: list[tuple[Place, int]] = []
        self._sums: Counter[Place] = Counter()

    def add(self, query: str, n: int, **key: int | str) -> None:
        """Add *n* to a count."""
        place = (query, tuple(sorted(key.items())))
        self._sums[place] += n
        self._added.append((place, n))

    def write(self) -> None:
        """Write what was counted."""
        for query, places in groupby(sorted(self._sums.items()), lambda each: each[0][0]):
            rows = [{**dict(key), "n": n} for (_, key), n in places]
            self._connection.executemany(getattr(sql, query).sql, rows)
        self._sums.clear()
        self._added.clear()

    @property
    def mark(self) -> int:
        """Where the counts stand, for `back_to`."""
        return len(self._added)

    def back_to(self, mark: int) -> None:
        """Forget what was counted since."""
        for place, n in self._added[mark:]:
            self._sums[place] -= n
        del self._added[mark:]

    def waiting(self, query: str, **key: int | str) -> int:
        """How much of a count is not written yet."""
        return self._sums[query, tuple(sorted(key.items()))]
