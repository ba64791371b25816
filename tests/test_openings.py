"""What is open tells nothing about what is not: all equations solved, for random answers."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

from hypothesis import example, given
from hypothesis import strategies as st

from sipas.openings import ALL_FROM, N_FROM, Ends, Flows, Node, opened
from tests.equations import Equations

TREE: dict[Node, tuple[Node, ...]] = {
    "old": ("x", "y"),
    "left": ("a", "b", "c"),
    "top": ("left", "d", "old"),
}
LEAVES = "abcdxy"
SETTLED = 5
LIVE = SETTLED + 1

counts = st.one_of(st.just(0), st.integers(0, 14), st.integers(0, 60))
came = st.lists(counts, min_size=LIVE, max_size=LIVE)
provinces = st.fixed_dictionaries(dict.fromkeys(LEAVES, came))


def below(node: Node) -> list[Node]:
    """The leaves that a node is the sum of."""
    return [leaf for part in TREE[node] for leaf in below(part)] if node in TREE else [node]


def flows(province: Mapping[str, list[int]]) -> dict[Node, Flows]:
    """One column only: the responses."""
    return {leaf: Flows([(n,) for n in ns[:-1]], (ns[-1],)) for leaf, ns in province.items()}


def ends(of: Ends) -> list[int]:
    """Where a node is open, as numbers of half-months; the running one is the last."""
    return [0, *(at for at, known in enumerate(of.settled, 1) if known), *[LIVE] * of.live]


def told(found: Mapping[Node, Ends]) -> Equations:
    """All that is known to who reads every open running total."""
    known = Equations()
    for node, each in found.items():
        for end in ends(each):
            known.learn((leaf, at) for leaf in below(node) for at in range(end))
    return known


QUIET = dict.fromkeys(LEAVES, [0] * LIVE)
BEFORE = {**QUIET, "x": [0, 0, 1, 2, 7, 0], "y": [0, 0, 10, 27, 0, 0]}
NOW = {**QUIET, "x": [0, 0, 0, 1, 2, 7], "y": [0, 0, 0, 10, 27, 0]}


@example(BEFORE, N_FROM)  # both parts are open where their sum has had but seven
@example(NOW, N_FROM)
@given(provinces, st.sampled_from([N_FROM, ALL_FROM]))
def test_no_stretch_of_a_unit_with_few_responses_can_be_told(
    province: dict[str, list[int]], least: int
) -> None:
    """Whatever half-months are taken together, of a unit or of a sum of units."""
    came = flows(province)
    within = opened(TREE, came, N_FROM) if least == ALL_FROM else None
    known = told(opened(TREE, came, least, within))
    for node in [*LEAVES, *TREE]:
        for first, last in combinations(range(LIVE + 1), 2):
            cells = [(leaf, at) for leaf in below(node) for at in range(first, last)]
            n = sum(province[str(leaf)][at] for leaf, at in cells)
            assert n == 0 or n >= least or not known.knows(cells)


def test_both_are_open_where_each_is() -> None:
    """An end counts that is open twice."""
    assert Ends((True, True, False), True).both(Ends((True, False, False), False)) == Ends(
        (True, False, False), False
    )


def test_ends_do_not_depend_on_what_units_are_called() -> None:
    """They are found anew at each start, and other ones then would tell more with these."""
    for few, small, great in (
        (1, 2, 3),
        (1, 3, 2),
        (3, 1, 2),
        (3, 2, 1),
    ):
        came = {few: (5, 3), small: (12, 40), great: (14, 50)}
        units: dict[Node, Flows] = {
            unit: Flows([(n,) for n in each], (0,)) for unit, each in came.items()
        }
        found = opened({"top": (few, small, great)}, units, N_FROM)

        assert found["top"].settled == (False, True)
        assert [found[unit].settled[-1] for unit in (few, small, great)] == [False, False, True]
