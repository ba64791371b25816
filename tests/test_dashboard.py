"""The province at a glance: what the tiles say, to whom, and what they cost."""

from __future__ import annotations

import re
from datetime import date

import aiosqlite
import pytest

from handlers.rights import Role
from sipas.periods import parse_period
from sipas.preceding import preceding
from sipas.units import CounterRow, UnitRow
from storage import registry
from storage.store import Store
from storage.transaction import Transaction
from tests.databases import only_sqlite
from tests.server import COUNTER, FIRST, MICRO
from tests.test_staff import Office, office
from tests.test_work import a_plan, answered, signed_in

__all__ = ["office"]  # a fixture

pytestmark = pytest.mark.anyio


def tile(page: str, unit: str) -> str:
    """The words of one tile, apart by single spaces."""
    found = re.search(rf'<li class="tile[^>]*>\s*<h3><a href="[^"]*{unit}.*?</ul>', page, re.DOTALL)
    return " ".join(re.sub("<[^>]*>", " ", found[0]).split()) if found else ""


def alarm(tx: Transaction, counter: str, responses: int = 40) -> None:
    """An alarm that waits, as the watch stores it."""
    counter_id, _ = tx.counter_ids(counter)
    tx.connection.execute(
        "insert into alarms "
        "(counter_id, instrument_id, why, raised, began, n, k, usual_share) "
        "values (?, 1, 1, 20000, 19990, ?, 10, 0.9)",
        (counter_id, responses),
    )


CODES = "2026 2026-H2 2026-Q1 2026-03 2026-R1 2026-R6M 2026-RY 2026-W01 2025-11..2026-10"


@pytest.mark.parametrize("code", [*CODES.split(), "2026-02-03..2026-02-19", "2000"])
def test_the_period_before_ends_the_day_before(code: str) -> None:
    """It has a code that means the same days, and is of the same kind where there is one."""
    period = parse_period(code)
    before = preceding(period)

    assert (period.first - before.last).days == 1
    assert code == "2000" or parse_period(before.code) == before


async def test_a_tile_says_what_is_known(office: Office) -> None:
    """Value, interval and n; the grade; silence of a counter; no change without ground for it."""
    await answered(office.store, date(2026, 8, 20), 40)
    await answered(office.store, date(2026, 5, 20), 40)
    await signed_in(office, Role.LEADER)
    page = (await office.client.get("/dashboard?period=2026-Q3&lang=vi")).text
    told = tile(page, "15448")

    assert re.search(r"Xã Định Hòa [\d,]+ % [\d,]+ – [\d,]+ % n = 40", told)
    assert "thay đổi: chưa đủ căn cứ" in told
    assert "hạng dữ liệu: chưa rõ" in told
    assert "2 quầy im lặng" in told
    assert "chưa có phiếu nào" in tile(page, "14923")
    assert "chưa công bố" in tile(page, "14923")


async def test_what_may_be_seen_of_whom(office: Office) -> None:
    """One's own units with their alarms; others only when published, without their alarms."""
    await answered(office.store, date(2026, 8, 20), 40)
    await answered(office.store, date(2026, 8, 20), 40, MICRO)
    for counter in (COUNTER, MICRO):
        await office.store.write(alarm, counter)
    await signed_in(office, Role.UNIT_HEAD, "14923")
    mine = (await office.client.get("/dashboard?period=2026-Q3&lang=en")).text
    every = (await office.client.get("/dashboard?period=2026-Q3&lang=en&all=true")).text

    assert "n = 40" in tile(mine, "14923")
    assert "open alarms: 1" in tile(mine, "14923")
    assert tile(mine, "15448") == ""
    assert "n = 40" in tile(every, "15448")
    assert "alarms" not in tile(every, "15448")
    await office.store.write(lambda tx: tx.connection.execute("delete from account_roles"))
    await office.store.write(
        lambda tx: tx.connection.execute("insert into account_roles values (1, 'leader', '15448')")
    )
    other = (await office.client.get("/dashboard?period=2026-Q3&lang=en&all=true")).text
    assert tile(other, "14923") == ""
    assert "open alarms: 1" in tile(other, "15448")


async def test_a_plan_that_presses_is_told(office: Office) -> None:
    """On the tile, the unit's page and in the digest, until it is verified."""
    await office.store.write(a_plan)
    await signed_in(office, Role.UNIT_HEAD, "15448")
    pages = ("/dashboard?lang=en", "/work?lang=en", "/dashboard/digest?lang=en")
    grid, unit, digest = [(await office.client.get(page)).text for page in pages]
    await office.store.write(
        lambda tx: tx.connection.execute("update plan_acts set state = 'verified'")
    )
    after = [(await office.client.get(page)).text for page in pages]

    assert "corrective plans due or overdue: 1" in tile(grid, "15448")
    assert '<a href="/plans?unit=15448&lang=en">corrective plans due or overdue: 1</a>' in unit
    assert "PAR INDEX 1.1 · x, 2026: no plan yet, overdue since 2026-04-20." in digest
    assert not any(re.search("overdue: 1|PAR INDEX 1.1", page) for page in after)


async def test_order_and_search(office: Office) -> None:
    """What needs a look comes first, by name on request; names are found without their tones."""
    await office.store.write(alarm, COUNTER)
    await signed_in(office, Role.HOME_AFFAIRS)

    async def listed(asked: str) -> list[str]:
        page = (await office.client.get(f"/dashboard?lang=en&{asked}")).text
        return re.findall(r'<h3><a href="/work\?unit=(\d+)', page)

    assert await listed("") == ["15448", "14923"]
    assert await listed("order=name") == ["14923", "15448"]
    assert await listed("q=dinh+hoa") == ["15448"]
    assert await listed("q=nowhere") == []


def _more_units(tx: Transaction, many: int) -> None:
    codes = [f"9{number:04}" for number in range(many)]
    registry.add_units(tx, [UnitRow(c, "xa", f"Xã {c}", "", "38", FIRST, None) for c in codes])
    rows = [
        CounterRow(f"7{number:05}", code, "Quầy", "short.1", 1, True, (), FIRST, None)
        for number, code in enumerate(codes)
    ]
    registry.add_counters(tx, rows)


async def statements(office: Office, store: Store) -> int:
    """How many statements another look at the dashboard takes, when nobody else asks anything."""
    await office.client.get("/dashboard")
    return min([await _one_look(office, store) for _ in range(3)])


async def _one_look(office: Office, store: Store) -> int:
    asked: list[str] = []
    assert isinstance(store.reader, aiosqlite.Connection)
    await store.reader.set_trace_callback(asked.append)
    assert (await office.client.get("/dashboard")).status_code == 200
    await store.reader.set_trace_callback(None)  # type: ignore[arg-type] # sqlite3 takes it
    return len(asked)


@only_sqlite("its driver tells each statement")
async def test_a_province_costs_as_much_as_two_units(office: Office) -> None:
    """What is read does not grow with the number of units."""
    await answered(office.store, date(2026, 8, 20), 40)
    await signed_in(office, Role.LEADER)
    store = office.app.state.service.store
    few = await statements(office, store)
    await office.store.write(_more_units, 40)
    many = await statements(office, store)

    # Forty units more would ask forty times more; what a clock brings is a statement or two.
    assert few < 40
    assert many < few + 5
