"""Which pasts fit all numbers that somebody has read: counts are whole and never below nought.

Elimination alone (`tests.equations`) overlooks what only whole numbers tell: two cells that are
nought together are nought each. Here every cell is asked for its least and greatest number over all
pasts that fit; a cell is recovered where they are one. A past found for one cell usually has other
numbers in most others too, so a few are enough.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
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
IDLE = 4
"""How often in a row a search may find nothing."""
NEAR = 1e-6
BOUNDS = Bounds(0, 1e5)
Numbers = np.ndarray[Any, Any]
Weigh = Callable[[Numbers], Numbers]


@dataclass
class Pasts:
    """Cells with unknown whole numbers from nought on, and sums of them that are known."""

    numbers: dict[Hashable, int] = field(default_factory=dict)
    rows: dict[tuple[tuple[int, int], ...], tuple[float, float]] = field(default_factory=dict)

    def learn(self, cells: Sum, least: float, most: float) -> None:
        """The sum of *cells* is known to lie between *least* and *most*."""
        key = self._key(cells)
        low, high = self.rows.get(key, (-np.inf, np.inf))
        self.rows[key] = (max(low, least), min(high, most))
        assert self.rows[key][0] <= self.rows[key][1], "two numbers that were told contradict"

    def recovered(self, asked: Sequence[tuple[Sum, int]], seed: int = 0) -> list[int]:
        """Which of the sums *asked*, by place, have their true number in every past that fits.

        A nought counts as such where several attempts to find more in a past have failed.
        """
        if not asked:
            return []
        wanted, true = self._matrix([self._key(cells) for cells, _ in asked]), _numbers(asked)
        chance, left = np.random.default_rng(seed), np.arange(len(asked))
        left = self._alike(wanted, true, left, lambda n: chance.choice([-1.0, 1.0], len(n)))
        left = self._alike(wanted, true, left, lambda n: (n == 0) * chance.uniform(-2, -1, len(n)))
        for place in left[true[left] != 0]:
            for sign in (1.0, -1.0):
                past = self._other(sign * wanted[[place]].toarray()[0], sign * true[place])
                if place in left and past is not None:
                    left = left[np.round(wanted[left] @ past) == true[left]]
        return [int(place) for place in left]

    def _alike(self, wanted: csr_array, true: Numbers, left: Numbers, weigh: Weigh) -> Numbers:
        """Those *left* that have their true number in many a past, the best by such weights."""
        idle = 0
        while len(left) and idle < IDLE:
            past = self._past(weigh(true[left]) @ wanted[left])
            same = np.full(len(left), past is None)
            if past is not None:
                same = np.round(wanted[left] @ past) == true[left]
            idle = idle + 1 if same.all() else 0
            left = left[same]
        return left

    def _other(self, weights: Numbers, true: float) -> Numbers | None:
        """A past in which a sum is less than it was; None if there is none, of fractions either."""
        if all(self._least(weights, presolve) > true - NEAR for presolve in (True, False)):
            return None
        past = self._past(weights)
        return self._whole(weights, BOUNDS) if past is None else past

    def _least(self, weights: Numbers, presolve: bool) -> float:
        found = self._solved(weights, BOUNDS, 0, presolve)
        return float(weights @ found) if found is not None else np.inf

    def _past(self, weights: Numbers) -> Numbers | None:
        """A past in which the sum of all numbers times *weights* is about the least.

        Where the least has fractions, what is whole in it is kept; None if nothing whole has that.
        """
        found = self._solved(weights, BOUNDS, 0)
        assert found is not None, "there is one: what was"
        near = np.round(found)
        if self._fits(near):
            return near
        kept = np.abs(found - near) < NEAR
        low, high = np.where(kept, near, np.floor(found)), np.where(kept, near, np.ceil(found))
        return self._whole(weights, Bounds(low, high))

    def _whole(self, weights: Numbers, bounds: Bounds) -> Numbers | None:
        found = self._solved(weights, bounds, 1)
        return np.round(found) if found is not None and self._fits(np.round(found)) else None

    def _solved(
        self, weights: Numbers, bounds: Bounds, whole: int, presolve: bool = True
    ) -> Numbers | None:
        """The least past there is, of whole numbers or of any; None if nothing fits."""
        kind = np.full(len(weights), whole)
        asked = {"bounds": bounds, "constraints": self._told, "integrality": kind}
        found: Numbers | None = milp(weights, **asked, options={"presolve": presolve}).x
        if found is None and presolve:  # now and then it takes what it has solved for infeasible
            return self._solved(weights, bounds, whole, presolve=False)
        return found

    def _fits(self, past: Numbers) -> bool:
        sums = self._told.A @ past
        return bool(((self._told.lb <= sums) & (sums <= self._told.ub)).all())

    @cached_property
    def _told(self) -> LinearConstraint:
        low, high = np.array(list(self.rows.values())).T
        return LinearConstraint(self._matrix(self.rows), low, high)

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


def _numbers(asked: Iterable[tuple[Sum, int]]) -> Numbers:
    return np.array([n for _, n in asked])
