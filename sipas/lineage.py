"""Which former units roll up into present ones: whole, or not at all.

A former unit that was split between several cannot be divided afterwards: its responses name no
half of it. It rolls up only into a group that holds all of its successors. A unit that gave up a
part and lives on is its own successor too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sipas.units import LineageRow


@dataclass(frozen=True, slots=True)
class Former:
    """Former units of a group: *whole* ones went into it entirely, *divided* ones in part."""

    whole: frozenset[str]
    divided: frozenset[str]


def former(
    codes: Collection[str], lineage: Iterable[LineageRow], living: Collection[str] = ()
) -> Former:
    """The former units of the group of units with *codes*, predecessors of predecessors included.

    Args:
        living: codes of all units that have not ended.

    >>> from datetime import date
    >>> day = date(2025, 7, 1)
    >>> rows = [LineageRow("a", "x", day), LineageRow("b", "x", day), LineageRow("b", "y", day)]
    >>> former({"x"}, rows)
    Former(whole=frozenset({'a'}), divided=frozenset({'b'}))
    >>> sorted(former({"x", "y"}, rows).whole)
    ['a', 'b']
    >>> former({"x"}, rows, living={"a"}).divided == {"a", "b"}
    True
    """
    successors: dict[str, set[str]] = defaultdict(set)
    for row in lineage:
        successors[row.old] |= {row.new, row.old} if row.old in living else {row.new}
    inside = set(codes)
    while found := {old for old, new in successors.items() if new <= inside} - inside:
        inside |= found
    divided = {old for old, new in successors.items() if new & inside} - inside
    return Former(frozenset(inside - set(codes)), frozenset(divided))
