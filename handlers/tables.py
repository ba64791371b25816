"""One questionnaire's running totals: where those of units, and of parts of units, are open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, product

from handlers.forest import Node
from sipas.computed import Hiding
from sipas.instrument import Instrument
from sipas.openings import ALL_FROM, N_FROM, Ends, Flows, Mass, Tree, coarse, opened
from sipas.periods import Period
from sipas.places import Places
from sipas.tally import level_columns, responses

Key = int | tuple[int, int]
"""A unit's number, or that and the number of a part of it."""
Known = dict[tuple[int, str], Mapping[Node, Ends]]
RESPONSES = ""
"""The key of a questionnaire's responses beside those of its items."""
LEVELS = ALL_FROM + 1
"""Asked for instead of a minimum: where each level is open, not a share of satisfied alone."""
TIERS = (N_FROM, ALL_FROM, LEVELS)


@dataclass(frozen=True, slots=True)
class Shown:
    """What may be shown of a group in a period: a tally and what of it is hidden.

    Attributes:
        period: the days that are shown, at most those that were asked for.
        tallies: by unit, or by unit and part.
        hidden: nothing of it may be shown but that it is there.
    """

    period: Period
    tallies: Mapping[Key, int]
    hiding: Hiding
    hidden: bool = False

    @property
    def tally(self) -> int:
        """All of it together."""
        return sum(self.tallies.values())

    def by_unit(self) -> dict[int, int]:
        """The tallies of units, their parts together."""
        found: dict[int, int] = defaultdict(int)
        for key, each in self.tallies.items():
            found[key if isinstance(key, int) else key[0]] += each
        return found


@dataclass
class Table:
    """One questionnaire: running totals by unit, and where they are open.

    Attributes:
        known: the ends that were found already, by minimum and item.
    """

    instrument: Instrument
    tree: Tree
    leaves: Mapping[Node, Key]
    sums: Mapping[Key, Sequence[int]]
    settled: int
    known: Known = field(default_factory=dict)
    _masses: dict[str, dict[Node, list[int]]] = field(default_factory=dict)
    _alike: frozenset[str] = frozenset()
    _levels: dict[str, dict[Node, list[Mass]]] = field(default_factory=lambda: defaultdict(dict))

    def __post_init__(self) -> None:
        self._masses = self._columns()
        whole = self._masses.get(RESPONSES)
        self._alike = frozenset(key for key, each in self._masses.items() if each == whole)

    @property
    def keys(self) -> list[str]:
        """The items that have figures."""
        return [key for key in self._masses if key]

    def asked(self) -> Iterator[tuple[int, str]]:
        """The minima and items that `ends` may be asked for, each after what it rests on."""
        return product(TIERS, (RESPONSES, *self.keys))

    def ends(self, least: int, key: str = RESPONSES) -> Mapping[Node, Ends]:
        """Where every node is open to someone who knows what *least* allows."""
        if least == N_FROM and key in self._alike:
            key = RESPONSES
        if least == LEVELS and not self._has_shares(key):
            least = ALL_FROM
        if (least, key) not in self.known:
            self.known[least, key] = self._open(least, key)
        return self.known[least, key]

    def opened(self, nodes: Sequence[Node], least: int, key: str = RESPONSES) -> Ends:
        """Where all of *nodes* are open."""
        ends, unused = self.ends(least, key), self._unused()
        first, *rest = [ends.get(node, unused) for node in nodes] or [unused]
        for each in rest:
            first = first.both(each)
        return first

    def _unused(self) -> Ends:
        """Where what never got a response is open: everywhere."""
        return Ends((True,) * self.settled, live=True)

    def _has_shares(self, key: str) -> bool:
        """Whether shares of satisfied are open elsewhere than levels: of units they are not."""
        return False

    def _open(self, least: int, key: str) -> Mapping[Node, Ends]:
        tables = [] if least == N_FROM else [self.ends(N_FROM, key)]
        keys: Sequence[str] = (key,)
        if key:
            tables.append(self.ends(least))
        else:
            keys = tuple(self._masses)
        flows = {leaf: self._flows(leaf, keys) for leaf in self.leaves}
        told = key and least == ALL_FROM
        places = Places(self._levels[key], earlier=True) if told else None
        return opened(self.tree, flows, least, both(tables), places)

    def _flows(self, leaf: Node, keys: Sequence[str]) -> Flows:
        columns: list[Mass] = list(zip(*(self._masses[key][leaf] for key in keys), strict=True))
        running = columns[self.settled :]
        none = (0,) * len(keys)
        return Flows(columns[: self.settled], tuple(map(sum, zip(*running, strict=True))) or none)

    def _columns(self) -> dict[str, dict[Node, list[int]]]:
        """What came in each half-month: responses, and answers to every item, by leaf."""
        found: dict[str, dict[Node, list[int]]] = defaultdict(dict)
        for leaf, key in self.leaves.items():
            sums = self.sums[key]
            came = [after - before for before, after in pairwise(sums)]
            found[RESPONSES][leaf] = [responses(each) for each in came]
            for item, levels in level_columns(self.instrument, came).items():
                self._levels[item][leaf] = list(zip(*levels, strict=True))
                found[item][leaf] = list(map(sum, self._levels[item][leaf]))
        return dict(found)


def both(tables: Sequence[Mapping[Node, Ends]]) -> Mapping[Node, Ends]:
    """Where all *tables* are open; what is in one only is always open in the others."""
    found: dict[Node, Ends] = {}
    for table in tables:
        found |= {node: each.both(found.get(node, each)) for node, each in table.items()}
    return found


def nothing(table: Table, period: Period, tallies: Mapping[Key, int]) -> Shown:
    """All of it hidden."""
    every = frozenset(table.keys)
    return Shown(period, tallies, Hiding(every, every), hidden=True)


def telling(
    opened: Sequence[int],
    hidden: Mapping[int, Collection[str]],
    items: int,
    sums: Sequence[Sequence[int]],
) -> tuple[int, int]:
    """The two ends with most answers between them: responses, times items known at both.

    Args:
        hidden: the items that are not known at each end.
        items: how many there are.
    """
    came = {at: responses(sum(each[at] for each in sums)) for at in opened}
    keys = {key: 1 << place for place, key in enumerate(set().union(*hidden.values()))}
    bits = {at: sum(keys[key] for key in of) for at, of in hidden.items()}
    pairs = ((low, high) for low in opened for high in opened if low < high)

    def told(ends: tuple[int, int]) -> tuple[int, int]:
        low, high = ends
        n = came[high] - came[low]
        return n * (items - (bits[low] | bits[high]).bit_count()), n

    return max(pairs, key=told)


def tens(before: Mapping[int, int], within: Mapping[int, int], members: set[int]) -> int:
    """A difference of running totals in tens."""
    had, came = (sum(found.get(each, 0) for each in members) for found in (before, within))
    return coarse(had, came)
