"""Where a unit's parts may be shown: its counters, or the values of a dimension such as channels.

The running total of a part is in two sums: its unit's total, and the same part of the units above.
Whoever subtracts has both. At every end of a half-month one part is the *cover*, and cells (a part
of a unit, or of a sum of units) are closed until all of this holds:

1. A cell with too few responses since its last open end is closed.
2. Where a total is closed, so is all that came to its cells; where any cell is, so is the cover.
3. Where a total is open, its closed cells are none, or several with enough together.
4. A sum's cell is open only over none or several closed cells with enough together; where it is
   closed, one below it is.

Then no closed cell follows from what is open: take one away from it and give it to the same unit's
cover; do the opposite in another closed cell of its column, or in those of the sum above. All that
is open stays as it is. A cell nobody ever used is as unknown as any: nothing is told of it either.

Parts are shown when settled only. Numbers and source are those of `sipas.openings`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from sipas.openings import Mass, Node, Tree, enough, plus, ready
from sipas.places import Places

Part = Hashable
Cell = tuple[Node, Part]
"""A part of a node."""


def split(
    tree: Tree,
    total: Mapping[Node, Sequence[bool]],
    flows: Mapping[Cell, Sequence[Mass]],
    least: int,
    within: Sequence[Mapping[Node, Sequence[bool]]] = (),
    places: Places | None = None,
) -> dict[Cell, tuple[bool, ...]]:
    """Where every part of leaves and sums is open, end by end.

    Args:
        total: where the leaves and sums themselves are.
        flows: what came to each part of each leaf.
        within: ends outside of which nothing opens, so that what comes in between is waited for.
        places: where answers are told, what they must not tell of who gave which.

    >>> came = {("unit", "web"): [(40,), (40,)], ("unit", "paper"): [(4,), (30,)]}
    >>> found = split({}, {"unit": [True, True]}, came, 10)
    >>> found["unit", "web"], found["unit", "paper"]
    ((False, True), (False, True))
    """
    if len({part for _, part in flows}) == 1:
        return {(node, part): tuple(total[node]) for _, part in flows for node in total}
    return _Splitting(tree, total, flows, least, within, places).run()


@dataclass
class _Splitting:
    """One pass over the half-months, in their order.

    Attributes:
        since: what came to a cell since its last open end.
        hidden: the cells closed at the end that is looked at.
        barred: those of them that would leave one place for an answer.
    """

    tree: Tree
    total: Mapping[Node, Sequence[bool]]
    flows: Mapping[Cell, Sequence[Mass]]
    least: int
    within: Sequence[Mapping[Node, Sequence[bool]]]
    places: Places | None = None
    above: dict[Node, tuple[Node, ...]] = field(default_factory=dict)
    since: dict[Cell, Mass] = field(default_factory=dict)
    hidden: set[Cell] = field(default_factory=set)
    barred: set[Cell] = field(default_factory=set)

    def run(self) -> dict[Cell, tuple[bool, ...]]:
        for parent in reversed(list(self.tree)):
            below = self.tree[parent]
            self.above |= {node: (parent, *self.above.get(parent, ())) for node in below}
        ends = max(map(len, self.flows.values()), default=0)
        found: dict[Cell, list[bool]] = {}
        for at in range(ends):
            self._arrive(at)
            self._guard(at)
            for cell in {*self.since, *self.hidden}:
                found.setdefault(cell, [True] * ends)[at] = cell not in self.hidden
            self.since = {cell: mass for cell, mass in self.since.items() if cell in self.hidden}
        return {cell: tuple(each) for cell, each in found.items()}

    def _arrive(self, at: int) -> None:
        for (leaf, part), came in self.flows.items():
            for node in (leaf, *self.above.get(leaf, ())) if came[at][0] else ():
                before = self.since.get((node, part))
                self.since[node, part] = plus(before, came[at]) if before else came[at]

    def _guard(self, at: int) -> None:
        """Close cells, with all that would leave one place for an answer (`sipas.places`)."""
        self.barred = set()
        self._close(at)
        if self.places is None:
            return
        self.places.arrive(at)
        news = self.places.news(self.hidden, self._hidden_in(at))
        while more := self._open_ones(self.places.betrayed(news)):
            self.barred |= more
            self._close(at)
            news = self.places.news(self.hidden, self._hidden_in(at))
        self.places.settle(news)

    def _open_ones(self, cells: Collection[Node]) -> set[Cell]:
        """The open cells of *cells*, which hold units, too: their totals are told already."""
        return ({*self.since, *self.flows} - self.hidden).intersection(cells)

    def _hidden_in(self, at: int) -> Mapping[Node, list[Cell]]:
        """The closed cells of leaves that are hidden in each open total, and open cell of a sum."""
        found: dict[Node, list[Cell]] = defaultdict(list)
        for cell in (cell for cell in self.flows if cell in self.hidden):
            node, part = cell
            above = self.above.get(node, ())
            totals = (each for each in (node, *above) if self.total[each][at])
            cells = (each for each in ((sum_, part) for sum_ in above) if each not in self.hidden)
            for first in (*islice(totals, 1), *islice(cells, 1)):
                found[first].append(cell)
        return found

    def _close(self, at: int) -> None:
        """Close cells until the four rules hold; each that is closed leaves less to be known."""
        few = [cell for cell, mass in self.since.items() if not self._may(cell, mass, at)]
        self.hidden = {*few, *self.barred}
        covers, before = self._covers(few), -1
        while before < len(self.hidden):
            before = len(self.hidden)
            self._rows(covers, at)
            columns: dict[Part, set[Node]] = defaultdict(set)
            for node, part in self.hidden:
                columns[part].add(node)
            for part, hidden in columns.items():
                self._column(part, hidden)

    def _may(self, cell: Cell, mass: Mass, at: int) -> bool:
        return ready(mass, self.least) and all(ends[cell][at] for ends in self.within)

    def _covers(self, few: Sequence[Cell]) -> tuple[Part, ...]:
        """The part that is closed most often already, which costs least, and a second one."""
        times = Counter({part: 0 for _, part in self.flows})
        times.update(part for _, part in few)
        return tuple(part for part, _ in times.most_common(2))

    def _rows(self, covers: Sequence[Part], at: int) -> None:
        """Rules 2 and 3."""
        rows: dict[Node, list[Cell]] = defaultdict(list)
        for cell in (*sorted(self.since, key=self._size), *(self.hidden - self.since.keys())):
            rows[cell[0]].append(cell)
        for node in self.total:
            known = self.total[node][at]
            closed = [cell for cell in rows[node] if cell in self.hidden]
            for cell in rows[node] if closed or not known else ():
                if known and self._enough(closed):
                    break  # what is closed more is enough, too
                if cell not in self.hidden:
                    closed.append(cell)
            if closed or not known:
                closed += [(node, part) for part in covers[: 1 if len(closed) > 1 else 2]]
            self.hidden.update(closed)

    def _column(self, part: Part, hidden: set[Node]) -> None:
        """Rule 4, from the leaves upwards, where anything is hidden."""
        near = hidden.union(*(self.above.get(node, ())[:1] for node in hidden))
        for parent in (each for each in self.tree if each in near):
            closed = [(node, part) for node in self.tree[parent] if node in hidden]
            if parent in hidden and not closed:
                below = ((node, part) for node in self.tree[parent])
                self.hidden.add(min(below, key=self._size))
            elif len(closed) == 1 or not self._enough(closed):
                hidden.add(parent)
                near.update(self.above.get(parent, ())[:1])
        self.hidden.update((node, part) for node in hidden)

    def _enough(self, cells: Iterable[Cell]) -> bool:
        return enough(self.since.get(cell, (0,))[0] for cell in cells)

    def _size(self, cell: Cell) -> tuple[bool, int]:
        mass = self.since.get(cell, (0,))[0]
        return not mass, mass
