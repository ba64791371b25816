"""Accounts looked after on the pages: added, given roles, reset, closed; and API keys."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from handlers.people.adding import template
from handlers.rights import Role
from sipas.units import UnitRow
from storage import registry, staff
from storage.directory import load_directory
from storage.staff import Grant, Staff
from storage.transaction import Transaction
from tests.quick_hashes import hash_of
from tests.server import FIRST
from tests.test_staff import WORD, Office, office

__all__ = ["office"]  # a fixture

pytestmark = pytest.mark.anyio

OWN, OTHER = "15448", "14923"
HEAD = "name,full_name,role,unit\n"


class Desk:
    """Somebody of role `system` at their pages."""

    def __init__(self, office: Office) -> None:
        self.office = office

    async def read(self, address: str) -> httpx.Response:
        """A page."""
        return await self.office.client.get(address)

    async def send(self, address: str, file: str | None = None, **form: str) -> httpx.Response:
        """A form of whoever is signed in."""
        sent: dict[str, Any] = {"data": {"csrf": await self.office.csrf(), **form}}
        if file is not None:
            sent["files"] = {"file": ("people.csv", file.encode())}
        return await self.office.client.post(address, **sent)

    async def person(self, name: str) -> Staff | None:
        """An account as it is kept."""
        return await staff.by_name(self.office.store.reader, name)

    async def acts(self) -> list[tuple[str, str, str]]:
        """What was done by this person, newest first: act, subject, detail."""
        lines = await registry.audit_lines(self.office.store.reader, 2**62, 100)
        return [(each.act, each.subject, each.detail) for each in lines if each.actor == "lan.nv"]


def _ready(tx: Transaction, unit: str) -> None:
    staff.set_grants(tx, 1, [Grant(Role.SYSTEM, unit)])
    staff.set_password(tx, 1, hash_of(WORD), must_change=False)


@pytest.fixture
async def desk(office: Office) -> AsyncIterator[Desk]:
    """`system` for the whole province, signed in."""
    await office.store.write(_ready, "38")
    answer = await office.sign_in(WORD)
    assert answer.headers["location"] == "/people?lang=vi"
    yield Desk(office)


async def test_a_new_account_gets_a_sheet_that_opens_it_once(desk: Desk) -> None:
    """The password is shown once, is stored as a hash only, and must be replaced."""
    form = {"name": " Hoa.NT ", "full_name": "Nguyễn Thị Hoa", "role": "leader", "unit": OWN}
    sheet = await desk.send("/people", **form)
    word = re.search(r"<code>([A-Z2-9-]{19})</code>", sheet.text)
    assert word
    browser = desk.office.browser()
    first = await browser.post("/login", data={"name": "hoa.nt", "password": word[1]})
    kept = await desk.person("hoa.nt")

    assert (sheet.status_code, sheet.headers["cache-control"]) == (200, "no-store")
    assert first.status_code == 303
    assert (await browser.get("/work")).headers["location"] == "/account?lang=vi"
    assert kept and kept.grants == (Grant("leader", OWN),) and word[1] not in str(kept.password)
    assert (await desk.acts())[0] == ("account added", "hoa.nt", f"leader:{OWN}")
    assert word[1] not in (await desk.read("/people?q=hoa")).text


async def test_a_file_adds_everybody_and_hands_over_their_sheets(desk: Desk) -> None:
    """One PDF with a page for each person; the file that the page offers fits as it is."""
    offered = (await desk.read("/people.csv")).text
    answer = await desk.send("/people/file", file=offered)
    again = (await desk.read("/people.csv")).text

    assert offered.startswith("\ufeffname,full_name,role,unit\n") and offered.count("\n") == 3
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    added = await desk.person(f"dv.{OWN}")
    assert added and added.grants == (Grant("unit_head", OWN),)
    assert again.count("\n") == 1


@pytest.mark.parametrize(
    ("file", "told"),
    [
        (f"{HEAD}a,A,leader,{OWN}\nb,B,king,{OWN}\n", "3: không có vai trò này"),
        (f"{HEAD}a,A,leader,{OWN}\nb,B,leader,nowhere\n", "b, nowhere: không có đơn vị này"),
        (f"{HEAD}a,A,leader,{OWN}\nlan.nv,B,leader,{OWN}\n", "lan.nv: tên này đã có"),
        (f"{HEAD}a,A,leader,{OWN}\nb c,B,leader,{OWN}\n", "3: tên đăng nhập trống"),
        ("name,role\na,leader\n", "tệp phải là CSV"),
        (HEAD, "tệp phải là CSV"),
        (HEAD + "".join(f"a{n},A,leader,{OWN}\n" for n in range(501)), "từ 1 đến 500 dòng"),
        ("", "tệp phải là CSV"),
    ],
)
async def test_a_file_with_a_fault_adds_nobody(file: str, told: str, desk: Desk) -> None:
    """The page names line and reason in the reader's language."""
    answer = await desk.send("/people/file", file=file)

    assert answer.status_code == 422
    assert told in answer.text
    assert await desk.person("a") is None


async def test_roles_are_given_and_taken_and_each_is_in_the_audit(desk: Desk) -> None:
    """They hold from the next request on."""
    await desk.send("/people", name="hoa", role="leader", unit=OWN)
    hoa = await desk.person("hoa")
    assert hoa
    page = f"/people/{hoa.person_id}"
    given = await desk.send(page, act="give", role="office", unit=OTHER)
    taken = await desk.send(page, act="take", role="leader", unit=OWN)
    foreign = await desk.send(page, act="give", role="office", unit="nowhere")
    now = await desk.person("hoa")

    assert [each.status_code for each in (given, taken, foreign)] == [303, 303, 422]
    assert now and now.grants == (Grant("office", OTHER),)
    assert (await desk.acts())[:2] == [
        ("role taken", "hoa", f"leader:{OWN}"),
        ("role given", "hoa", f"office:{OTHER}"),
    ]


async def test_closing_and_resetting_end_logins_at_once(desk: Desk) -> None:
    """Whoever left is out; whoever forgot gets a new sheet, and waits no longer."""
    await desk.send("/people", name="hoa", role="leader", unit=OWN)
    hoa = await desk.person("hoa")
    assert hoa
    page = f"/people/{hoa.person_id}"
    for _ in range(5):
        await desk.office.client.post("/login", data={"name": "hoa", "password": "wrong"})
    sheet = await desk.send(page, act="reset")
    word = re.search(r"<code>([A-Z2-9-]{19})</code>", sheet.text)
    assert word
    browser = desk.office.browser()
    form = {"name": "hoa", "password": word[1]}
    inside = (await browser.post("/login", data=form)).status_code
    await desk.send(page, act="close")
    outside = (await browser.get("/account")).status_code
    closed = (await browser.post("/login", data=form)).status_code
    await desk.send(page, act="open")

    assert (inside, outside, closed) == (303, 303, 403)
    assert (await browser.get("/account")).headers["location"].startswith("/login")
    assert (await browser.post("/login", data=form)).status_code == 303


@pytest.mark.parametrize("act", ["close", "reset", "take"])
async def test_nobody_shuts_themselves_out(act: str, desk: Desk) -> None:
    """The last who can mend accounts cannot be lost by a slip."""
    answer = await desk.send("/people/1", act=act, role="system", unit="38")

    assert answer.status_code == 422
    assert "chính tài khoản của mình" in answer.text
    assert (await desk.read("/people")).status_code == 200


async def test_who_looks_after_a_commune_reaches_no_further(office: Office) -> None:
    """No account with a role elsewhere, no role for elsewhere, no key, no audit of the province."""
    await office.store.write(_ready, OWN)
    await office.sign_in(WORD)
    await office.store.write(
        staff.add, "high", "Trên", [Grant("leader", OWN), Grant("office", "38")], ""
    )
    desk = Desk(office)
    high = await desk.person("high")
    assert high
    listed = (await desk.read("/people")).text
    away = await desk.send("/people", name="x", role="leader", unit=OTHER)
    page = f"/people/{high.person_id}"
    refused = [await desk.read(page), await desk.send(page, act="reset")]

    assert "Trên" not in listed and OTHER not in listed
    assert (away.status_code, await desk.person("x")) == (422, None)
    assert [each.status_code for each in refused] == [404, 404]
    assert [(await desk.read(path)).status_code for path in ("/keys", "/audit")] == [403, 403]


async def test_an_account_without_roles_is_reset_by_who_looks_after_all(office: Office) -> None:
    """The roles that come back to it, from the identity provider or from above, may be any."""
    await office.store.write(_ready, OWN)
    await office.sign_in(WORD)
    await office.store.write(staff.add, "hoa", "Hoa", [], "")
    desk = Desk(office)
    hoa = await desk.person("hoa")
    assert hoa
    refused = await desk.send(f"/people/{hoa.person_id}", act="reset")
    await office.store.write(_ready, "38")
    await office.sign_in(WORD)
    sheet = await desk.send(f"/people/{hoa.person_id}", act="reset")

    assert (refused.status_code, sheet.status_code) == (422, 200)
    assert "không còn vai trò" in refused.text


async def test_a_key_is_shown_once_and_ends_at_once(desk: Desk) -> None:
    """Other systems' keys need no terminal; only their hash is kept."""
    shown = await desk.send("/keys", name="Cổng dịch vụ công", scope="dossier-events")
    token = re.search(r"<code>(motcua_1_[\w-]+)</code>", shown.text)
    assert token
    bearer = {"authorization": f"Bearer {token[1]}"}
    events: dict[str, list[str]] = {"events": []}
    before = await desk.office.browser().post("/api/v1/dossier-events", json=events, headers=bearer)
    revoked = await desk.send("/keys/1")
    after = await desk.office.browser().post("/api/v1/dossier-events", json=events, headers=bearer)
    empty = await desk.send("/keys", name=" ", scope="dossier-events")
    listed = (await desk.read("/keys")).text

    assert before.status_code != 401 and after.status_code == 401
    assert (revoked.status_code, empty.status_code) == (303, 422)
    assert token[1] not in listed
    assert 'hreflang="en"' in listed and "hreflang" not in shown.text  # it would lose the key


async def test_the_file_to_fill_in_leaves_out_who_has_a_head(office: Office) -> None:
    """Former units and those with a head are not asked for again."""
    old = UnitRow("1", "xa", "Xã cũ", "", "38", FIRST, FIRST)
    await office.store.write(registry.add_units, [old])
    await office.store.write(staff.add, "h", "H", [Grant("unit_head", OWN)], "")
    directory = await load_directory(office.store.reader)
    told = template(directory, await staff.everybody(office.store.reader), "unit_head")

    assert told == f"{HEAD}dv.{OTHER},Xã Bá Thước,unit_head,{OTHER}\n"
