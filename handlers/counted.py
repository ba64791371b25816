"""What was counted: tallies of units, and how many responses came in or carry a flag."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date, timedelta

from handlers.elsewhere import elsewhere
from handlers.forest import Node
from handlers.running import Running
from handlers.spreads import ByInstrument
from handlers.tables import LEVELS, Shown, tens
from handlers.totals import Totals
from handlers.weeks import shown_days
from sipas.figures import Visibility, visible
from sipas.formulas import needs_levels
from sipas.openings import ALL_FROM, coarse
from sipas.periods import Period, atom, half_month, is_whole
from sipas.tally import responses
from storage import reads
from storage.directory import Counter, Unit
from storage.verdicts import NO_FLAGS, Flags, flags_by_unit, flags_of_unit

FORMULA = "t2b.v1"
COUNTER = "counter"
EARLIER_MOST = 40


def told(flagged: int) -> int | None:
    """A number of flagged responses as it may be shown: none, or at least ten."""
    return None if flagged and visible(flagged) is Visibility.NOTHING else flagged


@dataclass(frozen=True)
class Counted(Totals):
    """The counts of one state of the installation.

    Attributes:
        own: codes of units that the reader may see before they are published.
    """

    formula: str = FORMULA
    own: frozenset[str] = frozenset()

    @property
    def least(self) -> int:
        """What a value of a part needs: a mean needs levels, a share of satisfied does not."""
        return LEVELS if needs_levels(self.formula) else ALL_FROM

    @property
    def unlike(self) -> frozenset[str]:
        """Codes of the reader's own units of which others see less: the rest is everybody's."""
        tree = self.state.directory
        closed = {tree.unit_by_id(each.unit_id).code for each in tree.counters if not each.public}
        found = ((code, tree.unit(code)) for code in self.own)
        return frozenset(c for c, unit in found if unit and (c in closed or not unit.published))

    @elsewhere
    async def behind(
        self, unit: Unit, period: Period, counter: Counter | None = None
    ) -> Mapping[int, int]:
        """The tallies that the shown figures of a unit or counter are of, by instrument number."""
        if counter is None:
            found = await self._shown_of(unit, self.published(unit), period)
        else:
            found = await self._shown_at(unit, counter, period)
        return {v: each.tally for v, each in found.items() if not each.hidden}

    @elsewhere
    async def shown_days(self, unit: Unit, period: Period) -> Mapping[int, Period]:
        """The days that the shown figures of a unit are of, by instrument number."""
        found = await self._shown_of(unit, self.published(unit), period)
        return {v: each.period for v, each in found.items() if not each.hidden}

    async def is_whole(self, unit: Unit, period: Period) -> bool:
        """Whether the number of a unit's responses is open at both ends of *period*."""
        known = await self.known_days(unit, period)
        return known is not None and (known.first, known.last) == (period.first, period.last)

    @elsewhere
    async def share_of(
        self, unit: Unit, period: Period, dimension: str, value: int
    ) -> tuple[int, int]:
        """How many responses are of a dimension's value, and of how many; noughts where hidden."""
        tables, units = await self._split(dimension), self.published(unit)
        shares = self.asked.splits.shares
        asked = (dimension, value, period, frozenset(units))
        if (known := shares.get(asked)) is not None:
            return known
        nodes, members = (await self.running()).nodes(unit, units), self._members(unit)
        some = most = 0
        for version, table in tables.items():
            part = table.shown(nodes, members, period, value) if value in table.parts() else None
            whole = (await self._shown_of(unit, units, part.period)).get(version) if part else None
            if part and whole and whole.period == part.period and not whole.hidden | part.hidden:
                some, most = some + responses(part.tally), most + responses(whole.tally)
        return shares.setdefault(asked, (some, most))

    def published(self, unit: Unit) -> tuple[Unit, ...]:
        """The unit and what is below it, as far as it is published or the reader's own."""
        subtree = self.state.directory.subtree(unit)
        return tuple(each for each in subtree if each.published or each.code in self.own)

    @elsewhere
    async def received(self, unit: Unit, period: Period) -> int | None:
        """How many responses came in at the unit and below, in tens, between open ends."""
        days = await self.known_days(unit, period)
        return await self._in_tens(self._members(unit), days) if days else None

    async def received_each(self, units: Iterable[Unit], period: Period) -> dict[str, int]:
        """In tens, of units by code, in days that are known of all of them."""
        before = await self._before(period)
        within = await reads.received_by_unit(self._reader, period)
        return {unit.code: tens(before, within, self._members(unit)) for unit in units}

    @elsewhere
    async def known_days(self, unit: Unit, period: Period) -> Period | None:
        """The days of *period* of which it may be known how many responses came in."""
        running = await self.running()
        ends = running.all_ends(running.nodes(unit, self.published(unit)))
        return running.known_days(ends, period)

    @elsewhere
    async def received_at(self, unit: Unit, counter: Counter, period: Period) -> int | None:
        """How many responses came in at a counter of *unit*, in tens, as `received`."""
        reader, place, running = self._reader, counter.counter_id, await self.running()
        tables, nodes = await self._split(COUNTER, unit), running.own(unit)
        ends = [table.end_of(nodes, place) for table in tables.values()]
        days = running.known_days(ends, period)
        if days is None:
            return None
        before = await reads.received_of_counter(reader, place, _before(days))
        return coarse(before, await reads.received_of_counter(reader, place, days))

    async def _in_tens(self, members: set[int], period: Period) -> int:
        """Running totals in tens: two periods never tell how many lie between them."""
        before, within = await self._before(period), await self._received(members, period)
        return tens(before, within, members)

    async def _received(self, members: set[int], period: Period) -> Mapping[int, int]:
        if len(members) > 1:
            return await reads.received_by_unit(self._reader, period)
        (alone,) = members
        return {alone: await reads.received_of_unit(self._reader, alone, period)}

    async def _before(self, period: Period) -> Mapping[int, int]:
        """What came in by unit before a period; hardly ever moves, so it is read once a release."""
        key = (self.release, f"before {period.first}")
        if (known := self.asked.earlier.get(key)) is None:
            known = await reads.received_by_unit(self._reader, _before(period))
            if len(self.asked.earlier) >= EARLIER_MOST:
                self.asked.earlier.clear()
            self.asked.earlier[key] = known
        return known

    async def flagged(self, unit: Unit, period: Period) -> Flags:
        """How many of the responses in the figures carry a flag, in tens as those received."""
        before, within = [await self._flags(unit, each) for each in (_before(period), period)]
        return Flags(*map(coarse, astuple(before), astuple(within)))

    async def undecided(self, period: Period) -> Mapping[int, int]:
        """The flags nobody has decided on, in the same tens, of every unit that has any."""
        found = [await flags_by_unit(self._reader, each) for each in (_before(period), period)]
        before, within = ({unit: of.undecided for unit, of in each.items()} for each in found)
        return {unit: tens(before, within, {unit}) for unit, n in within.items() if n}

    async def _flags(self, unit: Unit, period: Period) -> Flags:
        members = self.published(unit)
        if len(members) == 1:
            return await flags_of_unit(self._reader, members[0].unit_id, period)
        by_unit = await flags_by_unit(self._reader, period)
        return sum((by_unit.get(member.unit_id, NO_FLAGS) for member in members), NO_FLAGS)

    async def _shown_of(
        self, unit: Unit, members: Collection[Unit], period: Period
    ) -> dict[int, Shown]:
        """What may be shown of a unit with *members*, by instrument number."""
        running = await self.running()
        nodes = running.nodes(unit, members)
        return await self._open(running, nodes, {each.unit_id for each in members}, period)

    @elsewhere
    async def own_of(self, unit: Unit, period: Period) -> dict[int, Shown]:
        """What may be shown of a unit without those below it, by instrument number."""
        running = await self.running()
        return await self._open(running, running.own(unit), {unit.unit_id}, period)

    async def _shown_at(self, unit: Unit, counter: Counter, period: Period) -> dict[int, Shown]:
        """What may be shown of a counter, by instrument number."""
        tables, own = await self._split(COUNTER, unit), (await self.running()).own(unit)
        place = counter.counter_id
        return {
            version: table.shown(own, {unit.unit_id}, period, place, self.least)
            for version, table in tables.items()
            if place in table.parts()
        }

    async def _shown_parts(
        self, unit: Unit, period: Period, dimension: str
    ) -> dict[int, dict[int, Shown]]:
        """What may be shown of every value that anybody ever had, by instrument number."""
        tables, units = await self._split(dimension), self.published(unit)
        nodes, members = (await self.running()).nodes(unit, units), self._members(unit)
        found: dict[int, dict[int, Shown]] = defaultdict(dict)
        for version in await self._shown_of(unit, units, period):
            for part in sorted(tables[version].parts()):
                shown = tables[version].shown(nodes, members, period, part, self.least)
                found[part][version] = shown
        return found

    async def _open(
        self, running: Running, nodes: Sequence[Node], members: set[int], period: Period
    ) -> dict[int, Shown]:
        if is_whole(period):
            found = {v: running.shown(v, nodes, members, period) for v in running.tables}
        else:
            days = await self._days(period)
            found = {
                v: shown_days(running, v, nodes, members, period, days) for v in running.tables
            }
        return {version: each for version, each in found.items() if each is not None}

    async def _days(self, period: Period) -> reads.Tallies:
        """Every unit's tallies by day in all half-months of *period*; kept for a release."""
        found: reads.Tallies = {}
        for number in range(atom(period.first), atom(period.last) + 1):
            half = half_month(number)
            key = (self.release, half, "days")
            if (known := self.asked.kept.get(key)) is None:
                known = await reads.days_of_units(self._reader, half)
                self.asked.keep(key, known)
            found |= known
        return found

    def _members(self, unit: Unit) -> set[int]:
        return {member.unit_id for member in self.published(unit)}

    async def _tallies(self, period: Period, members: set[int]) -> reads.Tallies:
        """The members' tallies; every unit's are kept in memory until the next release."""
        key = (self.release, period, "units")
        if (known := self.asked.kept.get(key)) is not None:
            return known
        if len(members) == 1:  # a few rows are read faster than all units are added up
            (alone,) = members
            return await reads.unit_tallies(self._reader, alone, period)
        found = await reads.all_unit_tallies(self._reader, period)
        self.asked.keep(key, found)
        return found

    async def _by_unit(self, period: Period, members: set[int]) -> dict[int, dict[int, int]]:
        """The members' tallies by instrument."""
        found: dict[int, dict[int, int]] = defaultdict(dict)
        for (unit_id, version), each in (await self._tallies(period, members)).items():
            if unit_id in members:
                found[unit_id][version] = each
        return found


def _before(period: Period) -> Period:
    return Period(date(1970, 1, 1), period.first - timedelta(days=1), "")


def added(units: Mapping[int, ByInstrument]) -> dict[int, int]:
    summed: dict[int, int] = defaultdict(int)
    for tallies in units.values():
        for version, tally in tallies.items():
            summed[version] += tally
    return summed
