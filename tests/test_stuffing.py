"""Stuffed days: what is found, and that honest counters and campaigns are left in peace."""

from __future__ import annotations

import random

import pytest

from scripts.grade_stuffing import Honest, detection, flagged_counters
from sipas.stuffing import DAYS_LEAST, Day, alike, busy, stuffed

USUAL = [Day(8, 4)] * 60


def test_sixty_false_ratings_are_seen() -> None:
    """On top of the day's own eight; and twelve are too few to be told from a good day."""
    assert stuffed(USUAL, Day(68, 64))
    assert stuffed(USUAL, Day(32, 28))
    assert not stuffed([Day(8, 6)] * 60, Day(20, 18))


def test_a_campaign_of_eighty_is_no_stuffing() -> None:
    """As many as that in an afternoon, as content as always."""
    assert Day(80, 40).n > busy([day.n for day in USUAL])
    assert not stuffed(USUAL, Day(80, 45))


def test_a_counter_without_history_is_not_judged() -> None:
    """Four weeks of days with answers come first; days without one are none."""
    few = [*[Day(8, 4)] * (DAYS_LEAST - 1), *[Day(0, 0)] * 30]

    assert not stuffed(few, Day(68, 64))


@pytest.mark.parametrize("honest", [Honest(0.45, 0.0), Honest(0.45, 0.05)])
def test_honest_counters_are_left_in_peace(honest: Honest) -> None:
    """A year with its campaign day: at most 1 % of them; here of 60."""
    assert flagged_counters(honest, 60, random.Random(4)) <= 2


def test_the_stated_detection_holds() -> None:
    """Nearly always for 60 false ratings, where two in five are very satisfied by themselves."""
    assert detection(Honest(0.45, 0.0), 60, 60, random.Random(4)) >= 0.95


@pytest.mark.parametrize("level", ["2", "3", "4"])
def test_what_is_neither_extreme_is_nothing_remarkable(level: str) -> None:
    """However many they are: nobody stuffs a counter with answers in the middle."""
    assert alike([Day(8, 4)] * 40, Day(200, 200), level) == 1.0
