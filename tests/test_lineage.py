"""Mergers and splits of 1 July 2025: old unit before, new after, and rolled up on request."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot import seeds
from bot.app import create_app
from bot.instruments import shipped
from bot.keys import load_keys
from bot.settings import Settings
from sipas.codes import check_digit
from sipas.lineage import former
from sipas.packing import HANOI, half_day
from sipas.units import CounterRow, LineageRow, UnitRow
from storage import numbering, registry
from storage.release import release
from storage.store import Store
from storage.transaction import Transaction
from tests.prepared import prepared
from tests.test_release import A_RESPONSE

pytestmark = pytest.mark.anyio

LINEAGE = seeds.seed_lineage()
DINH_CONG, DINH_HOA, OLD_DINH_HOA = "cu-xa-dinh-cong", "15448", "cu-xa-dinh-hoa"
THIEU_LONG = "cu-xa-thieu-long"
THIEU_HOA, HEIRS = "cu-thi-tran-thieu-hoa", ("15772", "15796", "15835")
COMMUNES = [row.code for row in seeds.seed_units() if row.kind in ("xa", "phuong")]
BEFORE, AFTER = date(2025, 6, 30), date(2025, 7, 1)


def code_of(number: int) -> str:
    """A counter's code."""
    five = str(40000 + number)
    return five + check_digit(five)


DESKS = {unit: code_of(n) for n, unit in enumerate((DINH_CONG, OLD_DINH_HOA, THIEU_HOA, DINH_HOA))}


def test_dinh_cong_rolls_up_into_xa_dinh_hoa() -> None:
    """With all that went into it whole; Thiệu Long went elsewhere too."""
    found = former({DINH_HOA}, LINEAGE)

    assert found.whole == {DINH_CONG, OLD_DINH_HOA, "cu-xa-dinh-binh", "cu-xa-dinh-thanh"}
    assert found.divided == {THIEU_LONG}


@pytest.mark.parametrize("group", [HEIRS[:1], HEIRS[:2], HEIRS[1:]])
def test_a_split_town_stays_by_itself_below_the_province(group: tuple[str, ...]) -> None:
    """No successor gets it, nor do some of them together; it is named as not divided."""
    found = former(set(group), LINEAGE)

    assert THIEU_HOA in found.divided
    assert THIEU_HOA not in found.whole


def test_the_province_has_all_of_a_split_town() -> None:
    """Whoever holds every successor holds the whole; no former unit of the seed is lost."""
    found = former(set(COMMUNES), LINEAGE)

    assert found.whole == {row.old for row in LINEAGE}
    assert found.divided == frozenset()


def test_predecessors_of_predecessors_are_found() -> None:
    """However often units were merged, and also where a split was undone."""
    rows = [
        LineageRow("a", "b", date(2019, 12, 1)),
        LineageRow("a", "c", date(2019, 12, 1)),
        LineageRow("b", "d", AFTER),
        LineageRow("c", "d", AFTER),
    ]

    assert former({"d"}, rows).whole == {"a", "b", "c"}
    assert former({"b"}, rows).divided == {"a"}


def test_a_unit_that_lives_on_is_nobodys_predecessor() -> None:
    """It gave up a part; its responses are its own."""
    rows = [LineageRow("city", "ward", AFTER)]

    assert former({"ward"}, rows, living={"city", "ward"}).whole == frozenset()
    assert former({"ward"}, rows, living={"city", "ward"}).divided == {"city"}


@dataclass
class Clock:
    """The application's time, set by the test."""

    now: datetime = field(default_factory=lambda: datetime(2026, 11, 24, 2, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Province:
    """The shipped units, with four counters, in the real application."""

    store: Store
    client: httpx.AsyncClient
    clock: Clock

    async def answered(
        self, unit: str, day: date, n: int, level: str = "5", instrument: str = "short.1"
    ) -> None:
        """Put *n* released responses at the unit's counter."""
        half = half_day(datetime(day.year, day.month, day.day, 9, tzinfo=HANOI))
        items = shipped()[instrument].items
        levels = "".join(level if item.kind == "scale" else "s" for item in items)
        await self.store.write(_answer, DESKS[unit], half, n, levels, instrument)

    async def scores(self, unit: str, period: str, **more: str) -> dict[str, Any]:
        """What the API tells."""
        asked = {"unit": unit, "period": period, **more}
        answer = await self.client.get("/api/v1/scores", params=asked)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def n(self, unit: str, period: str, **more: str) -> int | None:
        """The answers in the overall figure; 0 where there is none."""
        told = await self.scores(unit, period, **more)
        return next((each["n"] for each in told["figures"] if each["part"] == "overall"), 0)


def _answer(tx: Transaction, counter: str, half: int, n: int, levels: str, instrument: str) -> None:
    counter_id, unit_id = tx.counter_ids(counter)
    row = replace(A_RESPONSE, counter_id=counter_id, unit_id=unit_id, levels=levels)
    for _ in range(n):
        number = numbering.row_id(half, random.getrandbits(numbering.RANDOM_BITS))
        tx.close(replace(row, response_id=number, instrument=instrument))
        tx.arrive(counter_id, half * 12)
    release(tx, shipped(), half, random.Random(7))


def _furnish(tx: Transaction) -> None:
    registry.add_units(tx, seeds.seed_units())
    registry.add_lineage(tx, LINEAGE)
    rows = {row.code: row for row in seeds.seed_units()}
    registry.add_counters(tx, (_desk(rows[unit], code) for unit, code in DESKS.items()))
    registry.publish(tx, ["38", *COMMUNES, DINH_CONG], "2026-01-01", "test", "2026-01-01")


def _desk(unit: UnitRow, code: str) -> CounterRow:
    first, last = unit.valid_from, unit.valid_to
    return CounterRow(code, unit.code, "Quầy số 1", "short.1", 3, True, (), first, last)


@pytest.fixture
async def province(tmp_path: Path) -> AsyncIterator[Province]:
    """The whole province of the seeds, every commune of today published."""
    settings = Settings.model_validate(
        {"database": prepared(tmp_path / "m.db", _furnish), "secret_key_file": tmp_path / "m.key"}
    )
    load_keys(settings.secret_key_file)
    clock = Clock()
    app = create_app(settings, clock)
    async with app.router.lifespan_context(app):
        store: Store = app.state.service.store
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            yield Province(store, client, clock)


@pytest.mark.parametrize(
    ("moment", "taken"),
    [
        ("2025-06-30T23:59:00+07:00", DINH_CONG),
        ("2025-07-01T00:00:00+07:00", DINH_HOA),
    ],
)
async def test_a_rating_counts_for_the_unit_of_its_day(
    province: Province, moment: str, taken: str
) -> None:
    """The old commune's counter takes ratings to its last midnight, the new one's from then on."""
    province.clock.now = datetime.fromisoformat(moment)
    pages = {}
    for unit in (DINH_CONG, DINH_HOA):
        pages[unit] = (await province.client.get(f"/c/{DESKS[unit]}")).status_code
        for number, event in enumerate(({"start": DESKS[unit]}, {"text": "5"})):
            update = {"conversation": unit.ljust(22, "x"), "update_id": str(number), "event": event}
            await province.client.post("/api/v1/chat", json=update)
    rows = await province.store.reader.execute_fetchall(
        "select u.code, sum(n) from received r join units u using (unit_id) group by u.code"
    )

    assert dict(map(tuple, rows)) == {taken: 1}
    assert pages == {unit: 200 if unit == taken else 404 for unit in pages}


async def test_old_before_new_after_and_both_on_request(province: Province) -> None:
    """Without lineage each has its own; with it, Định Công counts in Xã Định Hòa."""
    await province.answered(DINH_CONG, BEFORE, 40, "2")
    await province.answered(DINH_HOA, AFTER, 60)
    own = [await province.n(unit, "2025") for unit in (DINH_CONG, DINH_HOA)]
    joined = await province.scores(DINH_HOA, "2025", lineage="joined")
    overall = next(each for each in joined["figures"] if each["part"] == "overall")

    assert own == [40, 60]
    assert (overall["n"], overall["value"]) == (100, 0.6)
    assert joined["received"] == 100
    assert DINH_CONG in joined["lineage"]["pooled"]
    assert joined["lineage"]["not_divided"] == [THIEU_LONG]
    assert await province.n(DINH_HOA, "2025-H1") == 0
    assert await province.n(DINH_HOA, "2025-H1", lineage="joined") == 40
    assert await province.n(DINH_HOA, "2025-H2", lineage="joined") == 60


async def test_asking_one_way_never_answers_the_other(province: Province) -> None:
    """Both answers are remembered; in either order each stays its own, with its own figure id."""
    await province.answered(DINH_CONG, BEFORE, 40)
    await province.answered(DINH_HOA, AFTER, 60)
    plain = [await province.scores(DINH_HOA, "2025")]
    joined = [await province.scores(DINH_HOA, "2025", lineage="joined") for _ in range(2)]
    plain.append(await province.scores(DINH_HOA, "2025"))
    ids = {each["figures"][0]["id"] for each in (*plain, *joined)}

    assert plain[0] == plain[1]
    assert joined[0] == joined[1]
    assert joined[0]["figures"] != plain[0]["figures"]
    assert len(ids) == 2
    assert plain[0]["lineage"] is None


async def test_a_split_unit_stays_old_in_every_roll_up_below_the_province(
    province: Province,
) -> None:
    """None of its heirs has a response of it; the province has all of them, once."""
    await province.answered(THIEU_HOA, BEFORE, 50)
    heirs = [await province.scores(code, "2025", lineage="joined") for code in HEIRS]
    whole = await province.scores("38", "2025", lineage="joined")

    assert [each["figures"] for each in heirs] == [[], [], []]
    assert [each["received"] for each in heirs] == [0, 0, 0]
    assert all(THIEU_HOA in each["lineage"]["not_divided"] for each in heirs)
    assert THIEU_HOA in whole["lineage"]["pooled"]
    assert await province.n("38", "2025", lineage="joined") == 50
    assert await province.n("38", "2025") == 0


@pytest.mark.parametrize(
    ("old", "new"),
    [(5, 60), (29, 60), (60, 5), (60, 29), (20, 20), (5, 5)],
)
async def test_what_is_pooled_minus_ones_own_tells_nothing_hidden(
    province: Province, old: int, new: int
) -> None:
    """Where either side may not be shown, the sum is not either; n only where both sides' are."""
    await province.answered(DINH_CONG, BEFORE, old)
    await province.answered(DINH_HOA, AFTER, new)
    told = await province.scores(DINH_HOA, "2025", lineage="joined")

    before = {"last": "2025-06-30"} if old >= 30 else {}  # what is shown ends before the merger
    safe = old + new if min(old, new) >= 10 and not before else old if before else None

    assert told["figures"]
    assert {each["n"] for each in told["figures"]} == {safe}
    assert {each["value"] for each in told["figures"]} <= {1.0 if before else None}
    assert all(each.items() >= before.items() for each in told["figures"])


async def test_a_merger_is_told_wherever_figures_cross_it(province: Province) -> None:
    """In the API by its reason in both languages; a period on one side of it tells none."""
    for by in ({}, {"by": "month"}, {"by": "factor", "lineage": "joined"}):
        (found,) = (await province.scores(DINH_HOA, "2025", **by))["breaks"]

        assert (found["on"], found["cause"]) == ("2025-07-01", "boundary")
        assert (len(found["old"]), found["new"]) == (5, [DINH_HOA])
        assert "Xã Định Công" in found["reason"]["vi"]
        assert "From 2025-07-01" in found["reason"]["en"]
    assert (await province.scores(DINH_HOA, "2026"))["breaks"] == []


async def test_the_province_tells_its_mergers_by_number(province: Province) -> None:
    """Five hundred names would say nothing."""
    told = (await province.scores("38", "2025-Q2"))["breaks"]
    (found,) = (await province.scores("38", "2025-06..2025-07"))["breaks"]

    assert told == []
    assert found["old"] == sorted({row.old for row in LINEAGE})
    assert f"{len(found['old'])} đơn vị → {len(found['new'])} đơn vị" in found["reason"]["vi"]


async def test_a_new_questionnaire_breaks_the_series_of_months(province: Province) -> None:
    """From its first month on, and only where months stand side by side."""
    await province.answered(DINH_HOA, date(2026, 1, 5), 40)
    await province.answered(DINH_HOA, date(2026, 3, 5), 40, instrument="micro.1")
    await province.answered(DINH_HOA, date(2026, 3, 9), 30)
    months = await province.scores(DINH_HOA, "2026-Q1", by="month")
    whole = await province.scores(DINH_HOA, "2026-Q1")
    (found,) = months["breaks"]

    assert (found["on"], found["cause"]) == ("2026-03-01", "instrument")
    assert (found["old"], found["new"]) == (["short.1"], ["micro.1"])
    assert whole["breaks"] == []
    assert {each["instrument"] for each in whole["figures"]} == {"short.1", "micro.1"}
    assert {each["n"] for each in whole["figures"]} == {70, 40}


async def test_a_units_page_marks_the_break_before_its_month(province: Province) -> None:
    """In the trend, one row, above the first month of the new."""
    province.clock.now = datetime(2025, 12, 20, 2, tzinfo=UTC)
    for day in (date(2025, 5, 5), date(2025, 6, 5)):
        await province.answered(DINH_CONG, day, 40)
    await province.answered(DINH_HOA, AFTER, 60)
    await province.answered(DINH_HOA, date(2025, 9, 1), 60)
    page = (await province.client.get(f"/units/{DINH_HOA}?lang=vi")).text

    assert page.count('class="break"') == 1
    assert page.index("Từ 1/7/2025, đơn vị thay đổi") < page.index('<th scope="row">2025-07')


async def test_joined_goes_only_with_what_can_be_pooled(province: Province) -> None:
    """A former counter is not a counter of the new unit; nothing else is known as a lineage."""
    refused = {"unit": DINH_HOA, "lineage": "joined", "by": "counter"}
    by_counter = await province.client.get("/api/v1/scores", params=refused)
    unknown = await province.client.get("/api/v1/scores", params={"lineage": "split"})

    assert (by_counter.status_code, unknown.status_code) == (400, 422)
    assert "factor, item or month" in by_counter.json()["detail"]


@pytest.mark.parametrize(
    ("period", "n"),
    [
        ("2026-R1", 30 + 31),
        ("2026-R2", 32),
        ("2026-R6M", 30 + 31 + 32),
        ("2026-RY", 30 + 31 + 32),
        ("2025-RY", 60),
        ("2026-Q1", 31 + 32),
    ],
)
async def test_reporting_windows_give_figures(province: Province, period: str, n: int) -> None:
    """From the 15th to the 14th: each response is in the windows of its day."""
    for day, many in (
        (date(2025, 12, 14), 60),
        (date(2025, 12, 15), 30),
        (date(2026, 3, 14), 31),
        (date(2026, 3, 15), 32),
    ):
        await province.answered(DINH_HOA, day, many)

    assert await province.n(DINH_HOA, period) == n
