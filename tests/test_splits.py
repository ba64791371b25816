"""Parts of units tell nothing about what is closed: all equations solved, for random answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, product

from hypothesis import given
from hypothesis import strategies as st

from sipas.openings import ALL_FROM, N_FROM, Flows, Node, opened
from sipas.splits import Cell, split
from tests.equations import Equations

TREE: dict[Node, tuple[Node, ...]] = {"left": ("a", "b", "c"), "top": ("left", "d")}
UNITS, PARTS, ENDS = "abcd", "pqr", 4
Province = Mapping[tuple[str, str], Sequence[int]]
Cells = list[tuple[str, str, int]]
Came = dict[Cell, list[tuple[int, ...]]]

counts = st.one_of(st.just(0), st.integers(0, 14), st.integers(0, 60))
came = st.lists(counts, min_size=ENDS, max_size=ENDS)
provinces = st.fixed_dictionaries(dict.fromkeys(product(UNITS, PARTS), came))


def cells(node: Node, parts: Sequence[str], first: int, last: int) -> Cells:
    """What is counted of *parts* below *node* between two ends."""
    if node in TREE:
        return [each for below in TREE[node] for each in cells(below, parts, first, last)]
    return [(str(node), part, at) for part in parts for at in range(first, last)]


def told(province: Province, least: int) -> Equations:
    """All that is known to who reads every open total of units and of parts.

    Values are open within the ends of numbers.
    """
    flows: dict[Node, Flows] = {
        unit: Flows(
            [(sum(province[unit, part][at] for part in PARTS),) for at in range(ENDS)], (0,)
        )
        for unit in UNITS
    }
    whole = {node: ends.settled for node, ends in opened(TREE, flows, least).items()}
    used: Came = {cell: [(n,) for n in ns] for cell, ns in province.items() if any(ns)}
    known = Equations()
    for node, ends in whole.items():
        for end in _open(ends):
            known.learn(cells(node, PARTS, 0, end))
    numbers: dict[Node, tuple[bool, ...]] = dict(split(TREE, whole, used, N_FROM).items())
    for (node, part), ends in split(TREE, whole, used, least, [numbers]).items():
        for end in _open(map(min, ends, numbers.get((node, part), ends))):
            known.learn(cells(node, [str(part)], 0, end))
    return known


def _open(ends: Iterable[bool]) -> Iterator[int]:
    return (end for end, known in enumerate(ends, 1) if known)


@given(provinces, st.sampled_from([N_FROM, ALL_FROM]))
def test_no_stretch_of_a_part_with_few_responses_can_be_told(
    province: Province, least: int
) -> None:
    """Whatever half-months are taken together, of a unit, of a sum, or of a part of them."""
    known = told(province, least)
    for node in [*UNITS, *TREE]:
        for parts in (*PARTS, PARTS):
            for first, last in combinations(range(ENDS + 1), 2):
                inside = cells(node, parts, first, last)
                n = sum(province[unit, part][at] for unit, part, at in inside)
                assert n == 0 or n >= least or not known.knows(inside)


def test_one_part_is_its_unit() -> None:
    """Where nobody ever answered otherwise, nothing is open that the units do not show."""
    whole: dict[Node, tuple[bool, ...]] = {"unit": (True, False), "sum": (False, True)}
    flows: Came = {("unit", "web"): [(40,), (3,)]}

    found = split({"sum": ("unit",)}, whole, flows, N_FROM)

    assert found == {("unit", "web"): (True, False), ("sum", "web"): (False, True)}


def test_large_parts_hide_nothing() -> None:
    """Two units whose parts all have enough are open everywhere, and so is their sum."""
    flows: Came = {(unit, part): [(30,)] * 2 for unit in "ab" for part in "pq"}
    whole: dict[Node, tuple[bool, ...]] = dict.fromkeys(("a", "b", "sum"), (True, True))

    found = split({"sum": ("a", "b")}, whole, flows, 30)

    assert set(found.values()) == {(True, True)}
    assert {node for node, _ in found} == {"a", "b", "sum"}


def test_an_end_that_is_closed_elsewhere_starts_no_new_wait() -> None:
    """What came before an end at which nothing may open counts at the next one."""
    flows: Came = {("a", "p"): [(30,), (20,)], ("a", "q"): [(30,), (20,)]}
    whole: dict[Node, tuple[bool, ...]] = {"a": (True, True)}
    ends: dict[Node, tuple[bool, ...]] = {("a", part): (False, True) for part in "pq"}

    found = split({}, whole, flows, 30, [ends])

    assert set(found.values()) == {(False, True)}
    assert set(split({}, whole, flows, 30).values()) == {(True, False)}
