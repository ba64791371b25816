"""Running totals of parts of units: counters, and values of a dimension such as channels."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field

from handlers.forest import Node
from handlers.running import Margins, Running
from handlers.tables import TIERS, Key, Known, Shown, Table, both, nothing
from sipas.figures import OVERALL
from sipas.openings import ALL_FROM, N_FROM, Ends
from sipas.periods import Period
from sipas.places import Places, satisfied
from sipas.splits import split

Name = tuple[str, int]
"""A dimension and nought, or the counters of one unit."""


@dataclass
class Split(Table):
    """One questionnaire at the parts of units. Only what is settled is open.

    Attributes:
        running: the totals of the units, in whose half-months these are.
        version: the questionnaire.
        alone: each unit has but one part, which is the unit.
    """

    running: Running = field(kw_only=True)
    version: int = field(kw_only=True)
    alone: bool = field(kw_only=True)

    def parts(self) -> set[int]:
        """Which parts of any unit ever got a response."""
        return {key[1] for key in self.sums if isinstance(key, tuple)}

    def shown(
        self,
        nodes: Sequence[Node],
        units: Collection[int],
        period: Period,
        part: int,
        least: int = ALL_FROM,
    ) -> Shown:
        """What may be shown of one part of *units*, the sum of *nodes*; none looks like few."""
        cells = [(unit, part) for unit in units]
        inside = [(node, part) for node in nodes]
        found = self.running.shown_in(self, inside, cells, period, least)
        return found or nothing(self, period, {})

    def end_of(self, nodes: Sequence[Node], part: int) -> Ends:
        """Where the number of one part of the sum of *nodes* is open."""
        return self.opened([(node, part) for node in nodes], N_FROM)

    def _unused(self) -> Ends:
        """Not in the running half-month: it may be the first that a part is used in."""
        return Ends((True,) * self.settled, live=False)

    def _open(self, least: int, key: str) -> Mapping[Node, Ends]:
        total = self.running.tables[self.version].ends(least, key)
        minimum = min(least, ALL_FROM)
        cells = [leaf for leaf in self.leaves if isinstance(leaf, tuple)]
        if self.alone:
            return {cell: total[cell[0]] for cell in cells}
        keys = (key,) if key else tuple(self._masses)
        flows = {cell: self._flows(cell, keys).settled for cell in cells}
        settled = {node: each.settled for node, each in total.items()}
        inside = [self.ends(each, key) for each in TIERS if each < least]
        inside += [self.ends(minimum)] if key else []
        within = [{cell: ends.settled for cell, ends in each.items()} for each in inside]
        found = split(self.tree, settled, flows, minimum, within, self._places(least, key))
        ends: dict[Node, Ends] = {cell: Ends(each, live=False) for cell, each in found.items()}
        return both([ends, *inside])

    def _places(self, least: int, key: str) -> Places | None:
        """What values must not tell: where somebody's answer is, satisfied or not, or a level."""
        levels = self._levels[key] if self._has_shares(key) and least > N_FROM else {}
        if least == ALL_FROM:
            levels = {cell: list(map(satisfied, each)) for cell, each in levels.items()}
        return Places(levels) if levels else None

    def _has_shares(self, key: str) -> bool:
        return key == OVERALL  # all that the public sees of parts; of every item it took minutes


@dataclass
class Splits:
    """The tables of the parts of units at one release.

    Attributes:
        tables: by name and questionnaire.
        ends: of the same tables; what is settled stays as it is, so they outlive a release.
        shares: what was found of a value of a dimension and all values, by who asked for what.
    """

    running: Running | None = None
    tables: dict[Name, Mapping[int, Split]] = field(default_factory=dict)
    ends: dict[tuple[Name, int], Known] = field(default_factory=dict)
    shares: dict[Hashable, tuple[int, int]] = field(default_factory=dict)

    def begin(self, running: Running) -> None:
        """From now on these are the tables of *running*."""
        if running is not self.running:
            if self.running is None or not running.settled_as(self.running):
                self.ends = {}
            self.running, self.tables, self.shares = running, {}, {}

    def of(self, running: Running, name: Name) -> Mapping[int, Split] | None:
        """The tables of one name, if they were made at this release."""
        return self.tables.get(name) if running is self.running else None

    def made(
        self, running: Running, name: Name, margins: Margins, alone: bool
    ) -> Mapping[int, Split]:
        """Tables of one name.

        Args:
            margins: tallies by unit, half-month, questionnaire and part.
            alone: each unit has but one part, which is the unit.
        """
        return {
            version: _split(running, version, margins, known, alone)
            for version in running.tables
            for known in [{} if alone else self.ends.setdefault((name, version), {})]
        }


def _split(running: Running, version: int, margins: Margins, known: Known, alone: bool) -> Split:
    whole = running.tables[version]
    sums = running.sums(version, margins, lambda key: (key[0], key[3]))
    node = {unit: leaf for leaf, unit in whole.leaves.items()}
    parts = [key for key in sums if isinstance(key, tuple) and key[0] in node]
    leaves: dict[Node, Key] = {(node[unit], part): (unit, part) for unit, part in parts}
    return Split(
        whole.instrument,
        whole.tree,
        leaves,
        sums,
        whole.settled,
        known,
        running=running,
        version=version,
        alone=alone,
    )
