"""Content packs on the real server: whole surveys in languages that are switched on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.server import COUNTER, Server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """With all drafts on."""
    settings = {"MOTCUA_LANGUAGES": "vi,en,ko,zh,ja"}
    made = Server(tmp_path_factory.mktemp("packs"), settings).furnish().start()
    yield made
    made.stop()


def post(server: Server, person: str, number: int, **more: Any) -> dict[str, Any]:
    """One update; the message shown."""
    told = {"conversation": person * 22, "update_id": str(number), **more}
    answer = httpx.post(f"{server.url}/api/v1/chat", json=told, trust_env=False)
    message: dict[str, Any] = answer.raise_for_status().json()["messages"][0]
    return message


def test_a_survey_in_korean_by_taps(server: Server) -> None:
    """From `?lang=ko` to the thanks, every word in Korean."""
    message = post(server, "k", 1, language="ko", event={"start": COUNTER})
    told = []
    for number in range(2, 40):
        told.append(message["text"])
        choices = [c for c in message["choices"] if not c["control"]]
        done = [c for c in message["choices"] if c["payload"].endswith((".done", ".skip"))]
        if not message["choices"]:
            break
        way = done[0] if message["key"] in ("reasons", "comment") else choices[0]
        message = post(server, "k", number, event={"tap": way["payload"]})

    assert message["key"] == "thanks"
    assert "응답 번호" in message["text"]
    assert all(any("가" <= letter <= "힣" for letter in text) for text in told)


def test_a_survey_in_japanese_by_words_and_digits(server: Server) -> None:
    """Chosen by its own name; labels, full-width digits and commands are understood."""
    post(server, "j", 1, event={"start": COUNTER})
    first = post(server, "j", 2, event={"text": "日本語"})
    more = post(server, "j", 3, event={"text": "満足"})
    stage = post(server, "j", 4, event={"text": "はい"})
    factor = post(server, "j", 5, event={"text": "２"})
    back = post(server, "j", 6, event={"text": "戻る"})
    end = post(server, "j", 7, event={"text": "やめる"})

    assert "満足" in first["choices"][1]["label"]
    assert [each["key"] for each in (more, stage, factor, back, end)] == [
        "more",
        "stage",
        "f_access",
        "stage",
        "stopped",
    ]


def test_the_page_says_that_it_is_a_draft(server: Server) -> None:
    """In its language, with that language's mark; every language is offered by its own name."""
    html = {"accept": "text/html"}
    page = httpx.get(f"{server.url}/c/{COUNTER}?lang=zh", headers=html, trust_env=False).text

    assert '<html lang="zh"' in page
    assert '<header lang="en">' in page  # what a pack does not tell is English, and marked so
    assert 'class="foot" lang="en"' in page
    assert "尚未经母语者审核" in page
    assert all(name in page for name in ("Tiếng Việt", "English", "한국어", "日本語"))


@pytest.mark.parametrize("browser", ["", "en", "vi", "zh-CN,zh;q=0.9"])
def test_pages_about_figures_are_in_english(browser: str, server: Server) -> None:
    """A pack speaks in the conversation only."""
    html = {"accept": "text/html", "accept-language": browser}
    page = httpx.get(f"{server.url}/about?lang=zh", headers=html, trust_env=False).text

    assert '<html lang="en"' in page
    assert "draft" not in page


@pytest.mark.parametrize(
    ("browser", "spoken"),
    [("ko-KR,ko;q=0.9", "ko"), ("kok", "vi"), ("fr", "vi"), ("en-GB", "en"), ("", "vi")],
)
def test_the_browser_is_asked_where_the_address_says_nothing(
    browser: str, spoken: str, server: Server
) -> None:
    """Page and API alike; a language that is not spoken is Vietnamese."""
    asks = {"accept": "text/html", "accept-language": browser}
    page = httpx.get(f"{server.url}/c/{COUNTER}", headers=asks, trust_env=False).text
    told = {"update_id": "1", "event": {"start": COUNTER}}
    url = f"{server.url}/api/v1/chat"
    reply = httpx.post(url, json=told, headers=asks, trust_env=False).json()

    assert f'<html lang="{spoken}"' in page
    assert reply["language"] == spoken


def test_the_address_names_the_language_of_the_api(server: Server) -> None:
    """`?lang=ko`, as on the page."""
    told = {"update_id": "1", "event": {"start": COUNTER}}
    url = f"{server.url}/api/v1/chat?lang=ko"
    reply = httpx.post(url, json=told, trust_env=False).json()

    assert reply["language"] == "ko"


def test_an_unknown_language_is_one_clear_line(server: Server) -> None:
    """The server does not start with half of what was asked for."""
    server.settings["MOTCUA_LANGUAGES"] = "vi,xx"
    told = server.run("serve", "--port", "0")
    server.settings["MOTCUA_LANGUAGES"] = "vi,en,ko,zh,ja"

    assert told.returncode == 1
    assert "MOTCUA_LANGUAGES: no language 'xx'; there are vi, en, ja, ko, zh" in told.stderr


def test_a_language_switched_off_goes_on_in_vietnamese(server: Server) -> None:
    """An open conversation outlives the operator's change of mind."""
    post(server, "o", 1, language="ko", event={"start": COUNTER})
    server.stop()
    server.settings["MOTCUA_LANGUAGES"] = "vi,en"
    server.start()
    message = post(server, "o", 2, event={"tap": "1|-|overall|4"})
    refused = post(server, "p", 1, language="ko", event={"start": COUNTER})

    assert "Bạn trả lời thêm" in message["question"]
    assert "hài lòng" in refused["question"]
