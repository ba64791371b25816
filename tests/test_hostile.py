"""Bad input: each gets its clear answer in the reader's language, no 500, and nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.databases import rows
from tests.server import COUNTER, MICRO, Server, arrived

CHAT = "/api/v1/chat"
SECRET = "a" * 24


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The shipped server."""
    running = Server(tmp_path_factory.mktemp("hostile")).furnish().start()
    yield running
    log = (running.folder / "server.log").read_text(errors="replace")
    running.stop()
    assert "Traceback" not in log, log[-3000:]


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    """Somebody with bad intentions."""
    with httpx.Client(base_url=server.url, trust_env=False) as opened:
        yield opened


def update(event: Any, number: str = "1", secret: str = SECRET, **more: Any) -> dict[str, Any]:
    """One update of the JSON chat."""
    return {"conversation": secret, "update_id": number, "event": event, **more}


# Decoding it takes seconds, and a hundred times as long for ten times as much.
PUNYCODE = (
    b'--x\r\nContent-Disposition: form-data; name="code"\r\n\r\na-'
    + b"b" * 100_000
    + b"\r\n--x--\r\n"
)

# Requests that are refused: body, content type, path, status.
REFUSED: list[tuple[str, str, str, bytes, str, int]] = [
    ("no body", "POST", CHAT, b"", "application/json", 422),
    ("no JSON", "POST", CHAT, b"hello", "application/json", 422),
    ("half JSON", "POST", CHAT, b'{"event":', "application/json", 422),
    ("broken UTF-8", "POST", CHAT, b'{"event":{"text":"\xff\xfe"}}', "application/json", 400),
    ("a list", "POST", CHAT, b"[]", "application/json", 422),
    ("null", "POST", CHAT, b"null", "application/json", 422),
    ("a number", "POST", CHAT, b"17", "application/json", 422),
    ("deep nesting", "POST", CHAT, b"[" * 20_000, "application/json", 400),
    ("another type", "POST", CHAT, b"event=1", "application/x-www-form-urlencoded", 422),
    ("huge body", "POST", CHAT, b'{"x":"' + b"a" * 1_100_000 + b'"}', "application/json", 413),
    ("huge form", "POST", f"/c/{COUNTER}", b"tap=" + b"a" * 1_100_000, "text/plain", 413),
    (
        "a slow charset",
        "POST",
        "/case",
        PUNYCODE,
        "multipart/form-data; boundary=x; charset=punycode",
        415,
    ),
    (
        "a charset in pieces",
        "POST",
        "/login",
        PUNYCODE,
        "Multipart/Form-Data; boundary=x; CHARSET*0=puny; charset*1=code",
        415,
    ),
    ("form without fields", "POST", f"/c/{COUNTER}", b"", "application/x-www-form-urlencoded", 422),
    ("a method too many", "PUT", CHAT, b"{}", "application/json", 405),
    ("delete", "DELETE", "/units/15448", b"", "text/plain", 405),
    ("no such path", "GET", "/nothing/here", b"", "text/plain", 404),
    ("path traversal", "GET", "/static/../../pyproject.toml", b"", "text/plain", 404),
    ("encoded traversal", "GET", "/static/%2e%2e/%2e%2e/bot/keys.py", b"", "text/plain", 404),
    ("unknown unit", "GET", "/units/99999", b"", "text/plain", 404),
    ("unpublished unit", "GET", "/units/14923", b"", "text/plain", 404),
    ("SQL in a unit", "GET", "/units/'; drop table units;--", b"", "text/plain", 404),
    ("unpublished counter", "GET", f"/counters/{MICRO}", b"", "text/plain", 404),
    ("no counter", "GET", "/c/000000", b"", "text/plain", 404),
    ("wrong check digit", "GET", "/c/381208", b"", "text/plain", 404),
    ("letters as code", "GET", "/c/abcdef", b"", "text/plain", 404),
    ("script as code", "GET", "/c/%3Cscript%3E", b"", "text/plain", 404),
    ("NUL in a path", "GET", "/c/38%0012", b"", "text/plain", 404),
    ("no period", "GET", "/api/v1/scores?period=soon", b"", "text/plain", 400),
    ("month 13", "GET", "/api/v1/scores?period=2026-13", b"", "text/plain", 400),
    ("a week", "GET", "/api/v1/scores?period=2026-W47", b"", "text/plain", 403),
    ("days", "GET", "/api/v1/scores?period=2026-11-01..2026-11-30", b"", "text/plain", 403),
    ("no formula", "GET", "/api/v1/scores?formula=magic", b"", "text/plain", 400),
    ("no breakdown", "GET", "/api/v1/scores?by=person", b"", "text/plain", 422),
    ("a unit of 70 letters", "GET", "/api/v1/scores?unit=" + "x" * 70, b"", "text/plain", 422),
    ("unknown scores unit", "GET", "/api/v1/scores?unit=nowhere", b"", "text/plain", 404),
    ("unpublished scores", "GET", "/api/v1/scores?unit=14923", b"", "text/plain", 404),
    ("a long search", "GET", "/?q=" + "x" * 90, b"", "text/plain", 422),
]

# Updates the chat refuses as malformed.
MALFORMED: list[tuple[str, dict[str, Any]]] = [
    ("empty event", update({})),
    ("unknown event", update({"jump": "1"})),
    ("event is text", update("tap")),
    ("start is a number", update({"start": 381207})),
    ("tap too long", update({"tap": "1|" + "x" * 70})),
    ("text too long", update({"text": "x" * 4097})),
    ("short secret", update({"text": "5"}, secret="short")),
    ("secret with spaces", update({"text": "5"}, secret="a b" * 10)),
    ("no update id", {"event": {"text": "5"}}),
    ("empty update id", update({"text": "5"}, number="")),
    ("long update id", update({"text": "5"}, number="9" * 65)),
    ("malformed language", update({"text": "5"}, language="../vi")),
    ("half a surrogate pair", update({"text": "\ud800"})),
    ("a field too many", update({"text": "5"}, admin=True)),
]

# What is typed or tapped while a question is open: never understood as an answer, always answered.
STRANGE: list[tuple[str, dict[str, str]]] = [
    ("4,096 characters", {"text": "x" * 4096}),
    ("emoji", {"text": "😀😀😀"}),
    ("NUL", {"text": "5\x00"}),
    ("control characters", {"text": "\x1b[31m5\x07"}),
    ("right to left", {"text": "\u202e5"}),
    ("combining marks", {"text": "a" + "\u0301" * 500}),
    ("SQL", {"text": "'; drop table responses; --"}),
    ("script", {"text": "<script>alert(1)</script>"}),
    ("template", {"text": "{{ 7 * 7 }} {0} %s"}),
    ("two numbers", {"text": "4 hoặc 5"}),
    ("another scale", {"text": "8/10"}),
    ("a phone number", {"text": "0912 345 678"}),
    ("a link", {"text": "http://example.com"}),
    ("spaces only", {"text": "   "}),
    ("a payload that is none", {"tap": "1|X"}),
    ("another version", {"tap": "2|-|overall|5"}),
    ("a forged question", {"tap": "1|-|ev_money|yes"}),
    ("a forged value", {"tap": "1|-|overall|9"}),
    ("an old response's button", {"tap": "1|OLD1|overall|5"}),
    ("letters with tones in a payload", {"tap": "1|-|đ|5"}),
    ("an empty tap", {"tap": ""}),
    ("a start with junk", {"start": "'; --"}),
    ("a start with a wrong check digit", {"start": "381208"}),
    ("a start of nothing", {"start": ""}),
]


def test_the_table_is_long_enough() -> None:
    """At least sixty hostile inputs."""
    assert len(REFUSED) + len(MALFORMED) + len(STRANGE) >= 60


@pytest.mark.parametrize(
    ("method", "path", "body", "kind", "status"),
    [row[1:] for row in REFUSED],
    ids=[row[0] for row in REFUSED],
)
def test_refused_with_a_problem(
    client: httpx.Client, method: str, path: str, body: bytes, kind: str, status: int
) -> None:
    """One error shape for every route, without a traceback and without what was sent."""
    answer = client.request(method, path, content=body, headers={"Content-Type": kind})

    assert answer.status_code == status, answer.text[:300]
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert {"type", "title", "status", "detail"} <= answer.json().keys()
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("sent", [row[1] for row in MALFORMED], ids=[row[0] for row in MALFORMED])
def test_malformed_updates_are_refused(client: httpx.Client, sent: dict[str, Any]) -> None:
    """A malformed update is told what is wrong and stores nothing."""
    json_type = {"Content-Type": "application/json"}
    # json.dumps escapes what UTF-8 cannot hold
    answer = client.post(CHAT, content=json.dumps(sent), headers=json_type)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_what_is_wrong_is_told_in_few_words(client: httpx.Client) -> None:
    """A megabyte of names that are none of ours is not sent back."""
    sent = update({"text": "5"}) | {f"{'x' * 100}{n}": 1 for n in range(5000)}
    answer = client.post(CHAT, json=sent)

    assert answer.status_code == 422
    assert len(answer.content) < 2_000
    assert "and 4990 more" in answer.json()["detail"]


@pytest.mark.parametrize(("name", "event"), STRANGE, ids=[row[0] for row in STRANGE])
def test_strange_input_keeps_the_question(
    client: httpx.Client, name: str, event: dict[str, str]
) -> None:
    """Whatever is typed or tapped, the open question stays and the next answer counts."""
    secret = f"{abs(hash(name)):a>24}"[:40]
    first = client.post(CHAT, json=update({"start": COUNTER}, "1", secret)).json()
    strange = client.post(
        CHAT,
        content=json.dumps(update(event, "2", secret)),  # escapes what UTF-8 cannot hold
        headers={"Content-Type": "application/json"},
    )
    after = client.post(CHAT, json=update({"tap": "1|-|overall|4"}, "3", secret)).json()

    assert first["messages"][0]["key"] == "overall"
    assert strange.status_code == 200, strange.text[:300]
    assert strange.json()["messages"][0]["text"]
    assert after["messages"][0]["key"] == "more"


def test_errors_are_pages_for_browsers_in_their_language(client: httpx.Client) -> None:
    """Somebody who mistypes a code reads why, in their language."""
    page = {"Accept": "text/html", "Accept-Language": "en-GB"}
    wrong = client.get("/c/381208", headers=page)
    missing = client.get("/nothing", headers={"Accept": "text/html"})

    assert wrong.status_code == 404
    assert "A digit of the counter code is wrong" in wrong.text
    assert "Không có trang này" in missing.text


def test_two_tabs_are_one_conversation(client: httpx.Client) -> None:
    """The same conversation in two tabs: the older tab's tap corrects, and counts once."""
    secret = "two-tabs-two-tabs-two-tabs"
    client.post(CHAT, json=update({"start": COUNTER}, "a1", secret))
    client.post(CHAT, json=update({"tap": "1|-|overall|4"}, "a2", secret))
    second = client.post(CHAT, json=update({"tap": "1|-|overall|2"}, "b1", secret)).json()

    assert second["messages"][0]["key"] == "more"
    assert "Đã sửa" in second["messages"][0]["said"]


def test_a_double_tap_is_one_answer(server: Server, client: httpx.Client) -> None:
    """The same update twice at the same time counts once and gets the same screen."""
    secret = "double-double-double-tap"
    before = arrived(server.database)
    both = [
        client.post(
            CHAT, json=update({"start": COUNTER, "tap": "1|-|overall|5"}, "x", secret)
        ).json()
        for _ in range(2)
    ]

    assert both[0] == both[1]
    assert arrived(server.database) == before + 1


def test_every_answer_carries_the_security_headers(client: httpx.Client) -> None:
    """Pages, the API and errors alike."""
    for path in ("/", "/about", f"/c/{COUNTER}", "/api/v1/units", "/nothing"):
        headers = client.get(path).headers

        assert "default-src 'none'" in headers["content-security-policy"], path
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"


def test_a_page_read_before_is_not_sent_again(client: httpx.Client) -> None:
    """ETag and If-None-Match."""
    first = client.get("/api/v1/units")
    again = client.get("/api/v1/units", headers={"If-None-Match": first.headers["etag"]})

    assert (first.status_code, again.status_code) == (200, 304)
    assert again.content == b""


def test_get_of_the_chat_page_stores_nothing(server: Server, client: httpx.Client) -> None:
    """Link previews and scanners leave no trace."""
    counted = "select count(*) from conversations"
    before = rows(server.database, counted)
    for _ in range(3):
        client.get(f"/c/{COUNTER}")

    assert rows(server.database, counted) == before


def test_a_busy_port_is_one_clear_line(server: Server, tmp_path: Path) -> None:
    """A second server on the same port says so and ends."""
    second = server.run("serve", "--port", str(server.port))

    assert second.returncode == 1
    assert f"cannot listen on 127.0.0.1:{server.port}" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_wrong_setting_is_one_clear_line(tmp_path: Path) -> None:
    """The message names the variable and what was expected."""
    wrong = Server(tmp_path, {"MOTCUA_DATABASE": "postgres"}).command("doctor")

    assert wrong.returncode == 1
    assert "MOTCUA_DATABASE" in wrong.stderr
    assert "expected sqlite:///path or postgresql://" in wrong.stderr
    assert "Traceback" not in wrong.stderr
