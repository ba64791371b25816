"""Comparisons and ranks as readers get them: a simulated province behind the real server."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from handlers.sentences import points
from tests.prepared import simulated
from tests.server import Server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Ten communes with a year of simulated responses."""
    folder = tmp_path_factory.mktemp("compare")
    simulated(folder / "motcua.db", seed=3, units=10, responses=9000)
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


def scores(client: httpx.Client, **asked: str) -> dict[str, Any]:
    """The answer of the API."""
    answer = client.get("/api/v1/scores", params=asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def _of(row: dict[str, Any]) -> tuple[str, ...]:
    return row["part"], row["key"], row["instrument"]


def units(client: httpx.Client) -> list[str]:
    """Codes of published communes."""
    rows = client.get("/api/v1/units").json()["units"]
    return [row["code"] for row in rows if row["published"] and row["parent"]]


def test_figures_say_how_much_a_days_answers_go_together(province: httpx.Client) -> None:
    """Items and composites carry what their interval was made with, so that anybody can make it."""
    figures = scores(province, period="2026")["figures"]
    told = [each for each in figures if "design_effect" in each]

    assert {each["part"] for each in told} >= {"item", "index"}
    assert all(0.1 < each["design_effect"] < 20 for each in told)
    assert all(each["freedom"] >= 5 for each in told if "freedom" in each)


def test_two_periods_differ_as_their_published_intervals_say(province: httpx.Client) -> None:
    """The arms of the 99 % interval are those of both figures, squared, added and scaled."""
    found = scores(province, period="2026-Q3", compare="2026-Q2")
    other = {_of(f): f for f in scores(province, period="2026-Q2")["figures"]}
    own = {_of(f): f for f in found["figures"]}
    rows = [row for row in found["comparisons"] if row["part"] in ("overall", "item")]

    assert rows
    for row in rows:
        one, two = own[_of(row)], other[_of(row)]
        down = math.hypot(one["value"] - one["low"], two["high"] - two["value"])
        low = row["difference"] - 2.5758293 / 1.9599640 * down
        assert row["difference"] == pytest.approx(one["value"] - two["value"])
        assert row["low"] == pytest.approx(low, abs=1e-6)
        unclear = row["low"] <= 0 <= row["high"]
        assert (row["verdict"] == "unclear") is unclear
        assert ("Chưa đủ căn cứ" in row["sentence"]["vi"]) is unclear


def test_two_units_are_compared_over_the_items_that_both_have(province: httpx.Client) -> None:
    """Composites of both sides name the same items."""
    one, other = units(province)[:2]
    for row in scores(province, unit=one, period="2026", compare=other)["comparisons"]:
        assert row["items"]
        assert -1 <= row["low"] <= row["difference"] <= row["high"] <= 1


def test_what_cannot_be_compared_is_refused_by_name(province: httpx.Client) -> None:
    """No such period or unit: 400 that says what was expected; a week needs a role."""
    for wrong, status in (("2026-Q9", 400), ("no_such_unit", 400), ("2026-W10", 403)):
        answer = province.get("/api/v1/scores", params={"compare": wrong})
        assert answer.status_code == status, wrong
        assert province.get("/compare", params={"compare": wrong}).status_code == status


def test_nothing_is_compared_over_a_change_of_the_unit(province: httpx.Client) -> None:
    """A commune that others went into is another one since; the province is what it was."""
    year = [
        (unit, scores(province, unit=unit, period="2026")["breaks"]) for unit in units(province)
    ]
    one, on = next((unit, found[0]["on"]) for unit, found in year if found)
    asked = {"unit": one, "period": "2026-Q4", "compare": "2026-Q1"}
    found = scores(province, **asked)

    assert found["comparisons"] == []
    assert [each["on"] for each in found["refused"]] == [on]
    assert found["refused"][0]["reason"]["vi"] in province.get("/compare", params=asked).text
    assert scores(province, period="2026-Q4", compare="2026-Q1")["refused"] == []


def test_the_other_language_shows_the_same_comparison(province: httpx.Client) -> None:
    """What was asked stays asked, whatever it is; it is text, not markup."""
    asked = {"unit": units(province)[0], "period": "2026-Q4", "compare": "2026-Q1"}
    page = province.get("/compare", params={**asked, "lang": "en"}).text
    odd = province.get("/compare", params={**asked, "x": '"><script>é'}).text
    found = re.search(r'href="([^"]*)" lang="vi"', page)

    assert found and parse_qs(html.unescape(found[1])[1:]) == {
        key: [value] for key, value in {**asked, "lang": "vi"}.items()
    }
    assert "x=%22%3E%3Cscript%3E%C3%A9&amp;lang=en" in odd


def test_ranks_are_intervals_that_hold_each_other(province: httpx.Client) -> None:
    """Every interval is within 1 to the number of units, and the ranks together add up."""
    found = province.get("/api/v1/ranks", params={"period": "2026"}).json()
    rows = found["ranks"]

    assert found["kinds"] == ["commune"]
    assert len(rows) >= 8
    assert all(1 <= row["best"] <= row["worst"] <= len(rows) for row in rows)
    by_value = sorted(rows, key=lambda row: -row["figure"]["value"])
    for place, row in enumerate(by_value, 1):
        assert row["best"] <= place <= row["worst"]
        assert row["pooled"]["low"] <= row["pooled"]["value"] <= row["pooled"]["high"]
        assert 0 < row["pooled"]["own"] < 1
        assert f"{len(rows)}" in row["paragraph"]["vi"]
        assert row["paragraph"]["en"] != row["paragraph"]["vi"]
    assert province.get("/api/v1/ranks", params={"kind": "department"}).json()["ranks"] == []


@pytest.mark.parametrize("language", ["vi", "en"])
def test_pages_tell_both(province: httpx.Client, language: str) -> None:
    """Three groups with their paragraphs; a form, two sides and a sentence for each figure."""
    ranks = province.get("/ranks", params={"lang": language, "period": "2026"}).text
    one, other = units(province)[:2]
    asked = {"lang": language, "unit": one, "period": "2026-Q3", "compare": other}
    compared = province.get("/compare", params=asked).text

    assert ranks.count("<details>") >= 1
    assert ("thứ hạng thật" in ranks) is (language == "vi")
    assert ("percentage points" in compared) is (language == "en")
    assert "None" not in ranks + compared


def test_no_difference_has_no_sign() -> None:
    """Rounded to nothing, it is neither more nor less."""
    assert [points(each, "vi") for each in (0.0004, -0.0004, -0.02)] == ["0,0", "0,0", "-2,0"]


def test_every_shown_number_of_a_unit_explains_itself(province: httpx.Client) -> None:
    """Counted and left out add up to the responses; composites name their items."""
    asked = {"unit": units(province)[0], "period": "2026"}
    figures = scores(province, **asked)["figures"]
    shown = [each for each in figures if each["value"] is not None]

    assert len(shown) > 5
    for figure in shown:
        found = province.get("/api/v1/explain", params=asked | {"figure": figure["id"]}).json()
        assert found["figure"] == figure
        if "items" in figure:
            assert [each["key"] for each in found["items"]] == figure["items"]
            assert found["left_out"] == {}
        else:
            assert found["responses"] == figure["n"] + sum(found["left_out"].values())
            assert found["recompute"].startswith("echo ")
    page = province.get("/explain", params=asked | {"figure": shown[0]["id"], "lang": "en"})
    assert shown[0]["id"] in page.text
    assert province.get(f"/units/{asked['unit']}", params=asked).text.count("/explain?") > 10


def test_a_number_from_elsewhere_is_not_explained(province: httpx.Client) -> None:
    """Another unit's id, a made-up one, no id at all: said plainly, with what was expected."""
    one, other = units(province)[:2]
    theirs = scores(province, unit=other, period="2026")["figures"][0]["id"]
    for figure, status in ((theirs, 404), ("0" * 20, 404), ("no id", 422)):
        asked = {"unit": one, "period": "2026", "figure": figure}
        assert province.get("/api/v1/explain", params=asked).status_code == status
    wrong = {"unit": one, "period": "2026", "figure": "0" * 20, "counter": "000000"}
    assert "counter" in province.get("/api/v1/explain", params=wrong).text


def test_too_few_are_explained_without_a_number(province: httpx.Client) -> None:
    """Who asks why there is no number learns no number."""
    for unit in units(province):
        asked = {"unit": unit, "period": "2025-11"}
        for figure in scores(province, **asked)["figures"]:
            if figure.get("too_few"):
                answer = province.get("/api/v1/explain", params=asked | {"figure": figure["id"]})
                found = answer.json()
                assert found["responses"] is found["not_released"] is None
                assert found["left_out"] == {}
                return
    pytest.fail("no figure has too few answers")


def test_the_command_says_the_same(server: Server) -> None:
    """Sentences for every figure that both have; a code that is neither is one line."""
    asked = ("--period", "2026-Q3", "--compare", "2026-Q2")
    told = server.command("scores", *asked)
    wrong = server.command("scores", "--compare", "nothing")

    assert told.returncode == 0
    assert "percentage points (99 %:" in told.stdout
    assert (wrong.returncode, wrong.stderr.count("\n")) == (1, 1)
    assert "expected 2026" in wrong.stderr
