"""Published filings on the real application: what everybody may read, and what nobody may."""

from __future__ import annotations

import re
from datetime import date

import pytest

from handlers.rights import Role
from storage import filings
from tests.test_filings_http import (
    PERIOD,
    UNIT,
    become,
    desk,
    office,
    opened,
    play,
    post,
)
from tests.test_staff import Office
from tests.test_work import answered

__all__ = ["desk", "office"]  # fixtures

pytestmark = pytest.mark.anyio

HIDDEN_UNIT = "14923"


async def _until(desk: Office, acts: str, unit: str = UNIT) -> str:
    """A unit's filing with these acts done; its number."""
    await become(desk, Role.HOME_AFFAIRS)
    path = await opened(desk, unit=unit)
    await post(desk, f"{path}/words", revision=0, part_1="Đã kiểm tra <b>5</b> quầy.")
    await play(desk, path, acts)
    return path.rsplit("/", 1)[1]


@pytest.mark.parametrize("acts", ["freeze", "freeze submit", "freeze submit accept"])
async def test_nobody_reads_what_is_not_published(desk: Office, acts: str) -> None:
    """Before publication a filing is on no list, and each of its addresses is 404."""
    number = await _until(desk, acts)
    reader = desk.browser()
    told = [
        await reader.get(f"{base}/{number}{of}")
        for base, of in (
            ("/reports", ""),
            ("/reports", "/report.pdf"),
            ("/reports", "/annex.xlsx"),
            ("/api/v1/reports", ""),
        )
    ]
    listed = await reader.get("/api/v1/reports")

    assert [each.status_code for each in told] == [404] * 4
    assert listed.json() == {"filings": []}


async def test_a_filing_of_an_unpublished_unit_stays_on_the_desk(desk: Office) -> None:
    """Its figures are the unit's own, so publishing the filing shows them to nobody."""
    number = await _until(desk, "freeze submit accept publish", HIDDEN_UNIT)
    reader = desk.browser()

    assert (await reader.get("/api/v1/reports")).json() == {"filings": []}
    assert (await reader.get(f"/reports/{number}")).status_code == 404


async def test_everybody_reads_a_published_filing(desk: Office) -> None:
    """Figures are those of the API at that release, in page, JSON and workbook; no name is told."""
    number = await _until(desk, "freeze submit accept publish")
    reader = desk.browser()
    listed = (await reader.get("/reports?lang=en")).text
    told = (await reader.get(f"/api/v1/reports/{number}")).json()
    scores = (await reader.get("/api/v1/scores", params={"unit": UNIT, "period": PERIOD})).json()
    shown = (await reader.get(f"/reports/{number}?lang=en")).text
    pdf = await reader.get(f"/reports/{number}/report.pdf")
    book = await reader.get(f"/reports/{number}/annex.xlsx")
    total = {each["id"]: each["value"] for each in told["figures"] if each["by"] == "total"}

    assert f"/reports/{number}?lang=en" in listed
    assert total == {each["id"]: each["value"] for each in scores["figures"]}
    assert all(each in shown for each in total)
    assert "Đã kiểm tra &lt;b&gt;5&lt;/b&gt; quầy." in shown
    assert pdf.content.startswith(b"%PDF")
    assert book.content.startswith(b"PK")
    assert "csrf" not in shown
    assert "lan.nv" not in shown + str(told)


async def test_a_correction_is_told_with_old_and_new_figure(desk: Office) -> None:
    """The public ledger has exactly the stored entries; unchanged figures keep their ids."""
    number = await _until(desk, "freeze submit accept publish")
    reader = desk.browser()
    first = (await reader.get(f"/api/v1/reports/{number}")).json()
    await answered(desk.store, date(2026, 11, 21), 33)
    await play(desk, f"/filings/{number}", "restate")
    second = (await reader.get(f"/api/v1/reports/{number}")).json()
    entries = await desk.store.look(filings.ledger, int(number))
    ids = [{each["id"] for each in told["figures"]} for told in (first, second)]
    page = (await reader.get(f"/reports/{number}?lang=vi")).text

    assert (first["version"], second["version"]) == (1, 2)
    assert first["ledger"] == []
    assert len(second["ledger"]) == len(entries) > 0
    assert {each["after"]["id"] for each in second["ledger"] if each["after"]} == ids[1] - ids[0]
    assert {each["before"]["id"] for each in second["ledger"] if each["before"]} == ids[0] - ids[1]
    assert "đã đính chính" in page
    assert re.findall("Sai số liệu.", page)
