"""Figures weighted to handled dossiers: beside the raw ones, from what is shown anyway."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from pydantic import BaseModel, Field

from handlers.elsewhere import elsewhere
from handlers.forest import Node
from handlers.running import Running
from handlers.scores import By, Scores
from handlers.splitting import Split
from handlers.tables import Shown
from sipas.clusters import Factor
from sipas.figures import OVERALL, Figure, Part
from sipas.periods import Period, atom, half_month, is_whole, settled_before
from sipas.tally import responses
from sipas.weighting import Group, Stratum, Weighted, strata, weighted
from storage.directory import Unit
from storage.dossiers import dossiers_by_field

FIELD, UNKNOWN = "field", 0
WEIGHABLE = (None, By.FACTOR, By.ITEM)
KNOWN_LEAST = 0.5
"""The share of the responses whose units must have told their dossiers."""
TRIED = 4
"""Ends of half-months, from the last settled one backwards, to which weights are tried."""

Handled = Mapping[tuple[int, ...], int]
"""Dossier events by unit and field."""


class Beside(NamedTuple):
    """A figure and what it would be if every field answered alike often."""

    figure: Figure
    weighted: Weighted
    days: Period


class BesideOut(BaseModel):
    """What a figure would be if every field and unit had answered alike often."""

    figure: str = Field(description="id of the figure it stands beside")
    key: str
    value: float
    low: float
    high: float
    n: int = Field(description="answers whose unit and field have dossiers that are known")
    effective_n: float = Field(description="of answers that stand alone and weigh alike")
    design_effect: float = Field(description="of weights and, of items, counter-days together")
    strata: int = Field(description="groups that weigh differently, at most of its items")
    trimmed: float = Field(description="share of answers whose weight was cut, at most")
    first: str = Field(description="first of the days it is of: fields are told of settled ones")
    last: str


def told_beside(found: Beside) -> BesideOut:
    """A weighted value as interfaces tell it."""
    figure, weighted, days = found
    return BesideOut(
        figure=figure.id,
        key=figure.key,
        value=float(weighted.value),
        low=weighted.low,
        high=weighted.high,
        n=weighted.n,
        effective_n=weighted.effective_n,
        design_effect=weighted.design_effect,
        strata=weighted.strata,
        trimmed=weighted.trimmed,
        first=days.first.isoformat(),
        last=days.last.isoformat(),
    )


@dataclass(frozen=True)
class Weighing(Scores):
    """Scores that can be weighted to dossiers."""

    @elsewhere
    async def beside(self, unit: Unit, period: Period, figures: Iterable[Figure]) -> list[Beside]:
        """The unit's *figures* of which weighting says something; of weeks and day ranges none."""
        ordered = [figure for figure in figures if figure.value is not None]
        for days in self._stretches(period) if is_whole(period) else ():
            if found := await self._beside(unit, days, ordered):
                return found
        return []

    def _stretches(self, period: Period) -> Iterator[Period]:
        """What of *period* is settled, then up to a few half-months before.

        A field is often not shown to the last half-month's end, and weights need the same days.
        """
        latest = min(atom(period.last), settled_before(self.asked.today()) - 1)
        for number in range(latest, max(latest - TRIED, atom(period.first) - 1), -1):
            yield replace(period, last=half_month(number).last)

    async def _beside(self, unit: Unit, period: Period, figures: list[Figure]) -> list[Beside]:
        shown, found = await self._shown_of(unit, self.published(unit), period), list[Beside]()
        for version, whole in shown.items():
            if not whole.hidden:
                ref = self.state.instruments[version]
                own = [figure for figure in figures if figure.instrument == ref]
                found += await self._of_questionnaire(unit, version, whole, own)
        return sorted(found, key=lambda each: figures.index(each.figure))

    async def _of_questionnaire(
        self, unit: Unit, version: int, whole: Shown, figures: Iterable[Figure]
    ) -> list[Beside]:
        known, found = await self._strata(unit, version, whole), list[Beside]()
        units = {unit_id: {version: tally} for unit_id, tally in whole.by_unit().items()}
        design = (await self._asking(whole.period).of_units(units)).get(version, {})
        for figure in figures if known else ():
            key = OVERALL if figure.part is Part.OVERALL else figure.key
            items, factor = figure.items or (key,), design.get(key, Factor())
            if (made := weighted(known, items, self.formula, factor)) is not None:
                found.append(Beside(figure, made, whole.period))
        return found

    async def _strata(
        self, unit: Unit, version: int, whole: Shown
    ) -> Mapping[str, Sequence[Stratum]]:
        """What the unit's items are weighted by; kept for an hour, empty where nothing is known."""
        span, own = f"{whole.period.first} {whole.period.last}", " ".join(sorted(self.own))
        hour = f"{self.asked.clock():%d %H}"
        name = (self.release, unit.code, span, own, hour, version, self.formula)
        tree, known = self.asked.strata.get(name, (None, {}))
        if tree is not self.state.directory:
            group = await self._group(unit, version, whole)
            instrument = self.asked.survey.instruments[self.state.instruments[version]]
            known = strata(instrument, group) if group else {}
            self.asked.keep_strata(name, (self.state.directory, known))
        return known

    async def _group(self, unit: Unit, version: int, whole: Shown) -> Group | None:
        """The unit, its members and their fields; None where too few units told of dossiers."""
        by_unit = whole.by_unit()
        handled = await dossiers_by_field(self._reader, whole.period)
        told = Counter[int]()
        for (unit_id, _), n in handled.items():
            told[unit_id] += n if unit_id in by_unit else 0
        known = sum(responses(each) for unit_id, each in by_unit.items() if told[unit_id])
        if known < KNOWN_LEAST * responses(whole.tally):
            return None
        running, table = await self.running(), (await self._split(FIELD))[version]
        members = [each for each in self.published(unit) if each.unit_id in by_unit]
        asked = (whole.period, handled, self.formula)
        parts = [_member(running, table, each, *asked) for each in members]
        return Group(whole.tally, told.total(), tuple(filter(None, parts)))


def _member(
    running: Running, table: Split, member: Unit, period: Period, handled: Handled, formula: str
) -> Group | None:
    """What a unit got itself, where that is shown of these days; aside if nobody told dossiers."""
    nodes, unit_id = running.own(member), member.unit_id
    units = running.tables[table.version]
    own = running.shown_throughout(units, nodes, {unit_id}, period)
    if own is None:
        return None
    total = sum(n for (of, _), n in handled.items() if of == unit_id)
    if not total:
        return Group(own.tally, 0, aside=True)
    parts = tuple(_fields(table, nodes, unit_id, period, handled, formula))
    return Group(own.tally, total, parts, own.hiding.values)


def _fields(
    table: Split,
    nodes: Sequence[Node],
    unit_id: int,
    period: Period,
    handled: Handled,
    formula: str,
) -> Iterator[Group]:
    """A unit's fields that are shown, and its responses without one, shown or not."""
    for part in sorted(table.parts()):
        cell, dossiers = (unit_id, part), handled.get((unit_id, part), 0)
        if cell not in table.sums:
            continue
        inside = [(node, part) for node in nodes]
        shown = table.running.shown_throughout(table, inside, {cell}, period)
        if shown:
            hidden = shown.hiding.by(formula)
            yield Group(shown.tally, dossiers, (), hidden, aside=part == UNKNOWN)
        elif part == UNKNOWN:
            yield Group(0, 0, (), frozenset(table.keys), aside=True)
