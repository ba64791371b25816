"""Weighted values beside the figures, in API and pages; nothing hidden is told by them."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from bot.instruments import shipped
from sipas.dossiers import DossierEvent
from sipas.packing import HANOI, half_day, pack
from sipas.units import CounterRow
from storage import numbering, registry
from storage.dossiers import add_events
from storage.release import release
from storage.transaction import Transaction
from tests.test_lineage import DESKS, DINH_HOA, Province, province
from tests.test_release import A_RESPONSE

__all__ = ["province"]  # a fixture

pytestmark = pytest.mark.anyio

DAY, PERIOD = date(2026, 10, 6), "2026-Q4"
ANOTHER, ITS_DESK = "14923", "399999"
FIELDS = ("land", "civil", "trade", "health")


def _furnish(tx: Transaction) -> None:
    registry.add_fields(tx, [(each, each, each) for each in FIELDS])
    row = CounterRow(ITS_DESK, ANOTHER, "Quầy số 1", "short.1", 3, True, (), DAY, None)
    registry.add_counters(tx, [row])


def _answer(tx: Transaction, unit: str, field: str, levels: str) -> None:
    """Released responses at a unit, one for each of *levels*, of `overall`."""
    counter_id, unit_id = tx.counter_ids(DESKS.get(unit, ITS_DESK))
    half = half_day(datetime(DAY.year, DAY.month, DAY.day, 9, tzinfo=HANOI))
    for level in levels:
        number = numbering.row_id(half, random.getrandbits(numbering.RANDOM_BITS))
        one = replace(A_RESPONSE, counter_id=counter_id, unit_id=unit_id, field=field)
        marks = pack(shipped()["short.1"], {"overall": level})
        tx.close(replace(one, response_id=number, levels=marks))
        tx.arrive(counter_id, half * 12)
    release(tx, shipped(), half, random.Random(7))


def _handle(tx: Transaction, unit: str, field: str, n: int) -> None:
    start = len(list(tx.connection.execute("select 1 from dossier_events")))
    codes = (f"H56.12.34-260201-{start + number:05}" for number in range(n))
    events = [DossierEvent(code, "result", unit, "", field, "", DAY) for code in codes]
    assert add_events(tx, list(enumerate(events))).added == n


@pytest.fixture
async def town(province: Province) -> AsyncIterator[Province]:
    """Four fields are known, and another commune has a counter."""
    await province.store.write(_furnish)
    yield province


async def overall(town: Province, unit: str = DINH_HOA) -> Any:
    """The weighted overall level as the API tells it, or None."""
    told = await town.scores(unit, PERIOD, weights="dossiers")
    raw = next(each for each in told["figures"] if each["part"] == "overall")
    own = [each for each in told["weighted"] if each["figure"] == raw["id"]]
    return own[0] if own else None


async def test_fields_weigh_as_their_dossiers(town: Province) -> None:
    """Half of the dossiers are of land, whose people are less content and answer less."""
    for field, levels, dossiers in (("land", "2" * 20 + "5" * 20, 200), ("civil", "5" * 80, 200)):
        await town.store.write(_answer, DINH_HOA, field, levels)
        await town.store.write(_handle, DINH_HOA, field, dossiers)
    told = await overall(town)
    page = (await town.client.get(f"/units/{DINH_HOA}", params={"lang": "en"})).text
    asked = {"figure": told["figure"], "unit": DINH_HOA, "period": PERIOD, "lang": "en"}
    explained = (await town.client.get("/api/v1/explain", params=asked)).json()

    assert told["value"] == pytest.approx(0.75)  # 20 of 40 and 80 of 80, each for half
    assert (told["n"], told["strata"], told["trimmed"]) == (120, 2, 0)
    weights = [Fraction(3, 2)] * 40 + [Fraction(3, 4)] * 80
    worth = sum(weights) ** 2 / sum(each**2 for each in weights)
    assert told["effective_n"] * told["design_effect"] == pytest.approx(120)
    assert told["effective_n"] <= float(worth)
    assert ", weighted to the dossiers handled: 75.0 %" in page
    assert explained["weighted"] == told
    assert explained["figure"]["value"] == pytest.approx(100 / 120)
    assert (
        "Weighted to the dossiers handled" in (await town.client.get("/explain", params=asked)).text
    )


@pytest.mark.parametrize("moved", [0, 4, 10])
async def test_hidden_fields_are_one_rest(town: Province, moved: int) -> None:
    """Which of two hidden fields somebody answered for changes nothing that is told."""
    civil, trade = "2" * (20 - moved), "4" * 15 + "2" * moved
    for field, levels in (("land", "5" * 60), ("civil", civil), ("trade", trade)):
        await town.store.write(_answer, DINH_HOA, field, levels)
        await town.store.write(_handle, DINH_HOA, field, 100)
    told = await overall(town)
    land, rest = Fraction(100, 300) / Fraction(60, 95), Fraction(200, 300) / Fraction(35, 95)

    assert (told["n"], told["strata"]) == (95, 2)
    assert told["value"] == pytest.approx(float((60 * land + 15 * rest) / 95))


async def test_the_province_weighs_its_units(town: Province) -> None:
    """A unit whose dossiers nobody told is left out of what is weighted."""
    await town.store.write(_answer, DINH_HOA, "", "5" * 60)
    await town.store.write(_answer, ANOTHER, "", "2" * 40)
    await town.store.write(_handle, DINH_HOA, "", 100)
    alone = await overall(town, "38")
    await town.store.write(_handle, ANOTHER, "", 300)
    town.clock.now += timedelta(hours=1)  # dossiers are read once an hour
    both = await overall(town, "38")

    assert alone is None  # one stratum: nothing to weigh
    assert (both["value"], both["n"]) == (pytest.approx(0.25), 100)


async def test_without_dossiers_nothing_is_weighted(town: Province) -> None:
    """Nor by what is no figure of the unit itself."""
    await town.store.write(_answer, DINH_HOA, "land", "5" * 40 + "1" * 40)
    refused = await town.client.get("/api/v1/scores", params={"weights": "dossiers", "by": "unit"})
    plain = await town.scores(DINH_HOA, PERIOD)

    assert await overall(town) is None
    assert plain["weighted"] is None
    assert refused.status_code == 400
