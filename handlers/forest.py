"""Which published number is the sum of which others: the tree of units, and former units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence

from sipas.lineage import Former, former
from storage.directory import Directory, Unit

Node = Hashable
"""A unit with all published below it by its number; a pair for a part of it that is no unit."""

OWN, OLD = "own", "old"


def forest(directory: Directory) -> tuple[dict[Node, tuple[Node, ...]], dict[Node, int]]:
    """Sums with their parts, each after all that it is a sum of; and the leaves with their unit.

    A unit without others below it is a leaf. One with others has a leaf for what is its own, and
    its former units together are a sum too, because a figure by lineage minus its own tells it.
    """
    parts: dict[int, list[Node]] = defaultdict(list)
    for unit in directory.units:
        if unit.published and (above := _published_above(directory, unit)):
            parts[above.unit_id].append(unit.unit_id)
    leaves = {
        _leaf(unit, alone=unit.unit_id not in parts): unit.unit_id for unit in directory.units
    }
    tree: dict[Node, tuple[Node, ...]] = {}
    for unit in directory.units:
        _add(unit.unit_id, parts, tree)
    return tree | _lineage(directory, parts, {row: leaf for leaf, row in leaves.items()}), leaves


def former_of(directory: Directory, members: Iterable[Unit]) -> Former:
    """Which former units went into *members* whole, and which cannot be divided."""
    living = {row.code for row in directory.units if row.valid_to is None}
    return former({member.code for member in members}, directory.lineage, living)


def former_rows(directory: Directory, members: Sequence[Unit]) -> set[int]:
    """Rows of the former units of *members*, and earlier rows of their own."""
    codes = former_of(directory, members).whole | {member.code for member in members}
    rows = {row.unit_id for row in directory.units if row.code in codes}
    return rows - {member.unit_id for member in members}


def published_below(directory: Directory, unit: Unit) -> tuple[Unit, ...]:
    """The unit and all below it, as far as they are published."""
    return tuple(each for each in directory.subtree(unit) if each.published)


def _leaf(unit: Unit, alone: bool) -> Node:
    return unit.unit_id if unit.published and alone else (OWN, unit.unit_id)


def _add(unit: int, parts: Mapping[int, list[Node]], tree: dict[Node, tuple[Node, ...]]) -> None:
    """Add a unit after all that it is the sum of."""
    if unit not in parts or unit in tree:
        return
    for part in parts[unit]:
        if isinstance(part, int):
            _add(part, parts, tree)
    tree[unit] = ((OWN, unit), *parts[unit])


def _lineage(
    directory: Directory, parts: Mapping[int, list[Node]], leaf: Mapping[int, Node]
) -> dict[Node, tuple[Node, ...]]:
    """For each unit with former units: these together, from the leaves of the tree upwards."""
    found: dict[Node, tuple[Node, ...]] = {}
    known: dict[int, set[int]] = {}
    lowest_first = sorted(
        (each for each in directory.units if each.published and each.valid_to is None),
        key=lambda each: len(published_below(directory, each)),
    )
    for unit in lowest_first:
        rows = former_rows(directory, published_below(directory, unit))
        below = [each for each in parts.get(unit.unit_id, ()) if (OLD, each) in found]
        held = set().union(*(known[each] for each in below if isinstance(each, int)))
        if rows:
            own = (leaf[row] for row in sorted(rows - held))
            found[OLD, unit.unit_id] = (*((OLD, each) for each in below), *own)
            known[unit.unit_id] = rows
    return found


def _published_above(directory: Directory, unit: Unit) -> Unit | None:
    above = directory.unit(unit.parent_code) if unit.parent_code else None
    while above is not None and not above.published:
        above = directory.unit(above.parent_code) if above.parent_code else None
    return above if unit.valid_to is None else None
