"""Points as people type them, sums with gaps, boxes that hold everybody."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipas.quarter_sheet import Given, boxes, edited, read_points, total
from sipas.tt01_totals import UNIT


@pytest.mark.parametrize("wrong", ["2,1", "-1", "1,55", "x", "NaN", "inf", "1,5,", "1e1", "²"])
def test_only_points_are_read_as_points(wrong: str) -> None:
    """0 to 2 with one decimal; anything else is told, never rounded or taken for 2."""
    with pytest.raises(ValueError, match="expected 0 to 2"):
        read_points(wrong)


@given(st.integers(0, 20))
def test_what_is_shown_can_be_typed_again(tenths: int) -> None:
    """With point or comma, and as a sum of one."""
    points = Decimal(tenths) / 10

    assert read_points(f"{points:.1f}") == read_points(f"{points:.1f}".replace(".", ",")) == points
    assert total({1: Given(points)}).points == points


def test_nine_are_whole() -> None:
    """Eight leave a gap."""
    full = dict.fromkeys(UNIT, Given(Decimal(1)))

    assert total(full).band
    assert total({**full, 9: Given(None, "chưa có")}).band is None


@given(st.lists(st.integers(0, 10**6), min_size=5, max_size=5))
def test_no_level_is_left_out_of_the_boxes(levels: list[int]) -> None:
    """Four boxes hold everybody, so that shares add up."""
    assert boxes(levels).n == sum(levels)


def test_an_edit_is_points_or_a_note() -> None:
    """Saying the same again is none."""
    one = {1: Given(Decimal(1)), 2: Given(None, "x")}

    assert edited(one, dict(one)) == ()
    assert edited(one, {1: Given(Decimal(1)), 2: Given(Decimal(1), "x")}) == (2,)
