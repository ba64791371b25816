"""Which pasts fit all numbers that somebody has read: counts are whole and never below nought.

Elimination alone (`tests.equations`) overlooks what only whole numbers tell: two cells that are
nought together are nought each. Here every cell is asked for its least and greatest number over all
pasts that fit; a cell is recovered where they are one. A past found for one cell usually has other
numbers in most others too, so a few are enough.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.optimize import (  # type: ignore[import-untyped]  # publishes no types
    Bounds,
    LinearConstraint,
    milp,
)
from scipy.sparse import csr_array  # type: ignore[import-untyped]  # publishes no types

Sum = Mapping[Any, int]
"""Cells with how often each is counted."""
TRIES = 4
BOUNDS = Bounds(0, 1e5)
Numbers = np.ndarray[Any, Any]


@dataclass
class Pasts:
    """Cells with unknown whole numbers from nought on, and sums of them that are known."""

    numbers: dict[Hashable, int] = field(default_factory=dict)
    rows: dict[tuple[tuple[int, int], ...], tuple[float, float]] = field(default_factory=dict)
    _told: LinearConstraint | None = None

    def learn(self, cells: Sum, least: float, most: float) -> None:
        """The sum of *cells* is known to lie between *least* and *most*."""
        key = self._key(cells)
        low, high = self.rows.get(key, (-np.inf, np.inf))
        self.rows[key] = (max(low, least), min(high, most))
        assert self.rows[key][0] <= self.rows[key][1], "two numbers that were told contradict"

    def recovered(self, asked: Iterable[Sum], seed: int = 0) -> list[int]:
        """Which of the sums *asked*, by place, have the same number in every past that fits."""
        wanted = [self._key(cells) for cells in asked]
        if not wanted:
            return []
        matrix = self._matrix(wanted)
        left: Numbers = np.arange(len(wanted))
        chance = np.random.default_rng(seed)
        first = np.round(matrix @ self._past(np.zeros(len(self.numbers))))
        for _ in range(TRIES):
            weights = chance.choice([-1.0, 1.0], len(left)) @ matrix[left]
            left = self._alike(matrix, left, first, weights)
        noughts = -1
        while noughts != (noughts := int((first[left] == 0).sum())):  # until none can be more
            weights = -(first[left] == 0).astype(float) @ matrix[left]
            left = self._alike(matrix, left, first, weights)
        for place in left[first[left] != 0]:
            for sign in (1.0, -1.0):
                if place in left:
                    weights = sign * matrix[[place]].toarray()[0]
                    left = self._alike(matrix, left, first, weights)
        return [int(place) for place in left]

    def _alike(self, matrix: csr_array, left: Numbers, first: Numbers, weights: Numbers) -> Numbers:
        """Those *left* whose number is the same in one more past, the best by *weights*."""
        if not len(left):
            return left
        same: Numbers = np.round(matrix[left] @ self._past(weights)) == first[left]
        return left[same]

    def _past(self, weights: np.ndarray) -> np.ndarray:
        """A past in which the sum of all numbers times *weights* is least."""
        if self._told is None:
            low, high = np.array(list(self.rows.values())).T
            self._told = LinearConstraint(self._matrix(self.rows), low, high)
        for whole in (0, 1):  # the corner of all pasts is one of whole numbers nearly always
            every = np.full(len(self.numbers), whole)
            asked = {"integrality": every, "bounds": BOUNDS, "constraints": self._told}
            found = milp(weights, **asked)
            if found.x is None:  # now and then its presolve takes what it has solved for infeasible
                found = milp(weights, **asked, options={"presolve": False})
            assert found.x is not None, found.message
            past: Numbers = np.round(found.x)
            sums = self._told.A @ past
            if ((self._told.lb <= sums) & (sums <= self._told.ub)).all():
                return past
        raise AssertionError("rounding broke a sum that was told")

    def _matrix(self, rows: Iterable[tuple[tuple[int, int], ...]]) -> csr_array:
        kept = list(rows)
        places = [(at, cell, times) for at, row in enumerate(kept) for cell, times in row]
        at, cell, times = np.array(places, dtype=float).T if places else np.zeros((3, 0))
        shape = (len(kept), len(self.numbers))
        return csr_array((times, (at.astype(int), cell.astype(int))), shape=shape)

    def _key(self, cells: Sum) -> tuple[tuple[int, int], ...]:
        numbered = (
            (self.numbers.setdefault(cell, len(self.numbers)), times)
            for cell, times in cells.items()
        )
        return tuple(sorted(each for each in numbered if each[1]))
