"""Enrolled devices: a code works once, within its hour; the cookie until the device is ended."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest

from handlers.devices import COOKIE
from tests.databases import change, raw
from tests.server import COUNTER, MICRO, Server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The shipped server."""
    running = Server(tmp_path_factory.mktemp("devices")).furnish().start()
    yield running
    running.stop()


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    """A browser that keeps its cookies."""
    with httpx.Client(base_url=server.url, trust_env=False) as opened:
        yield opened


def enrolled(server: Server, unit: str = "15448", name: str = "Máy 1") -> str:
    """The code of a new device."""
    words = ("--purpose", "paper", "--unit", unit, "--name", name)
    done = server.command("devices", "enrol", *words)
    found = re.search(r"type (\S+)$", done.stdout, re.MULTILINE)
    assert found, done
    return found[1]


def changed(server: Server, statement: str) -> None:
    """Change the database as time or an operator would."""
    change(server.database, statement)


def batch(server: Server, counter: str) -> str:
    """A fresh batch of paper forms."""
    words = ("--counter", counter, "--forms", "2", "--out", f"{counter}.pdf")
    found = re.search(r"P\d{6}", server.command("paper", "print", *words).stdout)
    assert found
    return found[0]


def test_a_code_opens_one_device_once(server: Server, client: httpx.Client) -> None:
    """Case and dashes do not matter; the second browser is refused; the cookie is well guarded."""
    code = enrolled(server)
    answer = client.post("/device", data={"code": code.lower().replace("-", " ")})
    cookie = answer.headers["set-cookie"]

    assert (answer.status_code, answer.headers["location"]) == (303, "/paper?lang=vi")
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert client.get("/paper").status_code == 200
    with httpx.Client(base_url=server.url, trust_env=False) as other:
        assert other.post("/device", data={"code": code}).status_code == 403
        assert COOKIE not in other.cookies


def test_a_code_is_over_after_an_hour(server: Server, client: httpx.Client) -> None:
    """The operator makes another one."""
    code = enrolled(server)
    changed(server, "update devices set code_until = code_until - 3601")

    assert client.post("/device", data={"code": code}).status_code == 403


@pytest.mark.parametrize("code", ["", "K7Q2-M9PA-4X", "K7Q2", "' or 1=1 --"])
def test_a_wrong_code_opens_nothing(client: httpx.Client, code: str) -> None:
    """And says so on the page."""
    answer = client.post("/device", data={"code": code}, headers={"Accept": "text/html"})

    assert answer.status_code in (400, 403)
    assert COOKIE not in client.cookies


def test_neither_code_nor_token_is_kept(server: Server, client: httpx.Client) -> None:
    """Who reads the file cannot become the device."""
    code = enrolled(server).replace("-", "")
    with_code = raw(server.database)
    client.post("/device", data={"code": code})
    kept = with_code + raw(server.database)

    assert code.encode() not in kept
    assert client.cookies[COOKIE].encode() not in kept


def test_an_ended_device_is_refused_at_once(server: Server, client: httpx.Client) -> None:
    """Its cookie stays with the browser and opens nothing."""
    client.post("/device", data={"code": enrolled(server, name="Máy cũ")})
    assert client.get("/paper").status_code == 200
    line = next(
        each for each in server.command("devices", "list").stdout.splitlines() if "Máy cũ" in each
    )

    assert line.endswith("\topen")
    assert server.command("devices", "end", line.split("\t")[0]).returncode == 0
    assert client.get("/paper").status_code == 403
    assert server.command("devices", "end", line.split("\t")[0]).returncode == 1


def test_a_page_of_a_neighbouring_host_makes_no_device_act(
    server: Server, client: httpx.Client
) -> None:
    """Hosts of one province are one site to browsers, which then send even the strictest cookie."""
    client.post("/device", data={"code": enrolled(server, name="Máy 2")})
    path = f"/paper/{batch(server, COUNTER)}/check/start"
    foreign = client.post(path, headers={"Sec-Fetch-Site": "same-site"})
    own = client.post(path, headers={"Sec-Fetch-Site": "same-origin"})

    assert foreign.status_code == 403
    assert own.status_code != 403


def test_nobody_keys_without_a_device(server: Server, client: httpx.Client) -> None:
    """Neither without a cookie nor with a made-up one, and nothing about the batch is told."""
    number = batch(server, COUNTER)
    for cookie in ({}, {COOKIE: "x" * 43}, {COOKIE: ""}):
        client.cookies.update(cookie)
        for path in ("/paper", f"/paper/{number}", f"/paper/{number}/check"):
            assert client.get(path).status_code == 403
        for path in ("", "/undo", "/check/start", "/check", "/settle", "/close"):
            answer = client.post(f"/paper/{number}{path}", data={"number": "1", "q.overall": "5"})
            assert answer.status_code == 403
            assert "Quầy" not in answer.text


def test_a_device_sees_its_unit_only(server: Server, client: httpx.Client) -> None:
    """A batch of another commune is not there; a device of the province has both."""
    own, foreign = batch(server, COUNTER), batch(server, MICRO)
    client.post("/device", data={"code": enrolled(server)})
    assert own in client.get("/paper").text
    assert foreign not in client.get("/paper").text
    assert client.get(f"/paper/{foreign}").status_code == 404
    posted = client.post(f"/paper/{foreign}", data={"number": "1", "q.overall": "5"})
    assert posted.status_code == 404
    with httpx.Client(base_url=server.url, trust_env=False) as province:
        province.post("/device", data={"code": enrolled(server, "38", "Tỉnh")})
        assert {own, foreign} <= set(re.findall(r"P\d{6}", province.get("/paper").text))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--purpose", "paper", "--unit", "999", "--name", "x"), "no unit has the code '999'"),
        (("--purpose", "paper", "--unit", "38", "--name", " "), "--name needs 1 to 60"),
        (("--purpose", "door", "--unit", "38", "--name", "x"), "'door' is not"),
    ],
)
def test_a_device_needs_purpose_unit_and_name(
    server: Server, words: tuple[str, ...], said: str
) -> None:
    """What is missing is one clear line."""
    done = server.command("devices", "enrol", *words)

    assert done.returncode != 0
    assert said in done.stderr
