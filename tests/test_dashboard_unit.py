"""The way down from a unit to an item: by one dimension at a time, by week, to what was counted."""

from __future__ import annotations

import re
from datetime import date

import httpx
import pytest

from handlers.rights import Role
from tests.server import COUNTER, MICRO
from tests.test_staff import Office, office
from tests.test_work import answered, signed_in

__all__ = ["office"]  # a fixture

pytestmark = pytest.mark.anyio

HTML = {"accept": "text/html"}


async def seen(office: Office, address: str) -> str:
    """A page in English."""
    answer = await office.client.get(f"{address}&lang=en")
    assert answer.status_code == 200, answer.text
    return answer.text


def explained(page: str) -> list[str]:
    """Where the numbers of a page lead."""
    return [
        each.replace("&amp;", "&") for each in re.findall(r'href="(/\w*/?explain\?[^"]*)"', page)
    ]


@pytest.mark.parametrize("asked", ["unit=14923", f"unit=14923&counter={MICRO}"])
async def test_every_number_of_ones_own_opens(office: Office, asked: str) -> None:
    """Also of a unit that is not published; to everybody else its figures are not there."""
    await answered(office.store, date(2026, 8, 20), 40, MICRO)
    await signed_in(office, Role.UNIT_HEAD, "14923")
    leads = explained(await seen(office, f"/work?{asked}&period=2026-Q3"))

    assert leads
    for lead in leads:
        assert lead.startswith("/dashboard/explain?")
        assert re.search(r">\s*40\s*<", (await office.client.get(lead)).text), lead
        public = await office.client.get(lead.replace("/dashboard", ""))
        assert public.status_code == 404


async def test_a_week_opens_to_a_role_only(office: Office) -> None:
    """A series of weeks, those without a figure named; each number leads to its week."""
    for day in (2, 9, 16):
        await answered(office.store, date(2026, 9, day), 40)
    await signed_in(office, Role.LEADER)
    page = await seen(office, "/work?unit=15448&period=2026-Q3&by=week")
    leads = [each for each in explained(page) if "-W" in each]

    assert "2026-W36" in page
    assert len(leads) >= 2
    assert "2026-W39" in page.split("No figure")[1]
    assert (await office.client.get(leads[0])).status_code == 200
    assert (await office.client.get(leads[0].replace("/dashboard", ""))).status_code == 403


async def test_one_dimension_down_to_the_items(office: Office) -> None:
    """A value's row leads to its factors and questions; what is hidden is said with the reason."""
    await answered(office.store, date(2026, 8, 20), 40)
    await signed_in(office, Role.LEADER)
    page = await seen(office, "/work?unit=15448&period=2026-Q3&by=channel")
    into = re.search(r'<th scope="row"><a href="([^"]*by=channel&amp;value=[^"]*)"', page)
    week = await seen(office, "/work?unit=15448&period=2026-W34&by=channel")

    assert into
    value = await seen(office, into[1].replace("&amp;", "&"))
    assert "Each question (" in value
    assert 'data-label="n">40<' in value
    assert "not of whole half-months" in week
    for wrong in ("unit=15448&by=channel,field", f"unit=14923&counter={COUNTER}", "period=x"):
        assert (await office.client.get(f"/work?{wrong}")).status_code in (400, 404, 422)


async def post(office: Office, to: str, **form: str) -> httpx.Response:
    """A form of the page, with what it must bring back."""
    page = (await office.client.get("/dashboard")).text
    token = re.search(r'name="csrf" value="(\w+)"', page)
    assert token
    return await office.client.post(to, data={"csrf": token[1], **form}, headers=HTML)


async def test_views_are_kept_for_oneself(office: Office) -> None:
    """Saved under a name, opened, replaced, deleted; nothing but a page of the dashboard."""
    await signed_in(office, Role.LEADER)
    first = "/dashboard?order=grade&period=2026-Q3"
    saved = await post(office, "/dashboard/views", name=" Quý  III ", address=first)
    other = "/work?unit=38&by=week"
    await post(office, "/dashboard/views", name="Quý III", address=other)
    page = (await office.client.get("/dashboard")).text

    assert saved.headers["location"] == f"{first}&lang=vi"
    assert '<a href="/work?unit=38&amp;by=week&amp;lang=vi">Quý III</a>' in page
    assert "order=grade" not in page.split('id="kept"')[1].split("<form")[0]
    for wrong in ("https://evil.example/dashboard?", "//evil.example", "/account", "/dashboard"):
        answer = await post(office, "/dashboard/views", name="x", address=wrong)
        assert answer.status_code == 422
    number = re.search(r"/dashboard/views/(\d+)/delete", page)
    assert number
    await office.store.write(
        lambda tx: tx.connection.execute(
            "insert into accounts (person_id, name, full_name, created) values (9, 'b', 'B', '')"
        )
    )
    await office.store.write(
        lambda tx: tx.connection.execute(
            "insert into saved_views (view_id, person_id, name, address) values (77, 9, 'B', '/')"
        )
    )
    for each in (number[1], "77"):
        await post(office, f"/dashboard/views/{each}/delete")
    rows = await office.store.look(
        lambda tx: tx.connection.execute("select view_id from saved_views").fetchall()
    )
    assert [tuple(row) for row in rows] == [(77,)]
