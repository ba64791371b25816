"""The tree over the sealed log: one hash for any number of leaves, and short proofs about it.

Whoever kept a root can be shown that a leaf is below it (*inclusion*), and that a later root holds
the same leaves with others after them (*consistency*). Nothing is hashed twice: a perfect subtree
never changes, so it is stored under its level and its position, and everything else is folded from
those.

Source: B. Laurie, A. Langley, E. Kasper, Certificate Transparency, RFC 6962 (2013), section 2.1;
checking as in RFC 9162 (2021), sections 2.1.3.2 and 2.1.4.2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple

EMPTY = sha256(b"").digest()
"""The root over no leaves."""

Lookup = Callable[[int, int], bytes]
"""The hash of the perfect subtree of a level (0 is a leaf) and a position within the level."""


class Node(NamedTuple):
    """A perfect subtree: 2^level leaves, the first of which is number position x 2^level."""

    level: int
    position: int
    hash: bytes


class Frontier(NamedTuple):
    """All of a tree that appending needs: its size and its largest perfect subtrees, in order."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()


def leaf_hash(entry: bytes) -> bytes:
    """The hash of a leaf that holds *entry*.

    >>> leaf_hash(b"").hex()[:8]
    '6e340b9c'
    """
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of what two subtrees make together.

    >>> node_hash(leaf_hash(b""), leaf_hash(b"\\x00")).hex()[:8]
    'fac54203'
    """
    return sha256(b"\x01" + left + right).digest()


def extended(frontier: Frontier, leaves: Iterable[bytes]) -> tuple[Frontier, list[Node]]:
    """The frontier after more leaf hashes, and the subtrees above leaves that became perfect.

    >>> grown, made = extended(Frontier(), [leaf_hash(b"a"), leaf_hash(b"b"), leaf_hash(b"c")])
    >>> grown.size, len(grown.peaks), [(node.level, node.position) for node in made]
    (3, 2, [(1, 0)])
    """
    size, peaks, made = frontier.size, list(frontier.peaks), list[Node]()
    for leaf in leaves:
        peaks.append(leaf)
        size += 1
        for level in range(1, (size & -size).bit_length()):
            right = peaks.pop()
            peaks[-1] = node_hash(peaks[-1], right)
            made.append(Node(level, (size >> level) - 1, peaks[-1]))
    return Frontier(size, tuple(peaks)), made


def root(frontier: Frontier) -> bytes:
    """The root over all leaves so far.

    >>> root(Frontier()) == EMPTY
    True
    """
    if not frontier.peaks:
        return EMPTY
    *rest, found = frontier.peaks
    for peak in reversed(rest):
        found = node_hash(peak, found)
    return found


def frontier_of(size: int, lookup: Lookup) -> Frontier:
    """The frontier of the first *size* leaves of a stored tree.

    >>> frontier_of(0, lambda level, position: b"")
    Frontier(size=0, peaks=())
    """
    levels = [level for level in range(size.bit_length())[::-1] if size >> level & 1]
    return Frontier(size, tuple(lookup(level, (size >> level) - 1) for level in levels))


def inclusion(index: int, size: int, lookup: Lookup) -> list[bytes]:
    """The path from leaf *index* to the root over the first *size* leaves, lowest first.

    Raises:
        ValueError: there is no such leaf.

    >>> inclusion(0, 1, lambda level, position: b"")
    []
    """
    if not 0 <= index < size:
        raise ValueError(f"expected a leaf of 0 to {size - 1}, got {index}")
    path, first, last = list[bytes](), 0, size
    while last - first > 1:
        middle = first + _left(last - first)
        if index < middle:
            path.append(_over(middle, last, lookup))
            last = middle
        else:
            path.append(_over(first, middle, lookup))
            first = middle
    return path[::-1]


def consistency(old: int, size: int, lookup: Lookup) -> list[bytes]:
    """The proof that the first *size* leaves begin with the first *old* ones.

    Raises:
        ValueError: the later tree is not at least as large.

    >>> consistency(0, 5, lambda level, position: b"")
    []
    """
    if not 0 <= old <= size:
        raise ValueError(f"expected an earlier size of 0 to {size}, got {old}")
    path, first, last = list[bytes](), 0, size
    while 0 < old < last:
        middle = first + _left(last - first)
        if old <= middle:
            path.append(_over(middle, last, lookup))
            last = middle
        else:
            path.append(_over(first, middle, lookup))
            first = middle
    if first:  # the old tree ends in this subtree; the whole one is known to who asks
        path.append(_over(first, last, lookup))
    return path[::-1]


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether *path* shows that leaf hash number *index* is below the root over *size* leaves.

    >>> is_included(leaf_hash(b"a"), 0, 1, [], leaf_hash(b"a"))
    True
    """
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, leaf
    for step in path:
        if not last:
            return False
        if at & 1 or at == last:
            found = node_hash(step, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, step)
        at, last = at >> 1, last >> 1
    return not last and found == root


def is_consistent(old: int, size: int, path: Sequence[bytes], old_root: bytes, root: bytes) -> bool:
    """Whether *path* shows that the tree of *size* leaves begins with the one of *old* leaves.

    >>> is_consistent(0, 5, [], EMPTY, leaf_hash(b"anything"))
    True
    """
    if old in (0, size):
        return not path and old_root == (root if old else EMPTY)
    if not 0 < old < size or not path:
        return False
    steps = [old_root, *path] if old & (old - 1) == 0 else list(path)
    at, last = old - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if not last:
            return False
        if at & 1 or at == last:
            before, after = node_hash(step, before), node_hash(step, after)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            after = node_hash(after, step)
        at, last = at >> 1, last >> 1
    return not last and (before, after) == (old_root, root)


def _left(size: int) -> int:
    """How many of *size* leaves are in the left subtree: the largest power of two below it."""
    return 1 << (size - 1).bit_length() - 1


def _over(first: int, last: int, lookup: Lookup) -> bytes:
    """The hash over some leaves that are a subtree of the whole tree."""
    size = last - first
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return lookup(level, first >> level)
    middle = first + _left(size)
    return node_hash(_over(first, middle, lookup), _over(middle, last, lookup))
