"""Packed answers, tags and half-days."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipas import packing
from sipas.packing import HANOI
from tests.questionnaires import instrument

SMALL = instrument(index=("a", "b"))  # overall, a, b (scales), ev (three options), reasons, comment


def test_each_kind_of_item_has_its_own_characters() -> None:
    """Levels for scales, one letter per option for events, A for reasons and texts."""
    letters = {item.key: packing.alphabet(item) for item in SMALL.items}

    assert letters == {
        "overall": "12345nsrox",
        "a": "12345nsrox",
        "b": "12345nsrox",
        "ev": "ABCnsrox",
        "reasons": "Ansrox",
        "comment": "Ansrox",
    }


def test_what_was_not_shown_is_a_dash() -> None:
    """One character per item in the questionnaire's order, a dash where there is no mark."""
    assert packing.pack(SMALL, {"overall": "4", "ev": "B", "a": "n"}) == "4n-B--"
    assert packing.unpack(SMALL, "4n-B--") == {"overall": "4", "a": "n", "ev": "B"}


@given(st.data())
def test_unpacking_gives_back_what_was_packed(data: st.DataObject) -> None:
    """Every combination of marks survives."""
    marks = {
        item.key: data.draw(st.sampled_from(packing.alphabet(item)))
        for item in SMALL.items
        if data.draw(st.booleans())
    }

    assert packing.unpack(SMALL, packing.pack(SMALL, marks)) == marks


@pytest.mark.parametrize(
    "marks",
    [{"nobody": "1"}, {"overall": "6"}, {"overall": "A"}, {"ev": "D"}, {"ev": "AB"}, {"ev": ""}],
)
def test_a_mark_that_no_item_can_hold_is_refused(marks: dict[str, str]) -> None:
    """Unknown items and impossible characters never reach the tables."""
    with pytest.raises(ValueError, match=r"has no items|holds one of"):
        packing.pack(SMALL, marks)


@pytest.mark.parametrize("levels", ["", "4n-B-", "4n-B---", "9n-B--", "4n-Z--"])
def test_levels_of_another_questionnaire_are_refused(levels: str) -> None:
    """Wrong length or an impossible character means a wrong questionnaire, and is said."""
    with pytest.raises(ValueError, match=r"small\.1 has 6 items|holds one of"):
        packing.unpack(SMALL, levels)


def test_tags_are_sorted_and_told_once() -> None:
    """The same choice in another order, or twice, is the same text."""
    assert packing.pack_tags({"z": ["b", "a", "b"], "c": ("d",)}) == "c:d,z:a,z:b"
    assert packing.unpack_tags("c:d,z:a,z:b") == {"c": ("d",), "z": ("a", "b")}
    assert packing.pack_tags({}) == packing.pack_tags({"z": ()}) == ""
    assert packing.unpack_tags("") == {}


def test_an_item_has_at_most_three_tags() -> None:
    """Three are kept, a fourth is a broken contract of the conversation."""
    assert packing.pack_tags({"z": "abc"}) == "z:a,z:b,z:c"
    with pytest.raises(ValueError, match="at most 3 tags of z, got 4"):
        packing.pack_tags({"z": "abcd"})


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        ("1970-01-01T00:00:00+07:00", 0),
        ("1970-01-01T11:59:59+07:00", 0),
        ("1970-01-01T12:00:00+07:00", 1),
        ("1970-01-01T23:59:59+07:00", 1),
        ("1970-01-02T00:00:00+07:00", 2),
        ("1969-12-31T17:00:00+00:00", 0),  # midnight in Viet Nam
        ("1969-12-31T16:59:59+00:00", -1),
    ],
)
def test_half_days_turn_at_noon_and_midnight_in_viet_nam(moment: str, number: int) -> None:
    """Whatever zone the time is told in."""
    assert packing.half_day(datetime.fromisoformat(moment)) == number


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001 - the zone is drawn
    st.integers(-12, 12),
)
def test_a_half_day_knows_its_day(naive: datetime, hours: int) -> None:
    """The day of a half-day is the day in Viet Nam."""
    moment = naive.replace(tzinfo=timezone(timedelta(hours=hours)))

    assert packing.day_of(packing.half_day(moment)) == moment.astimezone(HANOI).date()


def test_a_time_without_zone_is_refused() -> None:
    """Nobody knows which day it means."""
    naive = datetime(2026, 11, 23, 12, tzinfo=UTC).replace(tzinfo=None)
    with pytest.raises(ValueError, match="expected a time with its zone, got 2026-11-23T12:00:00"):
        packing.half_day(naive)


def test_the_last_half_day_of_a_day_is_still_that_day() -> None:
    """Both halves belong to one day."""
    assert packing.day_of(0) == packing.day_of(1) == date(1970, 1, 1)
    assert packing.day_of(-1) == date(1969, 12, 31)


@given(st.lists(st.integers(41_000, 41_030), max_size=60), st.integers(1, 6))
def test_half_days_told_together_hold_enough_and_keep_their_order(
    half_days: list[int], least: int
) -> None:
    """Each is told as itself or a later one of them; fewer than enough are told as one."""
    told = packing.together(half_days, least)
    sizes = Counter(told[each] for each in half_days)

    assert told.keys() == set(half_days)
    assert len(sizes) <= 1 or min(sizes.values()) >= least
    assert all(each <= told[each] for each in half_days)
    assert [told[each] for each in sorted(half_days)] == sorted(told[each] for each in half_days)
