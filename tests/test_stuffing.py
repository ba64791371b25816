"""Stuffed days: what is found, and that honest counters and campaigns are left in peace."""

from __future__ import annotations

import random

import pytest
from scipy.stats import betabinom  # type: ignore[import-untyped]  # publishes no types

from scripts.grade_stuffing import Honest, detection, flagged_counters
from sipas.clustering import CORRELATIONS, POINTS, at_least, share
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


@pytest.mark.parametrize(("n", "k"), [(12, 9), (60, 20), (250, 180), (1500, 900)])
def test_the_chance_of_a_day_is_the_beta_binomial_tail(n: int, k: int) -> None:
    """As scipy has it, for a share and correlation that are known, however many came."""
    known = POINTS[7 * len(CORRELATIONS) + 4]
    logit, rho = known
    both = [share(logit) * (1 - rho) / rho, (1 - share(logit)) * (1 - rho) / rho]
    weights = [float(each == known) for each in POINTS]

    assert at_least(weights, n, k) == pytest.approx(betabinom.sf(k - 1, n, *both), rel=1e-9)


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
