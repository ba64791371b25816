"""What follows from sums that are known: exact elimination over a prime field."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

PRIME = (1 << 61) - 1
Row = dict[int, int]


@dataclass
class Equations:
    """Sums of unknown cells that somebody knows, and differences of such sums, in reduced form."""

    numbers: dict[Hashable, int] = field(default_factory=dict)
    pivots: dict[int, Row] = field(default_factory=dict)

    def learn(self, cells: Iterable[Hashable], less: Iterable[Hashable] = ()) -> None:
        """The sum of *cells*, *less* that of others, is known from now on."""
        if rest := self._reduced(self._row(cells, less)):
            pivot = min(rest)
            inverse = pow(rest[pivot], -1, PRIME)
            self.pivots[pivot] = {key: each * inverse % PRIME for key, each in rest.items()}

    def knows(self, cells: Iterable[Hashable], less: Iterable[Hashable] = ()) -> bool:
        """Whether the sum of *cells*, *less* that of others, follows from what is known."""
        return not self._reduced(self._row(cells, less))

    def _row(self, cells: Iterable[Hashable], less: Iterable[Hashable]) -> Row:
        row = {self._number(cell): 1 for cell in cells}
        return row | {self._number(cell): PRIME - 1 for cell in less}

    def _number(self, cell: Hashable) -> int:
        return self.numbers.setdefault(cell, len(self.numbers))

    def _reduced(self, row: Row) -> Row:
        rest = dict(row)
        for pivot in sorted(self.pivots):
            if times := rest.get(pivot):
                for key, each in self.pivots[pivot].items():
                    left = (rest.get(key, 0) - times * each) % PRIME
                    if left:
                        rest[key] = left
                    else:
                        rest.pop(key, None)
        return rest
