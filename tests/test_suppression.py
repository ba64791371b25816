"""What is hidden cannot be computed from what is shown: every way to divide the rest is tried."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipas.suppression import complement

SIZES = st.one_of(st.integers(0, 14), st.integers(0, 40))
TABLES = st.dictionaries(st.sampled_from("abcde"), SIZES, max_size=5)


def ways(least: list[int], most: list[int], together: int) -> Iterator[tuple[int, ...]]:
    """All ways to divide *together* into numbers between *least* and *most*."""
    if not least:
        if together == 0:
            yield ()
        return
    for first in range(least[0], min(most[0], together) + 1):
        for others in ways(least[1:], most[1:], together - first):
            yield (first, *others)


@given(TABLES, st.integers(0, 12))
def test_no_hidden_cell_can_have_one_value_only(cells: dict[str, int], elsewhere: int) -> None:
    """Unless everything there is is hidden, each hidden cell could be at least two things."""
    small = {key for key, n in cells.items() if 0 < n < 10}
    more = complement(cells, elsewhere)
    hidden = [key for key in cells if key in small | more]
    together = sum(cells[key] for key in hidden) + elsewhere
    if not hidden or all(n == 0 or key in hidden for key, n in cells.items()):
        return
    least = [1 if key in small else 10 for key in hidden] + [0] * bool(elsewhere)
    most = [9 if key in small else together for key in hidden] + [together] * bool(elsewhere)
    found = list(ways(least, most, together))

    assert together >= 10
    for place in range(len(hidden)):
        assert len({each[place] for each in found}) > 1


@given(TABLES)
def test_nothing_is_hidden_where_nothing_is_small(cells: dict[str, int]) -> None:
    """Cells of ten and more, and empty ones, tell nothing about each other."""
    assert complement({key: n for key, n in cells.items() if n == 0 or n >= 10}) == frozenset()


@pytest.mark.parametrize(
    ("cells", "elsewhere", "hidden"),
    [
        ({"a": 9, "b": 40, "c": 60}, 0, {"b"}),  # the total would tell 9
        ({"a": 9, "b": 9, "c": 60}, 0, {"c"}),  # 18 of two below ten is nine and nine
        ({"a": 9, "b": 8, "c": 60}, 0, set()),
        ({"a": 4, "b": 3, "c": 60}, 0, {"c"}),  # seven together are fewer than ten
        ({"a": 1, "b": 10, "c": 60}, 0, {"b", "c"}),  # eleven is one and ten
        ({"a": 40, "b": 60}, 3, {"a"}),  # three that no list shows
        ({"a": 40, "b": 60}, 30, set()),
        ({"a": 3}, 0, set()),  # nothing else could be hidden
        ({}, 0, set()),
    ],
)
def test_the_smallest_are_hidden_that_are_needed(
    cells: dict[str, int], elsewhere: int, hidden: set[str]
) -> None:
    """Nine needs one further cell; two small ones may do without."""
    assert complement(cells, elsewhere) == hidden
