"""What may be shown so that no hidden cell follows from what is: one policy for all.

Every public number of a unit is a difference of two *running totals*: all responses of a node up to
one end of a half-month, less all up to another. So it is enough to say at which ends a node's
running total may be known (where it is *open*). Three rules make that safe:

1. Between two open ends of a node lie no responses or at least the minimum. Whatever periods
   somebody subtracts from each other, what is left of one node is not too few.
2. A node that is the sum of others (a unit and those below it, a unit and its counters) is open
   only where none of its parts is closed, or at least two are, with `HIDDEN_LEAST` together.
   Each end has an equation of its own, so two unknowns in it stay unknown.
3. Half-months are decided once, in their order, from what came before, when they are *settled*: no
   response is added to them any more. The running one moves in batches of `BATCH` of one unit and
   half-month; it is shown of a unit without parts only, or where no part is closed. Who must lend
   cover to a small neighbour at the next end is known before (`partners`) and does not show its
   running half-month, or polling would tell it apart.
4. Where levels are told, `sipas.places` closes what would leave one place for somebody's answer.

Sources: Hundepool et al., Statistical Disclosure Control (2012), chapter 4; Cox, JASA 75 (1980): a
hidden cell needs another one in every total it is part of.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sipas.places import Places

BATCH = 5
N_FROM = 10
ALL_FROM = 30
HIDDEN_LEAST = 30
STEP = 10

Node = Hashable
Mass = tuple[int, ...]
"""Responses, and then the answers to whatever items are shown with them."""


class Rule(NamedTuple):
    """A line of the policy table: what is shown from so many on, and to whom."""

    least: int
    key: str
    public: bool
    staff: bool
    home_affairs: bool
    media: bool


POLICY = (
    Rule(0, "received_in_tens", True, True, True, True),
    Rule(BATCH, "released_together", False, False, False, False),
    Rule(N_FROM, "n", True, True, True, True),
    Rule(ALL_FROM, "all", True, True, True, True),
)
"""The same for everybody: staff see earlier and further down, but no smaller cell."""


def coarse(before: int, within: int) -> int:
    """A live number in tens: running totals are rounded down, so that periods tell no rest.

    Args:
        before: what was counted before the period began.
        within: what was counted in it.

    >>> coarse(0, 9), coarse(7, 5), coarse(20, 31)
    (0, 10, 30)
    """
    return (before + within) // STEP * STEP - before // STEP * STEP


@dataclass(frozen=True, slots=True)
class Ends:
    """At which ends of half-months a node is open; *live* where its running total of now is."""

    settled: tuple[bool, ...]
    live: bool

    def both(self, other: Ends) -> Ends:
        """Where this and *other* are open."""
        settled = tuple(map(bool.__and__, self.settled, other.settled))
        return Ends(settled, self.live and other.live)


@dataclass(frozen=True, slots=True)
class Flows:
    """What came to a leaf in each settled half-month, and since then."""

    settled: Sequence[Mass]
    running: Mass


Tree = Mapping[Node, Sequence[Node]]
"""Parents with their parts, a parent after its parts; leaves are in no key."""


def enough(hidden: Iterable[int]) -> bool:
    """Whether closed cells with so many responses each cover one another.

    >>> enough([7, 24]), enough([5, 5]), enough([40])
    (True, False, False)
    """
    masses = [each for each in hidden if each]
    return not masses or (len(masses) > 1 and sum(masses) >= HIDDEN_LEAST)


def ready(mass: Mass, least: int) -> bool:
    """Whether there are none or enough; an item that few were asked does not hold up the others.

    >>> ready((40, 38, 6), 30), ready((40, 28, 6), 30), ready((0, 0, 0), 30)
    (True, False, True)
    """
    whole = mass[0]
    return not whole or min(each for each in mass if 2 * each >= whole) >= least


def opened(
    tree: Tree,
    flows: Mapping[Node, Flows],
    least: int,
    within: Mapping[Node, Ends] | None = None,
    places: Places | None = None,
) -> dict[Node, Ends]:
    """Where every leaf and parent is open.

    Args:
        within: ends outside of which nothing opens: those of a table with a lower minimum.
        places: where levels are told, too, what they must not tell.
    """
    return _Opening(tree, flows, least, within or {}, places).run()


@dataclass
class _Opening:
    """One pass over the half-months, in their order."""

    tree: Tree
    flows: Mapping[Node, Flows]
    least: int
    within: Mapping[Node, Ends]
    places: Places | None = None
    barred: set[Node] = field(default_factory=set)
    since: dict[Node, Mass] = field(default_factory=dict)
    found: dict[Node, list[bool]] = field(default_factory=dict)
    partners: dict[Node, tuple[Node, ...]] = field(default_factory=dict)

    def run(self) -> dict[Node, Ends]:
        none = (0,) * len(next(iter(self.flows.values())).running) if self.flows else (0,)
        nodes = [*self.flows, *self.tree]
        self.since, self.found = dict.fromkeys(nodes, none), {node: [] for node in nodes}
        for at in range(max((len(each.settled) for each in self.flows.values()), default=0)):
            self._arrive({leaf: flow.settled[at] for leaf, flow in self.flows.items()})
            self._settle(self._guarded(at, self.places) if self.places else self._closed(at))
        self._arrive({leaf: flow.running for leaf, flow in self.flows.items()})
        live = self._live()
        return {node: Ends(tuple(self.found[node]), live[node]) for node in nodes}

    def _arrive(self, came: Mapping[Node, Mass]) -> None:
        for leaf, mass in came.items():
            if mass[0]:
                self.since[leaf] = plus(self.since[leaf], mass)
        for parent, parts in self.tree.items():
            here = [came[part] for part in parts if part in came]
            came = {**came, parent: (total := _sum(here, self.since[parent]))}
            if total[0]:
                self.since[parent] = plus(self.since[parent], total)

    def _guarded(self, at: int, places: Places) -> set[Node]:
        """What is closed, with all that would leave one place for an answer (`sipas.places`)."""
        places.arrive(at)
        before, self.barred = dict(self.partners), set()
        news = places.news(closed := self._closed(at), self._hidden_in(closed))
        while betrayed := places.betrayed(news) - self.barred:
            self.barred, self.partners = self.barred | betrayed, dict(before)
            closed = self._closed(at)
            news = places.news(closed, self._hidden_in(closed))
        places.settle(news)
        return closed

    def _hidden_in(self, closed: set[Node]) -> dict[Node, list[Node]]:
        """The closed leaves that are hidden in each open sum."""
        under: dict[Node, list[Node]] = {leaf: [leaf] for leaf in self.flows if leaf in closed}
        found: dict[Node, list[Node]] = {}
        for parent, parts in self.tree.items():
            leaves = [leaf for part in parts for leaf in under.get(part, ())]
            (under if parent in closed else found)[parent] = leaves
        return {parent: leaves for parent, leaves in found.items() if leaves}

    def _settle(self, closed: set[Node]) -> None:
        for node, ends in self.found.items():
            ends.append(node not in closed)
            if node not in closed:
                self.since[node] = (0,) * len(self.since[node])

    def _closed(self, at: int) -> set[Node]:
        closed = {leaf for leaf in self.flows if not self._may(leaf, at)}
        hidden = {leaf: self.since[leaf][0] for leaf in closed}
        for parent, parts in self.tree.items():
            lent = self._cover(parent, parts, closed, hidden)
            masses = [hidden[part] for part in parts if part in closed]
            if not (enough(masses) and self._may(parent, at)):
                closed -= lent  # nothing to cover: the sum is not known here
                self._shut(parent, closed, hidden)
        return closed

    def _shut(self, node: Node, closed: set[Node], hidden: dict[Node, int]) -> None:
        """Close a node; of a sum also its smallest part, if all would be known otherwise."""
        parts = self._filled(node)
        closed.add(node)
        if parts and not closed.intersection(parts):
            self._shut(parts[0], closed, hidden)
        rest = sum(hidden[part] for part in parts if part in closed)
        hidden[node] = rest or self.since[node][0]

    def _filled(self, node: Node) -> list[Node]:
        """Its parts with any response since they were open, the smallest first."""
        parts = (part for part in self.tree.get(node, ()) if self.since[part][0])
        return sorted(parts, key=lambda part: self.since[part][0])

    def _cover(
        self, parent: Node, parts: Sequence[Node], closed: set[Node], hidden: dict[Node, int]
    ) -> set[Node]:
        """Close the partners if they are needed now; choose those of the next half-month."""
        own = [hidden[part] for part in parts if part in closed]
        lent: set[Node] = set()
        for part in self.partners.get(parent, ()):
            needed = not enough([*own, *(hidden[each] for each in lent)])
            if needed and self.since[part][0] and part not in closed:
                lent.add(part)
                hidden[part] = self.since[part][0]
        self.partners[parent] = () if enough(own) else self._chosen(parts, own, closed)
        closed |= lent
        return lent

    def _chosen(self, parts: Sequence[Node], own: list[int], closed: set[Node]) -> tuple[Node, ...]:
        """The smallest neighbours that are likely to be cover enough, from what they had now."""
        free = [part for part in parts if part in self.flows and part not in closed]
        taken: dict[Node, int] = {}
        for part in sorted((p for p in free if self.since[p][0]), key=lambda p: self.since[p][0]):
            if not enough([*own, *taken.values()]):
                taken[part] = self.since[part][0]
        return tuple(taken)

    def _may(self, node: Node, at: int) -> bool:
        mass, within = self.since[node], self.within.get(node)
        allowed = (within is None or within.settled[at]) and node not in self.barred
        return not mass[0] or (allowed and ready(mass, self.least))

    def _live(self) -> dict[Node, bool]:
        withheld = set[Node]().union(*self.partners.values())
        if self.places:  # who waits for a place would tell it apart by polling
            withheld |= {leaf for leaf in self.flows if not all(self.found[leaf][-1:])}
        live = {
            leaf: self._now(leaf) and (leaf not in withheld or not self.since[leaf][0])
            for leaf in self.flows
        }
        for parent, parts in self.tree.items():
            live[parent] = known = all(live[part] for part in parts)
            node: Node | None = parent if known and not self._now(parent) else None
            while node is not None:
                live[node] = False
                node = next(iter(self._filled(node)), None)
        return live

    def _now(self, node: Node) -> bool:
        mass, within = self.since[node], self.within.get(node)
        return not mass[0] or ((not within or within.live) and ready(mass, self.least))


def inner_ends(came: Sequence[Mass], least: int) -> list[bool]:
    """Which ends of days may be known inside a half-month that is open at both of its ends.

    >>> inner_ends([(30,), (0,), (20,), (10,), (40,)], 30)
    [True, True, False, True, True]
    """
    none = (0,) * len(came[0]) if came else (0,)
    since, rest, found = none, _sum(came, none), [True]
    for mass in came:
        since, rest = plus(since, mass), tuple(map(int.__sub__, rest, mass))
        if not rest[0]:
            found.append(True)
        elif not since[0]:
            found.append(found[-1])
        else:
            found.append(ready(since, least) and ready(rest, least))
        since = none if found[-1] else since
    return found[1:]


def plus(one: Mass, other: Mass) -> Mass:
    """Both together, column by column."""
    return tuple(map(int.__add__, one, other))


def _sum(masses: Sequence[Mass], like: Mass) -> Mass:
    return tuple(map(sum, zip(*masses, strict=True))) if masses else (0,) * len(like)
