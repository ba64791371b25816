"""Whether it follows where a rare answer is: levels may have but one place where numbers do not.

A sum that is open over closed leaves tells how many answers these have at every level together.
None of them has more there than it turns out to have when it opens itself, nor all of them more
than a later sum in which they are hidden. Where such bounds leave no room, an answer has its place,
and what one person said is known. So what is told at an end must leave another place for every
answer. And where it was told that a leaf had none at a level which it has when it opens, the
answers since then must be enough to be shown.

So that leaves need not wait long for a rare answer, a sum does not open where that is likely to
come: over fewer than `SEVERAL` hidden leaves, two must have each level that any has.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sipas.openings import ALL_FROM, Mass, Node, plus

LEVELS = 5
SEVERAL = 4


class Place(NamedTuple):
    """A leaf, or several together, that may have so many answers at *most*."""

    leaves: frozenset[Node]
    most: int
    inside: tuple[Place, ...] = ()


def is_free(n: int, places: Iterable[Place]) -> bool:
    """Whether each of *n* answers could as well be in another leaf.

    >>> one, other = Place(frozenset("a"), 1), Place(frozenset("b"), 2)
    >>> is_free(2, (one, other)), is_free(3, (one, other)), is_free(0, ())
    (True, False, True)
    """
    filled = [place for place in places if place.most]
    if not n or (len(filled) > 1 and sum(place.most for place in filled) > n):
        return True
    return all(each.inside and is_free(min(n, each.most), each.inside) for each in filled)


class Pool(NamedTuple):
    """The leaves that are hidden in an open sum at one end.

    Attributes:
        held: what all of them had at each level, since each was open.
        most: how many each may have had at each level.
        closed: those that have not opened since.
        bounds: how many several may have had together.
    """

    held: Mass
    most: Mapping[Node, Mass]
    closed: frozenset[Node]
    bounds: tuple[tuple[frozenset[Node], Mass], ...] = ()

    def is_safe(self) -> bool:
        """Whether no answer has but one place."""
        return all(self._is_free(n, at) for at, n in enumerate(self.held))

    def _is_free(self, n: int, at: int) -> bool:
        bounds = [each for each in self.bounds if each[1][at] <= n]
        if not n or (len(self.closed) > 1 and not bounds):  # two may have all of them
            return True
        places = [Place(frozenset({leaf}), mass[at]) for leaf, mass in self.most.items()]
        for leaves, mass in sorted(bounds, key=lambda each: len(each[0])):
            inside = tuple(place for place in places if place.leaves <= leaves)
            most = min(mass[at], sum(place.most for place in inside))
            places = [place for place in places if not place.leaves <= leaves]
            places.append(Place(leaves, most, inside))
        return is_free(n, places)

    def bounded(self, opened: Mapping[Node, Mass], news: Iterable[Pool]) -> Pool:
        """After leaves have *opened* with so many at each level, and other sums have opened."""
        known = {leaf: opened[leaf] for leaf in self.closed if leaf in opened}
        shared = ((self.closed & pool.closed, pool.held) for pool in news if pool is not self)
        bounds = (*self.bounds, *(each for each in shared if each[0] and self._may_bind(each[1])))
        return Pool(self.held, {**self.most, **known}, self.closed - opened.keys(), bounds)

    def _may_bind(self, most: Mass) -> bool:
        return any(n and bound <= n for n, bound in zip(self.held, most, strict=True))


Hidden = Mapping[Node, Collection[Node]]
"""Open sums with the leaves hidden in them."""


@dataclass
class Places:
    """All sums that opened over closed leaves, as long as some of these are closed.

    Attributes:
        came: answers at each level by leaf and half-month.
        since: the same since each leaf was open.
        none: how many answers a closed leaf had when it was told that none was at some level.
    """

    came: Mapping[Node, Sequence[Mass]]
    since: dict[Node, Mass] = field(default_factory=dict)
    pools: list[Pool] = field(default_factory=list)
    none: dict[tuple[Node, int], int] = field(default_factory=dict)

    def arrive(self, at: int) -> None:
        """Count what came in one more half-month."""
        for leaf, masses in self.came.items():
            self.since[leaf] = plus(self.since.get(leaf, (0,) * LEVELS), masses[at])

    def betrayed(self, closed: Collection[Node], hidden: Hidden) -> set[Node]:
        """Leaves and sums that must not open too, or some answer would have but one place."""
        news, opened = {of: self._pool(hidden[of]) for of in hidden}, self._opened(closed)
        found = {node for node, leaves in hidden.items() if self._is_risky(leaves)}
        found |= {leaf for leaf, mass in opened.items() if not self._is_late(leaf, mass)}
        for pool in (*self.pools, *news.values()):
            if not pool.bounded(opened, news.values()).is_safe():
                found |= pool.closed & opened.keys()
                found |= {node for node, new in news.items() if new.closed & pool.closed}
        return found

    def settle(self, closed: Collection[Node], hidden: Hidden) -> None:
        """What is told at this end is decided."""
        news, opened = [*map(self._pool, hidden.values())], self._opened(closed)
        pools = [pool.bounded(opened, news) for pool in (*self.pools, *news)]
        self.pools = [pool for pool in pools if pool.closed]
        self.since = {leaf: mass for leaf, mass in self.since.items() if leaf not in opened}
        self.none = {(leaf, at): n for (leaf, at), n in self.none.items() if leaf in closed}
        for pool in news:
            for leaf in pool.closed:
                had = sum(self.since[leaf])
                self.none |= {(leaf, at): had for at, n in enumerate(pool.held) if not n}

    def _is_late(self, leaf: Node, mass: Mass) -> bool:
        """Whether enough came since it was told that a leaf had none at a level which it has."""
        levels = ((self.none.get((leaf, at), 0), n) for at, n in enumerate(mass))
        return all(sum(mass) - had >= ALL_FROM for had, n in levels if n)

    def _is_risky(self, leaves: Collection[Node]) -> bool:
        """Whether one of few leaves alone has some level."""
        levels = zip(*(self.since[leaf] for leaf in leaves), strict=True)
        return len(leaves) < SEVERAL and any(sum(map(bool, level)) == 1 for level in levels)

    def _opened(self, closed: Collection[Node]) -> dict[Node, Mass]:
        return {leaf: mass for leaf, mass in self.since.items() if leaf not in closed}

    def _pool(self, leaves: Collection[Node]) -> Pool:
        held = tuple(map(sum, zip(*(self.since[leaf] for leaf in leaves), strict=True)))
        return Pool(held, dict.fromkeys(leaves, held), frozenset(leaves))
