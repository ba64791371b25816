"""Which further cells of a table must be hidden, so that no hidden one can be computed.

A cell is a group of responses: a value of a dimension, or a counter. Cells with one to nine
responses are hidden in any case (`sipas.figures.visible`). Where the table's total is shown, the
total less everything shown is what the hidden cells hold together: that must leave open what each
of them holds.

Source: A. Hundepool et al., Statistical Disclosure Control (2012), sections 4.2 and 4.3.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import Final, TypeVar

from sipas.figures import VISIBILITY, Visibility, visible

LEAST: Final = VISIBILITY[1][0]
"""Responses from which on a cell may be seen at all."""

Cell = TypeVar("Cell", bound=Hashable)


def complement(cells: Mapping[Cell, int], elsewhere: int = 0) -> frozenset[Cell]:
    """The cells to hide besides those with one to nine responses: the smallest that are needed.

    Args:
        cells: responses of each cell of a partition; empty ones hide nothing and tell nothing.
        elsewhere: responses in the total that are in no cell of the table.

    >>> sorted(complement({"a": 9, "b": 40, "c": 60, "d": 0}))
    ['b']
    >>> complement({"a": 40, "b": 60}), complement({"a": 9, "b": 7, "c": 60})
    (frozenset(), frozenset())
    """
    small = [n for n in cells.values() if _hidden(n)]
    others = sorted((n, str(key), key) for key, n in cells.items() if n and not _hidden(n))
    hidden: list[tuple[int, str, Cell]] = []
    while others and not _open(small, [n for n, _, _ in hidden], elsewhere):
        hidden.append(others.pop(0))
    return frozenset(key for _, _, key in hidden)


def _open(small: list[int], more: list[int], elsewhere: int) -> bool:
    """Whether what is hidden could be divided in more than one way.

    Who reads "fewer than ten" knows 1 to 9, who reads "hidden" knows 10 or more.
    """
    if not small and not _hidden(elsewhere):
        return True
    together = sum(small) + sum(more) + elsewhere
    least = len(small) + LEAST * len(more)
    most = math.inf if more or elsewhere else (LEAST - 1) * len(small)
    several = len(small) + len(more) + bool(elsewhere) > 1
    return several and not _hidden(together) and least < together < most


def _hidden(n: int) -> bool:
    return n > 0 and visible(n) is Visibility.NOTHING
