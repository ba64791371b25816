"""One questionnaire's running totals: where those of units, and of a unit's counters, are open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from handlers.forest import Node
from sipas.computed import Hiding
from sipas.instrument import Instrument
from sipas.openings import N_FROM, Ends, Flows, Mass, Tree, covered, opened
from sipas.periods import Period
from sipas.tally import level_columns, responses

RESPONSES = ""
"""The key of a questionnaire's responses beside those of its items."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What may be shown of a group in a period: a tally and what of it is hidden.

    Attributes:
        period: the days that are shown, at most those that were asked for.
        tallies: by unit.
        hidden: nothing of it may be shown but that it is there.
    """

    period: Period
    tallies: Mapping[int, int]
    hiding: Hiding
    hidden: bool = False


@dataclass
class Table:
    """One questionnaire: running totals by unit, and where they are open."""

    instrument: Instrument
    tree: Tree
    leaves: Mapping[Node, int]
    sums: Mapping[int, Sequence[int]]
    settled: int
    _opened: dict[tuple[int, str], Mapping[Node, Ends]] = field(default_factory=dict)
    _masses: dict[str, dict[Node, list[int]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._masses = self._columns()

    @property
    def keys(self) -> list[str]:
        """The items that have figures."""
        return [key for key in self._masses if key]

    def ends(self, least: int, key: str = RESPONSES) -> Mapping[Node, Ends]:
        """Where every node is open to someone who knows what *least* allows."""
        if key and self._masses[key] == self._masses[RESPONSES]:
            key = RESPONSES
        if (least, key) not in self._opened:
            self._opened[least, key] = self._open(least, key)
        return self._opened[least, key]

    def _open(self, least: int, key: str) -> Mapping[Node, Ends]:
        tables = [] if least == N_FROM else [self.ends(N_FROM, key)]
        keys: Sequence[str] = (key,)
        if key:
            tables.append(self.ends(least))
        else:
            keys = tuple(self._masses)
        flows = {leaf: self._flows(leaf, keys) for leaf in self.leaves}
        return opened(self.tree, flows, least, _both(tables))

    def _flows(self, leaf: Node, keys: Sequence[str]) -> Flows:
        columns: list[Mass] = list(zip(*(self._masses[key][leaf] for key in keys), strict=True))
        running = columns[self.settled :]
        none = (0,) * len(keys)
        return Flows(columns[: self.settled], tuple(map(sum, zip(*running, strict=True))) or none)

    def _columns(self) -> dict[str, dict[Node, list[int]]]:
        """What came in each half-month: responses, and answers to every item, by leaf."""
        found: dict[str, dict[Node, list[int]]] = defaultdict(dict)
        for leaf, unit in self.leaves.items():
            sums = self.sums[unit]
            came = [after - before for before, after in pairwise(sums)]
            found[RESPONSES][leaf] = [responses(each) for each in came]
            for key, levels in level_columns(self.instrument, came).items():
                found[key][leaf] = list(map(sum, zip(*levels, strict=True)))
        return dict(found)


@dataclass
class Parts(Table):
    """One questionnaire at the parts of a unit, as its counters; only what is settled is open.

    Attributes:
        whole: the table the unit is in, as *node*.
        alone: there is but one part, which is the unit.
    """

    whole: Table | None = None
    node: Node = None
    alone: bool = False

    def _open(self, least: int, key: str) -> Mapping[Node, Ends]:
        assert self.whole is not None  # noqa: S101 - dataclass fields need defaults here
        total = self.whole.ends(least, key)[self.node]
        if self.alone:
            return dict.fromkeys(self.leaves, total)
        keys = (key,) if key else tuple(self._masses)
        flows = {leaf: self._flows(leaf, keys).settled for leaf in self.leaves}
        ends = {
            part: Ends(at, live=False) for part, at in covered(total.settled, flows, least).items()
        }
        inside = [] if least == N_FROM else [self.ends(N_FROM, key)]
        inside += [self.ends(least)] if key else []
        return _both([ends, *inside])


def _both(tables: Sequence[Mapping[Node, Ends]]) -> Mapping[Node, Ends]:
    if not tables:
        return {}
    one, *others = tables
    for other in others:
        one = {node: one[node].both(other[node]) for node in one}
    return one
