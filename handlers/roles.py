"""Figures of a unit as the one that receives dossiers, or as the one that resolves them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from handlers.counted import added
from handlers.elsewhere import elsewhere
from handlers.scores import ALL_PARTS, By, Scores
from handlers.spreads import parts as parts_of
from handlers.tables import Shown
from sipas.figures import OVERALL, Figure, Part, Query
from sipas.instrument import Instrument
from sipas.periods import Period, is_whole
from sipas.roles import Role, items_of
from storage.directory import Unit

RESOLVING = "resolving"
VIEWED = (None, By.FACTOR, By.ITEM)


@dataclass(frozen=True)
class Receiving(Scores):
    """Figures of what was received at a unit, of the items that are about receiving."""

    view = f"role={Role.RECEIVING}"
    role = Role.RECEIVING

    @elsewhere
    async def of_unit(
        self,
        unit: Unit,
        period: Period,
        parts: Iterable[Part] = ALL_PARTS,
        within: Collection[str] = (),
    ) -> list[Figure]:
        """The unit's figures; composites are of the role's items, and others are left out."""
        shown, found = await self._shown_of(unit, self.published(unit), period), list[Figure]()
        for version, each in shown.items():
            if (instrument := self._instrument(version)) is not None:
                items = items_of(instrument, self.role)
                query = Query(unit.code, period.code, role=self.role, only="items of the role")
                made = await self._together(query, {version: each}, parts, within or items)
                found += [figure for figure in made if _is_of(instrument, figure, items)]
        return found


@dataclass(frozen=True)
class Resolving(Receiving):
    """Figures of what a unit resolved, wherever it was received, as far as that is known.

    It is one part of all published units: the same rules hide it as hide a channel or a field.
    """

    view = f"role={Role.RESOLVING}"
    role = Role.RESOLVING

    async def _shown_of(
        self, unit: Unit, members: Collection[Unit], period: Period
    ) -> dict[int, Shown]:
        if not is_whole(period) or (root := self._root(unit)) is None:
            return {}
        units, running = self.published(root), await self.running()
        nodes, ids = running.nodes(root, units), self._members(root)
        return {
            version: table.shown(nodes, ids, period, unit.unit_id, self.least)
            for version, table in (await self._split(RESOLVING)).items()
            if unit.unit_id in table.parts()
        }

    async def _together(
        self,
        query: Query,
        shown: Mapping[int, Shown],
        parts: Iterable[Part],
        within: Collection[str] = (),
    ) -> list[Figure]:
        """As of any part: the design is that of the units it is of, narrowed to its share."""
        wanted, found = tuple(parts), list[Figure]()
        for version, each in shown.items():
            units = await self._by_unit(each.period, set(each.by_unit()))
            designs = await self._asking(each.period).of_units(units)
            own = parts_of(designs, added(units), {version: each.tally})
            found += self._narrowed(query, version, each, wanted, own, within)
        return found

    def _root(self, unit: Unit) -> Unit | None:
        """The published unit highest above *unit*."""
        above = self.state.directory.unit(unit.parent_code) if unit.parent_code else None
        highest = self._root(above) if above else None
        return highest or (unit if unit.published or unit.code in self.own else None)


VIEWS: Mapping[str, type[Receiving]] = {Role.RECEIVING: Receiving, Role.RESOLVING: Resolving}


def _is_of(instrument: Instrument, figure: Figure, items: frozenset[str]) -> bool:
    """Whether any item that a figure is made of is the role's."""
    if figure.part is Part.OVERALL:
        return OVERALL in items
    if figure.part is Part.INDEX:
        return not items.isdisjoint(instrument.index_items)
    factors = {factor.key: factor.items for factor in instrument.factors}
    return not items.isdisjoint(factors.get(figure.key, (figure.key,)))
