"""The tree of the log: reference vectors of Certificate Transparency, and laws over any size."""

from __future__ import annotations

from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipas import merkle
from sipas.merkle import EMPTY, Frontier, Lookup, extended, leaf_hash, root

# The test tree of google/certificate-transparency (cpp/merkletree/merkle_tree_test.cc).
INPUTS = (
    *("", "00", "10", "2021", "3031", "40414243"),
    *("5051525354555657", "606162636465666768696a6b6c6d6e6f"),
)
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
_96, _5F, _6B = (
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
)
_BC, _CA, _0E = (
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
)
INCLUSIONS = (
    (0, 1, ()),
    (0, 8, (_96, _5F, _6B)),
    (5, 8, (_BC, _CA, ROOTS[3])),
    (2, 3, (ROOTS[1],)),
    (1, 5, (ROOTS[0], _5F, _BC)),
)
CONSISTENCIES = (
    (1, 1, ()),
    (1, 8, (_96, _5F, _6B)),
    (6, 8, (_0E, _CA, ROOTS[3])),
    (2, 5, (_5F, _BC)),
)
LEAVES = [leaf_hash(bytes.fromhex(each)) for each in INPUTS]

sizes = st.integers(1, 70)


def many(size: int) -> list[bytes]:
    return [leaf_hash(bytes([at])) for at in range(size)]


def stored(leaves: list[bytes]) -> Lookup:
    """A lookup as a database has it: leaves, and the nodes that `extended` told to store."""
    _, made = extended(Frontier(), leaves)
    nodes = {(node.level, node.position): node.hash for node in made}
    return lambda level, position: nodes[level, position] if level else leaves[position]


def root_of(leaves: list[bytes]) -> bytes:
    return root(extended(Frontier(), leaves)[0])


def by_definition(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1, word for word."""
    if len(leaves) < 2:
        return leaves[0] if leaves else EMPTY
    k = max(1 << p for p in range(10) if 1 << p < len(leaves))
    return merkle.node_hash(by_definition(leaves[:k]), by_definition(leaves[k:]))


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_the_reference_tree(size: int) -> None:
    """One to eight leaves, as published."""
    assert root_of(LEAVES[:size]).hex() == ROOTS[size - 1]


@pytest.mark.parametrize(("index", "size", "path"), INCLUSIONS)
def test_inclusion_paths_are_those_of_the_reference_tree(
    index: int, size: int, path: tuple[str, ...]
) -> None:
    """Made and believed as published."""
    made = merkle.inclusion(index, size, stored(LEAVES))
    top = bytes.fromhex(ROOTS[size - 1])

    assert [each.hex() for each in made] == list(path)
    assert merkle.is_included(LEAVES[index], index, size, made, top)


@pytest.mark.parametrize(("old", "size", "path"), CONSISTENCIES)
def test_consistency_proofs_are_those_of_the_reference_tree(
    old: int, size: int, path: tuple[str, ...]
) -> None:
    """Made and believed as published."""
    made = merkle.consistency(old, size, stored(LEAVES))
    before, after = (bytes.fromhex(ROOTS[n - 1]) for n in (old, size))

    assert [each.hex() for each in made] == list(path)
    assert merkle.is_consistent(old, size, made, before, after)


@given(st.lists(st.integers(0, 20), max_size=6))
def test_leaves_may_be_appended_in_any_portions(portions: list[int]) -> None:
    """The root is that of the definition, and the stored nodes give the frontier back."""
    leaves = many(sum(portions))
    ends = [0, *accumulate(portions)]
    frontier = Frontier()
    for first, last in pairwise(ends):
        frontier, _ = extended(frontier, leaves[first:last])

    assert root(frontier) == by_definition(leaves)
    assert merkle.frontier_of(len(leaves), stored(leaves)) == frontier


@given(sizes, st.data())
def test_every_leaf_can_be_shown_and_no_other_in_its_place(size: int, data: st.DataObject) -> None:
    """A path proves its own leaf, at its own place, of its own tree."""
    leaves = many(size)
    index = data.draw(st.integers(0, size - 1))
    path, top = merkle.inclusion(index, size, stored(leaves)), root_of(leaves)
    other = data.draw(st.integers(-1, size).filter(lambda at: at != index))

    assert merkle.is_included(leaves[index], index, size, path, top)
    assert not merkle.is_included(leaf_hash(b"other"), index, size, path, top)
    assert not merkle.is_included(leaves[index], other, size, path, top)
    assert not merkle.is_included(leaves[index], index, size, [*path, top], top)
    assert not (path and merkle.is_included(leaves[index], index, size, path[:-1], top))


@given(sizes, st.data())
def test_a_later_tree_holds_an_earlier_one(size: int, data: st.DataObject) -> None:
    """A proof convinces of the true earlier root only."""
    leaves = many(size)
    old = data.draw(st.integers(0, size))
    path = merkle.consistency(old, size, stored(leaves))
    before, after = root_of(leaves[:old]), root_of(leaves)

    assert merkle.is_consistent(old, size, path, before, after)
    assert not merkle.is_consistent(old, size, path, leaf_hash(b"other"), after)
    assert not merkle.is_consistent(old, size, [*path, after], before, after)
    assert old in (0, size) or not merkle.is_consistent(old, size, path[:-1], before, after)


def test_what_no_tree_can_show_is_refused() -> None:
    """A leaf beyond the end, a tree that shrinks."""
    with pytest.raises(ValueError, match="expected a leaf of 0 to 2, got 3"):
        merkle.inclusion(3, 3, stored(LEAVES))
    with pytest.raises(ValueError, match="expected an earlier size of 0 to 3, got 4"):
        merkle.consistency(4, 3, stored(LEAVES))

    assert not merkle.is_consistent(4, 3, [EMPTY], EMPTY, EMPTY)
    assert not merkle.is_consistent(2, 3, [], EMPTY, EMPTY)
