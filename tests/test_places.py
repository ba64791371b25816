"""Where numbers stay hidden, no answer at a rare level has but one place either."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from sipas.openings import ALL_FROM, N_FROM, Ends, Flows, Mass, Node, opened
from sipas.places import Places
from tests.pasts import Pasts

TREE: dict[Node, tuple[Node, ...]] = {"old": ("x", "y"), "top": ("a", "b", "c", "d", "old")}
LEAVES = "abcdxy"
SETTLED, PROVINCES = 8, 25
SHARES = (0.02, 0.03, 0.1, 0.35, 0.5)

Came = Mapping[Node, Sequence[Mass]]


def flows(came: Came) -> dict[Node, Flows]:
    """All answers, of which none came since the last half-month was settled."""
    return {leaf: Flows([(sum(mass),) for mass in each], (0,)) for leaf, each in came.items()}


def found(came: Came, places: Places | None) -> tuple[dict[Node, Ends], dict[Node, Ends]]:
    """Where numbers are open, and where levels are."""
    numbers = opened(TREE, flows(came), N_FROM)
    return numbers, opened(TREE, flows(came), ALL_FROM, numbers, places)


def rare(came: Came, numbers: Mapping[Node, Ends], levels: Mapping[Node, Ends]) -> list[str]:
    """Answers in half-months with fewer than thirty whose level follows from all that is told."""
    pasts = Pasts()
    for level, ends in [(0, numbers)] + [(each, levels) for each in range(1, len(SHARES) + 1)]:
        for node, each in ends.items():
            for at in (at for at, known in enumerate(each.settled, 1) if known):
                n = sum(_at(came[leaf], at, level) for leaf in _below(node))
                pasts.learn({(leaf, at, level): 1 for leaf in _below(node)}, n, n)
    every_level = range(len(SHARES) + 1)
    for leaf in came:
        for level, before in ((level, at) for level in every_level for at in range(SETTLED)):
            step = Counter({(leaf, before + 1, level): 1})
            step.update({(leaf, before, level): -1} if before else {})
            pasts.learn(step, 0, float("inf"))
        for at in range(1, SETTLED + 1):
            every = {(leaf, at, level): 1 for level in range(1, len(SHARES) + 1)}
            pasts.learn({**every, (leaf, at, 0): -1}, 0, 0)
    asked = [
        (
            {(leaf, at, level): 1} | ({(leaf, at - 1, level): -1} if at > 1 else {}),
            leaf,
            at,
            level,
            n,
        )
        for leaf, each in came.items()
        for at, mass in enumerate(each, 1)
        for level, n in enumerate(mass, 1)
        if n and sum(mass) < ALL_FROM
    ]
    known = pasts.recovered([(cells, n) for cells, *_, n in asked])
    return ["{1} {2} level {3}".format(*asked[place]) for place in known]


def _below(node: Node) -> list[Node]:
    return [leaf for part in TREE[node] for leaf in _below(part)] if node in TREE else [node]


def _at(each: Sequence[Mass], at: int, level: int) -> int:
    return sum(mass[level - 1] if level else sum(mass) for mass in each[:at])


def province(seed: int) -> Came:
    """Six units of different size, whose people seldom choose the lowest levels."""
    chance = np.random.default_rng(seed)
    sizes = chance.choice([4.0, 9.0, 16.0, 40.0], len(LEAVES))
    return {
        leaf: [
            tuple(map(int, chance.multinomial(chance.poisson(size), SHARES)))
            for _ in range(SETTLED)
        ]
        for leaf, size in zip(LEAVES, sizes, strict=True)
    }


def test_no_rare_answer_has_but_one_place() -> None:
    """Over provinces where numbers alone would tell many, and most ends stay as they are."""
    bare: list[str] = []
    guarded: list[str] = []
    ends = Counter[bool]()
    for seed in range(PROVINCES):
        came = province(seed)
        for known, places in ((bare, None), (guarded, Places(came, earlier=True))):
            numbers, levels = found(came, places)
            known += rare(came, numbers, levels)
            ends[places is None] += sum(sum(each.settled) for each in levels.values())

    assert len(bare) > 10
    assert not guarded
    assert ends[False] > 0.8 * ends[True]


def test_a_leaf_does_not_show_its_running_half_month_while_it_is_hidden_in_a_sum() -> None:
    """Who polls would learn how many answers it had at the end where only the sum was told."""
    first: Came = {leaf: [(0, 0, 5, 7, 8)] for leaf in LEAVES}
    running: dict[Node, Flows] = {leaf: Flows([(20,)], (20,)) for leaf in LEAVES}

    bare = opened(TREE, running, ALL_FROM)
    guarded = opened(TREE, running, ALL_FROM, places=Places(first))

    assert all(bare[leaf].live for leaf in LEAVES)
    assert not any(guarded[leaf].live for leaf in LEAVES)


def _told_between(rare_of: Mapping[str, Sequence[int]], n: Mapping[str, Sequence[int]]) -> Came:
    """Leaves with so many answers by half-month, so many of them at the lowest level."""
    return {
        leaf: [
            (low, 0, 0, every // 2, every - low - every // 2)
            for low, every in zip(rare_of.get(leaf, (0,) * 4), n.get(leaf, (0,) * 4), strict=True)
        ]
        for leaf in LEAVES
    }


def test_a_leaf_waits_for_answers_since_a_sum_told_that_it_had_none() -> None:
    """Even if it was among those hidden earlier, and opened since then as it was."""
    few = (10, 0, 0, 0)
    came = _told_between(
        {"a": (0, 0, 0, 2), "b": (1, 0, 0, 0)},
        {"a": (20, 20, 20, 15), "b": few, "c": few, "d": few},
    )
    numbers, levels = found(came, Places(came, earlier=True))

    assert levels["a"].settled == (False, True, False, False)
    assert levels["top"].settled == (True, False, True, False)
    assert not rare(came, numbers, levels)


def test_a_sum_waits_where_it_would_tell_when_a_leaf_had_its_answers() -> None:
    """It grows by all of a leaf's from one end of that to the next, so no other leaf had any."""
    few = (8, 8, 8, 0)
    came = _told_between(
        {"b": (1, 0, 0, 0), "d": (0, 1, 1, 0)},
        {"a": few, "b": few, "c": few, "d": (30, 15, 15, 0), "x": few},
    )
    numbers, levels = found(came, Places(came, earlier=True))

    assert levels["d"].settled == (True, False, True, True)
    assert levels["top"].settled == (True, True, False, False)
    assert not rare(came, numbers, levels)
