"""What an attacker would try on the web application, each tried on the real one.

Forged forms, fixed sessions and tokens of single sign-on are in test_access.py, test_staff.py and
test_single_sign_on.py.
"""

from __future__ import annotations

import csv
import html
import io
import re
from datetime import date
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import anyio
import httpx
import openpyxl
import pytest
from fastapi.routing import APIRoute

from handlers import passwords
from handlers.rights import COOKIE, Role
from handlers.web import ROUTERS
from sipas.filings import Act
from sipas.units import CounterRow, UnitRow
from storage import filings, guesses, registry, staff
from storage.filing_rows import By, New, Taken
from storage.staff import Grant
from storage.store import Store
from storage.transaction import Transaction
from tests.quick_hashes import hash_of
from tests.server import COUNTER
from tests.test_staff import FIRST_WORD, NAME, WORD, Office, office

__all__ = ["office"]  # a fixture

pytestmark = pytest.mark.anyio

EVIL = "evil.example"
SCRIPT = "<script>alert('x')</script>\"'><img src=x onerror=alert(1)>"
FORMULA = '=HYPERLINK("http://formula.example","x")'
UNIT, PLACE, FILING = "66666", "100021", 1


def poisoned(tx: Transaction) -> int:
    """A unit, a counter, a person and a filing with words that a browser or spreadsheet obeys."""
    first = date(2025, 7, 1)
    registry.add_units(tx, [UnitRow(UNIT, "xa", FORMULA + SCRIPT, SCRIPT, "38", first, None)])
    row = CounterRow(PLACE, UNIT, SCRIPT, "short.1", 3, True, ("land",), first, None)
    registry.add_counters(tx, [row])
    registry.publish(tx, [UNIT], first.isoformat(), FORMULA, "2026-01-01T00:00:00")
    staff.add(tx, "bad", SCRIPT, [Grant(Role.LEADER, UNIT)], "2026-11-23")
    by = By(FORMULA, "2026-03-17T08:00:00+00:00", "2026-03-17")
    number = filings.open_filing(tx, New("unit_quarter", UNIT, UNIT, "2026-R1", "2026-03-18"), by)
    filings.write(tx, number, 0, {1: SCRIPT}, by)
    figure = {
        "id": "x",
        "by": "unit",
        "unit": UNIT,
        "key": "overall",
        "part": "overall",
        "formula": "t2b.v1",
        "instrument": "short.1",
        "n": 40,
        "value": 0.5,
        "low": 0.4,
        "high": 0.6,
        "release": "r",
        "levels": [10, 5, 5, 10, 10],
        "not_applicable": 0,
    }
    filings.move(tx, number, Act.FREEZE, by, taken=Taken(1, [figure]))
    return number


@pytest.fixture
async def inside(office: Office) -> Office:
    """Signed in with every role for the province, in an installation that somebody has poisoned."""
    every = [Grant(role, "38") for role in Role]
    await office.store.write(staff.set_grants, 1, every)
    await office.store.write(lambda tx: staff.set_password(tx, 1, hash_of(WORD), must_change=False))
    assert await office.store.write(poisoned) == FILING
    assert (await office.sign_in(WORD)).status_code == 303
    return office


def _named(named: dict[str, int | str], found: re.Match[str]) -> str:
    return str(named.get(found[1], "x"))


def pages() -> list[str]:
    """Every address that can be read, about the poisoned unit."""
    named: dict[str, int | str] = {"filing": FILING, "person": 2, "language": "vi"}
    routes = (route for router in ROUTERS for route in router.routes)
    paths = [
        each.path for each in routes if isinstance(each, APIRoute) and "GET" in (each.methods or ())
    ]
    places = ("/c/", "/counters/")
    codes = [PLACE if path.startswith(places) else UNIT for path in paths]
    filled = [
        re.sub(r"{(\w+)[^}]*}", partial(_named, {**named, "code": code, "counter": code}), path)
        for path, code in zip(paths, codes, strict=True)
    ]
    return [f"{path}?unit={UNIT}&q=%3D" for path in filled]


async def read(office: Office, address: str, **headers: str) -> httpx.Response:
    """One page, as a browser with the person's login gets it."""
    return await office.client.get(address, headers=headers)


class Scripts(HTMLParser):
    """What on a page a browser would run: handlers, images and scripts that are not our files."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note every attribute that runs, and every address that is not ours."""
        address = next((told for name, told in attrs if name in ("src", "href")), None) or "/"
        ours = address.startswith(("/", "?", "#", "data:image/", "http://127.0.0.1"))
        runs = any(name.startswith("on") for name, _ in attrs) or (
            tag == "script" and address == "/"
        )
        self.found += [f"{tag} {attrs}"] if runs or not ours else []


async def test_words_of_others_are_words_on_every_page(inside: Office) -> None:
    """XSS by names of units, counters and people, and by an officer's paragraphs."""
    shown = [await read(inside, address) for address in pages()]
    told = [each for each in shown if "text/html" in each.headers["content-type"]]

    assert len(told) > 20
    assert {str(each.url): found for each in told if (found := Scripts(each.text).found)} == {}
    assert sum(html.escape("<script>alert(") in each.text for each in told) >= 5


async def test_every_answer_forbids_frames_sniffing_and_scripts_of_others(inside: Office) -> None:
    """Clickjacking: pages, errors, redirects, files and static files say who may show them."""
    asked = [*pages(), "/nowhere", "/static/motcua.css", "/login/", "/work/"]
    answers = [await read(inside, address) for address in asked]
    posted = await inside.client.post("/people", data={"csrf": "x"})

    for answer in [*answers, posted]:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy, answer.url
        assert "frame-ancestors" in policy, answer.url
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "server" not in answer.headers


async def test_pages_of_staff_are_in_no_frame_and_no_cache(inside: Office) -> None:
    """What one is signed in for is framed by nobody and kept by no cache."""
    for address in ("/work", "/people", "/people/2", "/keys", "/audit", "/account", "/filings"):
        answer = await read(inside, address)

        assert answer.status_code == 200, address
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["cache-control"] == "no-store", address


async def test_the_host_that_is_asked_for_is_not_believed(inside: Office) -> None:
    """Links, redirects and QR codes begin with MOTCUA_PUBLIC_URL, whatever the request says."""
    names = {"host": EVIL, "x-forwarded-host": EVIL, "forwarded": f"host={EVIL}"}
    for address in [*pages(), "/login/", "/work/", "/people/", "/static"]:
        answer = await read(inside, address, **names)

        assert EVIL not in str(answer.headers) + answer.text, address


CRLF = "/work\r\nSet-Cookie: evil=1\r\n\r\nx"
BREAKS = [CRLF, CRLF.replace("\r\n", "%0d%0a"), "/evil\nx", "/\tevil", "/\u2028evil"]


async def test_nothing_typed_becomes_a_header(inside: Office) -> None:
    """Header injection by the page that is wanted, the language, and what was searched for."""
    for typed in BREAKS:
        answers = [
            await inside.sign_in(WORD, to=typed),
            await inside.client.get("/login/oidc", params={"to": typed}),
            await inside.client.get("/filings", params={"lang": typed, "kind": typed}),
            await inside.client.post("/account/logins", params={"lang": typed}),
            await inside.client.get("/%0d%0aSet-Cookie:%20evil=1"),
        ]

        assert all("evil" not in str(answer.headers) for answer in answers), typed


ELSEWHERE = [
    *("//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example"),
    *("https:evil.example", "///evil.example", "/%09/evil.example", "javascript:alert(1)"),
    *(" //evil.example", "/\t/evil.example", "http:/evil.example", "/.//evil.example/..//x"),
    *("//[", "http://[", "//[evil.example]/"),
]


async def test_signing_in_leads_to_our_own_pages_only(inside: Office) -> None:
    """Open redirect: what a link to /login says may only be a path of ours."""
    for wanted in ELSEWHERE:
        answer = await inside.sign_in(WORD, to=wanted)
        target = httpx.URL("http://test/login").join(answer.headers["location"])

        assert answer.status_code == 303
        assert (target.host, target.scheme) == ("test", "http"), wanted


DOTS = [
    *("/static/../web.py", "/static/..%2fweb.py", "/static/%2e%2e/web.py", "/static/..%5cweb.py"),
    *("/static//etc/passwd", "/static/%2fetc%2fpasswd", "/static/%00", "/static/%2e%2e%2fweb.py"),
    *("/audio/..%2f..%2f/x.mp3", "/audio/vi/..%2f..%2fmotcua.mp3", "/audio/%2e%2e/%2e%2e/x.mp3"),
    *("/reports/..%2f1", "/filings/..%2f1/report.docx", "/people/..%2f1"),
]


async def test_no_path_leads_out_of_its_folder(inside: Office) -> None:
    """Path traversal in static files, recordings and documents."""
    for path in DOTS:
        address = httpx.URL("http://test").copy_with(raw_path=path.encode())
        answer = await inside.client.get(address)

        assert answer.status_code in (400, 404, 422), path
        assert "import" not in answer.text and "root:" not in answer.text, path


async def test_no_cell_of_a_file_is_a_formula(inside: Office) -> None:
    """CSV and XLSX injection: who opens an export runs nothing that somebody typed."""
    audit = await inside.client.get("/audit.csv")
    annex = await inside.client.get(f"/filings/{FILING}/annex.xlsx")
    rows = list(csv.reader(io.StringIO(audit.text.removeprefix("\ufeff"))))
    book = openpyxl.load_workbook(io.BytesIO(annex.content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]

    assert any(FORMULA in cell for row in rows for cell in row)
    assert all(cell[:1] not in tuple("=+-@\t\r\n|%") for row in rows for cell in row)
    assert any(FORMULA in str(cell.value) for cell in cells)
    assert all(cell.data_type != "f" for cell in cells)


async def test_cookies_keep_to_themselves(inside: Office) -> None:
    """No script reads a cookie of staff, no other site sends it, no plain connection carries it."""
    plain = (await inside.sign_in(WORD)).headers["set-cookie"].lower()
    service = inside.app.state.service
    service.public_url = "https://motcua.example.vn"
    secure = (await inside.sign_in(WORD)).headers["set-cookie"].lower()

    assert "httponly" in plain and "samesite=lax" in plain and "domain" not in plain
    assert "secure" not in plain
    assert "; secure" in secure
    assert secure.startswith("__host-motcua-login=")


async def test_many_names_from_one_address_have_to_wait(office: Office) -> None:
    """One guess for each of many names: the address waits, even when right; others do not."""
    office.app.state.service.refusals_most = 8
    wrong = [await _try(office, f"name{number}") for number in range(8)]
    waits = await office.sign_in(FIRST_WORD)
    elsewhere = httpx.ASGITransport(office.app, client=("192.0.2.7", 1))
    async with httpx.AsyncClient(transport=elsewhere, base_url="http://test") as other:
        form = {"name": NAME, "password": FIRST_WORD}
        free = await other.post("/login", data=form)

    assert {answer.status_code for answer in wrong} == {403}
    assert (waits.status_code, free.status_code) == (429, 303)


async def test_guesses_are_counted_over_processes(office: Office) -> None:
    """What one process refused counts in another, and a quarter of an hour later still."""
    office.clock.begin_a_quarter_hour()
    store, now = office.store, int(office.clock().timestamp())
    wrong = [await _try(office, f"name{number}") for number in range(5)]
    other = await Store(store.address, store.cipher).open()
    here = [await other.look(guesses.crowded, "127.0.0.1", now + s, 5) for s in (0, 900, 2700)]
    elsewhere = await other.look(guesses.crowded, "192.0.2.7", now, 5)
    await other.close()

    assert {answer.status_code for answer in wrong} == {403}
    assert (here, elsewhere) == ([True, True, False], False)


async def test_many_names_at_once_are_no_more_than_one_after_the_other(office: Office) -> None:
    """A burst is refused before its passwords are hashed, which would keep all else waiting."""
    office.app.state.service.refusals_most = 4
    tried: list[int] = []

    async def guess(name: str) -> None:
        tried.append((await _try(office, name)).status_code)

    async with anyio.create_task_group() as group:
        for number in range(12):
            group.start_soon(guess, f"name{number}")

    assert set(tried) == {403, 429}
    assert tried.count(403) <= 4


async def _try(office: Office, name: str, word: str = "wrong") -> httpx.Response:
    return await office.client.post("/login", data={"name": name, "password": word})


async def test_twenty_guesses_at_once_are_five(office: Office) -> None:
    """A burst gets no further than one guess after the other: the sixth finds the name locked."""
    tried: list[httpx.Response] = []

    async def guess(word: str) -> None:
        tried.append(await _try(office, NAME, word))

    async with anyio.create_task_group() as group:
        for number in range(5):
            group.start_soon(guess, f"wrong {number}")
    async with anyio.create_task_group() as group:
        for _ in range(15):
            group.start_soon(guess, FIRST_WORD)

    assert {answer.status_code for answer in tried} == {403}


async def test_names_that_exist_cost_what_others_do(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No account enumeration: same text, same number of hashes, same rows written, same lock."""
    office.clock.begin_a_quarter_hour()
    hashed: list[str] = []
    verify = passwords.is_password

    def counted(stored: str | None, password: str) -> bool:
        hashed.append("once")
        return verify(stored, password)

    monkeypatch.setattr(passwords, "is_password", counted)
    answers: dict[str, list[Any]] = {}
    for name in (NAME, "nobody.nv"):
        hashed.clear()
        tried = [await _try(office, name) for _ in range(6)]
        rows = await office.store.look(_failures)
        told = [each.text.replace(name, "NAME") for each in tried]
        answers[name] = [[each.status_code for each in tried], told, len(hashed), rows]
    known, nobody = answers[NAME], answers["nobody.nv"]

    assert known[:3] == nobody[:3]
    assert (known[3], nobody[3]) == (2, 3)  # one row is the address's


def _failures(tx: Transaction) -> int:
    return int(tx.connection.execute("select count(*) from sign_in_failures").fetchone()[0])


async def test_a_login_that_is_stolen_can_be_ended_from_elsewhere(office: Office) -> None:
    """Who sees a login that is not theirs ends all but their own."""
    await office.store.write(lambda tx: staff.set_password(tx, 1, hash_of(WORD), must_change=False))
    await office.sign_in(WORD)
    stolen = office.browser()
    stolen.cookies.set(COOKIE, office.client.cookies[COOKIE])
    office.client = office.browser()
    await office.sign_in(WORD)
    shown = (await office.client.get("/account")).text
    csrf = re.search(r'name="csrf" value="(\w+)"', shown)
    assert csrf
    ended = await office.client.post("/account/logins", data={"csrf": csrf[1]})

    assert shown.count("<td>Nơi khác</td>") == 1
    assert ended.status_code == 303
    assert (await stolen.get("/account")).status_code == 303
    assert (await office.client.get("/account")).status_code == 200


async def test_what_a_respondent_writes_stays_words(inside: Office) -> None:
    """A comment full of markup is shown nowhere as markup, not even back to who wrote it."""
    conversation, answers = "c" * 22, []
    events: list[dict[str, str]] = [{"start": COUNTER}, *({"text": SCRIPT} for _ in range(3))]
    for number, event in enumerate(events):
        told = {"conversation": conversation, "update_id": str(number), "event": event}
        answers.append(await inside.client.post("/api/v1/chat", json=told))
        page = await inside.client.post(
            f"/c/{COUNTER}", data={"text": SCRIPT, "conversation": conversation}
        )
        assert "<script>alert(" not in page.text

    assert {answer.headers["content-type"] for answer in answers} == {"application/json"}
    assert all(Path(answer.url.path).name == "chat" for answer in answers)
