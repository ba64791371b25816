"""Whoever collects every count that is shown, for months, and asks which pasts fit all of them.

Unknown are running totals: how many answers a unit, or a part of it such as a channel or a counter,
had got by the end of a day, and how many at each level. Every number shown is the difference of two
sums of them, whenever it was read. A cell that no figure shows is recovered when it has the same
number in every past that fits (`tests.pasts`), whatever the other cells are.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise, product
from typing import Any, NamedTuple

import httpx

from sipas.periods import Period, parse_period
from tests.pasts import Pasts

MONTHS = [f"2026-{month:02}" for month in range(1, 13)]
PERIODS = [
    "2026",
    *MONTHS,
    *(f"2026-01..{month}" for month in MONTHS[1:6]),
    *(f"{month}..2026-12" for month in MONTHS[6:-1]),
    *(f"2026-{part}" for part in ("Q1", "Q2", "Q3", "Q4", "H1", "H2")),
    *(f"2026-{part}" for part in ("R1", "R2", "R3", "R4", "R6M", "RY")),
]
DIMENSIONS = ("channel", "stratum", "field", "kind", "stage", "counter")
FORMULAS = ("m5.v1", "m0.v1")
RESOLVING = "resolving"
RESPONSES, OVERALL = "responses", "overall"
BEGUN = date(2026, 1, 1)
"""All running totals of the days before are nought."""
ALL_LEVELS = range(1, 6)
HALVES = (range(1, 4), range(4, 6))
ASIDE, CAME = 6, 7
"""Beside the levels: for whom the item is not applicable, and all responses, answered or not."""


class Subject(NamedTuple):
    """What is counted: answers to an item (or responses) of a form, divided by a dimension."""

    form: str
    item: str
    dimension: str = ""


class Fact(NamedTuple):
    """What a number was shown of: which units, which part of them, after and up to which day."""

    units: frozenset[str]
    part: str
    before: date
    until: date


class Told(NamedTuple):
    """The number itself, and how many gave each level or none applicable where that was shown.

    Attributes:
        halves: how many were not satisfied, and how many were, where only that was shown.
    """

    n: int
    levels: tuple[int, ...] = ()
    aside: int = 0
    halves: tuple[int, ...] = ()

    def answers(self) -> Iterator[tuple[Sequence[int], int]]:
        yield from zip(([level] for level in ALL_LEVELS), self.levels, strict=False)
        yield from zip(HALVES, self.halves, strict=False)
        if self.levels or self.halves:
            yield [ASIDE], self.aside


Cell = tuple[str, str, date, int]
"""A running total: unit, part, day, and the level, or 0 for all answers."""


@dataclass
class Attacker:
    """What one reader has collected.

    Attributes:
        members: the units that the figures of a unit are of.
        parts: every part that was ever named, by what divides and, of counters, by unit.
        silent: units in days without a figure, with the forms that had one.
        received: of a unit in a period, how many responses came in.
        loaded: the last day anybody can know of; a figure read today ends there.
    """

    client: httpx.AsyncClient
    members: dict[str, frozenset[str]]
    facts: dict[Subject, dict[Fact, Told]] = field(default_factory=lambda: defaultdict(dict))
    parts: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    silent: dict[Fact, frozenset[str]] = field(default_factory=dict)
    received: dict[tuple[str, str], int] = field(default_factory=dict)
    loaded: date = date.max
    shown: int = 0

    async def collect(
        self,
        units: Sequence[str],
        periods: Iterable[str] = PERIODS,
        formulas: Sequence[str] = FORMULAS,
    ) -> None:
        """Ask for every unit, period and formula, by unit, by month and for ranks."""
        root = max(units, key=lambda unit: len(self.members[unit]))
        for period in periods:
            for unit in units:
                await self._ask(unit=unit, period=period)
                await self._ask(unit=unit, period=period, lineage="joined")
                await self._ask(unit=unit, period=period, role="receiving")
                for formula in formulas:
                    await self._ask(unit=unit, period=period, formula=formula)
            await self._ask(unit=root, period=period, by="unit")
            await self._rank(period)
        for unit in units:
            await self._ask(unit=unit, period="2026", by="month")

    async def divide(
        self, units: Iterable[str], periods: Iterable[str], dimensions: Iterable[str] = DIMENSIONS
    ) -> None:
        """Ask for every part of every unit; of all units one part is what each resolved."""
        for unit, period, by in product(units, periods, dimensions):
            if by == RESOLVING:
                await self._resolved(unit, period)
            else:
                await self._ask(unit=unit, period=period, by=by)

    async def _resolved(self, unit: str, period: str) -> None:
        asked = {"unit": unit, "period": period, "role": RESOLVING}
        answer = await self.client.get("/api/v1/scores", params=asked)
        assert answer.status_code == 200, answer.text
        everybody = max(self.members.values(), key=len)
        self.parts[RESOLVING, ""].add(f"{RESOLVING}=")  # resolved by nobody who is known
        for figure in answer.json()["figures"]:
            self.read({**figure, RESOLVING: unit}, everybody, RESOLVING)

    async def _ask(self, **asked: str) -> None:
        answer = await self.client.get("/api/v1/scores", params=asked)
        assert answer.status_code == 200, answer.text
        told, by = answer.json(), asked.get("by", "")
        self.received[asked["unit"], asked["period"]] = told["received"]
        members = self.members[asked["unit"]].union((told["lineage"] or {}).get("pooled", ()))
        if not by and "role" not in asked:  # a form without a figure there has had no answer
            ends = self._ends(parse_period(asked["period"]))
            forms = frozenset(each["instrument"] for each in told["figures"])
            self.silent[Fact(members, "", *ends)] = forms
        for figure in told["figures"]:
            one = by in ("unit", "counter")  # these are of the unit alone, without those below it
            self.read(figure, frozenset({figure["unit"]}) if one else members, by)

    async def _rank(self, period: str) -> None:
        answer = await self.client.get("/api/v1/ranks", params={"period": period})
        for row in answer.json()["ranks"]:
            self.read(row["figure"], frozenset({row["figure"]["unit"]}))

    async def unpack(self) -> None:
        """Read the public package of the log: every running total, and figures made of them."""
        answer = await self.client.get("/data/package.zip")
        with zipfile.ZipFile(io.BytesIO(answer.content)) as files:
            totals, figures = (
                [json.loads(line) for line in files.read(name).splitlines()]
                for name in ("totals.jsonl", "figures.jsonl")
            )
        for row in totals:
            until = min(date.fromisoformat(row["until"]), self.loaded)
            fact = Fact(self.members[row["unit"]], "", BEGUN - timedelta(days=1), until)
            self._note(Subject(row["instrument"], RESPONSES), fact, Told(row["responses"]))
            for item, told in row["items"].items():
                *levels, aside = [told] if isinstance(told, int) else told
                n = Told(sum(levels), tuple(levels), aside) if levels else Told(aside)
                self._note(Subject(row["instrument"], item), fact, n)
        for figure in figures:
            self.read(figure, self.members[figure["unit"]])

    def read(self, figure: Mapping[str, Any], units: frozenset[str], by: str = "") -> None:
        """Note a figure of *units*, and the name of its part even where no number is told."""
        dimension = by if by in (*DIMENSIONS, RESOLVING) else ""
        part = f"{dimension}={figure.get(dimension, '')}" if dimension else ""
        if dimension:
            self.parts[dimension, figure["unit"] if by == "counter" else ""].add(part)
        fact, form = Fact(units, part, *self._ends(_days(figure))), figure["instrument"]
        if figure.get("responses") is not None:
            self._note(Subject(form, RESPONSES, dimension), fact, Told(figure["responses"]))
        if figure["n"] is not None and figure["part"] in (OVERALL, "item"):
            item = figure["key"] if figure["part"] == "item" else OVERALL
            levels = tuple(figure.get("levels") or ())
            some = figure.get("satisfied")
            halves = () if some is None else (figure["n"] - some, some)
            told = Told(figure["n"], levels, figure["not_applicable"] or 0, halves)
            self._note(Subject(form, item, dimension), fact, told)

    def _note(self, subject: Subject, fact: Fact, told: Told) -> None:
        self.shown += 1
        known = self.facts[subject].get(fact, told)
        assert known.n == told.n, (subject, fact, known, told)
        self.facts[subject][fact] = max(known, told)

    def _ends(self, days: Period) -> tuple[date, date]:
        return min(days.first - timedelta(days=1), self.loaded), min(days.last, self.loaded)

    def solve(self, subject: Subject, levels: bool = False) -> Known:
        """Everything told of *subject*, by its dimension and by none; and of its levels."""
        facts, came = self._told(subject), self._told(subject._replace(item=RESPONSES))
        none = {fact: Told(0) for fact, forms in self.silent.items() if subject.form not in forms}
        units = set(self.members).union(*(fact.units for fact in (*facts, *none, *came)))
        known = Known({unit: self._parts(unit, subject.dimension) for unit in units}, levels)
        for fact, told in (facts | none).items():
            known.learn(fact, told)
        for fact, told in came.items() if levels else ():
            known.count(fact, [CAME], told.n)
        return known

    def _told(self, subject: Subject) -> dict[Fact, Told]:
        whole = self.facts[subject._replace(dimension="")]
        return whole | (self.facts[subject] if subject.dimension else {})

    def _parts(self, unit: str, dimension: str) -> list[str]:
        if not dimension:
            return [""]
        return sorted(self.parts[dimension, unit if dimension == "counter" else ""]) or [""]


@dataclass
class Known:
    """What somebody knows of the parts of units.

    Attributes:
        parts: all parts of each unit, which together are its total.
        levels: whether the levels of answers are asked for, not their number only; then it counts,
            too, for whom an item is not applicable, and that both are among the responses.
    """

    parts: Mapping[str, Sequence[str]]
    levels: bool = False
    pasts: Pasts = field(default_factory=Pasts)
    days: dict[tuple[str, str], set[date]] = field(default_factory=lambda: defaultdict(set))

    def learn(self, fact: Fact, told: Told) -> None:
        """The number of a part of some units, or of all parts, is known."""
        self.count(fact, [0], told.n)
        for levels, n in told.answers() if self.levels else ():
            self.count(fact, levels, n)

    def count(self, fact: Fact, levels: Iterable[int], n: int) -> None:
        """So many gave one of some levels."""
        cells = {cell: n for each in levels for cell, n in self._difference(fact, each).items()}
        self.pasts.learn(cells, n, n)

    def recovered(self, asked: Sequence[tuple[Fact, int, int]]) -> list[int]:
        """Which of the true numbers (of a fact, at a level or 0, so many) follow, by place."""
        wanted = [(self._difference(fact, level), n) for fact, level, n in asked]
        self._grow()
        return self.pasts.recovered(wanted)

    def _difference(self, fact: Fact, level: int) -> Mapping[Hashable, int]:
        found = Counter[Hashable]()
        for day, sign in ((fact.until, 1), (fact.before, -1)):
            for cell in self._totals(fact, day, level):
                found[cell] += sign
        return {cell: times for cell, times in found.items() if times}

    def _totals(self, fact: Fact, day: date, level: int) -> Iterator[Cell]:
        for unit in fact.units if day >= BEGUN else ():
            for part in [fact.part] if fact.part else self.parts[unit]:
                self.days[unit, part].add(day)
                yield unit, part, day, level

    def _grow(self) -> None:
        """A running total never falls; those of the levels add up to that of all.

        Who answered, and for whom an item was not applicable, are among the responses.
        """
        for (unit, part), days in self.days.items():
            ordered = sorted(days)
            for level in range(CAME + 1) if self.levels else (0,):
                for before, until in pairwise(ordered):
                    step = {(unit, part, until, level): 1, (unit, part, before, level): -1}
                    self.pasts.learn(step, 0, float("inf"))
            for before, until in pairwise(ordered) if self.levels else ():
                among = {(unit, part, until, level): -1 for level in (0, ASIDE)}
                among |= {(unit, part, before, level): 1 for level in (0, ASIDE)}
                among |= {(unit, part, until, CAME): 1, (unit, part, before, CAME): -1}
                self.pasts.learn(among, 0, float("inf"))
            for day in ordered if self.levels else ():
                levels = {(unit, part, day, level): 1 for level in ALL_LEVELS}
                self.pasts.learn({**levels, (unit, part, day, 0): -1}, 0, 0)


def _days(figure: Mapping[str, Any]) -> Period:
    whole = parse_period(figure["period"])
    first = figure.get("first") or whole.first.isoformat()
    return parse_period(f"{first}..{figure.get('last') or whole.last.isoformat()}")
