"""Running totals of every unit, and at which ends of half-months they may be known.

Made once a release. Every figure of a unit is a difference of two running totals that are open
(`sipas.openings`), so no two figures tell anything about a hidden cell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import accumulate

from handlers.forest import OLD, OWN, Node, forest
from handlers.tables import LEVELS, RESPONSES, Key, Shown, Table, nothing, telling
from sipas.computed import Hiding
from sipas.instrument import Instrument
from sipas.openings import ALL_FROM, N_FROM, Ends
from sipas.periods import Period, atom, half_month, settled_before
from storage.directory import Directory, Unit

Margins = Mapping[tuple[int, ...], int]


class Running:
    """The running totals of one release, by questionnaire."""

    def __init__(
        self,
        directory: Directory,
        instruments: Mapping[int, Instrument],
        margins: Margins,
        today: date,
    ) -> None:
        """*margins*: tallies by unit, half-month, questionnaire and a last number."""
        atoms = {key[1] for key in margins}
        self.first = min(atoms, default=atom(today))
        self.end = max(max(atoms, default=0) + 1, self.first)
        self.settled = min(max(settled_before(today) - self.first, 0), self.end - self.first)
        self._directory = directory
        self._tree, self._leaves = forest(directory)
        self.tables = {
            version: self._table(instrument, version, margins)
            for version, instrument in instruments.items()
        }

    def settled_as(self, other: Running) -> bool:
        """Whether the same half-months of the same units are settled, so that no end has moved."""
        return (
            (self.first, self.settled) == (other.first, other.settled)
            and self._directory is other._directory
            and self.tables.keys() == other.tables.keys()
        )

    def _table(self, instrument: Instrument, version: int, margins: Margins) -> Table:
        sums = self.sums(version, margins, lambda key: key[0])
        leaves = {leaf: unit for leaf, unit in self._leaves.items() if unit in sums}
        tree = {
            parent: tuple(part for part in parts if part in leaves or part in self._tree)
            for parent, parts in self._tree.items()
        }
        return Table(instrument, tree, leaves, sums, self.settled)

    def totals(
        self, version: int, nodes: Sequence[Node], members: Iterable[int]
    ) -> Iterator[tuple[date, int, Hiding]]:
        """The running totals of *members* that may be known: last day, tally, what is hidden."""
        table, last = self.tables[version], self.end - self.first
        sums = [table.sums[unit] for unit in members if unit in table.sums]
        ends = table.opened(nodes, N_FROM)
        for at in _between(1, last, self.settled, last):
            if self._is_open(ends, at) and any(each[at] for each in sums):
                hidden = [
                    self._hidden(table, nodes, (at, at), least) for least in (ALL_FROM, N_FROM)
                ]
                day = half_month(self.first + at - 1).last
                yield day, sum(each[at] for each in sums), Hiding(*hidden)

    def _counted(self, table: Table, members: Iterable[Key], period: Period) -> dict[Key, int]:
        """The tallies of a period by unit, hidden or not; empty ones are left out."""
        low, high = self._low(period), self._high(period)
        sums = table.sums
        found = {unit: sums[unit][high] - sums[unit][low] for unit in members if unit in sums}
        return {unit: each for unit, each in found.items() if each}

    def sums(
        self, version: int, margins: Margins, named: Callable[[tuple[int, ...]], Key]
    ) -> dict[Key, Sequence[int]]:
        """The running totals of one questionnaire, by what a key is *named*."""
        came: dict[Key, list[int]] = defaultdict(lambda: [0] * (self.end - self.first))
        for key, each in margins.items():
            # What came since then, later or earlier, is not counted here.
            if key[2] == version and self.first <= key[1] < self.end:
                came[named(key)][key[1] - self.first] += each
        return {key: _running(each) for key, each in came.items()}

    def shown(
        self, version: int, nodes: Sequence[Node], members: Iterable[int], period: Period
    ) -> Shown | None:
        """What may be shown of *members* in *period*; None where there is nothing to show.

        Args:
            nodes: of which all must be open where the members' running total is to be known.
        """
        return self.shown_in(self.tables[version], nodes, members, period, ALL_FROM)

    def shown_in(
        self,
        table: Table,
        nodes: Sequence[Node],
        members: Iterable[Key],
        period: Period,
        least: int,
    ) -> Shown | None:
        """As `shown`, of any table; *least* is what a value needs, its minimum or `LEVELS`."""
        units = set(members)
        whole = self._counted(table, units, period)
        if not whole and self._may_tell_none(table, nodes, units, period):
            return None
        for each in (least, N_FROM):
            if ends := self._span(table, nodes, units, period, each):
                return self._between(table, nodes, units, self._days(period, *ends), ends)
        return nothing(table, period, whole)

    def shown_throughout(
        self, table: Table, nodes: Sequence[Node], members: Iterable[Key], period: Period
    ) -> Shown | None:
        """What may be shown of *members* of all days of *period*; None if not at both its ends."""
        ends = self._low(period), self._high(period)
        if not self.is_open(table, nodes, (ALL_FROM, RESPONSES), ends):
            return None
        return self._between(table, nodes, set(members), period, ends)

    def _between(
        self,
        table: Table,
        nodes: Sequence[Node],
        units: Iterable[Key],
        days: Period,
        ends: tuple[int, int],
    ) -> Shown:
        """What lies between two ends that are open."""
        hiding = Hiding(*(self._hidden(table, nodes, ends, n) for n in (ALL_FROM, N_FROM, LEVELS)))
        sums = {unit: table.sums[unit] for unit in units if unit in table.sums}
        cells = {unit: each[ends[1]] - each[ends[0]] for unit, each in sums.items()}
        return Shown(days, {unit: each for unit, each in cells.items() if each}, hiding)

    def nodes(self, unit: Unit, members: Iterable[Unit]) -> list[Node]:
        """The nodes that add up to *unit* with *members* below it."""
        found: list[Node] = []
        for each in members:
            if not each.published:
                found.append((OWN, each.unit_id))
            elif each.unit_id == unit.unit_id or not self._above(each, unit):
                found.append(each.unit_id)
        return found

    def former(self, unit: Unit, rows: Iterable[int]) -> list[Node]:
        """The nodes of the *rows* of a unit's former units."""
        together = (OLD, unit.unit_id)
        if together in self._tree:
            return [together]
        return [leaf for leaf, row in self._leaves.items() if row in set(rows)]

    def own(self, unit: Unit) -> list[Node]:
        """The node of what a unit has got itself, without those below it."""
        alone = (OWN, unit.unit_id)
        return [alone if alone in self._leaves else unit.unit_id]

    def _above(self, unit: Unit, top: Unit) -> bool:
        """Whether a published unit between *unit* and *top*, or *top*, holds it already."""
        above = self._directory.unit(unit.parent_code) if unit.parent_code else None
        while above is not None:
            if above.published:
                return True
            if above.unit_id == top.unit_id:
                return False
            above = self._directory.unit(above.parent_code) if above.parent_code else None
        return False

    def is_open(
        self, table: Table, nodes: Sequence[Node], of: tuple[int, str], span: Iterable[int]
    ) -> bool:
        """Whether all *nodes* are open at all of *span*, of a minimum and an item."""
        ends = table.opened(nodes, *of)
        return all(self._is_open(ends, at) for at in span)

    def _hidden(
        self, table: Table, nodes: Sequence[Node], span: tuple[int, int], least: int
    ) -> frozenset[str]:
        return frozenset(
            key for key in table.keys if not self.is_open(table, nodes, (least, key), span)
        )

    def known_days(self, ends: Sequence[Ends], period: Period) -> Period | None:
        """The days of *period* from one end to another that are open in all of *ends*, if any.

        Where an end of *period* is closed, the last open one before it; the running total of now
        stands for everything after the last settled end.
        """
        low, high = self._low(period), self._high(period)
        first, last = self._known(ends, low), self._known(ends, high)
        if first == last and (first, last) != (low, high):
            return None
        begins = period.first if first == low else half_month(self.first + first).first
        ends_on = period.last if last == high else half_month(self.first + last).first - DAY
        return Period(begins, ends_on, f"{begins}..{ends_on}")

    def _known(self, ends: Sequence[Ends], at: int) -> int:
        if at > self.settled and all(each.live for each in ends):
            return at
        before = range(min(at, self.settled), 0, -1)
        return next((n for n in before if all(self._is_open(each, n) for each in ends)), 0)

    def all_ends(self, nodes: Sequence[Node]) -> list[Ends]:
        """Where all of *nodes* are open, by questionnaire."""
        return [table.opened(nodes, N_FROM) for table in self.tables.values()]

    def _may_tell_none(
        self, table: Table, nodes: Sequence[Node], units: Iterable[Key], period: Period
    ) -> bool:
        """Whether it may be known that nothing came: a nought is a number, open at both its ends.

        Told anywhere else, it makes one unknown of two running totals.
        """
        ends, last = table.opened(nodes, N_FROM), self.end - self.first
        sums = [table.sums[unit] for unit in units if unit in table.sums]
        return not sums or all(
            self._is_open(ends, at)
            and (at <= self.settled or all(each[at] == each[last] for each in sums))
            for at in (self._low(period), self._high(period))
        )

    def _span(
        self,
        table: Table,
        nodes: Sequence[Node],
        units: Iterable[Key],
        period: Period,
        least: int,
    ) -> tuple[int, int] | None:
        """The stretch between open ends in *period* that tells most; None where nothing came.

        A slightly shorter one, between whose ends more items are known, is better.
        """
        ends = table.opened(nodes, least)
        sums = [table.sums[unit] for unit in units if unit in table.sums]
        low, high = self._low(period), self._high(period)
        last = self.end - self.first
        if low > self.settled:  # what came before it since then must be nothing
            low = self.settled if all(each[low] == each[self.settled] for each in sums) else last
        if high > self.settled:
            high = last if all(each[high] == each[last] for each in sums) else self.settled
        opened = [at for at in _between(low, high, self.settled, last) if self._is_open(ends, at)]
        if not opened or all(each[opened[0]] == each[opened[-1]] for each in sums):
            return None
        every = {key: table.opened(nodes, least, key) for key in table.keys}
        hidden = {
            at: [key for key, each in every.items() if not self._is_open(each, at)] for at in opened
        }
        return telling(opened, hidden, len(every), sums)

    def _is_open(self, ends: Ends, at: int) -> bool:
        if at == 0:
            return True
        return ends.settled[at - 1] if at <= self.settled else ends.live

    def _low(self, period: Period) -> int:
        begins = atom(period.first)
        begins += half_month(begins).first < period.first
        return min(max(begins - self.first, 0), self.end - self.first)

    def _high(self, period: Period) -> int:
        ends = atom(period.last)
        ends += half_month(ends).last == period.last
        return max(min(max(ends - self.first, 0), self.end - self.first), self._low(period))

    def _days(self, period: Period, low: int, high: int) -> Period:
        """The days of a stretch; the period's own where it is all that came in it."""
        first, last = period.first, period.last
        if low > self._low(period):
            first = half_month(self.first + low).first
        if high < self._high(period) and high <= self.settled:
            last = half_month(self.first + high - 1).last
        return Period(first, last, period.code, period.needs_role)


DAY = timedelta(days=1)


def _between(low: int, high: int, settled: int, last: int) -> list[int]:
    inside = list(range(low, min(high, settled) + 1))
    return [*inside, last] if high == last and last > settled else inside


def _running(came: Sequence[int]) -> list[int]:
    return [0, *accumulate(came)]
