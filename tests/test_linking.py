"""Whoever has the database and knows when dossiers came back finds nobody among five.

`MOTCUA_LINKING=150` working days are the long form (docs/proofs.md).
"""

from __future__ import annotations

import asyncio
import os
import random
from datetime import datetime
from math import comb, factorial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from bot.keys import Keys
from sipas.packing import HANOI
from storage.release import BATCH_LEAST
from storage.store import Store, snapshot
from tests.databases import database as address
from tests.linking import Answered, Counters, guesses, hits
from tests.server import COUNTER, OTHER

FEW = 14
DAYS = int(os.environ.get("MOTCUA_LINKING", FEW))
DAILY = {COUNTER: 8, OTHER: 1}
DOUBT = 0.001


class Lived(NamedTuple):
    """A database, who came, and whose each response is."""

    database: Path
    people: list[Answered]
    truth: dict[int, int]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    """Weeks at a counter with eight answers a day and at one with a single one."""
    database = tmp_path_factory.mktemp("linking") / "m.db"
    return asyncio.run(_lived(database))


async def _lived(database: Path) -> Lived:
    keys = Keys(b"a secret for tests, 32 bytes ...")
    store = await Store(address(database), keys).open()
    try:
        counters = Counters(store, keys, random.Random(5))
        await counters.live(datetime(2026, 9, 1, tzinfo=HANOI), DAYS, DAILY)
    finally:
        await store.close()
    return Lived(database, counters.people, snapshot(address(database), counters.truth))


def by_luck(many: int, of: int) -> float:
    """How likely it is to put so many right or more, where each batch is dealt out blindly.

    Not a binomial: who has put four of five right has the fifth as well.

    >>> round(by_luck(5, 5) * 120), round(by_luck(8, 10) * 120**2), by_luck(0, 5)
    (1, 21, 1.0)
    """
    dealt = range(BATCH_LEAST + 1)
    one = [comb(BATCH_LEAST, right) * _all_wrong(BATCH_LEAST - right) for right in dealt]
    chances = np.array([1.0])
    for _ in range(-(-of // BATCH_LEAST)):
        chances = np.convolve(chances, np.array(one) / factorial(BATCH_LEAST))
    return float(chances[many:].sum())


def _all_wrong(n: int) -> int:
    """In how many ways *n* can be dealt out with none in its place."""
    return sum((-1) ** k * (factorial(n) // factorial(k)) for k in range(n + 1))


@pytest.mark.parametrize("counter", DAILY)
def test_no_order_and_no_time_finds_more_than_one_in_five(lived: Lived, counter: str) -> None:
    """Of what is released, whatever the program goes by: the batch is all that it learns."""
    found = guesses(lived.database, lived.people, counter)
    shown = {name: (hits(guess, lived.truth), len(guess)) for name, guess in found.items()}
    right = {
        name: (many, of)
        for name, (many, of) in shown.items()
        if by_luck(many, of) < DOUBT / len(shown)
    }
    print(counter, len(shown), sorted(shown.items(), key=lambda each: -each[1][0])[:3])

    # What waits for others at the end, and what was carried into a half-month to come.
    assert max(of for _, of in shown.values()) >= 0.9 * (DAYS - BATCH_LEAST) * DAILY[counter]
    assert right == {}


def test_the_program_finds_who_still_waits(lived: Lived) -> None:
    """Before release a half-day may hold one answer: the program works, and few wait."""
    found = guesses(lived.database, lived.people, OTHER, "closed_responses")
    waiting = max(map(len, found.values()))

    assert max(hits(guess, lived.truth) for guess in found.values()) == waiting
    assert waiting < BATCH_LEAST
    assert waiting or DAYS > FEW
