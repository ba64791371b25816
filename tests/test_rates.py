"""The pace of one account, whichever processes send for it one after the other."""

from __future__ import annotations

from itertools import combinations_with_replacement

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.rates import Limits, Rates

LIMITS = Limits(per_second=4, burst=6, chat_per_second=1, chat_burst=3)
WAITS = st.lists(st.floats(0, 2, allow_subnormal=False), min_size=1, max_size=12)


def _turns(rates: Rates, waits: list[float]) -> list[float]:
    """When messages to one chat go, asked for one after the other."""
    asked, turns = rates.began, []
    for wait in waits:
        asked += wait
        turns.append(asked + rates.take("a", asked))
    return turns


@given(WAITS, WAITS, st.floats(0, 20, allow_subnormal=False))
def test_no_handover_brings_a_burst_more(first: list[float], then: list[float], at: float) -> None:
    """In every stretch of time at most the burst and the pace of one, over both together."""
    old, new = Rates(LIMITS, 0), Rates(LIMITS, at)
    sent = [turn for turn in _turns(old, first) if turn <= at] + _turns(new, then)

    for begin, end in combinations_with_replacement(range(len(sent)), 2):
        many, seconds = end - begin + 1, sent[end] - sent[begin]
        assert many <= LIMITS.burst + LIMITS.per_second * seconds + 1e-6
        assert many <= LIMITS.chat_burst + LIMITS.chat_per_second * seconds + 1e-6
