"""Figures rolled up by lineage: those of former units pooled into their successor, flagged."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from handlers.scores import ALL_PARTS, By, Scores
from sipas.figures import Figure, Part, Query, suppressed
from sipas.lineage import Former, former
from sipas.periods import Period
from storage import reads
from storage.directory import Unit

JOINABLE = (None, By.FACTOR, By.ITEM, By.MONTH)
_Key = tuple[str, Part, str]


@dataclass(frozen=True)
class Joined(Scores):
    """Scores in which a unit counts with the former units that went into it whole.

    They need not be published: the act that published the successor covers them. What the pooled
    figure minus the unit's own would tell is hidden as everywhere.
    """

    view: ClassVar[str] = "lineage=joined"

    def former(self, unit: Unit) -> Former:
        """Which former units are pooled, and which cannot be divided."""
        directory = self.state.directory
        living = {row.code for row in directory.units if row.valid_to is None}
        codes = {member.code for member in self.published(unit)}
        return former(codes, directory.lineage, living)

    async def of_unit(
        self,
        unit: Unit,
        period: Period,
        parts: Iterable[Part] = ALL_PARTS,
        within: Collection[str] = (),
    ) -> list[Figure]:
        """The figures of a unit, everything published below it, and its former units."""
        own, old = {member.unit_id for member in self.published(unit)}, self._old(unit)
        if not old:
            return await super().of_unit(unit, period, parts, within)
        units, wanted = await self._by_unit(period, own | old), tuple(parts)
        query = Query(unit.code, period.code, only=self.view)
        pooled, *sides = [
            await self._together(
                query, period, {each: units[each] for each in units.keys() & group}, wanted, within
            )
            for group in (own | old, own, old)
        ]
        return _safe(pooled, sides)

    async def received(self, unit: Unit, period: Period) -> int:
        """How many responses came in, at the former units too."""
        by_unit = await reads.received_by_unit(self.asked.store.reader, period)
        old = sum(by_unit.get(unit_id, 0) for unit_id in self._old(unit))
        return old + await super().received(unit, period)

    def _old(self, unit: Unit) -> set[int]:
        """Rows of the former units, and earlier rows of the unit's own members."""
        members = self.published(unit)
        codes = self.former(unit).whole | {member.code for member in members}
        rows = {row.unit_id for row in self.state.directory.units if row.code in codes}
        return rows - {member.unit_id for member in members}


def _safe(pooled: Iterable[Figure], sides: Iterable[Sequence[Figure]]) -> list[Figure]:
    """Pooled figures; one is hidden where a side of it is too few, which subtraction would tell."""
    hidden = {_key(figure) for side in sides for figure in side if figure.too_few}
    return [
        suppressed(figure)
        if _key(figure) in hidden and not figure.too_few
        else _quiet(figure, hidden)
        for figure in pooled
    ]


def _quiet(figure: Figure, hidden: set[_Key]) -> Figure:
    """Too few together: n goes as well where a side is hidden."""
    return figure._replace(n=None) if _key(figure) in hidden else figure


def _key(figure: Figure) -> _Key:
    return figure.instrument, figure.part, figure.key
