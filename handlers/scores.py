"""Figures of published units, as pages, the API and the command line ask for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from handlers.service import Service, State
from handlers.spreads import Asking, ByInstrument, Designs
from handlers.spreads import parts as parts_of
from sipas.clusters import ONE_BY_ONE
from sipas.figures import Figure, Part, Query, Visibility, figures, visible
from sipas.instrument import Instrument
from sipas.periods import Period, months
from sipas.tally import responses
from storage import reads
from storage.directory import Counter, Unit
from storage.numbering import CHANNELS, KINDS, STAGES, STRATA
from storage.verdicts import NO_FLAGS, Flags, flags_by_unit, flags_of_unit

FORMULA = "t2b.v1"
ALL_PARTS = (Part.INDEX, Part.OVERALL, Part.FACTOR, Part.ITEM)
HEADLINES = (Part.INDEX, Part.OVERALL)


class By(StrEnum):
    """What a list of figures is broken down by."""

    UNIT = "unit"
    COUNTER = "counter"
    FACTOR = "factor"
    ITEM = "item"
    MONTH = "month"
    STRATUM = "stratum"
    FIELD = "field"
    KIND = "kind"
    CHANNEL = "channel"
    STAGE = "stage"


_CODES = {
    By.STRATUM: STRATA,
    By.KIND: KINDS,
    By.CHANNEL: CHANNELS,
    By.STAGE: STAGES,
}
_PARTS = {By.FACTOR: (Part.FACTOR,), By.ITEM: (Part.ITEM,)}


def _added(units: Mapping[int, ByInstrument]) -> dict[int, int]:
    summed: dict[int, int] = defaultdict(int)
    for tallies in units.values():
        for version, tally in tallies.items():
            summed[version] += tally
    return summed


def _only(within: Collection[str]) -> str:
    return f"items={'+'.join(sorted(within))}" if within else ""


def told(flagged: int) -> int | None:
    """A number of flagged responses as it may be shown: none, or at least ten."""
    return None if flagged and visible(flagged) is Visibility.NOTHING else flagged


@dataclass(frozen=True)
class Scores:
    """The figures of one state of the installation.

    Attributes:
        own: codes of units that the reader may see before they are published.
    """

    asked: Service
    state: State
    formula: str = FORMULA
    own: frozenset[str] = frozenset()
    view: ClassVar[str] = ""  # what else the figures hold: another view has other figures

    @property
    def release(self) -> int:
        """The release every figure is computed from."""
        return self.state.release.release_id if self.state.release else 0

    async def of_unit(
        self,
        unit: Unit,
        period: Period,
        parts: Iterable[Part] = ALL_PARTS,
        within: Collection[str] = (),
    ) -> list[Figure]:
        """The figures of a unit and everything published below it.

        Args:
            within: where not empty, composites are made of these items only.
        """
        units = await self._by_unit(period, self._members(unit))
        query = Query(unit.code, period.code, only=_only(within))
        return await self._together(query, period, units, parts, within)

    async def by_unit(self, unit: Unit, period: Period) -> list[Figure]:
        """The headline of every published unit below *unit*, itself included."""
        units, asking = await self._by_unit(period, self._members(unit)), self._asking(period)
        found: list[Figure] = []
        for member in self.published(unit):
            tallies = units.get(member.unit_id, {})
            designs = await asking.of_units({member.unit_id: tallies})
            query = Query(member.code, period.code)
            found += self._figures(query, tallies, HEADLINES, designs)
        return found

    async def by_month(self, unit: Unit, period: Period) -> list[Figure]:
        """The headline of the unit month by month."""
        return [
            figure
            for month in months(period)
            for figure in await self.of_unit(unit, month, HEADLINES)
        ]

    async def by_value(self, unit: Unit, period: Period, by: By) -> list[tuple[str, Figure]]:
        """The headline of the unit for each value of one dimension, with the value's code."""
        members = self._members(unit)
        units, tallies = (
            await self._by_unit(period, members),
            await self._tallies(period, by.value, members),
        )
        total, designs = _added(units), await self._asking(period).of_units(units)
        found: list[tuple[str, Figure]] = []
        for value in sorted({value for unit_id, _, value in tallies if unit_id in members}):
            code, summed = self._code(by, value), self._summed(tallies, members, value)
            query = Query(unit.code, period.code, only=f"{by}={code}")
            own = parts_of(designs, total, summed)
            found += [(code, each) for each in self._figures(query, summed, HEADLINES, own)]
        return found

    async def by_counter(self, unit: Unit, period: Period) -> list[Figure]:
        """The headline of each of the unit's counters that are public or the reader's own."""
        days = await reads.days_of_unit(self._reader, unit.unit_id, period)
        return [
            figure
            for counter in self.state.directory.counters_of(unit)
            if counter.public or unit.code in self.own
            for figure in self._of_counter(unit, counter, period, days, HEADLINES)
        ]

    async def of_counter(self, unit: Unit, counter: Counter, period: Period) -> list[Figure]:
        """All figures of one counter."""
        days = await reads.days_of_unit(self._reader, unit.unit_id, period)
        return self._of_counter(unit, counter, period, days, ALL_PARTS)

    def _of_counter(
        self, unit: Unit, counter: Counter, period: Period, days: reads.Days, parts: Iterable[Part]
    ) -> list[Figure]:
        own = days.get(counter.counter_id, {})
        summed = {version: sum(each) for version, each in own.items()}
        query = Query(unit.code, period.code, counter.code)
        return self._figures(query, summed, parts, self._asking(period).of_days(own))

    async def asked_for(
        self, unit: Unit, period: Period, by: By | None
    ) -> list[tuple[str, Figure]]:
        """The figures of the API's `by`, each with its value of a dimension or nothing.

        At one release they never change, so they are made once.
        """
        asked = (self.release, unit.code, period.code, str(by or ""), self.formula, self.view)
        tree, known = self.asked.answers.get(asked, (None, []))
        if tree is not self.state.directory:
            known = await self._found(unit, period, by)
            self.asked.keep_answer(asked, (self.state.directory, known))
        return known

    async def _found(self, unit: Unit, period: Period, by: By | None) -> list[tuple[str, Figure]]:
        if by in _CODES or by is By.FIELD:
            return await self.by_value(unit, period, by)
        return [("", figure) for figure in await self._listed(unit, period, by)]

    async def _listed(self, unit: Unit, period: Period, by: By | None) -> list[Figure]:
        if by is None or by in _PARTS:
            return await self.of_unit(unit, period, _PARTS[by] if by else ALL_PARTS)
        lists = {By.UNIT: self.by_unit, By.COUNTER: self.by_counter, By.MONTH: self.by_month}
        return await lists[by](unit, period)

    async def behind(
        self, unit: Unit, period: Period, counter: Counter | None = None
    ) -> Mapping[int, int]:
        """The tallies that the figures of a unit or a counter are made of, by instrument number."""
        if counter is None:
            return _added(await self._by_unit(period, self._members(unit)))
        days = await reads.days_of_unit(self._reader, unit.unit_id, period)
        return {version: sum(each) for version, each in days.get(counter.counter_id, {}).items()}

    async def counted(self, unit: Unit, period: Period, dimension: str) -> dict[int, int]:
        """How many responses are released, by the small number of a dimension's value."""
        members, found = self._members(unit), defaultdict[int, int](int)
        tallies = await self._tallies(period, dimension, members)
        for (unit_id, _, value), tally in tallies.items():
            found[value] += responses(tally) if unit_id in members else 0
        return found

    def published(self, unit: Unit) -> tuple[Unit, ...]:
        """The unit and what is below it, as far as it is published or the reader's own."""
        subtree = self.state.directory.subtree(unit)
        return tuple(each for each in subtree if each.published or each.code in self.own)

    async def received(self, unit: Unit, period: Period) -> int:
        """How many responses came in at the unit's and its published members' counters."""
        members = self.published(unit)
        if len(members) == 1:
            return await reads.received_of_unit(self._reader, members[0].unit_id, period)
        by_unit = await reads.received_by_unit(self._reader, period)
        return sum(by_unit.get(member.unit_id, 0) for member in members)

    async def flagged(self, unit: Unit, period: Period) -> Flags:
        """How many of the responses in the figures carry a flag, at the unit and below it."""
        members = self.published(unit)
        if len(members) == 1:
            return await flags_of_unit(self._reader, members[0].unit_id, period)
        by_unit = await flags_by_unit(self._reader, period)
        return sum((by_unit.get(member.unit_id, NO_FLAGS) for member in members), NO_FLAGS)

    @property
    def _reader(self) -> reads.Connection:
        return self.asked.store.reader

    def _members(self, unit: Unit) -> set[int]:
        return {member.unit_id for member in self.published(unit)}

    async def _tallies(self, period: Period, dimension: str, members: set[int]) -> reads.Tallies:
        """The members' tallies; every unit's are kept in memory until the next release."""
        key = (self.release, period.code, dimension)
        if (known := self.asked.kept.get(key)) is not None:
            return known
        if len(members) == 1:  # a few rows are read faster than all units are added up
            (alone,) = members
            return await reads.unit_tallies(self._reader, alone, period, dimension)
        found = await reads.all_unit_tallies(self._reader, period, dimension)
        self.asked.keep(key, found)
        return found

    async def _by_unit(self, period: Period, members: set[int]) -> dict[int, dict[int, int]]:
        """The members' tallies by instrument."""
        found: dict[int, dict[int, int]] = defaultdict(dict)
        for (unit_id, version, _), each in (await self._tallies(period, "total", members)).items():
            if unit_id in members:
                found[unit_id][version] = each
        return found

    def _summed(self, tallies: reads.Tallies, members: set[int], value: int) -> dict[int, int]:
        summed: dict[int, int] = {}
        for (unit_id, version, found), tally in tallies.items():
            if found == value and unit_id in members:
                summed[version] = summed.get(version, 0) + tally
        return summed

    async def _together(
        self,
        query: Query,
        period: Period,
        units: Mapping[int, ByInstrument],
        parts: Iterable[Part],
        within: Collection[str] = (),
    ) -> list[Figure]:
        """The figures of units with these tallies, added up."""
        designs = await self._asking(period).of_units(units)
        return self._figures(query, _added(units), parts, designs, within)

    def _asking(self, period: Period) -> Asking:
        found = {version: self._instrument(version) for version in self.state.instruments}
        known = {version: each for version, each in found.items() if each is not None}
        return Asking(self.asked, known, period, self.formula)

    def _figures(
        self,
        query: Query,
        summed: ByInstrument,
        parts: Iterable[Part],
        designs: Designs,
        within: Collection[str] = (),
    ) -> list[Figure]:
        """Figures of every questionnaire in use, the one with most responses first."""
        ordered = sorted(summed.items(), key=lambda each: -responses(each[1]))
        return [
            figure
            for version, tally in ordered
            if (instrument := self._instrument(version)) is not None
            for figure in figures(
                instrument,
                tally,
                query,
                self.release,
                self.formula,
                parts,
                designs.get(version, ONE_BY_ONE),
                within,
            )
        ]

    def _instrument(self, version: int) -> Instrument | None:
        return self.asked.survey.instruments.get(self.state.instruments[version])

    def _code(self, by: By, value: int) -> str:
        if by is By.FIELD:
            names = {field.field_id: field.code for field in self.state.directory.fields}
            return names.get(value, "")
        return _CODES[by][value]
