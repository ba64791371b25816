"""Figures rolled up by lineage: those of former units pooled into their successor, flagged."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import ClassVar

from handlers.elsewhere import elsewhere
from handlers.forest import former_of, former_rows
from handlers.scores import ALL_PARTS, By, Scores
from sipas.figures import Figure, Part, Query
from sipas.lineage import Former
from sipas.periods import Period
from storage.directory import Unit

JOINABLE = (None, By.FACTOR, By.ITEM, By.MONTH)


@dataclass(frozen=True)
class Joined(Scores):
    """Scores in which a unit counts with the former units that went into it whole.

    They need not be published: the act that published the successor covers them. What the pooled
    figure minus the unit's own would tell is hidden as everywhere (`handlers.running`).
    """

    view: ClassVar[str] = "lineage=joined"

    def former(self, unit: Unit) -> Former:
        """Which former units are pooled, and which cannot be divided."""
        return former_of(self.state.directory, self.published(unit))

    @elsewhere
    async def of_unit(
        self,
        unit: Unit,
        period: Period,
        parts: Iterable[Part] = ALL_PARTS,
        within: Collection[str] = (),
    ) -> list[Figure]:
        """The figures of a unit, everything published below it, and its former units."""
        if not (old := self._old(unit)):
            return await super().of_unit(unit, period, parts, within)
        running, members = await self.running(), self.published(unit)
        nodes = [*running.nodes(unit, members), *running.former(unit, old)]
        ids = {member.unit_id for member in members} | old
        query = Query(unit.code, period.code, only=self.view)
        shown = await self._open(running, nodes, ids, period)
        return await self._together(query, shown, parts, within)

    @elsewhere
    async def received(self, unit: Unit, period: Period) -> int | None:
        """How many responses came in, at the former units too."""
        running, members, old = await self.running(), self.published(unit), self._old(unit)
        nodes = [*running.nodes(unit, members), *running.former(unit, old)]
        days = running.known_days(running.all_ends(nodes), period)
        ids = {member.unit_id for member in members} | old
        return await self._in_tens(ids, days) if days else None

    def _old(self, unit: Unit) -> set[int]:
        """Rows of the former units, and earlier rows of the unit's own members."""
        return former_rows(self.state.directory, self.published(unit))
