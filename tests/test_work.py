"""The workplace: one's own units only, every link of the bar, and the audit."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, datetime

import pytest
from fastapi.routing import APIRoute

from handlers import scores
from handlers.audit import AUDIT_COLUMNS
from handlers.rights import RIGHTS, Needs, Right, Role
from handlers.web import ROUTERS
from sipas.packing import HANOI, half_day
from sipas.periods import PeriodError, parse_period
from storage import plans, registry, staff
from storage.filing_rows import By
from storage.plan_rows import SCORECARD, Found
from storage.plan_rows import New as Criteria
from storage.staff import Grant
from storage.store import Store
from storage.transaction import Transaction
from tests.access import rules
from tests.server import COUNTER
from tests.test_release import close_some, released
from tests.test_staff import FIRST_WORD, Office, office

__all__ = ["office"]  # a fixture

pytestmark = pytest.mark.anyio

ROUTES = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
ASKED = [(r, rule.right) for r in ROUTES for rule in rules(r) if isinstance(rule, Needs)]


async def signed_in(office: Office, role: Role, unit: str = "38") -> Office:
    """The office's person, in this role and no other."""
    await office.store.write(staff.set_grants, 1, [Grant(role, unit)])
    await office.store.write(
        lambda tx: tx.connection.execute("update accounts set must_change = 0")
    )
    assert (await office.sign_in(FIRST_WORD)).status_code == 303
    return office


def a_plan(tx: Transaction) -> int:
    """A criterion of a unit that a plan is asked for."""
    by = By("test", "2026-03-20T08:00:00+00:00", "2026-03-20")
    listed = {"signs": ["fell"], "name": "x", "maximum": "1", "lost": "0.5", "now": "0.5"}
    found = Found("15448", "1.1", {**listed, "before": None})
    new = Criteria(SCORECARD, "2026", "year", 0, "2026-04-20")
    return plans.call(tx, new, [found], by)


@pytest.mark.parametrize("unit", ["38", "15448"])
@pytest.mark.parametrize("role", Role)
async def test_no_way_of_the_bar_is_refused(role: Role, unit: str, office: Office) -> None:
    """Whatever the role and its unit, the first page and every link above it open."""
    await signed_in(office, role, unit)
    first = (await office.sign_in(FIRST_WORD)).headers["location"]
    page = await office.client.get(first)
    bar = page.text.split('<div class="staff">')[1].split("</nav>")[0]
    links = re.findall(r'href="([^"]+)"', bar)

    assert page.status_code == 200
    assert {(await office.client.get(link)).status_code for link in links} == {200}
    assert ("/audit?" in bar) == (Right.AUDIT in RIGHTS[role] and unit == "38")


async def test_the_language_that_was_chosen_stays(office: Office) -> None:
    """Every link to another page of staff carries it, down to each counter."""
    await signed_in(office, Role.LEADER, "38")
    await answered(office.store, date(2026, 11, 2), 60)
    for path in ("/work?lang=en", "/work?unit=15448&lang=en", "/dashboard?lang=en"):
        page = (await office.client.get(path)).text
        links = re.findall(r'href="(/(?:work|dashboard|explain)\?[^"]+)"', page)
        assert ("counter=" in " ".join(links)) == ("15448" in path), path
        assert [each for each in links if "lang=en" not in each] == []


@pytest.mark.parametrize("unit", ["15448", "14923", "38", "nowhere", "' or 1=1 --"])
async def test_a_head_sees_the_own_unit_only(unit: str, office: Office) -> None:
    """Others are not there, whether they exist or not; the own one is, though unpublished."""
    await signed_in(office, Role.UNIT_HEAD, "14923")
    answer = await office.client.get("/work", params={"unit": unit})

    assert answer.status_code == (200 if unit == "14923" else 404)
    assert ("Bá Thước" in answer.text) == (unit == "14923")
    assert ("chưa công bố" in answer.text) == (unit == "14923")


async def test_home_affairs_goes_down_from_the_province(office: Office) -> None:
    """Every unit below is one link away, the unpublished one too; a wrong period is explained."""
    await signed_in(office, Role.HOME_AFFAIRS)
    top = await office.client.get("/work?lang=vi")
    wrong = await office.client.get("/work?period=2026-Q9", headers={"accept": "application/json"})

    assert "/work?unit=14923" in top.text
    assert "/work?unit=15448" in top.text
    assert wrong.status_code == 422
    assert "no-store" in top.headers["cache-control"]


async def test_a_right_taken_away_is_gone_at_once(office: Office) -> None:
    """It holds from the next request on, not from the next login."""
    await signed_in(office, Role.HOME_AFFAIRS)
    await office.store.write(staff.set_grants, 1, [])

    assert (await office.client.get("/work")).status_code == 403


async def test_the_audit_tells_who_signed_in(office: Office) -> None:
    """Newest first, page by page; as a file nothing in it is a formula."""
    await signed_in(office, Role.DATA_PROTECTION)
    for number in range(101):
        await office.store.write(registry.audit, "2026", "=cmd", f"act {number}", "-1", "@x")
    page = await office.client.get("/audit?lang=en")
    older = await office.client.get("/audit?before=20&lang=en")
    file = await office.client.get("/audit.csv")
    rows = list(csv.reader(io.StringIO(file.text.removeprefix("\ufeff"))))

    assert page.text.index("act 100") < page.text.index("act 99")
    assert "act 0<" not in page.text
    assert "signed in" in older.text
    assert "đăng nhập" in (await office.client.get("/audit?before=20&lang=vi")).text
    assert tuple(rows[0]) == AUDIT_COLUMNS
    assert rows[-1] == ["2026", "'=cmd", "act 100", "'-1", "'@x"]


async def test_every_right_is_asked_for_or_waits_for_its_page() -> None:
    """A right that no page asks for is one that a later page will bring."""
    waiting = {Right.FLAGS, Right.PEOPLE}

    assert {right for _, right in ASKED} | waiting == set(Right)


async def answered(store: Store, day: date, n: int, counter: str = COUNTER) -> None:
    """Put released responses of a day at a counter, by default one of 15448."""
    half = half_day(datetime(day.year, day.month, day.day, 9, tzinfo=HANOI))

    def answer(tx: Transaction) -> None:
        close_some(tx, n, *tx.counter_ids(counter), half)
        released(tx, half)

    await store.write(answer)


@pytest.mark.parametrize(
    ("period", "n"),
    [
        ("2026-W45", 41),  # 2 to 8 November
        ("2026-W46", 33),
        ("2026-11-02..2026-11-09", 41 + 33),
        ("2026-11-01..2026-11-14", 30 + 41 + 33),
        ("2026-11", 30 + 41 + 33),
        ("2026-R4", 30 + 41 + 33),
    ],
)
@pytest.mark.parametrize("unit", ["15448", "38"])
async def test_weeks_hold_their_own_days(office: Office, unit: str, period: str, n: int) -> None:
    """No day more: a week is not the half-month around it, for one unit and for the province."""
    for day, many in ((date(2026, 11, 1), 30), (date(2026, 11, 8), 41), (date(2026, 11, 9), 33)):
        await answered(office.store, day, many)
    await signed_in(office, Role.HOME_AFFAIRS)
    page = (await office.client.get(f"/work?unit={unit}&period={period}&lang=en")).text
    shown = set(re.findall(r'data-label="n">(?:<a [^>]*>)?(\d+)<', page))

    assert str(n) in shown
    assert not shown & {str(other) for other in (30, 41, 33, 74, 104) if other != n}


async def test_a_week_is_not_broken_down(office: Office) -> None:
    """Margins are kept by half-month: a week by channel would tell other days."""
    asked = office.app.state.service
    state = await asked.state()
    unit = state.directory.unit("15448")
    assert unit is not None
    with pytest.raises(PeriodError, match=r"whole half-months .* by channel"):
        await scores.Scores(asked, state).by_value(
            unit, parse_period("2026-W47"), scores.By.CHANNEL
        )
