"""Planted stuffing: staff use citizens' receipts, some citizens use their own, and it shows.

`MOTCUA_STUFFINGS=400` counters of each kind are a simulated year of it (docs/proofs.md).
"""

from __future__ import annotations

import os
import random
import secrets
from datetime import UTC, datetime, timedelta
from math import sqrt

import pytest

from bot.instruments import shipped
from bot.keys import Keys
from handlers.inbound import Happening, Inbound, Start, Tap
from handlers.receipts.using import Receipts
from handlers.receive import receive
from handlers.survey import Survey
from sipas.receipts import exposed, token
from storage.receipts import give
from storage.store import Store
from storage.transaction import Transaction
from tests.channels import add_counter

COUNTERS = int(os.environ.get("MOTCUA_STUFFINGS", "6"))
BEGAN = datetime(2026, 1, 5, 3, tzinfo=UTC)
LAST_DAY = 20_800


class Year:
    """One counter's stuffing: *k* receipts used by staff, each citizen answers with chance *r*."""

    def __init__(self, keys: Keys, chance: random.Random) -> None:
        self.chance, self.mac = chance, keys.receipt_mac
        receipts = Receipts(keys.receipt_mac, lambda period, now: b"the key of a month")
        self.survey = Survey(shipped(), 1, secrets.randbits, keys.code_hash, receipts=receipts)
        self.people = 0

    def does(self, tx: Transaction, now: datetime, *happenings: Happening) -> None:
        """A new person does this at once."""
        self.people += 1
        person = self.people.to_bytes(16, "big")
        receive(tx, self.survey, Inbound(1, "web", str(self.people), person, happenings), now)

    def stuffed(self, tx: Transaction, k: int, r: float) -> int:
        """Stuff *k* receipts, let their owners come; return how many disputes there are."""
        day = BEGAN + timedelta(self.chance.randrange(300))
        before = _disputes(tx)
        for _ in range(k):
            start = Start(token(give(tx, "381207", "result", LAST_DAY, secrets.randbits), self.mac))
            self.does(tx, day, start, Tap("1|-|overall|5"))
            if self.chance.random() < r:
                later = day + timedelta(self.chance.randrange(1, 20))
                self.does(tx, later, start, Tap("1|-|contest|no"))
        return _disputes(tx) - before


def _disputes(tx: Transaction) -> int:
    [n] = tx.connection.execute("select count(*) from contest_tags where disputed = 1").fetchone()
    return int(n)


@pytest.mark.anyio
@pytest.mark.parametrize("r", [0.05, 0.10])
@pytest.mark.parametrize("k", [12, 24, 60])
async def test_stuffing_is_exposed_as_often_as_the_arithmetic_says(
    store: Store, keys: Keys, k: int, r: float
) -> None:
    """The share of stuffed counters with a dispute is 1-(1-r)^k, within four standard errors."""
    year = Year(keys, random.Random(k * 100 + round(r * 100)))
    await store.write(add_counter)
    shown = [await store.write(year.stuffed, k, r) > 0 for _ in range(COUNTERS)]
    expected, found = exposed(k, r), sum(shown) / COUNTERS
    print(f"{k} receipts, {r:.0%}: {found:.1%} of {COUNTERS} exposed, expected {expected:.1%}")

    assert abs(found - expected) <= 4 * sqrt(expected * (1 - expected) / COUNTERS) + 1 / COUNTERS
