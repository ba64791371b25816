"""Filings on the real application: a quarter from opening to restatement, and who may do what."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest

from handlers.filings.desk import DECIDING, DRAFTING
from handlers.filings.types import TYPES
from handlers.messages import catalogue
from handlers.rights import RIGHTS, Right, Role
from sipas.filings import Act, Refusal, Standing, State
from sipas.units import UnitRow
from storage import filings, registry, staff
from storage.staff import Grant
from storage.transaction import Transaction
from tests.server import FIRST, MICRO
from tests.test_staff import FIRST_WORD, Office, office
from tests.test_work import answered

__all__ = ["office"]  # a fixture

pytestmark = pytest.mark.anyio

UNIT, PERIOD = "15448", "2026-R4"
BODIES = {
    "vp_ubnd": "Văn phòng UBND tỉnh",
    "so_tai_chinh": "Sở Tài chính",
    "so_noi_vu": "Sở Nội vụ",
}
WORDS = {"part_1": "Đã kiểm tra 5 quầy.", "part_3": "Nguyên nhân <script>: thiếu người."}


def _bodies(tx: Transaction) -> None:
    rows = [UnitRow(c, "department", n, "", "38", FIRST, None) for c, n in BODIES.items()]
    registry.add_units(tx, rows)


@pytest.fixture
async def desk(office: Office) -> Office:
    """Christmas 2026: the fourth window is over; 40 responses came in November; five bodies."""
    await office.store.write(_bodies)
    await answered(office.store, date(2026, 11, 20), 40)
    office.clock.ahead = datetime(2026, 12, 16, 3, tzinfo=UTC) - datetime.now(UTC)
    return office


async def become(office: Office, role: Role, unit: str = "38") -> None:
    """Sign in with this role and no other; the one-time password is done with."""
    await office.store.write(staff.set_grants, 1, [Grant(role, unit)])
    await office.store.write(
        lambda tx: tx.connection.execute("update accounts set must_change = 0")
    )
    office.client = office.browser()
    assert (await office.sign_in(FIRST_WORD)).status_code == 303


async def post(office: Office, path: str, **form: Any) -> httpx.Response:
    """Send a form with what the pages give."""
    return await office.client.post(path, data={"csrf": await office.csrf(), **form})


async def opened(office: Office, kind: str = "unit_quarter", unit: str = UNIT) -> str:
    """Open a filing as whoever is signed in; its address."""
    answer = await post(office, "/filings", kind=kind, unit=unit, period=PERIOD)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].split("?")[0]


async def state_of(office: Office, path: str) -> State:
    """The filing's state as stored."""
    found = await office.store.look(filings.filing, int(path.rsplit("/", 1)[1]))
    assert found
    return found.state


async def play(office: Office, path: str, acts: str) -> None:
    """Do acts in order, each of which must be possible."""
    for act in acts.split():
        route = "draft" if act in DRAFTING else "decide"
        answer = await post(office, f"{path}/{route}", act=act, reason="Sai số liệu.")
        assert answer.status_code == 303, (act, answer.text)


async def test_a_quarter_from_opening_to_restatement(desk: Office) -> None:
    """The unit writes, Home Affairs returns, accepts, publishes; late answers are restated."""
    await become(desk, Role.UNIT_HEAD, UNIT)
    path = await opened(desk)
    await post(desk, f"{path}/words", revision=0, **WORDS)
    await play(desk, path, "freeze submit")
    await become(desk, Role.HOME_AFFAIRS)
    await play(desk, path, "return")
    await become(desk, Role.UNIT_HEAD, UNIT)
    told = (await desk.client.get(path)).text
    await play(desk, path, "freeze submit")
    await become(desk, Role.HOME_AFFAIRS)
    await play(desk, path, "accept publish")
    await answered(desk.store, date(2026, 11, 21), 33)
    await play(desk, path, "restate")
    shown = (await desk.client.get(f"{path}?lang=en")).text

    assert "Sai số liệu." in told
    assert "Nguyên nhân &lt;script&gt;: thiếu người." in shown
    assert await state_of(desk, path) is State.RESTATED
    assert ">40<" in told
    assert ">73<" in shown
    assert "What changed" in shown


async def test_every_figure_is_the_interface_s(desk: Office) -> None:
    """Value, interval, n and id of the snapshot are what the API tells at that release."""
    await become(desk, Role.HOME_AFFAIRS)
    path = await opened(desk)
    await play(desk, path, "freeze")
    whole = await desk.store.look(filings.whole, 1)
    assert whole
    by_id = {each["id"]: each for each in whole.figures}
    for by in ("", "field", "channel", "stratum", "counter"):
        query = {"unit": UNIT, "period": PERIOD, **({"by": by} if by else {})}
        answer = await desk.client.get("/api/v1/scores", params=query)
        for told in answer.json()["figures"]:
            kept = by_id.pop(told["id"])
            same = {"value", "low", "high", "n", "formula", "instrument"}
            assert {k: told[k] for k in same} == {k: kept[k] for k in same}

    assert by_id == {}


async def test_freezing_shows_nobody_what_is_not_published(desk: Office) -> None:
    """A unit's own filing has it, the province's has not, and no answer of the API changes."""
    await become(desk, Role.HOME_AFFAIRS)
    query = {"unit": "14923", "period": PERIOD}
    await answered(desk.store, date(2026, 11, 20), 40, MICRO)
    before = (await desk.client.get("/api/v1/scores", params=query | {"by": "counter"})).text
    own = await opened(desk, unit="14923")
    await play(desk, own, "freeze")
    await become(desk, Role.OFFICE)
    province = await opened(desk, "office_quarter", "vp_ubnd")
    await play(desk, province, "freeze")
    after = await desk.client.get("/api/v1/scores", params=query | {"by": "counter"})
    below = await desk.client.get(
        "/api/v1/scores", params={"unit": "38", "period": PERIOD, "by": "unit"}
    )
    figures = [await desk.store.look(filings.figures_of, number, 1) for number in (1, 2)]

    assert after.text == before
    assert {each["unit"] for each in below.json()["figures"]} == {UNIT}
    assert {each["unit"] for each in figures[1]} == {"38", UNIT}
    assert {each.get("counter") for each in figures[0]} == {None, MICRO}


async def test_freezing_waits_for_the_end_of_the_period(desk: Office) -> None:
    """On its last day it is refused with a reason, and nothing is stored."""
    desk.clock.ahead = datetime(2026, 12, 14, 3, tzinfo=UTC) - datetime.now(UTC)
    await become(desk, Role.UNIT_HEAD, UNIT)
    path = await opened(desk)
    page = await desk.client.get(path)
    refused = await post(desk, f"{path}/draft?lang=vi", act="freeze")

    assert 'value="freeze"' not in page.text
    assert refused.status_code == 409
    assert "chưa kết thúc" in refused.text
    assert await state_of(desk, path) is State.OPEN


async def test_what_is_typed_over_a_newer_text_is_kept_on_the_page(desk: Office) -> None:
    """Neither text is lost: 409, the stored one stays, the typed one is in the form."""
    await become(desk, Role.UNIT_HEAD, UNIT)
    path = await opened(desk)
    await post(desk, f"{path}/words", revision=0, part_1="của người thứ nhất")
    second = await post(desk, f"{path}/words", revision=0, part_1="của người thứ hai")
    shown = await desk.client.get(path)

    assert second.status_code == 409
    assert "của người thứ hai" in second.text
    assert "của người thứ nhất" in shown.text


async def test_the_reception_list_tells_who_is_late_and_missing(desk: Office) -> None:
    """Missing first, then late, then in time; each unit of one's own once."""
    await become(desk, Role.HOME_AFFAIRS)
    in_time = await opened(desk)
    await play(desk, in_time, "freeze submit")
    desk.clock.ahead = datetime(2026, 12, 21, 3, tzinfo=UTC) - datetime.now(UTC)
    await become(desk, Role.HOME_AFFAIRS)
    late = await opened(desk, unit="14923")
    await play(desk, late, "freeze submit")
    page = await desk.client.get("/filings", params={"period": PERIOD, "lang": "en"})
    standings = re.findall(r'class="standing (\w+)"', page.text.partition("<table")[2])
    await become(desk, Role.UNIT_HEAD, "14923")
    own = await desk.client.get("/filings", params={"period": PERIOD, "lang": "en"})

    assert standings == ["missing"] * 3 + ["late", "filed"]
    assert re.findall(r'class="standing (\w+)"', own.text.partition("<table")[2]) == ["late"]


ROLES = list(Role)
POSTS = [("/words", ""), *(("/draft", a) for a in DRAFTING), *(("/decide", a) for a in DECIDING)]


@pytest.mark.parametrize("scope", ["38", UNIT, "14923"])
@pytest.mark.parametrize("role", ROLES, ids=str)
async def test_every_role_tries_every_act_in_every_scope(
    role: Role, scope: str, desk: Office
) -> None:
    """403 without the right, 404 outside one's units, else the act is done or refused by name."""
    await become(desk, Role.HOME_AFFAIRS)
    path = await opened(desk)
    await become(desk, role, scope)
    inside = scope != "14923"
    writes = inside and role.value in TYPES["unit_quarter"].roles
    seen = await desk.client.get(path)
    may = {
        "words": (Right.DRAFT, writes),
        "draft": (Right.DRAFT, writes),
        "decide": (Right.DECIDE, inside and role is Role.HOME_AFFAIRS),
    }

    assert seen.status_code == (403 if Right.SEE not in RIGHTS[role] else 200 if inside else 404)
    for route, act in POSTS:
        answer = await post(desk, path + route, act=act, revision=99, reason="x")
        right, allowed = may[route[1:]]
        expected = (303, 409) if allowed else (404,)
        assert answer.status_code in ((403,) if right not in RIGHTS[role] else expected), route
    again = await post(desk, "/filings", kind="unit_quarter", unit=UNIT, period=PERIOD)
    opens = 403 if Right.DRAFT not in RIGHTS[role] else 303 if writes else 404
    assert again.status_code == opens


@pytest.mark.parametrize(
    ("role", "scope", "kind", "unit", "status"),
    [
        (Role.OFFICE, "38", "office_quarter", "vp_ubnd", 303),
        (Role.OFFICE, "vp_ubnd", "office_quarter", "vp_ubnd", 404),  # may not see the province
        (Role.OFFICE, "38", "unit_quarter", UNIT, 404),
        (Role.UNIT_HEAD, "so_tai_chinh", "finance_quarter", "so_tai_chinh", 303),
        (Role.UNIT_HEAD, "so_noi_vu", "home_affairs_year", "so_noi_vu", 404),
        (Role.HOME_AFFAIRS, "38", "unit_quarter", "38", 404),  # the province is no unit below it
        (Role.HOME_AFFAIRS, "38", "unit_quarter", "nowhere", 404),
        (Role.HOME_AFFAIRS, "38", "nothing", UNIT, 404),
        (Role.HOME_AFFAIRS, "38", "home_affairs_quarter", "so_noi_vu", 404),  # has no R4
    ],
)
async def test_each_type_has_its_writers(
    role: Role, scope: str, kind: str, unit: str, status: int, desk: Office
) -> None:
    """By role and unit, as the data say; whoever may not is told that it is not there."""
    await become(desk, role, scope)
    answer = await post(desk, "/filings", kind=kind, unit=unit, period=PERIOD)

    assert answer.status_code == status


async def test_a_forged_form_does_nothing(desk: Office) -> None:
    """Without what the page gave, no act."""
    await become(desk, Role.HOME_AFFAIRS)
    path = await opened(desk)
    for route, act in POSTS:
        form = {"act": act, "revision": "0", "reason": "x", "csrf": "0" * 64}
        assert (await desk.client.post(path + route, data=form)).status_code == 403

    assert (await desk.client.post("/filings", data={"kind": "x"})).status_code == 403
    assert await state_of(desk, path) is State.OPEN


@pytest.mark.parametrize("number", ["99", "0", "-1", "2147483648", "x", "1%2F..%2F2"])
async def test_a_filing_that_is_not_there(number: str, desk: Office) -> None:
    """Never an error of ours."""
    await become(desk, Role.HOME_AFFAIRS)

    assert (await desk.client.get(f"/filings/{number}")).status_code in (400, 404)
    assert (await desk.client.get("/filings?kind=nothing")).status_code == 404
    assert (await desk.client.get("/filings?period=2026-Q4")).status_code == 404


async def test_what_the_table_refuses_is_told_and_not_done(desk: Office) -> None:
    """Every act that is not possible in a state gets 409 and its reason."""
    await become(desk, Role.HOME_AFFAIRS)
    path = await opened(desk)
    refused = await post(desk, f"{path}/decide?lang=en", act="publish")
    silent = await post(desk, f"{path}/draft?lang=en", act="submit")
    await play(desk, path, "freeze submit")
    why = await post(desk, f"{path}/decide?lang=en", act="return", reason="  ")

    assert "cannot be published" in refused.text
    assert "not frozen yet" in silent.text
    assert "Say why" in why.text
    assert [each.status_code for each in (refused, silent, why)] == [409, 409, 409]
    assert await state_of(desk, path) is State.SUBMITTED


def test_every_code_has_its_words() -> None:
    """States, acts, refusals, standings and parts are named in the catalogue; roles exist."""
    keys = {
        *(f"filings.state.{each}" for each in State),
        *(f"filings.act.{each}" for each in Act),
        *(f"filings.done.{each}" for each in (*Act, filings.OPENED)),
        *(f"filings.fault.{each}" for each in (*Refusal, "stale")),
        *(f"filings.standing.{each}" for each in Standing),
    }

    assert keys <= catalogue("vi").keys()
    assert set(itertools.chain(*(kind.roles for kind in TYPES.values()))) <= set(Role)


async def test_what_is_due_is_told_on_the_desk(desk: Office) -> None:
    """From five working days before; of one's own only, and not to who receives it."""
    told = {}
    for day in (9, 10, 19):  # due on Thursday 17 December
        desk.clock.ahead = datetime(2026, 12, day, 3, tzinfo=UTC) - datetime.now(UTC)
        for role, unit in ((Role.UNIT_HEAD, UNIT), (Role.HOME_AFFAIRS, "38")):
            await become(desk, role, unit)
            page = (await desk.client.get("/filings?lang=en&period=2026-R4")).text
            card = page.partition('aria-labelledby="due"')[2].partition("</section>")[0]
            told[day, role] = re.findall(r'class="standing (\w+)"', card)

    assert told[9, Role.UNIT_HEAD] == ["missing"] * 2  # of the quarters before
    assert told[10, Role.UNIT_HEAD] == ["missing", "awaited"]  # the newest two
    assert told[19, Role.UNIT_HEAD] == ["missing", "missing"]
    assert "awaited" in told[19, Role.HOME_AFFAIRS]  # its own for the year


async def test_a_returned_report_is_owed_until_it_is_handed_in(desk: Office) -> None:
    """It is told once: as owed, not again as waiting."""
    await become(desk, Role.HOME_AFFAIRS)
    path = await opened(desk)
    await play(desk, path, "freeze submit return")
    await become(desk, Role.UNIT_HEAD, UNIT)
    before = (await desk.client.get("/filings")).text
    await play(desk, path, "submit")
    after = (await desk.client.get("/filings")).text

    assert before.count(f'href="{path}?') == 2  # owed, and in the list
    assert 'class="standing returned"' in before
    assert after.count(f'href="{path}?') == 1
