"""A channel or counter with nine answers is hidden, and one further, as the total would tell."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, datetime

import pytest

from bot.instruments import shipped
from sipas.packing import HANOI, half_day
from sipas.units import CounterRow
from storage import numbering, registry
from storage.release import release
from storage.transaction import Transaction
from tests.test_lineage import DESKS, DINH_HOA, Province, province
from tests.test_release import A_RESPONSE

__all__ = ["province"]  # a fixture

pytestmark = pytest.mark.anyio

SECOND, DAY = "399999", date(2026, 10, 6)


def _answer(tx: Transaction, counter: str, channel: str, n: int) -> None:
    counter_id, unit_id = tx.counter_ids(counter)
    half = half_day(datetime(DAY.year, DAY.month, DAY.day, 9, tzinfo=HANOI))
    levels = "".join("5" if i.kind == "scale" else "s" for i in shipped()["short.1"].items)
    for _ in range(n):
        number = numbering.row_id(half, random.getrandbits(numbering.RANDOM_BITS))
        one = replace(A_RESPONSE, counter_id=counter_id, unit_id=unit_id, levels=levels)
        tx.close(replace(one, response_id=number, channel=channel))
        tx.arrive(counter_id, half * 12)
    release(tx, shipped(), half, random.Random(7))


def _second_counter(tx: Transaction) -> None:
    row = CounterRow(SECOND, DINH_HOA, "Quầy số 2", "short.1", 3, True, (), DAY, None)
    registry.add_counters(tx, [row])


async def overall(province: Province, by: str) -> dict[str, tuple[bool, bool, int | None]]:
    """By value: whether it is too few, whether it is hidden, and n."""
    told = await province.scores(DINH_HOA, "2026-Q4", by=by)
    return {
        each[by]: (each.get("too_few", False), each.get("suppressed", False), each["n"])
        for each in told["figures"]
        if each["part"] == "overall"
    }


async def test_a_channel_with_nine_takes_another_with_it(province: Province) -> None:
    """Nine by Telegram and forty by Zalo look alike, and are 49 together; the web stays."""
    for channel, n in (("telegram", 9), ("zalo_oa", 40), ("web", 60)):
        await province.store.write(_answer, DESKS[DINH_HOA], channel, n)

    assert await overall(province, "channel") == {
        "telegram": (True, True, None),
        "zalo_oa": (True, True, None),
        "web": (False, False, 60),
    }
    assert await province.n(DINH_HOA, "2026-Q4") == 109


async def test_a_counter_with_nine_takes_another_with_it(province: Province) -> None:
    """In the list and on the page of the counter alike."""
    await province.store.write(_second_counter)
    await province.store.write(_answer, DESKS[DINH_HOA], "web", 40)
    await province.store.write(_answer, SECOND, "web", 9)

    assert await overall(province, "counter") == {
        DESKS[DINH_HOA]: (True, True, None),
        SECOND: (True, True, None),
    }
    page = (await province.client.get(f"/counters/{DESKS[DINH_HOA]}", params={"lang": "en"})).text
    assert "fewer than 10 responses, or showing it would tell such a group" in page
    assert "100.0 %" not in page


async def test_a_channel_with_ten_takes_only_the_values_of_another(province: Province) -> None:
    """Ten are enough for their number, not for a value; the total less the web would tell it."""
    for channel, n in (("telegram", 10), ("web", 60)):
        await province.store.write(_answer, DESKS[DINH_HOA], channel, n)

    assert await overall(province, "channel") == {
        "telegram": (True, False, 10),
        "web": (False, True, 60),
    }


async def test_thirty_hide_nobody(province: Province) -> None:
    """Who is many is seen, and so is everybody else."""
    for channel, n in (("telegram", 30), ("web", 60)):
        await province.store.write(_answer, DESKS[DINH_HOA], channel, n)

    assert await overall(province, "channel") == {
        "telegram": (False, False, 30),
        "web": (False, False, 60),
    }


async def test_what_never_came_looks_like_what_is_hidden(province: Province) -> None:
    """A nought is a number: of a month between closed ends it is not told either."""
    await province.answered(DINH_HOA, date(2026, 9, 10), 6)

    for month in ("2026-09", "2026-10"):
        told = (await province.scores(DINH_HOA, month))["figures"]
        (one,) = (each for each in told if each["part"] == "overall")
        assert (one["n"], one["too_few"], one["suppressed"]) == (None, True, True)


async def test_received_is_told_up_to_an_open_end(province: Province) -> None:
    """With eight after nineteen it is twenty by now, but not by the end of a closed half-month."""
    await province.answered(DINH_HOA, date(2026, 9, 10), 19)
    await province.answered(DINH_HOA, date(2026, 10, 5), 8)

    assert (await province.scores(DINH_HOA, "2026-09"))["received"] == 10
    assert (await province.scores(DINH_HOA, "2026-10"))["received"] is None


async def test_exact_counts_of_the_process_are_for_its_own_network(province: Province) -> None:
    """Whoever comes through a proxy is refused."""
    through = {"X-Forwarded-For": "203.0.113.7"}

    assert (await province.client.get("/metrics")).status_code == 200
    assert (await province.client.get("/metrics", headers=through)).status_code == 403
