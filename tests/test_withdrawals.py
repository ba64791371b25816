"""Responses that are taken back leave figures that are not settled, unseen."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from pathlib import Path

import pytest

from bot.instruments import shipped
from sipas import tally
from storage import numbering, sealing, taking_back
from storage.recount import recount
from storage.release import BATCH_LEAST, release
from storage.store import Store, snapshot
from storage.transaction import Transaction
from tests.test_release import A_RESPONSE, DECEMBER, NOVEMBER, SATISFIED, add_counters
from tests.test_sealing import DAY, NEXT, seal_with
from tests.test_taking_back import FILES, faults, hashed

pytestmark = pytest.mark.anyio

SHORT = shipped()["short.1"]
TOTAL = "select tally from rollup_margins where dimension = 0 and unit_id = 1 order by atom"


def come(tx: Transaction, levels: str, first: int, half: int = NOVEMBER) -> int:
    """Responses with these overall levels come at the counter and are released, if enough."""
    for k, level in enumerate(levels, first):
        number = numbering.row_id(half, 1000 + k)
        code = hashed(k) if half == NOVEMBER else None
        whole = level + SATISFIED[1:]
        tx.close(replace(A_RESPONSE, response_id=number, levels=whole, code_hash=code))
        tx.arrive(1, half * 12)
    return release(tx, shipped(), half, random.Random(7))


async def counted(store: Store) -> tuple[int, ...]:
    """Levels 1 to 5 of the unit's first half-month, as they are seen while it runs."""

    def total(tx: Transaction) -> tuple[int, ...]:
        row = tx.connection.execute(TOTAL).fetchone()
        return tally.item_counts(SHORT, tally.from_bytes(row[0]), "overall").levels.levels  # type: ignore[union-attr]

    return await store.look(total)


@pytest.fixture
async def began(store: Store) -> Store:
    """Ten responses are released: two of level 1, eight of level 5."""
    await store.write(add_counters, [(1, 1)])
    assert await store.write(come, "1155555555", 0) == 10
    return store


async def test_it_leaves_with_others_that_hide_it(began: Store, tmp_path: Path) -> None:
    """The total grows by five as it does with any release; recount, roots and verifier agree."""
    await seal_with(began, DAY, FILES)
    await began.write(taking_back.withdraw, hashed(0))
    before = await counted(began)
    await began.write(come, "113555", 20)
    after = await counted(began)
    waiting = await faults(began, tmp_path)
    await seal_with(began, NEXT, FILES)
    acts = [entry for _, entry in await began.look(sealing.acts)]

    assert (before, after) == ((2, 0, 0, 0, 8), (3, 0, 1, 0, 11))
    assert [sum(f".{kind}.1" in entry for entry in acts) for kind in ("withdrawn", "left")] == [
        1,
        1,
    ]
    assert snapshot(began.address, recount, shipped()) == []
    assert (waiting, await faults(began, tmp_path)) == ([], [])


@pytest.mark.parametrize("levels", ["55555", "555555", "11555"])
async def test_it_stays_where_its_going_would_be_seen(began: Store, levels: str) -> None:
    """No other of its level came, or the total would grow by four."""
    await began.write(taking_back.withdraw, hashed(0))
    await began.write(come, levels, 20)

    assert sum(await counted(began)) == 10 + len(levels)
    assert snapshot(began.address, recount, shipped()) == []


async def test_a_half_month_that_is_settled_is_frozen(began: Store) -> None:
    """What comes in December does not move November, and the response stays for good."""
    await began.write(taking_back.withdraw, hashed(0))
    await began.write(come, "111555", 40, DECEMBER)

    assert await counted(began) == (2, 0, 0, 0, 8)


async def test_what_nobody_took_back_cannot_leave_unseen(began: Store, tmp_path: Path) -> None:
    """A row put there in secret takes a response out; no act says that its owner wanted it."""
    secretly = "insert into withdrawals select min(response_id), 1 from responses"
    await seal_with(began, DAY, FILES)
    await began.write(lambda tx: tx.connection.execute(secretly))
    await began.write(come, "113555", 20)
    await seal_with(began, NEXT, FILES)

    assert await counted(began) == (3, 0, 1, 0, 11)
    assert any("not what its responses make" in fault for fault in await faults(began, tmp_path))


async def test_no_poll_ever_sees_a_total_fall(store: Store) -> None:
    """The attack: read every total after every release, while people answer and take back.

    Every level grows or stays, and the total by five at least; a rule without this would show a
    level that falls, which is what the person who took it back had said.
    """
    chance, number = random.Random(11), 0
    await store.write(add_counters, [(1, 1)])
    seen, back = list[tuple[int, ...]]([(0,) * 5]), 0
    for _ in range(25):
        came = "".join(chance.choice("12345") for _ in range(chance.randint(5, 12)))
        await store.write(come, came, number)
        number += len(came)
        seen.append(await counted(store))
        for who in chance.sample(range(number), 2):
            back += await store.write(taking_back.withdraw, hashed(who)) is not None
    moves = [
        [b - a for a, b in zip(one, two, strict=True)] for one, two in itertools.pairwise(seen)
    ]

    assert all(min(move) >= 0 and sum(move) >= BATCH_LEAST for move in moves)
    assert number - back <= sum(seen[-1]) < number - back // 2
    assert snapshot(store.address, recount, shipped()) == []
