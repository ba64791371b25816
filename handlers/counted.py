"""What was counted: tallies of units, and how many responses came in or carry a flag."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from handlers.service import Service, State
from handlers.spreads import ByInstrument
from sipas.figures import Visibility, visible
from sipas.periods import Period
from sipas.tally import responses
from storage import reads
from storage.directory import Counter, Unit
from storage.verdicts import NO_FLAGS, Flags, flags_by_unit, flags_of_unit

FORMULA = "t2b.v1"


def told(flagged: int) -> int | None:
    """A number of flagged responses as it may be shown: none, or at least ten."""
    return None if flagged and visible(flagged) is Visibility.NOTHING else flagged


@dataclass(frozen=True)
class Counted:
    """The counts of one state of the installation.

    Attributes:
        own: codes of units that the reader may see before they are published.
    """

    asked: Service
    state: State
    formula: str = FORMULA
    own: frozenset[str] = frozenset()

    @property
    def release(self) -> int:
        """The release every figure is computed from."""
        return self.state.release.release_id if self.state.release else 0

    async def behind(
        self, unit: Unit, period: Period, counter: Counter | None = None
    ) -> Mapping[int, int]:
        """The tallies that the figures of a unit or a counter are made of, by instrument number."""
        if counter is None:
            return added(await self._by_unit(period, self._members(unit)))
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


def added(units: Mapping[int, ByInstrument]) -> dict[int, int]:
    summed: dict[int, int] = defaultdict(int)
    for tallies in units.values():
        for version, tally in tallies.items():
            summed[version] += tally
    return summed
