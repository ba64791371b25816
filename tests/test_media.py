"""What newsrooms print: pages of periods, and feeds in which nothing is ever overwritten."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any
from xml.etree import ElementTree as Xml

import feedparser
import pytest

from handlers.filings.figures import taken
from sipas.filings import Act, Facts
from sipas.ledger import Record
from sipas.periods import parse_period
from storage import filings
from storage.filing_rows import By, New, Taken
from tests.test_filings_http import PERIOD, UNIT, desk, office
from tests.test_staff import Office
from tests.test_work import answered

__all__ = ["desk", "office"]  # fixtures

pytestmark = pytest.mark.anyio

ATOM = "{http://www.w3.org/2005/Atom}"
WHY = Facts(reason="Sai <số> liệu & nhập trùng.")


def by(day: str) -> By:
    """Somebody, on this day."""
    return By("lan.nv", f"{day}T03:00:00+00:00", day)


async def figures(desk: Office, period: str) -> Taken:
    """The unit's figures as they are now."""
    service = desk.app.state.service
    state = await service.state()
    unit = state.directory.unit(UNIT)
    assert unit
    return await taken(service, state, unit, parse_period(period))


async def published(desk: Office, period: str, day: str, unit: str = UNIT) -> int:
    """A filing of the period that was published on this day; its number."""
    new = New("unit_quarter", unit, unit, period, day)
    number = await desk.store.write(filings.open_filing, new, by(day))
    found = await figures(desk, period)
    for act in (Act.FREEZE, Act.SUBMIT, Act.ACCEPT, Act.PUBLISH):
        frozen = found if act is Act.FREEZE else None
        await desk.store.write(filings.move, number, act, by(day), taken=frozen)
    return number


async def restated(desk: Office, number: int, day: str, found: Taken) -> None:
    """The filing's figures, corrected."""
    await desk.store.write(filings.move, number, Act.RESTATE, by(day), WHY, found)


async def entries(desk: Office, language: str = "vi") -> list[dict[str, Any]]:
    """The entries of the JSON feed."""
    answer = await desk.browser().get(f"/feed.json?lang={language}")
    assert answer.headers["content-type"] == "application/feed+json"
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_a_correction_is_an_entry_of_its_own_and_the_old_one_stays(desk: Office) -> None:
    """After a restatement the feed has the first entry, letter by letter, and one before it."""
    number = await published(desk, PERIOD, "2026-12-16")
    (first,) = await entries(desk)
    await answered(desk.store, date(2026, 11, 21), 33)
    await restated(desk, number, "2026-12-17", await figures(desk, PERIOD))
    second, kept = await entries(desk)

    assert kept == first
    assert first["id"] != second["id"]
    assert first["_motcua"]["kind"] == "published"
    assert "n = 40" in first["title"]
    assert "chỉ số hài lòng giao dịch" in first["content_text"]
    assert second["title"].startswith("Đã sửa: ")
    assert "Lý do sửa: Sai &lt;số&gt; liệu &amp; nhập trùng." in second["content_html"]
    assert re.search("trước .*n = 40.*, nay .*n = 73", second["content_text"])
    assert "lan.nv" not in str(second)


async def test_a_headline_that_is_shown_no_more_is_told_as_withdrawn(desk: Office) -> None:
    """Nobody who printed the number has to find out by looking for it."""
    number = await published(desk, PERIOD, "2026-12-16")
    found = await figures(desk, PERIOD)
    hidden: list[Record] = [{**each, "value": None, "low": None} for each in found.figures]
    await restated(desk, number, "2026-12-17", Taken(found.release_id, hidden))
    second, first = await entries(desk, "en")

    assert second["title"].startswith("Withdrawn: ")
    assert first["_motcua"]["figure"]["value"] is not None


async def test_atom_has_the_entries_of_the_json_feed(desk: Office) -> None:
    """Atom keeps RFC 4287, feedparser reads it without a complaint, and both feeds say the same."""
    number = await published(desk, PERIOD, "2026-12-16")
    await answered(desk.store, date(2026, 11, 21), 33)
    await restated(desk, number, "2026-12-17", await figures(desk, PERIOD))
    told = await entries(desk)
    answer = await desk.browser().get("/feed.atom?lang=vi")
    read = feedparser.parse(answer.content)
    feed = Xml.fromstring(answer.content)  # noqa: S314 - our own

    assert not read.bozo, read.bozo_exception
    assert [(e.id, e.title, e.link, e.updated) for e in read.entries] == [
        (e["id"], e["title"], e["url"], e["date_published"]) for e in told
    ]
    assert [e.content[0].type for e in read.entries] == ["text/html"] * 2
    keeps_rfc_4287(feed)


def keeps_rfc_4287(feed: Xml.Element) -> None:
    """What sections 4.1.1 and 4.1.2 demand of a feed and its entries."""
    assert feed.tag == f"{ATOM}feed"
    assert feed.find(f"{ATOM}author/{ATOM}name") is not None
    listed = feed.findall(f"{ATOM}entry")
    for each in (feed, *listed):
        for name in ("id", "title", "updated"):
            assert len(each.findall(f"{ATOM}{name}")) == 1, name
        links = [e for e in each.findall(f"{ATOM}link") if e.get("rel", "alternate") == "alternate"]
        assert len({(link.get("type"), link.get("hreflang")) for link in links}) == len(links) == 1
        stamp = each.findtext(f"{ATOM}updated") or ""
        assert datetime.fromisoformat(stamp).tzinfo is not None
        assert re.fullmatch(r"https?://\S+", each.findtext(f"{ATOM}id") or "")
    ids = [each.findtext(f"{ATOM}id") for each in listed]
    assert len(set(ids)) == len(ids) == 2
    assert feed.findtext(f"{ATOM}updated") == listed[0].findtext(f"{ATOM}updated")
    assert feed.find(f"{ATOM}link[@rel='self']") is not None


async def test_the_feed_keeps_json_feed_1_1(desk: Office) -> None:
    """Required members, their types, and addresses that stand alone."""
    await published(desk, PERIOD, "2026-12-16")
    feed = (await desk.browser().get("/feed.json?lang=en")).json()
    (item,) = feed["items"]

    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"].endswith("/feed.json?lang=en")
    assert {type(feed[key]) for key in ("title", "home_page_url", "description")} == {str}
    assert all(item[key].startswith("http") for key in ("id", "url", "image"))
    assert datetime.fromisoformat(item["date_published"]).tzinfo is not None
    assert item["content_html"] and item["content_text"]
    assert all(key in feed or key[:1] == "_" for key in feed)
    assert all(isinstance(tag, str) for tag in item["tags"])


async def test_a_feed_says_of_a_year_what_compare_says(desk: Office) -> None:
    """The sentence is that of two published figures; where there is no ground, it says so."""
    await answered(desk.store, date(2025, 11, 20), 50)
    await published(desk, "2025-R4", "2025-12-20")
    await published(desk, PERIOD, "2026-12-16")
    asked = {"unit": UNIT, "period": PERIOD, "compare": "2025-R4"}
    scores = (await desk.browser().get("/api/v1/scores", params=asked)).json()
    newest, oldest = await entries(desk)
    shown = (await desk.browser().get(f"/units/{UNIT}/{PERIOD}?lang=vi")).text
    main = newest["_motcua"]["figure"]
    (said,) = [e["sentence"]["vi"] for e in scores["comparisons"] if e["figure"] == main["id"]]

    assert f"So với cùng kỳ năm trước (2025-R4): {said}" in newest["content_text"]
    assert "cùng kỳ năm trước" not in oldest["content_text"]
    assert said in shown


async def test_nothing_of_an_unpublished_unit_is_in_a_feed(desk: Office) -> None:
    """A filing is everybody's only where its unit's figures are; the picture is no way around."""
    number = await published(desk, PERIOD, "2026-12-16", unit="14923")
    picture = await desk.browser().get(f"/reports/{number}/versions/1.png")
    page = await desk.browser().get(f"/units/14923/{PERIOD}")

    assert await entries(desk) == []
    assert (picture.status_code, page.status_code) == (404, 404)


async def test_a_version_keeps_its_picture(desk: Office) -> None:
    """The chart is of the levels that version told: a correction has another one."""
    number = await published(desk, PERIOD, "2026-12-16")
    first, none = [await _picture(desk, number, version) for version in (1, 2)]
    await answered(desk.store, date(2026, 11, 21), 33)
    await restated(desk, number, "2026-12-17", await figures(desk, PERIOD))
    again, second = [await _picture(desk, number, version) for version in (1, 2)]

    assert first[:4] == second[:4] == b"\x89PNG"
    assert none == b""
    assert again == first != second


async def _picture(desk: Office, number: int, version: int) -> bytes:
    answer = await desk.browser().get(f"/reports/{number}/versions/{version}.png")
    return answer.content if answer.status_code == 200 else b""


@pytest.mark.parametrize(
    ("period", "status"),
    [
        (PERIOD, 200),
        ("2026-11", 200),
        ("2027-Q1", 404),  # has not begun
        ("2026-W47", 403),  # weeks need a role
        ("2026-Q5", 400),
    ],
)
async def test_a_period_has_a_page_once_it_has_begun(
    period: str, status: int, desk: Office
) -> None:
    """Each whole period has one address; any other is refused with a reason."""
    answer = await desk.browser().get(f"/units/{UNIT}/{period}?lang=en")

    assert answer.status_code == status, answer.text


async def test_the_page_says_how_to_cite_what_it_shows(desk: Office) -> None:
    """Value, interval, n, licence, citation, what is published, and a tag for caches."""
    number = await published(desk, PERIOD, "2026-12-16")
    reader = desk.browser()
    shown = await reader.get(f"/units/{UNIT}/{PERIOD}?lang=en")
    again = await reader.get(
        f"/units/{UNIT}/{PERIOD}?lang=en", headers={"if-none-match": shown.headers["etag"]}
    )
    feed = await reader.get("/feed.json")

    assert "from n = 40 responses" in shown.text
    assert "CC BY 4.0" in shown.text
    assert f"/units/{UNIT}/{PERIOD}</p>" in shown.text
    assert f"/reports/{number}?lang=en" in shown.text
    assert again.status_code == 304
    assert feed.headers["cache-control"] == "public, max-age=300"
