"""Charts: what they show is what the API tells, and who draws them comes and goes."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any
from xml.etree import ElementTree as Xml

import httpx
import pytest

from bot.charts.renderer import Renderer
from handlers.charts.drawing import Drawing, Form, Undrawn
from handlers.charts.specs import Point, Size, Words, compared, trend
from tests.axe import axe_finds_nothing
from tests.chromium import CHROMIUM, DESKTOP, PHONE, chromium
from tests.patience import PATIENCE_S
from tests.prepared import simulated
from tests.server import Server

SVG = "{http://www.w3.org/2000/svg}"
YEAR = "2026"
WORDS = Words("Tỷ lệ hài lòng", ("n = 30",), "Mười hai tháng.")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Eight communes with a year of few responses, so that much is hidden."""
    folder = tmp_path_factory.mktemp("charts")
    simulated(folder / "motcua.db", seed=5, units=8, responses=9000)
    server = Server(folder).start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="module")
def province(server: Server) -> Iterator[httpx.Client]:
    """A reader of the province."""
    with httpx.Client(base_url=server.url) as client:
        yield client


def figures(client: httpx.Client, **asked: str) -> list[dict[str, Any]]:
    """The figures of the API."""
    found: list[dict[str, Any]] = client.get("/api/v1/scores", params=asked).json()["figures"]
    return found


def units(client: httpx.Client) -> list[str]:
    """Codes of published units."""
    return [each["code"] for each in client.get("/api/v1/units").json()["units"]]


def chart(
    client: httpx.Client, figure: dict[str, Any], form: str = "json", **asked: str
) -> httpx.Response:
    """A chart of a figure."""
    where = {"unit": figure["unit"], "period": figure["period"], "lang": "vi"}
    return client.get(f"/charts/{figure['id']}.{form}", params=where | asked)


def drawn(spec: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Id, value and interval of every point of a specification."""
    rows = spec["data"]["values"]
    return [(row["id"], row["value"], row["low"], row["high"]) for row in rows]


def numbers(found: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """The same of figures."""
    return [(each["id"], each["value"], each["low"], each["high"]) for each in found]


def main_of(client: httpx.Client, unit: str, part: str) -> dict[str, Any]:
    """The first figure of a part, of those with a value where there are any."""
    found = [f for f in figures(client, unit=unit, period=YEAR) if f["part"] == part]
    return max(found, key=lambda figure: figure["value"] is not None)


def test_a_trend_shows_what_the_api_tells_by_month(province: httpx.Client) -> None:
    """Every month of the questionnaire most used, and nothing of one that is hidden."""
    hidden = 0
    for unit in units(province):
        figure = main_of(province, unit, "overall")
        if figure["value"] is None:
            continue
        found = figures(province, unit=unit, period=YEAR, by="month")
        months = [each for each in found if each["part"] == "overall"]
        by_month = {each["period"]: each for each in reversed(months)}
        first = [by_month[month] for month in sorted(by_month)]
        answer = chart(province, figure)
        if any(each["value"] is not None for each in first):
            hidden += sum(each["value"] is None for each in first)
            assert drawn(answer.json()) == numbers(first)
        else:
            assert answer.status_code == 404
    assert hidden


def test_factors_and_levels_show_what_the_api_tells(province: httpx.Client) -> None:
    """Factors with a value, with their intervals; levels add up to n."""
    index, overall = (main_of(province, "38", part) for part in ("index", "overall"))
    found = figures(province, unit="38", period=YEAR, by="factor")
    shown = [f for f in found if f["value"] and f["instrument"] == index["instrument"]]
    levels = chart(province, overall, kind="levels").json()["data"]["values"]

    assert shown
    assert drawn(chart(province, index, kind="factors").json()) == numbers(shown)
    assert [row["n"] for row in levels] == overall["levels"][::-1]


def test_units_are_compared_as_they_are_ranked(province: httpx.Client) -> None:
    """The same order and the same intervals, a group each."""
    ranks = province.get("/api/v1/ranks", params={"period": YEAR}).json()["ranks"]
    spec = chart(province, main_of(province, "38", "overall"), kind="units").json()

    assert drawn(spec) == numbers([each["figure"] for each in ranks])
    assert len(ranks) > 3
    assert {row["group"] for row in spec["data"]["values"]} > {"Thấp hơn rõ rệt"}


def test_a_chart_of_what_is_not_shown_is_not_there(province: httpx.Client) -> None:
    """404 for a figure without a value, one of another question, and one that never was."""
    everyone = [f for unit in units(province) for f in figures(province, unit=unit, period=YEAR)]
    hidden = [figure for figure in everyone if figure["value"] is None]
    overall = main_of(province, "38", "overall")

    assert hidden
    for figure in (*hidden[:5], overall | {"id": "0" * 20}, overall | {"period": "2026-Q1"}):
        for form in ("svg", "png", "json"):
            answer = chart(province, figure, form)
            assert answer.status_code == 404, figure
            assert answer.headers["content-type"] == "application/problem+json"
    assert chart(province, overall, kind="pie").status_code == 422
    assert chart(province, overall, period="2026-W10").status_code == 403


def test_a_page_asks_only_for_charts_that_are_there(province: httpx.Client) -> None:
    """Where all months or factors are hidden, there is no picture of them."""
    found = []
    for unit in units(province):
        page = province.get(f"/units/{unit}", params={"period": YEAR}).text
        asked = re.findall(r'href="(/charts/[^"]*json[^"]*)"', page)
        found.append(len(asked))

        assert [province.get(each.replace("&amp;", "&")).status_code for each in asked] == [
            200 for _ in asked
        ]
    assert min(found) < 3 == max(found)


def test_an_svg_is_one_picture_that_is_read_out(province: httpx.Client) -> None:
    """Title and description come first; no style, script or address that the policy refuses."""
    answer = chart(province, main_of(province, "38", "overall"), "svg")
    top = Xml.fromstring(answer.text)  # noqa: S314 - our own

    assert answer.headers["content-type"] == "image/svg+xml"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert [each.tag for each in top][:2] == [f"{SVG}title", f"{SVG}desc"]
    assert top.attrib["role"] == "img"
    assert "đánh giá chung theo tháng" in (top[0].text or "")
    assert "thấp nhất" in (top[1].text or "")
    assert "Dữ liệu mô phỏng" in answer.text
    assert not re.search(r"<style|<script|style=|href=|url\(|\bon\w+=", answer.text)


@pytest.mark.parametrize(("size", "measures"), [("share", (1200, 630)), ("print", (2400, 1260))])
def test_a_png_has_the_measures_of_its_use(
    province: httpx.Client, size: str, measures: tuple[int, int]
) -> None:
    """1200 × 630 for posts, 2400 pixels for print."""
    png = chart(province, main_of(province, "38", "index"), "png", size=size).content

    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(png[16:20]), int.from_bytes(png[20:24])) == measures


def test_a_chart_is_kept_until_it_changes(province: httpx.Client) -> None:
    """The same chart is answered by its mark alone."""
    overall = main_of(province, "38", "overall")
    first = chart(province, overall, "svg")
    mark = {"If-None-Match": first.headers["etag"]}
    again = province.get(first.request.url, headers=mark)

    assert again.status_code == 304


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="needs chromium (Debian package chromium)")
def test_pages_show_their_charts(server: Server) -> None:
    """Each picture loads on desktop and phone under the policy, and has words in its place."""
    faults: list[str] = []
    with chromium() as browser:
        for viewport in (DESKTOP, PHONE):
            page = browser.new_context(viewport=viewport).new_page()  # type: ignore[arg-type]
            page.on("console", lambda message: faults.append(message.text))
            for address, least in (
                ("/units/38?lang=vi&period=2026", 3),
                ("/ranks?lang=en&period=2026", 1),
            ):
                page.goto(server.url + address)
                pictures = page.locator(".chart img").all()
                for picture in pictures:
                    picture.scroll_into_view_if_needed()
                    picture.evaluate("it => it.decode()")
                wide = page.evaluate("document.documentElement.scrollWidth")

                assert len(pictures) == least
                assert all(picture.get_attribute("alt") for picture in pictures)
                assert wide <= viewport["width"]
                axe_finds_nothing(page)

    assert not faults


def point(month: str, value: float | None, *, breaks: bool = False) -> Point:
    """A month of a trend."""
    low, high = (None, None) if value is None else (value - 0.02, value + 0.02)
    shown = "" if value is None else f"{value:%}"
    return Point(month, shown, "30", 30, value, low, high, month, breaks=breaks)


def test_a_line_goes_over_no_gap_and_no_break() -> None:
    """A month without a value and a break each begin another stretch."""
    months = [
        point("2026-01", 0.9),
        point("2026-02", None),
        point("2026-03", 0.9),
        point("2026-04", 0.8),
        point("2026-05", 0.8, breaks=True),
    ]
    rows = trend(WORDS, months, Size.WIDE)["data"]["values"]

    assert [row["segment"] for row in rows if row["value"]] == [0, 1, 1, 2]


@pytest.mark.parametrize(("value", "floor"), [(0.97, 0.8), (0.83, 0.8), (0.43, 0.4), (0.01, 0)])
def test_an_axis_holds_every_interval_and_makes_no_change_large(value: float, floor: float) -> None:
    """It begins at a whole tenth below the lowest end, and never above 80 %."""
    layers = compared(WORDS, [point("2026-01", value)], Size.WIDE)["layer"]

    assert layers[0]["encoding"]["x"]["scale"]["domain"] == [pytest.approx(floor), 1]


@pytest.fixture
async def renderer() -> AsyncIterator[Renderer]:
    """One that goes home after a second without work."""
    renderer = Renderer(idle_s=1)
    yield renderer
    await renderer.close()


def drawing(title: str, form: Form = Form.SVG) -> Drawing:
    """A chart of one point."""
    words = Words(title, WORDS.notes, WORDS.description)
    return Drawing(json.dumps(trend(words, [point("2026-01", 0.9)], Size.WIDE)), form)


@pytest.mark.anyio
async def test_who_draws_ends_when_nobody_asks_and_comes_again(renderer: Renderer) -> None:
    """What was drawn before is remembered; what was not is drawn by another process."""
    first = await renderer.draw(drawing("Một"))
    process = renderer._beside._process
    assert process is not None
    async with asyncio.timeout(PATIENCE_S):
        assert await process.wait() == 0

    assert await renderer.draw(drawing("Một")) == first
    assert renderer._beside._process is process
    assert b"Hai" in await renderer.draw(drawing("Hai"))
    assert renderer._beside._process is not process


@pytest.mark.anyio
async def test_a_wrong_specification_stops_nobody(renderer: Renderer) -> None:
    """It is refused, a fetched one too; the next chart is drawn."""
    fetched = {"data": {"url": "http://127.0.0.1:9/a.csv"}, "mark": "point", "encoding": {}}
    for wrong in ("{", '{"mark": "no such mark"}', json.dumps(fetched)):
        with pytest.raises(Undrawn):
            await renderer.draw(Drawing(wrong))

    assert b"</svg>" in await renderer.draw(drawing("Ba"))


@pytest.mark.anyio
async def test_who_is_killed_at_work_is_replaced(renderer: Renderer) -> None:
    """The reader of the chart notices nothing."""
    await renderer.draw(drawing("Bốn"))
    assert renderer._beside._process is not None
    renderer._beside._process.kill()

    assert (await renderer.draw(drawing("Bốn", Form.PNG)))[:4] == b"\x89PNG"
