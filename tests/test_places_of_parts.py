"""No answer at a rare level of a part has but one place, for whoever knows all that is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, product
from typing import TypeVar

import numpy as np

from sipas.openings import ALL_FROM, N_FROM, Flows, Mass, Node, opened
from sipas.places import Places, satisfied
from sipas.splits import Cell, split
from tests.pasts import Pasts

TREE: dict[Node, tuple[Node, ...]] = {"old": ("x", "y"), "top": ("a", "b", "c", "old")}
UNITS, PARTS, ENDS, PROVINCES = "abcxy", "pq", 8, 8
SHARES = (0.02, 0.03, 0.1, 0.35, 0.5)
EACH = tuple((level,) for level in range(1, 6))
ANY, BOTH = (tuple(range(1, 6)),), ((1, 2, 3), (4, 5))

Came = dict[Cell, list[Mass]]
Ends = Mapping[Node, Sequence[bool]]
Told = TypeVar("Told")
Levels = Sequence[tuple[int, ...]]
"""Of which levels the answers are counted together."""


def province(seed: int) -> Came:
    """Units with two parts each, whose people seldom choose the lowest levels."""
    chance = np.random.default_rng(seed)
    cells = list(product(UNITS, PARTS))
    sizes = chance.choice([5.0, 9.0, 16.0, 40.0], len(cells))
    return {
        cell: [
            tuple(map(int, chance.multinomial(chance.poisson(size), SHARES))) for _ in range(ENDS)
        ]
        for cell, size in zip(cells, sizes, strict=True)
    }


def told(came: Came, guarded: bool) -> Iterator[tuple[Ends, Levels]]:
    """Where numbers, shares and levels are open, of units and of parts."""
    units: dict[Node, list[Mass]] = {
        unit: [_added(came, unit, at) for at in range(ENDS)] for unit in UNITS
    }
    flows: dict[Node, Flows] = {
        unit: Flows([(sum(mass),) for mass in each], (0,)) for unit, each in units.items()
    }
    few = opened(TREE, flows, N_FROM)
    every = opened(TREE, flows, ALL_FROM, few, Places(units))
    numbers, values = ({n: e.settled for n, e in each.items()} for each in (few, every))
    masses = numbers_of(came)
    halves: Came = {cell: [*map(satisfied, each)] for cell, each in came.items()}
    some = _by_node(split(TREE, numbers, masses, N_FROM))
    of = [Places(_by_node(each)) if guarded else None for each in (halves, came)]
    shares = _by_node(split(TREE, values, masses, ALL_FROM, [some], of[0]))
    levels = _by_node(split(TREE, values, masses, ALL_FROM, [some, shares], of[1]))
    yield from [(numbers, ANY), (values, EACH), (some, ANY), (shares, BOTH), (levels, EACH)]


def numbers_of(came: Came) -> Came:
    """Answers whatever their level."""
    return {cell: [(sum(mass),) for mass in each] for cell, each in came.items()}


def _by_node(cells: Mapping[Cell, Told]) -> dict[Node, Told]:
    return dict(cells.items())


def rare(came: Came, guarded: bool) -> list[str]:
    """Answers in half-months with fewer than thirty whose level follows from all that is told."""
    pasts = Pasts()
    for ends, kinds in told(came, guarded):
        for node, each in ends.items():
            cells = list(_below(node, came))
            for at, levels in product((at for at, known in enumerate(each, 1) if known), kinds):
                n = sum(_until(came[cell], at, levels) for cell in cells)
                pasts.learn({(*cell, at, each): 1 for cell in cells for each in levels}, n, n)
    for cell, at, level in product(came, range(ENDS), range(1, 6)):
        pasts.learn(_within(cell, at, (level,)), 0, float("inf"))
    asked = [
        (_within(cell, at, levels), n, f"{cell} {at} {levels}")
        for cell, each in came.items()
        for at, mass in enumerate(each)
        for levels in (*EACH, *BOTH)
        if sum(mass) < ALL_FROM and (n := sum(mass[level - 1] for level in levels))
    ]
    return [asked[place][2] for place in pasts.recovered([(cells, n) for cells, n, _ in asked])]


def _added(came: Came, unit: Node, at: int) -> Mass:
    return tuple(map(sum, zip(*(came[unit, part][at] for part in PARTS), strict=True)))


def _below(node: Node, came: Came) -> Iterator[Cell]:
    """The cells of a unit, of a sum of units, or of a part of either."""
    of, parts = (node[0], node[1:]) if isinstance(node, tuple) else (node, PARTS)
    if of in TREE:
        below = [(each, *parts) if isinstance(node, tuple) else each for each in TREE[of]]
        return chain(*(_below(each, came) for each in below))
    return (cell for cell in came if cell[0] == of and cell[1] in parts)


def _until(each: Sequence[Mass], at: int, levels: Sequence[int]) -> int:
    return sum(mass[level - 1] for mass in each[:at] for level in levels)


def _within(cell: Cell, at: int, levels: Sequence[int]) -> dict[object, int]:
    found: dict[object, int] = {(*cell, at + 1, level): 1 for level in levels}
    return found | ({(*cell, at, level): -1 for level in levels} if at else {})


def test_no_rare_answer_of_a_part_has_but_one_place() -> None:
    """Over provinces where shares and levels open alike would tell many."""
    bare: list[str] = []
    guarded: list[str] = []
    for seed in range(PROVINCES):
        came = province(seed)
        for known, rule in ((bare, False), (guarded, True)):
            known += rare(came, rule)

    assert len(bare) > 5
    assert not guarded


def test_counters_wait_where_one_of_them_had_all_rare_answers() -> None:
    """The unit told of one that was not satisfied; opened, its counters would tell whose it was."""
    came: Came = {("u", "p"): [(1, 14), (0, 15)], ("u", "q"): [(0, 15), (0, 15)]}
    whole: dict[Node, tuple[bool, ...]] = {"u": (True, True)}

    bare = split({}, whole, numbers_of(came), ALL_FROM)
    guarded = split({}, whole, numbers_of(came), ALL_FROM, places=Places(_by_node(came)))

    assert set(bare.values()) == {(False, True)}
    assert set(guarded.values()) == {(False, False)}
