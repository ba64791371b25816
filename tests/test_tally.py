"""Tallies: many responses counted as one integer."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipas import tally
from sipas.items import Instrument
from sipas.packing import alphabet
from sipas.scoring import LevelCounts
from tests.questionnaires import instrument, shipped

SMALL = instrument(index=("a", "b"))  # overall, a, b (scales), ev (three options), reasons, comment
SHIPPED = ("micro", "short", "sipas-g2-2026-service16")


def levels_of(questionnaire: Instrument) -> st.SearchStrategy[str]:
    """Any response to *questionnaire*."""
    return st.tuples(*(st.sampled_from(alphabet(i) + "-") for i in questionnaire.items)).map(
        "".join
    )


def test_a_vector_tells_each_item_s_counts_from_its_slot_on() -> None:
    """Who reads the vector without this module finds the levels there."""
    counted = sum(tally.tally(SMALL, levels) for levels in ("51----", "42----", "4-----"))
    at = tally.starts(SMALL)
    vector = tally.counts(counted, at["a"] + 5)

    assert vector[at["overall"] : at["overall"] + 5] == (0, 0, 0, 2, 1)
    assert vector[at["a"] :] == (1, 1, 0, 0, 0)


def test_each_kind_of_answer_is_counted_apart() -> None:
    """Levels, choices and non-answers; what was not shown only counts as a response."""
    rows = ["5n-A--", "4s-BA-", "4r-A-A", "-o-Cno", "-xxr-s", "2----x"]
    counted = sum(tally.tally(SMALL, levels) for levels in rows)

    assert tally.responses(counted) == 6
    assert tally.item_counts(SMALL, counted, "overall") == tally.ItemCounts(
        LevelCounts((0, 1, 0, 2, 1)), {}, 0, 0, 0, 0, 0
    )
    assert tally.item_counts(SMALL, counted, "a") == tally.ItemCounts(
        LevelCounts((0, 0, 0, 0, 0)), {}, 1, 1, 1, 1, 1
    )
    assert tally.item_counts(SMALL, counted, "b").invalid == 1
    assert tally.item_counts(SMALL, counted, "ev") == tally.ItemCounts(
        None, {"a": 2, "b": 1, "c": 1}, 0, 0, 1, 0, 0
    )
    assert tally.item_counts(SMALL, counted, "reasons") == tally.ItemCounts(
        None, {"given": 1}, 1, 0, 0, 0, 0
    )
    assert tally.item_counts(SMALL, counted, "comment") == tally.ItemCounts(
        None, {"given": 1}, 0, 1, 0, 1, 1
    )


def test_every_count_has_its_place_for_ever() -> None:
    """Databases hold these vectors: slot 0, then ten slots for a scale, eight for three choices."""
    fresh = instrument(index=("a", "b"))
    slots = {
        0: 1,  # responses
        1 + 4: 1,  # overall: level 5
        11 + 5: 1,  # a: not applicable
        21 + 9: 1,  # b: invalid
        31 + 1: 1,  # ev: the second of three options
        39 + 0: 1,  # reasons: given
        45 + 3: 1,  # comment: refused
    }

    assert tally.tally(fresh, "5nxBAr") == sum(count << 32 * at for at, count in slots.items())


def test_scales_are_read_in_one_pass() -> None:
    """Level counts and not-applicable of the scale items, and of no other item."""
    counted = tally.tally(SMALL, "5n-A--") + tally.tally(SMALL, "42----")

    assert tally.level_counts(SMALL, counted) == {
        "overall": (LevelCounts((0, 0, 0, 1, 1)), 0),
        "a": (LevelCounts((0, 1, 0, 0, 0)), 1),
        "b": (LevelCounts((0, 0, 0, 0, 0)), 0),
    }


@pytest.mark.parametrize("name", SHIPPED)
def test_a_tally_says_what_plain_counting_says(name: str) -> None:
    """For every shipped questionnaire, against a count character by character."""
    questionnaire, chance = shipped(name), random.Random(1)
    rows = [
        "".join(chance.choice(alphabet(item) + "-") for item in questionnaire.items)
        for _ in range(300)
    ]
    counted = sum(tally.tally(questionnaire, levels) for levels in rows)

    for place, item in enumerate(questionnaire.items):
        plain = Counter(levels[place] for levels in rows)
        counts = tally.item_counts(questionnaire, counted, item.key)
        given_ = counts.levels.levels if counts.levels else tuple(counts.options.values())
        others = (
            counts.not_applicable,
            counts.skipped,
            counts.refused,
            counts.unanswered,
            counts.invalid,
        )
        assert (*given_, *others) == tuple(plain[mark] for mark in alphabet(item))
        if counts.levels:
            read = tally.level_counts(questionnaire, counted)[item.key]
            assert read == (counts.levels, counts.not_applicable)


@given(st.lists(levels_of(SMALL), max_size=30), st.randoms(use_true_random=False))
def test_the_order_of_responses_changes_nothing(rows: list[str], chance: random.Random) -> None:
    """Counts add in any order and any grouping, so no score depends on the order of rows."""
    shuffled = chance.sample(rows, len(rows))
    cut = chance.randint(0, len(rows))
    halves = [sum(tally.tally(SMALL, r) for r in part) for part in (rows[:cut], rows[cut:])]

    assert sum(tally.tally(SMALL, r) for r in shuffled) == sum(halves)
    assert tally.responses(sum(halves)) == len(rows)


@pytest.mark.parametrize(
    "levels", ["", "5n-A-", "5n-A---", "6n-A--", "5n-D--", "5n-a--", "5n-1--", "5n-AB-", "5n-A-٥"]
)
def test_what_is_no_response_is_refused(levels: str) -> None:
    """Wrong length or a character the item cannot hold: better no count than a wrong one."""
    with pytest.raises(ValueError, match=r"small\.1 has 6 items|expected answers to the items"):
        tally.tally(SMALL, levels)


def test_an_item_that_is_not_packed_has_no_counts() -> None:
    """Asking for it is a mistake of the caller."""
    with pytest.raises(KeyError, match="nobody"):
        tally.item_counts(SMALL, 0, "nobody")


def test_remembered_answers_stay_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table of seen answers is emptied when full, and counts the same after it."""
    monkeypatch.setattr(tally, "_CHUNKS", 3)
    fresh = instrument(index=("a", "b"))
    chunks = [chunk for _, chunk in tally._layout(fresh).chunks]
    counted = 0
    for levels in [f"{a}{b}-A--" for a in "12345" for b in "12345"]:
        counted += tally.tally(fresh, levels)
        assert max(map(len, chunks)) <= 3

    overall = tally.level_counts(fresh, counted)["overall"][0]
    assert overall == LevelCounts((5, 5, 5, 5, 5))


@given(
    st.lists(
        st.one_of(st.integers(0, 3), st.integers(0, 2**32 - 1)),
        max_size=40,
    )
)
def test_a_stored_tally_comes_back(counts: list[int]) -> None:
    """Whatever the counts, up to the largest; none is above the number of responses."""
    slots = [max(counts, default=0), *counts]
    vector = sum(count << 32 * slot for slot, count in enumerate(slots))

    assert tally.from_bytes(tally.to_bytes(vector)) == vector


@pytest.mark.parametrize(
    ("vector", "stored"),
    [
        (0, b"\x00"),
        (1, b"\x01\x01"),
        (7 + (7 << 64), b"\x01\x07\x00\x07"),
        (255, b"\x01\xff"),
        (256, b"\x02\x00\x01"),
        (2**32 - 1, b"\x04\xff\xff\xff\xff"),
        (2**16, b"\x03\x00\x00\x01"),
        (1 + 2**32, b"\x01\x01\x01"),
    ],
)
def test_the_stored_form_is_fixed(vector: int, stored: bytes) -> None:
    """Databases hold these bytes; small counts take one byte each."""
    assert tally.to_bytes(vector) == stored
    assert tally.from_bytes(stored) == vector


@pytest.mark.parametrize(
    "stored", [b"", b"\x00\x01", b"\x05", b"\x05\x01\x01\x01\x01\x01", b"\x02\x01", b"\xff"]
)
def test_other_bytes_are_refused(stored: bytes) -> None:
    """An unknown number of planes, or planes of unequal length."""
    with pytest.raises(ValueError, match=f"expected a stored tally, got {len(stored)} bytes"):
        tally.from_bytes(stored)


def test_refused_bytes_are_told_by_their_beginning() -> None:
    """Enough to recognise them, not enough to fill a log."""
    with pytest.raises(ValueError, match=r"got 101 bytes: 0500000000000000…$"):
        tally.from_bytes(b"\x05" + bytes(100))


def test_a_nation_fits() -> None:
    """Four thousand million responses in one vector do not spill into the next count."""
    most = 2**32 - 1
    counted = most * tally.tally(SMALL, "5n-A--")

    assert tally.responses(counted) == most
    assert tally.item_counts(SMALL, counted, "overall").levels == LevelCounts((0, 0, 0, 0, most))
    assert tally.item_counts(SMALL, counted, "a").not_applicable == most
