"""Release and recount: at least five, shuffled, whole or not at all, and every rollup explained."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime

import pytest

from bot.instruments import shipped
from sipas import tally
from sipas.packing import HANOI, day_of, half_day
from storage import numbering
from storage.recount import recount
from storage.release import release
from storage.store import Store, snapshot
from storage.transaction import ClosedRow, Transaction

pytestmark = pytest.mark.anyio

NOVEMBER = half_day(datetime(2026, 11, 10, 9, tzinfo=HANOI))
DECEMBER = half_day(datetime(2026, 12, 1, 9, tzinfo=HANOI))
SHORT = shipped()["short.1"]
SATISFIED = "".join("5" if item.kind == "scale" else "s" for item in SHORT.items)

A_RESPONSE = ClosedRow(
    response_id=0,
    counter_id=1,
    unit_id=1,
    instrument="short.1",
    levels=SATISFIED,
    tags="",
    stage="result",
    stratum="open",
    channel="web",
    kind="citizen",
    field="",
    consent=1,
    code_hash=None,
)


def close_some(
    tx: Transaction, n: int, counter: int = 1, unit: int = 1, half: int = NOVEMBER
) -> None:
    """Close *n* responses of a counter on a half-day, each counted as received."""
    for k in range(n):
        response_id = numbering.row_id(half, counter * 1000 + k)
        tx.close(replace(A_RESPONSE, response_id=response_id, counter_id=counter, unit_id=unit))
        tx.arrive(counter, half * 12)


def add_counters(tx: Transaction, pairs: list[tuple[int, int]]) -> None:
    """Counters with their units, without the rest of the directory."""
    for counter, unit in pairs:
        tx.connection.execute(
            "insert into units (unit_id, code, kind, name, sort_key, search_key,"
            " valid_from) values (?, ?, 'xa', 'U', '', '', '2025-07-01') on conflict do nothing",
            (unit, f"u{unit}"),
        )
        tx.connection.execute(
            "insert into counters (counter_id, code, unit_id, name, instrument, public, valid_from)"
            " values (?, ?, ?, 'C', 'short.1', 1, '2025-07-01')",
            (counter, f"{counter:06}", unit),
        )


def released(tx: Transaction, half: int = NOVEMBER) -> int:
    return release(tx, shipped(), half, random.Random(7))


def counts(tx: Transaction) -> tuple[int, int]:
    """How many responses wait and how many are released."""
    one = "select (select count(*) from closed_responses), (select count(*) from responses)"
    waiting, done = tx.connection.execute(one).fetchone()
    return waiting, done


async def test_four_closed_responses_wait(store: Store) -> None:
    """Fewer than five of one counter are not released while the month is open."""
    await store.write(close_some, 4)

    assert await store.write(released) == 0
    assert await store.write(counts) == (4, 0)


async def test_five_closed_responses_go_together(store: Store) -> None:
    """Five of one counter are released and counted in the same transaction."""
    await store.write(close_some, 5)

    assert await store.write(released) == 5
    assert await store.write(counts) == (0, 5)


async def test_a_release_may_go_in_portions_of_whole_batches(store: Store) -> None:
    """Once there are enough the rest waits for the next release; no batch is parted by that."""
    await store.write(add_counters, [(1, 1), (2, 1), (3, 2)])
    for counter, unit in ((1, 1), (2, 1), (3, 2)):
        await store.write(close_some, 7, counter, unit)
    portions = [
        await store.write(release, shipped(), NOVEMBER, random.Random(7), most)
        for most in (8, 8, 8)
    ]

    assert portions == [14, 7, 0]
    assert snapshot(store.address, recount, shipped()) == []


async def test_no_half_day_tells_of_fewer_than_five(store: Store) -> None:
    """Three of one half-day and two of the next are told as of the later, with what is theirs."""
    await store.write(add_counters, [(1, 1)])
    await store.write(close_some, 3, 1, 1, NOVEMBER - 1)
    first = numbering.row_id(NOVEMBER - 1, 1000)
    await store.write(lambda tx: tx.comment(first, "Tốt", quote=True))
    await store.write(close_some, 2)
    await store.write(released)
    told = await store.write(
        lambda tx: [row[0] for row in tx.connection.execute("select response_id from responses")]
    )
    [(commented, words)] = await store.write(lambda tx: list(tx.untagged_comments(9)))

    assert {numbering.half_day_of(number) for number in told} == {NOVEMBER}
    assert (commented in told, words) == (True, "Tốt")
    assert snapshot(store.address, recount, shipped()) == []


async def test_another_counters_responses_do_not_help(store: Store) -> None:
    """Three here and three there are two counters with too few."""
    await store.write(close_some, 3, 1)
    await store.write(close_some, 3, 2)

    assert await store.write(released) == 0


async def test_leftovers_join_their_units_month_without_their_counter(store: Store) -> None:
    """After the month's close what two counters of one unit could not release goes together."""
    await store.write(close_some, 3, 1)
    await store.write(close_some, 3, 2)
    during = await store.write(released, NOVEMBER)
    after = await store.write(released, DECEMBER)
    counters = await store.write(
        lambda tx: {row[0] for row in tx.connection.execute("select counter_id from responses")}
    )

    assert (during, after) == (0, 6)
    assert counters == {0}


async def test_leftovers_of_a_small_unit_wait_for_the_next_month(store: Store) -> None:
    """A unit with fewer than five in a closed month keeps them."""
    await store.write(close_some, 3, 1)
    await store.write(released, DECEMBER)

    assert await store.write(counts) == (3, 0)


async def test_this_months_responses_never_lose_their_counter(store: Store) -> None:
    """Only months that have ended are pooled over the unit."""
    await store.write(close_some, 4, 1, 1, DECEMBER)
    await store.write(close_some, 4, 2, 1, DECEMBER)

    assert await store.write(released, DECEMBER) == 0


async def test_rollups_equal_a_recount(store: Store) -> None:
    """Whatever was released in however many batches, counting again gives the same."""
    await store.write(add_counters, [(1, 1), (2, 1), (3, 2)])
    for half in (NOVEMBER, NOVEMBER + 1, DECEMBER):
        for counter, unit in ((1, 1), (2, 1), (3, 2)):
            await store.write(close_some, 5 + counter, counter, unit, half)
        await store.write(released, half)

    assert snapshot(store.address, recount, shipped()) == []


@pytest.mark.parametrize(
    ("tampering", "table"),
    [
        ("delete from responses where response_id = (select min(response_id) from responses)", ""),
        ("update responses set levels = '1' || substr(levels, 2)", "rollups"),
        ("update rollups set tally = :tally", "rollups"),
        ("delete from rollup_margins where dimension = 2", "rollup_margins"),
        ("update rollup_cube set stratum = 3", "rollup_cube"),
        ("update arrivals set n = n + 1", "arrivals"),
        ("delete from closed_responses", "arrivals"),
        ("update received set n = n + 1", "received"),
    ],
)
async def test_a_recount_names_what_does_not_agree(
    store: Store, tampering: str, table: str
) -> None:
    """Any change behind the release's back is found."""
    await store.write(add_counters, [(1, 1), (2, 1)])
    await store.write(close_some, 6)
    await store.write(close_some, 2, 2)
    await store.write(released)
    clean = snapshot(store.address, recount, shipped())
    await store.write(lambda tx: tx.connection.execute(tampering, {"tally": b"\x01\x09"}))
    found = snapshot(store.address, recount, shipped())

    assert clean == []
    assert found
    assert table in {difference.table for difference in found} or not table


async def test_a_release_that_is_interrupted_has_not_happened(store: Store) -> None:
    """Rows, rollups and the removal from the queue are one transaction."""

    def interrupted(tx: Transaction) -> None:
        released(tx)
        raise KeyboardInterrupt("as good as a kill")

    await store.write(close_some, 9)
    with pytest.raises(KeyboardInterrupt):
        await store.write(interrupted)
    states = [await store.write(counts)]
    await store.write(released)
    states.append(await store.write(counts))

    assert states == [(9, 0), (0, 9)]


async def test_the_order_of_arrival_is_not_kept(store: Store) -> None:
    """Ids inside a half-day are chance, so stored order tells nothing about who came first."""
    await store.write(close_some, 30)
    await store.write(released)
    rows = await store.write(
        lambda tx: list(tx.connection.execute("select response_id from responses"))
    )

    assert [row for (row,) in rows] == sorted(row for (row,) in rows)
    assert {numbering.half_day_of(row) for (row,) in rows} == {NOVEMBER}
    assert day_of(NOVEMBER).isoformat() == "2026-11-10"


async def test_a_stored_vector_counts_its_responses(store: Store) -> None:
    """The first count of every vector is the number of responses."""
    await store.write(close_some, 7)
    await store.write(released)
    total = await store.write(
        lambda tx: tx.connection.execute(
            "select tally from rollup_margins where dimension = 0"
        ).fetchone()
    )

    assert tally.responses(tally.from_bytes(total[0])) == 7
