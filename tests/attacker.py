"""Whoever collects every count that is shown, for months, and solves the equations between them.

Unknown are running totals: how many answers a unit, or a part of it such as a channel or a counter,
had got by the end of a day. Every number shown is the difference of two sums of them, whenever it
was read. A cell that no figure shows is recovered when the equations have but one solution for it
(`tests.equations`), whatever the other cells are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

import httpx

from sipas.periods import Period, parse_period
from tests.equations import Equations

MONTHS = [f"2026-{month:02}" for month in range(1, 13)]
PERIODS = [
    "2026",
    *MONTHS,
    *(f"2026-01..{month}" for month in MONTHS[1:]),
    *(f"{month}..2026-12" for month in MONTHS[1:-1]),
    *(f"2026-{part}" for part in ("Q1", "Q2", "Q3", "Q4", "H1", "H2")),
    *(f"2026-{part}" for part in ("R1", "R2", "R3", "R4", "R6M", "RY")),
]
DIMENSIONS = ("channel", "stratum", "field", "kind", "stage", "counter")
OVERALL = "overall"
BEGUN = date(2026, 1, 1)
"""All running totals of the days before are nought."""
Subject = tuple[str, str]
"""An item and what the answers to it are divided by, or nothing."""


class Fact(NamedTuple):
    """A number that was shown: of which units, of which part of them, after and up to which day."""

    units: frozenset[str]
    part: str
    before: date
    until: date


@dataclass
class Attacker:
    """What one reader has collected.

    Attributes:
        members: the units that the figures of a unit are of.
        parts: every part that was ever named, by what divides and, of counters, by unit.
        loaded: the last day anybody can know of; a figure read today ends there.
    """

    client: httpx.AsyncClient
    members: dict[str, frozenset[str]]
    facts: dict[Subject, set[Fact]] = field(default_factory=lambda: defaultdict(set))
    parts: dict[Subject, set[str]] = field(default_factory=lambda: defaultdict(set))
    loaded: date = date.max
    shown: int = 0

    async def collect(
        self,
        units: Sequence[str],
        periods: Iterable[str] = PERIODS,
        dimensions: Iterable[str] = DIMENSIONS,
        formulas: Sequence[str] = ("t2b.v1",),
    ) -> None:
        """Ask for every unit, period, formula and dimension, by unit and by month."""
        root, asked = max(units, key=lambda unit: len(self.members[unit])), list(periods)
        for period in asked:
            for unit in units:
                for formula in formulas:
                    await self._ask(unit=unit, period=period, formula=formula)
                await self._ask(unit=unit, period=period, lineage="joined")
                for dimension in dimensions:
                    await self._ask(unit=unit, period=period, by=dimension)
            await self._ask(unit=root, period=period, by="unit")
        for unit in units:
            await self._ask(unit=unit, period="2026", by="month")

    async def _ask(self, **asked: str) -> None:
        answer = await self.client.get("/api/v1/scores", params=asked)
        assert answer.status_code == 200, answer.text
        told, by = answer.json(), asked.get("by", "")
        members = self.members[asked["unit"]].union((told["lineage"] or {}).get("pooled", ()))
        figures = [each for each in told["figures"] if each["part"] in (OVERALL, "item")]
        if not figures and not by:  # nobody has answered there: every cell is nought
            ends = self._ends(parse_period(asked["period"]))
            self.facts[OVERALL, ""].update(Fact(frozenset({one}), "", *ends) for one in members)
        for figure in figures:
            one = by in ("unit", "counter")  # these are of the unit alone, without those below it
            self.read(figure, frozenset({figure["unit"]}) if one else members, by)

    def read(self, figure: Mapping[str, Any], units: frozenset[str], by: str = "") -> None:
        """Note a figure of *units*, and the name of its part even where no number is told."""
        dimension = by if by in DIMENSIONS else ""
        part = f"{dimension}={figure.get(dimension, '')}" if dimension else ""
        if dimension:
            self.parts[dimension, figure["unit"] if by == "counter" else ""].add(part)
        if figure["n"] is not None:
            self.shown += 1
            item = figure["key"] if figure["part"] == "item" else OVERALL
            self.facts[item, dimension].add(Fact(units, part, *self._ends(_days(figure))))

    def _ends(self, days: Period) -> tuple[date, date]:
        return min(days.first - timedelta(days=1), self.loaded), min(days.last, self.loaded)

    def items(self) -> list[str]:
        """The items any number was told of."""
        return sorted({item for item, dimension in self.facts if not dimension})

    def solve(self, item: str, dimension: str) -> Known:
        """What follows from all numbers told of an item, by one dimension and by none."""
        known = Known(Equations(), {unit: self._parts(unit, dimension) for unit in self.members})
        for fact in sorted(self.facts[item, ""], key=str):
            known.learn(fact)
        for fact in sorted(self.facts[item, dimension] if dimension else (), key=str):
            known.learn(fact)
        return known

    def _parts(self, unit: str, dimension: str) -> list[str]:
        if not dimension:
            return [""]
        return sorted(self.parts[dimension, unit if dimension == "counter" else ""])


class Known(NamedTuple):
    """What somebody knows of the parts of units.

    Attributes:
        parts: all parts of each unit, which together are its total.
    """

    equations: Equations
    parts: Mapping[str, Sequence[str]]

    def learn(self, fact: Fact) -> None:
        """The number of a part of some units, or of all parts, is known."""
        self.equations.learn(*self._totals(fact))

    def has(self, unit: str, part: str, period: Period) -> bool:
        """Whether the number of one part in *period* follows."""
        before = period.first - timedelta(days=1)
        return self.equations.knows(
            *self._totals(Fact(frozenset({unit}), part, before, period.last))
        )

    def _totals(self, fact: Fact) -> Iterator[list[tuple[str, str, date]]]:
        for day in (fact.until, fact.before):
            yield [
                (unit, part, day)
                for unit in sorted(fact.units)
                for part in ([fact.part] if fact.part else self.parts[unit])
                if day >= BEGUN
            ]


def _days(figure: Mapping[str, Any]) -> Period:
    whole = parse_period(figure["period"])
    first = figure.get("first") or whole.first.isoformat()
    return parse_period(f"{first}..{figure.get('last') or whole.last.isoformat()}")
