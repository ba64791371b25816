"""Figures of published units, as pages, the API and the command line ask for them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from handlers.counted import Counted, added
from handlers.elsewhere import elsewhere
from handlers.spreads import Asking, ByInstrument, Designs
from handlers.spreads import parts as parts_of
from handlers.tables import Shown
from sipas.clusters import ONE_BY_ONE
from sipas.computed import NOTHING_HIDDEN, Hiding, figures
from sipas.figures import Figure, Part, Query, narrowed_to
from sipas.periods import Period, PeriodError, is_whole, months
from sipas.tally import responses
from storage import reads
from storage.directory import Counter, Unit
from storage.numbering import CHANNELS, KINDS, STAGES, STRATA

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


def _only(within: Collection[str]) -> str:
    return f"items={'+'.join(sorted(within))}" if within else ""


@dataclass(frozen=True)
class Scores(Counted):
    """The figures of one state of the installation."""

    view: ClassVar[str] = ""  # what else the figures hold: another view has other figures

    @elsewhere
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
        shown = await self._shown_of(unit, self.published(unit), period)
        query = Query(unit.code, period.code, only=_only(within))
        return await self._together(query, shown, parts, within)

    @elsewhere
    async def by_unit(self, unit: Unit, period: Period) -> list[Figure]:
        """The headline of every published unit below *unit*, itself included."""
        found: list[Figure] = []
        for member in self.published(unit):
            await self.pace.rest()  # whoever answers a question meanwhile comes first
            shown = await self.own_of(member, period)
            found += await self._together(Query(member.code, period.code), shown, HEADLINES)
        return found

    async def by_month(self, unit: Unit, period: Period) -> list[Figure]:
        """The headline of the unit month by month."""
        return [
            figure
            for month in months(period)
            for figure in await self.of_unit(unit, month, HEADLINES)
        ]

    @elsewhere
    async def by_value(
        self, unit: Unit, period: Period, by: By, parts: Iterable[Part] = HEADLINES
    ) -> list[tuple[str, Figure]]:
        """The headline of the unit for each value of one dimension, with the value's code.

        Raises:
            PeriodError: a period of days was asked for.
        """
        if not is_whole(period):
            raise PeriodError(f"expected whole half-months (1-14, 15-end) by {by}")
        units = await self._by_unit(period, self._members(unit))
        total, designs = added(units), await self._asking(period).of_units(units)
        found: list[tuple[str, Figure]] = []
        for value, shown in (await self._shown_parts(unit, period, by.value)).items():
            query = Query(unit.code, period.code, only=f"{by}={self._code(by, value)}")
            for version, each in shown.items():
                own = parts_of(designs, total, {version: each.tally})
                made = self._narrowed(query, version, each, parts, own)
                found += [(self._code(by, value), figure) for figure in made]
        return found

    @elsewhere
    async def by_counter(self, unit: Unit, period: Period) -> list[Figure]:
        """The headline of each of the unit's counters that are public or the reader's own."""
        return [
            figure
            for counter in self._listed_counters(unit)
            for figure in await self._of_counter(unit, counter, period, HEADLINES)
        ]

    @elsewhere
    async def of_counter(self, unit: Unit, counter: Counter, period: Period) -> list[Figure]:
        """All figures of one counter."""
        return await self._of_counter(unit, counter, period, ALL_PARTS)

    def _listed_counters(self, unit: Unit) -> list[Counter]:
        counters = self.state.directory.counters_of(unit)
        return [each for each in counters if each.public or unit.code in self.own]

    async def _of_counter(
        self, unit: Unit, counter: Counter, period: Period, parts: Iterable[Part]
    ) -> list[Figure]:
        shown = await self._shown_at(unit, counter, period)
        query, found = Query(unit.code, period.code, counter.code), list[Figure]()
        for version, each in shown.items():
            days = await reads.days_of_unit(self._reader, unit.unit_id, each.period)
            own = {version: days.get(counter.counter_id, {}).get(version, [])}
            designs = self._asking(each.period).of_days(own) if own[version] else {}
            found += self._narrowed(query, version, each, parts, designs)
        return found

    async def asked_for(
        self, unit: Unit, period: Period, by: By | None
    ) -> list[tuple[str, Figure]]:
        """The figures of the API's `by`, each with its value of a dimension or nothing.

        At one release they never change, so they are made once.
        """
        view = (self.formula, self.view, self.unlike)
        asked = (self.release, unit.code, period, str(by or ""), *view)
        tree, known = self.asked.answers.get(asked, (None, []))
        if tree is not self.state.directory:
            known = await self.made_for(unit, period, by)
            self.asked.keep_answer(asked, (self.state.directory, known))
        return known

    async def kept(self, unit: Unit, period: Period, by: By | None = None) -> list[Figure]:
        """The figures of `asked_for`, which are made once a release."""
        return [figure for _, figure in await self.asked_for(unit, period, by)]

    @elsewhere
    async def made_for(self, unit: Unit, period: Period, by: By | None) -> list[tuple[str, Figure]]:
        """The same, made anew."""
        if by in _CODES or by is By.FIELD:
            return await self.by_value(unit, period, by)
        return [("", figure) for figure in await self._listed(unit, period, by)]

    async def _listed(self, unit: Unit, period: Period, by: By | None) -> list[Figure]:
        if by is None or by in _PARTS:
            return await self.of_unit(unit, period, _PARTS[by] if by else ALL_PARTS)
        lists = {By.UNIT: self.by_unit, By.COUNTER: self.by_counter, By.MONTH: self.by_month}
        return await lists[by](unit, period)

    async def _together(
        self,
        query: Query,
        shown: Mapping[int, Shown],
        parts: Iterable[Part],
        within: Collection[str] = (),
    ) -> list[Figure]:
        """The figures of units with what may be shown of them, added up."""
        wanted = tuple(parts)
        found: list[Figure] = []
        for version, each in sorted(shown.items(), key=lambda of: -responses(of[1].tally)):
            units = {unit: {version: tally} for unit, tally in each.by_unit().items()}
            designs = await self._asking(each.period).of_units(units)
            found += self._narrowed(query, version, each, wanted, designs, within)
        return found

    def _narrowed(
        self,
        query: Query,
        version: int,
        shown: Shown,
        parts: Iterable[Part],
        designs: Designs,
        within: Collection[str] = (),
    ) -> list[Figure]:
        """Figures of what may be shown, which say of which days they are."""
        tally, hiding = {version: shown.tally}, shown.hiding
        made = self._figures(query, tally, parts, designs, within, hiding)
        return [narrowed_to(figure, shown.period) for figure in made]

    def _asking(self, period: Period) -> Asking:
        found = {version: self._instrument(version) for version in self.state.instruments}
        known = {version: each for version, each in found.items() if each is not None}
        return Asking(self.asked, known, period, self.formula, self.pace)

    def _figures(
        self,
        query: Query,
        summed: ByInstrument,
        parts: Iterable[Part],
        designs: Designs,
        within: Collection[str] = (),
        hiding: Hiding = NOTHING_HIDDEN,
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
                hiding,
            )
        ]

    def _code(self, by: By, value: int) -> str:
        if by is By.FIELD:
            names = {field.field_id: field.code for field in self.state.directory.fields}
            return names.get(value, "")
        return _CODES[by][value]
