"""Whoever collects every public count and solves the equations between them.

Unknown are the answers to the question about the whole visit, by unit and half-month. Every figure
shown is an equation: it is the sum of some of them. A cell that no figure shows is recovered when
the equations have but one solution for it (exact elimination, over a prime field), whatever the
other cells are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from sipas.periods import Period, atoms, parse_period

PRIME = (1 << 61) - 1
MONTHS = [f"2026-{month:02}" for month in range(1, 13)]
PERIODS = [
    "2026",
    *MONTHS,
    *(f"2026-01..{month}" for month in MONTHS[1:]),
    *(f"{month}..2026-12" for month in MONTHS[1:-1]),
    *(f"2026-{part}" for part in ("Q1", "Q2", "Q3", "Q4", "H1", "H2")),
    *(f"2026-{part}" for part in ("R1", "R2", "R3", "R4", "R6M", "RY")),
]
Cell = tuple[str, int]
Row = dict[int, int]


@dataclass
class Attacker:
    """What one reader has collected, as linear equations in reduced form."""

    client: httpx.AsyncClient
    members: Mapping[str, frozenset[str]]
    numbers: dict[Cell, int] = field(default_factory=dict)
    pivots: dict[int, Row] = field(default_factory=dict)
    shown: int = 0

    async def collect(self, units: Sequence[str], formulas: Sequence[str] = ("t2b.v1",)) -> None:
        """Ask for every unit, period and formula, and for the province by unit and by month."""
        root = max(units, key=lambda unit: len(self.members[unit]))
        for period in PERIODS:
            for formula in formulas:
                for unit in units:
                    await self._ask(self.members[unit], unit=unit, period=period, formula=formula)
            await self._ask(frozenset(), unit=root, period=period, by="unit")
        for unit in units:
            await self._ask(self.members[unit], unit=unit, period="2026", by="month")

    async def _ask(self, of: frozenset[str], **asked: str) -> None:
        answer = await self.client.get("/api/v1/scores", params=asked)
        assert answer.status_code == 200, answer.text
        figures = [each for each in answer.json()["figures"] if each["part"] == "overall"]
        if not figures and "by" not in asked:  # nobody has answered there: every cell is nought
            for number in atoms(parse_period(asked["period"])):
                for unit in of:
                    self._add({self.numbers.setdefault((unit, number), len(self.numbers)): 1})
        for figure in figures:
            if figure["n"] is not None:
                self._learn(of or frozenset({figure["unit"]}), figure)

    def _learn(self, units: Iterable[str], figure: Mapping[str, Any]) -> None:
        whole = parse_period(figure["period"])
        days = f"{figure.get('first', whole.first)}..{figure.get('last', whole.last)}"
        self.shown += 1
        self._add(self._row(units, parse_period(days)))

    def _row(self, units: Iterable[str], period: Period) -> Row:
        cells = [(unit, number) for unit in units for number in atoms(period)]
        return {self.numbers.setdefault(cell, len(self.numbers)): 1 for cell in cells}

    def _add(self, row: Row) -> None:
        rest = self._reduced(row)
        if rest:
            pivot = min(rest)
            inverse = pow(rest[pivot], -1, PRIME)
            self.pivots[pivot] = {key: each * inverse % PRIME for key, each in rest.items()}

    def _reduced(self, row: Row) -> Row:
        rest = dict(row)
        for pivot in sorted(self.numbers.values()):
            if pivot in rest and pivot in self.pivots:
                times = rest[pivot]
                for key, each in self.pivots[pivot].items():
                    left = (rest.get(key, 0) - times * each) % PRIME
                    if left:
                        rest[key] = left
                    else:
                        rest.pop(key, None)
        return rest

    def knows(self, units: Iterable[str], period: Period) -> bool:
        """Whether the number of answers of *units* in *period* follows from what was shown."""
        return not self._reduced(self._row(units, period))
