"""Verdicts at the real server: an office, an accountant, forgeries, and a person who decides."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from bot.channels.telegram.channel import SECRET_HEADER
from bot.keys import load_keys
from storage.store import snapshot
from tests.databases import columns, rows
from tests.patience import PATIENCE_S
from tests.ports import free_port
from tests.server import COUNTER, MICRO, OTHER, Server

CHAT, HOOK = "/api/v1/chat", "/channels/telegram"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The shipped server at its own rate limit, releasing every second."""
    settings = {
        "MOTCUA_TELEGRAM_TOKEN": "1:nobody",
        "MOTCUA_TELEGRAM_MODE": "webhook",
        "MOTCUA_TELEGRAM_API": f"http://127.0.0.1:{free_port()}",
        "MOTCUA_RELEASE_SECONDS": "1",
        "MOTCUA_RATE_PER_MINUTE": "600",
    }
    running = Server(tmp_path_factory.mktemp("verdicts"), settings).furnish().start()
    yield running
    running.stop()


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, trust_env=False) as opened:
        yield opened


class Visitor:
    """One conversation of the web chat."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self.secret = secrets.token_urlsafe(24)
        self._sent = 0

    def send(self, **event: str) -> dict[str, object]:
        """One update, accepted."""
        self._sent += 1
        body = {"conversation": self.secret, "update_id": str(self._sent), "event": event}
        answer = self.client.post(CHAT, json=body)
        assert answer.status_code == 200, answer.text
        found: dict[str, object] = answer.json()["messages"][0]
        return found

    def one_tap(self, counter: str, level: int) -> None:
        """Scan, tap, stop."""
        self.send(start=counter, tap=f"1|-|overall|{level}")
        self.send(text="dừng")


def counted(client: httpx.Client, check: str, outcome: str) -> float:
    """What /metrics says of a check."""
    line = rf'^motcua_verdicts_total{{check="{check}",outcome="{outcome}"}} (\S+)$'
    found = re.search(line, client.get("/metrics").text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def rejected(client: httpx.Client) -> float:
    """All that was refused."""
    lines = re.findall(
        r'^motcua_verdicts_total{.*outcome="reject"} (\S+)$',
        client.get("/metrics").text,
        re.MULTILINE,
    )
    return sum(map(float, lines))


def scores(client: httpx.Client, unit: str) -> dict[str, Any]:
    """The answer of the API for the present quarter."""
    found: dict[str, Any] = client.get("/api/v1/scores", params={"unit": unit}).json()
    return found


def within_an_hour() -> None:
    """With the hour, the day and the quarter some counting begins anew: not amid a test."""
    if (late := time.time() % 3600) > 3540:
        time.sleep(3600 - late)


def told_of_all(client: httpx.Client, server: Server) -> dict[str, Any]:
    """The API's answer once it is of all that can be released: fewer than five wait for others."""
    counts = "select (select count(*) from responses), (select count(*) from closed_responses)"
    until = time.monotonic() + PATIENCE_S
    while True:
        told, [(released, waiting)] = scores(client, "15448"), rows(server.database, counts)
        if waiting < 5 and released in [each["n"] for each in told["figures"]]:
            return told
        assert time.monotonic() < until, told
        time.sleep(0.2)


def test_sixty_alike_behind_one_address_are_not_rejected(
    client: httpx.Client, server: Server
) -> None:
    """One address, well under an hour, all delighted: each is thanked, received and looked at."""
    within_an_hour()
    before = rejected(client)
    for _ in range(60):
        Visitor(client).one_tap(COUNTER, 5)
    for _ in range(5):  # so that the last of the others are released, in whatever batches
        Visitor(client).one_tap(COUNTER, 3)

    assert rejected(client) == before
    assert counted(client, "form", "pass") >= 60
    assert counted(client, "burst", "flag") == 28
    assert told_of_all(client, server)["received"] == 60  # in tens


def _listed(server: Server) -> list[str]:
    return server.command("verdicts", "list", "--unit", "15448").stdout.splitlines()


def test_flagged_responses_are_counted_apart_and_stay_in_the_figures(
    client: httpx.Client, server: Server
) -> None:
    """Their tens are beside n, in the API and in one sentence on the page; a person decides."""
    within_an_hour()
    answer, listed = told_of_all(client, server), _listed(server)
    sentence = "Trong đó có ít nhất 20 lượt được đánh dấu để người có thẩm quyền xem lại"
    shown = client.get("/units/15448").text
    response = listed[0].split("\t")[0]
    done = server.command("verdicts", "decide", response, "set-aside")
    again = server.command("verdicts", "decide", response, "set-aside")
    after = scores(client, "15448")

    assert (answer["flagged"], answer["set_aside"]) == (20, 0)  # of 28, in tens
    assert sentence in shown
    assert len(listed) == 28
    assert all("burst: busy_hour" in line for line in listed)
    assert (done.returncode, done.stdout) == (0, f"{response}\tset-aside\n")
    assert again.stdout == f"{response}\talready set-aside\n"
    assert (after["flagged"], after["set_aside"]) == (20, 0)
    assert after["figures"] == answer["figures"]
    assert server.command("doctor", "--recount").returncode == 0


def test_a_decision_about_nothing_is_said(server: Server) -> None:
    """A wrong number is one clear line."""
    done = server.command("verdicts", "decide", "12345", "keep")

    assert done.returncode == 1
    assert "no released response with a flag has the number 12345" in done.stderr


def test_an_accountant_and_a_relatives_phone_are_not_rejected(
    client: httpx.Client, server: Server
) -> None:
    """Twelve dossiers from one conversation, three people on one phone: kept, flagged at most."""
    within_an_hour()
    before, rate = rejected(client), counted(client, "rate", "flag")
    accountant, phone = Visitor(client), Visitor(client)
    for _ in range(12):
        accountant.one_tap(MICRO, 4)
    for level in (5, 3, 4):
        phone.one_tap(OTHER, level)

    assert rejected(client) == before
    assert counted(client, "rate", "flag") == rate + 2
    both = "select (select count(*) from closed_responses) + (select count(*) from responses)"
    assert rows(server.database, both) == [(65 + 12 + 3,)]


def test_one_phone_on_telegram_rates_for_three_people(client: httpx.Client, server: Server) -> None:
    """Through the webhook, where a conversation is a phone: received three times, no flag."""
    secret = load_keys(server.folder / "motcua.key").webhook_secret("telegram 1")
    before, rate = rejected(client), counted(client, "rate", "flag")
    closed = counted(client, "rate", "pass")
    person = {"id": 5, "is_bot": False, "first_name": "Lan", "language_code": "vi"}
    chat = {"id": 5, "type": "private"}
    for number, text in enumerate((f"/start {OTHER}", "4", "dừng") * 3):
        told = {"message_id": number, "date": 0, "chat": chat, "from": person, "text": text}
        update = {"update_id": number, "message": told}
        answer = client.post(HOOK, json=update, headers={SECRET_HEADER: secret})
        assert answer.status_code == 200

    assert counted(client, "rate", "pass") == closed + 3
    assert counted(client, "rate", "flag") == rate
    assert rejected(client) == before


def haste(client: httpx.Client) -> tuple[float, float]:
    """How many were flagged as faster than reading, and as all the same."""
    return counted(client, "speed", "flag"), counted(client, "straight", "flag")


def rushed(client: httpx.Client) -> float:
    """A script answers everything the same at once: how many seconds that took."""
    began, visitor = time.monotonic(), Visitor(client)
    message = visitor.send(start=OTHER, tap="1|-|overall|5")
    while choices := message["choices"]:
        assert isinstance(choices, list)
        scale = [choice["payload"] for choice in choices if choice["label"].startswith("5 · Rất")]
        other = [choice["payload"] for choice in choices if not choice["control"]]
        had = [payload for payload in other if payload.endswith("|result")]  # then more is asked
        wanted = scale or had or ([] if message["key"] == "reasons" else other[:1])
        message = visitor.send(tap=wanted[0]) if wanted else visitor.send(text="bỏ qua")
    return time.monotonic() - began


def test_answers_faster_than_reading_are_flagged_and_kept(client: httpx.Client) -> None:
    """A script that is faster than reading; a person who taps once is left alone."""
    before = haste(client)
    for _ in range(5):  # a machine that is busy may take as long as somebody who reads
        if rushed(client) < 7:
            break
        before = haste(client)

    assert haste(client) == (before[0] + 1, before[1] + 1)


def test_what_is_refused_at_the_door_is_counted_by_reason(client: httpx.Client) -> None:
    """A forged webhook, a body that is no JSON, an unknown field, a payload, a counter."""
    forged, payload, counter = (
        counted(client, check, "reject") for check in ("forged", "payload", "counter")
    )
    own = {"Content-Type": "application/json"}
    statuses = [
        client.post(HOOK, json={"update_id": 1}, headers={SECRET_HEADER: "guess"}).status_code,
        client.post(CHAT, content=b"{", headers=own).status_code,
        client.post(CHAT, json={"update_id": "1", "event": {"rate": 5}}).status_code,
        client.post(CHAT, json={"update_id": "1", "event": {}}).status_code,
        client.get("/c/381208").status_code,
    ]
    Visitor(client).send(tap="1|-|overall|5;drop")
    Visitor(client).send(start="123456")

    assert statuses == [403, 422, 422, 422, 404]
    assert counted(client, "forged", "reject") == forged + 1
    assert counted(client, "payload", "reject") == payload + 4
    assert counted(client, "counter", "reject") == counter + 2


def test_no_table_of_verdicts_can_lead_to_a_person(server: Server) -> None:
    """They hold numbers only, none is a time, and marks name no response."""
    tables = ("verdicts", "durations", "marks")
    found = {each: snapshot(server.address, columns, each) for each in tables}

    assert found == {
        "verdicts": ["response_id", "check_id", "reason"],
        "durations": ["response_id", "duration"],
        "marks": ["mark", "until", "n"],
    }
