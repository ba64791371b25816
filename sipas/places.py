"""Whether it follows where a rare answer is: levels may have but one place where numbers do not.

A sum that is open over closed leaves tells how many answers these have at every level together.
None of them has more there than it turns out to have when it opens itself, nor all of them more
than a later sum in which they are hidden. Where such bounds leave no room, an answer has its place,
and what one person said is known. So what is told at an end must leave another place for every
answer: it can be exchanged with one that another leaf has not, and all that is told stays as it is.
Nor have leaves less together than was told of them at an earlier end (of units only: of parts it
would close most levels). And where it was told that a leaf had none at a level which it has when it
opens, the answers since then must be enough to be shown.

So that leaves need not wait long for a rare answer, a sum does not open where that is likely to
come: over fewer than `SEVERAL` hidden leaves, two must have each level that any has.

A share of satisfied tells two levels only: those of 1 to 3 together, and 4 and 5.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice, repeat
from typing import NamedTuple

from sipas.openings import ALL_FROM, Mass, Node

SEVERAL = 4
_SATISFIED_FROM = 3
"""The column of the first level that counts as satisfied."""

Hidden = Mapping[Node, Collection[Node]]
"""Open sums with the leaves hidden in them."""
Columns = Sequence[Mapping[Node, int]]
"""By level, what each leaf had."""


def satisfied(levels: Mass) -> Mass:
    """How many were not satisfied, and how many were.

    >>> satisfied((1, 0, 2, 7, 30))
    (3, 37)
    """
    return sum(levels[:_SATISFIED_FROM]), sum(levels[_SATISFIED_FROM:])


class Pool(NamedTuple):
    """The leaves that are hidden in an open sum at one end, and their answers at one level.

    Attributes:
        at: the level's column.
        having: those of the leaves that had any, since they were open.
        room: those that might have had more, for all that is told.
        still: those that have neither opened nor had more since: only these may lose their room.
        tight: several that had together all they might have.
        known: those that opened as they were, so that it is told what the others had.
        least: several that had together as many already at an earlier end.
    """

    at: int
    leaves: frozenset[Node]
    having: frozenset[Node]
    room: frozenset[Node]
    still: frozenset[Node]
    tight: frozenset[frozenset[Node]] = frozenset()
    known: frozenset[Node] = frozenset()
    least: frozenset[frozenset[Node]] = frozenset()

    @property
    def told(self) -> frozenset[Node]:
        """Those of the rest that had any."""
        return self.having & self.rest

    @property
    def rest(self) -> frozenset[Node]:
        """Those that are hidden to this day and had no more; none where others had more.

        >>> ab, b = frozenset("ab"), frozenset("b")
        >>> Pool(0, ab, b, ab, ab).rest == ab, Pool(0, ab, b, ab, b).rest == b
        (True, False)
        >>> Pool(0, ab, b, ab, b, known=frozenset("a")).rest == b
        True
        """
        return self.still if self.leaves == self.still | self.known else frozenset()

    def is_safe(self) -> bool:
        """Whether each answer may as well be another leaf's.

        >>> one, both = frozenset("a"), frozenset("ab")
        >>> Pool(0, both, one, both, both).is_safe(), Pool(0, both, one, one, one).is_safe()
        (True, False)
        """
        if not self.least and len(self.room.difference(*self.tight)) > 1:
            return True  # from anywhere to one of them, and from that to the other
        takers, givers = self._alike(self.room), self._alike(self.having)
        return all(
            _beside(leaf, [takers[each] for each in takers if own.may_give(each)])
            or (
                leaf in self.room
                and _beside(leaf, [givers[each] for each in givers if each.may_give(own)])
            )
            for own, leaves in givers.items()
            for leaf in leaves
        )

    def _alike(self, leaves: Iterable[Node]) -> Mapping[_Within, set[Node]]:
        """Leaves by what they are within."""
        found = defaultdict[_Within, set[Node]](set)
        for leaf in leaves:
            found[_Within(*(_holding(leaf, many) for many in (self.tight, self.least)))].add(leaf)
        return found

    def bounded(self, news: News) -> Pool:
        """After leaves and sums have opened."""
        if self.still.isdisjoint(news.met[self.at]):
            return self
        room, still = self.room - (self.still & news.bounded[self.at]), self.still - news.opened
        tight = self.tight.union(self._tight(news))
        known = self.known | (self.still & news.opened)
        return self._replace(room=room, still=still, tight=tight, known=known)

    def knowing(self, earlier: Iterable[Pool]) -> Pool:
        """With what was told at earlier ends."""
        told = (each.rest for each in earlier if each.at == self.at)
        return self._replace(least=frozenset(rest for rest in told if rest < self.leaves))

    def after(self, more: Collection[Node]) -> Pool:
        """After some leaves had more."""
        still = self.still.difference(more)
        return self if still == self.still else self._replace(still=still)

    def _tight(self, news: News) -> Iterator[frozenset[Node]]:
        """Leaves that have together what they had, which is all that a sum has now."""
        sums = news.sums[self.at]
        for having, leaves in chain(*(sums[leaf] for leaf in self.still & news.firsts[self.at])):
            shared = self.still & leaves
            if having <= shared != self.leaves and len(shared) > 1:
                yield shared


class _Within(NamedTuple):
    """Which sets of leaves hold a leaf: those that may not have more, and not less."""

    tight: frozenset[frozenset[Node]]
    least: frozenset[frozenset[Node]]

    def may_give(self, other: _Within) -> bool:
        """Whether an answer of a leaf within this may as well be one's within the *other*."""
        return other.tight <= self.tight and self.least <= other.least


def _holding(leaf: Node, many: Iterable[frozenset[Node]]) -> frozenset[frozenset[Node]]:
    return frozenset(leaves for leaves in many if leaf in leaves)


def _left(
    leaves: frozenset[Node], had: Mapping[Node, Sequence[frozenset[Node]]], step: int
) -> frozenset[Node]:
    """Those of *leaves* that had none, if earlier sums hold all that *had* any.

    >>> ab, of = frozenset("ab"), frozenset("abc")
    >>> _left(of, {"a": [ab]}, 1), _left(of, {"a": [ab], "c": []}, 1)
    (frozenset({'c'}), frozenset())
    """
    for leaf, sums in had.items():
        if leaf in leaves:
            leaves -= next((each for each in sums[::step] if each < leaves), leaves)
    return leaves


def _beside(leaf: Node, those: Iterable[set[Node]]) -> bool:
    """Whether any of *those* holds another leaf."""
    return any(leaves != {leaf} for leaves in those)


class News:
    """What is told of every level at one end.

    Attributes:
        opened: the leaves that are open.
        bounded: those of which it is told, by column, that they have no more.
        sums: those with a level, by column and one leaf that has it: all that have it, and all.
        after: sums of this end and earlier ones, as they were and as they are then.
    """

    after: Sequence[tuple[Pool, Pool]] = ()

    def __init__(self, since: Columns, opened: frozenset[Node], hidden: Hidden) -> None:
        self.opened, self.hidden = opened, hidden
        self.bounded = [set(opened) for _ in since]
        self.sums = [defaultdict[Node, list[tuple[frozenset[Node], ...]]](list) for _ in since]
        for leaves in map(frozenset, hidden.values()):
            for at, column in enumerate(since):
                having = frozenset(leaf for leaf in leaves if column[leaf])
                if len(having) < 2:
                    self.bounded[at] |= having or leaves
                for leaf in islice(having, 1):
                    self.sums[at][leaf].append((having, leaves))
        self.firsts = [frozenset(sums) for sums in self.sums]
        self.met = [*map(frozenset.union, self.firsts, self.bounded)]

    def pools(self) -> Iterator[Pool]:
        """The sums themselves."""
        for at, sums in enumerate(self.sums):
            for having, leaves in chain(*sums.values()):
                yield Pool(at, leaves, having, leaves, leaves)


@dataclass
class Places:
    """All sums that opened over closed leaves, as long as some of these stay as they were.

    Attributes:
        came: answers at each level by leaf and half-month.
        earlier: whether what was told of leaves at earlier ends is looked at, too.
        since: the same by column, since each leaf was open.
        none: how many answers a closed leaf had when it was told that none was at some level.
    """

    came: Mapping[Node, Sequence[Mass]]
    earlier: bool = False
    since: Columns = ()
    pools: Sequence[Pool] = ()
    none: dict[tuple[Node, int], int] = field(default_factory=dict)

    def arrive(self, at: int) -> None:
        """Count what came in one more half-month."""
        came = zip(*(masses[at] for masses in self.came.values()), strict=True)
        columns = [dict(zip(self.came, column, strict=True)) for column in came]
        before = chain(self.since, repeat({}))
        self.since = [
            {leaf: n + had.get(leaf, 0) for leaf, n in column.items()}
            for column, had in zip(columns, before, strict=False)
        ]
        more = [{leaf for leaf, n in column.items() if n} for column in columns]
        self._keep(pool.after(more[pool.at]) for pool in self.pools)

    def _keep(self, pools: Iterable[Pool]) -> None:
        self.pools = [pool for pool in pools if pool.still]

    def news(self, closed: Collection[Node], hidden: Hidden) -> News:
        """What is told if so many leaves are closed at this end."""
        news = News(self.since, frozenset(self.came.keys() - closed), hidden)
        before = [(pool, pool.bounded(news)) for pool in self.pools]
        earlier = [after for _, after in before if self.earlier and after.told]
        pools = (pool.knowing(earlier) for pool in news.pools())
        news.after = [*before, *((pool, pool.bounded(news)) for pool in pools)]
        return news

    def betrayed(self, news: News) -> set[Node]:
        """Leaves and sums that must not open too, or some answer would have but one place."""
        known = (pool.still for pool, after in news.after if not after.is_safe())
        full: frozenset[Node] = frozenset().union(*known)
        early = {leaf for leaf, at in self.none if leaf in news.opened and self._is_early(leaf, at)}
        return early.union(
            full & news.opened,
            (node for node, leaves in news.hidden.items() if not full.isdisjoint(leaves)),
            (node for node, leaves in news.hidden.items() if self._is_risky(leaves)),
        )

    def settle(self, news: News) -> None:
        """What is told at this end is decided."""
        opened = news.opened
        self._keep(after for _, after in news.after)
        none = {(leaf, at): n for (leaf, at), n in self.none.items() if leaf not in opened}
        new = {(leaf, at): self._answers(leaf) for leaf, at in self._without(news.hidden)}
        self.none = none | new
        self.since = [
            {leaf: n for leaf, n in column.items() if leaf not in opened} for column in self.since
        ]

    def _without(self, hidden: Hidden) -> Iterator[tuple[Node, int]]:
        """Leaves of which it is told that they had none: it is as many as others had earlier."""
        earlier = defaultdict[tuple[int, Node], list[frozenset[Node]]](list)
        for pool in self.pools:
            for leaf in pool.told:
                earlier[pool.at, leaf].append(pool.rest)
        for at, column in enumerate(self.since):
            for leaves in hidden.values():
                had = {leaf: earlier.get((at, leaf), []) for leaf in leaves if column[leaf]}
                for step in (1, -1):  # sums may overlap: the first to fit, and the last
                    yield from ((leaf, at) for leaf in _left(frozenset(leaves), had, step))

    def _answers(self, leaf: Node) -> int:
        return sum(column[leaf] for column in self.since)

    def _is_early(self, leaf: Node, at: int) -> bool:
        """Whether a leaf has a level of which it was told that it had none few answers ago."""
        return self.since[at][leaf] > 0 and self._answers(leaf) - self.none[leaf, at] < ALL_FROM

    def _is_risky(self, leaves: Collection[Node]) -> bool:
        """Whether one of few leaves alone has some level."""
        if len(leaves) >= SEVERAL:
            return False
        return any(sum(column[leaf] > 0 for leaf in leaves) == 1 for column in self.since)
