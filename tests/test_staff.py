"""Accounts of staff on the real application: signing in, second factor, lock-out, forged forms."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx
import pyotp
import pytest
from fastapi import FastAPI

from bot.app import create_app
from bot.keys import load_keys
from bot.settings import Settings
from bot.sheets import write_sheets
from handlers.people.adding import read_people
from handlers.people.sheet import Sheet
from handlers.rights import COOKIE, RIGHTS, Right, Role
from storage import staff
from storage.staff import Grant
from storage.store import Store
from storage.transaction import Transaction
from tests.databases import database as address
from tests.databases import raw
from tests.quick_hashes import hash_of
from tests.server import furnish

pytestmark = pytest.mark.anyio

NAME, FIRST_WORD, WORD = "lan.nv", "ONCE-ONLY-2345-6789", "một câu dài dễ nhớ của Lan"


class Clock:
    """The application's time, which a test may move."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def begin_a_quarter_hour(self) -> None:
        """What is counted by quarters of an hour falls into one."""
        self.ahead -= timedelta(seconds=self().timestamp() % 900)


class Office:
    """The application in process, with one account, and a browser."""

    def __init__(self, app: FastAPI, store: Store, clock: Clock) -> None:
        self.app, self.store, self.clock = app, store, clock
        self.client = self.browser()
        self._csrf: dict[str, str] = {}

    def browser(self) -> httpx.AsyncClient:
        """Another browser, signed in nowhere."""
        transport = httpx.ASGITransport(self.app)
        headers = {"accept": "text/html"}
        return httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers)

    async def sign_in(self, word: str, code: str = "", **more: str) -> httpx.Response:
        """Send the form of /login."""
        form = {"name": NAME, "password": word, "code": code, **more}
        return await self.client.post("/login", data=form)

    async def account(self, **form: str) -> httpx.Response:
        """Send a form of /account with what its page gave."""
        return await self.client.post("/account", data={"csrf": await self.csrf(), **form})

    async def csrf(self) -> str:
        """What the forms of this login carry, all the same; seen on one page."""
        login = self.client.cookies[COOKIE]
        if login not in self._csrf:
            shown = await self.client.get("/account")
            found = re.search(r'name="csrf" value="(\w+)"', shown.text)
            assert found, shown.text
            self._csrf[login] = found[1]
        return self._csrf[login]


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """One account of Home Affairs whose one-time password was never used."""
    async with opened(tmp_path) as made:
        yield made


def account(tx: Transaction) -> None:
    """Somebody of Home Affairs with a one-time password."""
    grants = (Grant(Role.HOME_AFFAIRS, "38"),)
    assert staff.add(tx, NAME, "Nguyễn Vân Lan", grants, "2026-11-23") == 1
    staff.set_password(tx, 1, hash_of(FIRST_WORD), must_change=True)


async def first_round(store: Store) -> None:
    """Until every worker has handed over its first work: none comes between a test's own."""
    for _ in range(5):
        await asyncio.sleep(0)
    await store.write(lambda tx: None)


@asynccontextmanager
async def opened(tmp_path: Path) -> AsyncIterator[Office]:
    """The office in a folder."""
    settings = Settings.model_validate(
        {
            "database": address(tmp_path / "m.db"),
            "secret_key_file": tmp_path / "motcua.key",
            "rate_per_minute": 10_000,
            "release_seconds": 10**6,  # released by the test alone
        }
    )
    load_keys(settings.secret_key_file)
    furnish(tmp_path / "m.db", account)
    clock = Clock()
    app = create_app(settings, clock)
    async with app.router.lifespan_context(app):
        store: Store = app.state.service.store
        await first_round(store)
        made = Office(app, store, clock)
        yield made
        await made.client.aclose()


async def test_the_first_sign_in_asks_for_a_new_password(office: Office) -> None:
    """The one-time password opens only the page that replaces it."""
    first = await office.sign_in(FIRST_WORD, to="/account")
    short = await office.account(act="password", password=FIRST_WORD, new="ngắn")
    before = office.client.cookies[COOKIE]
    changed = await office.account(act="password", password=FIRST_WORD, new=WORD)
    again = await office.client.get("/account")

    assert (first.status_code, first.headers["location"]) == (303, "/account?lang=vi")
    assert (short.status_code, changed.status_code, again.status_code) == (422, 303, 200)
    assert office.client.cookies[COOKIE] != before
    assert "dùng một lần" not in again.text
    assert (await office.sign_in(FIRST_WORD)).status_code == 403
    assert (await office.sign_in(WORD)).status_code == 303


async def test_a_stranger_is_sent_to_sign_in_and_then_on(office: Office) -> None:
    """A page of staff shows nothing to who is not signed in; the API says 401."""
    page = await office.client.get("/account")
    told = await office.client.get("/account", headers={"accept": "application/json"})

    assert (page.status_code, page.headers["location"]) == (303, "/login?to=%2Faccount&lang=vi")
    assert told.status_code == 401


async def test_what_was_asked_for_is_shown_after_signing_in(office: Office) -> None:
    """With its period and order, whatever went wrong meanwhile; an endless address without."""
    wanted = "/work?unit=38&period=2026-Q3&x=%C3%A9"
    there = (await office.client.get(f"{wanted}&lang=en")).headers["location"]
    page = (await office.client.get(there)).text
    to = html.unescape(re.findall(r'name="to" value="([^"]*)"', page)[0])
    typed = {"name": NAME, "password": "x", "to": to}
    wrong = (await office.client.post("/login?lang=en", data=typed)).text
    switch = html.unescape(re.findall(r'href="([^"]*)" lang="vi"', wrong)[0])
    entered = await office.sign_in(FIRST_WORD, to=to)
    endless = await office.browser().get(f"/work?unit={'3' * 300}")

    assert to == f"{wanted}&lang=en"
    assert dict(parse_qsl(urlsplit(switch).query)) == {"to": to, "lang": "vi"}
    assert entered.headers["location"] == f"{wanted}&lang=vi"
    assert endless.headers["location"] == "/login?to=%2Fwork&lang=vi"


async def test_the_language_that_was_chosen_stays(office: Office) -> None:
    """Whatever the browser prefers: on the way in, to the first password, and out again."""
    wanted = await office.client.get("/work?lang=en")
    word = {"name": NAME, "password": FIRST_WORD}
    entered = await office.client.post("/login?lang=en", data=word)
    held_up = await office.client.get("/work?lang=en")
    left = await office.client.post("/logout?lang=en", data={"csrf": await office.csrf()})

    assert [each.headers["location"] for each in (wanted, entered, held_up, left)] == [
        "/login?to=%2Fwork%3Flang%3Den&lang=en",
        "/work?lang=en",
        "/account?lang=en",
        "/login?lang=en",
    ]


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example", "/\\evil.example", "x"])
async def test_signing_in_never_leads_elsewhere(to: str, office: Office) -> None:
    """An open redirect would lend our name to somebody else's page."""
    assert (await office.sign_in(FIRST_WORD, to=to)).headers["location"] == "/work?lang=vi"


async def test_five_wrong_passwords_lock_the_account_for_a_while(office: Office) -> None:
    """Then even the right one is refused; a quarter of an hour later it opens."""
    wrong = [await office.sign_in(f"wrong {number}") for number in range(5)]
    locked = await office.sign_in(FIRST_WORD)
    office.clock.ahead = timedelta(minutes=16)
    later = await office.sign_in(FIRST_WORD)

    assert {answer.status_code for answer in wrong} == {403}
    assert (locked.status_code, later.status_code) == (403, 303)
    assert wrong[0].text == locked.text


async def test_an_open_login_is_no_place_to_guess_the_password(office: Office) -> None:
    """Wrong present passwords count as at the door: who finds a login open has five tries."""
    await office.sign_in(FIRST_WORD)
    wrong = [await office.account(act="totp-off", password=f"wrong {n}") for n in range(5)]
    locked = await office.account(act="password", password=FIRST_WORD, new=WORD)
    office.clock.ahead = timedelta(minutes=16)
    later = await office.account(act="password", password=FIRST_WORD, new=WORD)

    assert {answer.status_code for answer in wrong} == {422}
    assert (locked.status_code, later.status_code) == (422, 303)


async def test_a_name_that_nobody_has_reads_like_a_wrong_password(office: Office) -> None:
    """Nothing tells which names exist."""
    form = {"password": "x", "code": ""}
    nobody = await office.client.post("/login", data={"name": "nobody", **form})
    known = await office.client.post("/login", data={"name": NAME, **form})

    assert nobody.status_code == known.status_code == 403
    assert nobody.text.replace("nobody", NAME) == known.text


@pytest.mark.parametrize("csrf", [None, "", "0" * 64, "ü"])
async def test_a_form_of_another_site_changes_nothing(csrf: str | None, office: Office) -> None:
    """The cookie alone is not enough to post."""
    await office.sign_in(FIRST_WORD)
    form = {"act": "password", "password": FIRST_WORD, "new": WORD}
    answer = await office.client.post(
        "/account", data=form if csrf is None else {"csrf": csrf, **form}
    )
    foreign = await office.client.post(
        "/login",
        data={"name": NAME, "password": FIRST_WORD},
        headers={"sec-fetch-site": "cross-site"},
    )

    assert (answer.status_code, foreign.status_code) == (403, 403)
    assert (await office.sign_in(FIRST_WORD)).status_code == 303


async def test_a_token_brought_along_is_not_taken_over(office: Office) -> None:
    """Session fixation: what was in the browser before signing in opens nothing after."""
    office.client.cookies.set(COOKIE, "chosen-by-somebody-else")
    answer = await office.sign_in(FIRST_WORD)
    other = office.browser()
    other.cookies.set(COOKIE, "chosen-by-somebody-else")

    assert "chosen" not in answer.headers["set-cookie"]
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert "SameSite=lax" in answer.headers["set-cookie"]
    assert (await other.get("/account")).status_code == 303


async def test_signing_out_idling_and_age_end_a_login(office: Office) -> None:
    """A copied cookie dies with the login."""
    await office.sign_in(FIRST_WORD)
    shown = await office.client.get("/account")
    token = office.client.cookies[COOKIE]
    found = re.search(r'name="csrf" value="(\w+)"', shown.text)
    assert found
    await office.client.post("/logout", data={"csrf": found[1]})
    office.client.cookies.set(COOKIE, token)

    assert (await office.client.get("/account")).status_code == 303
    office.client = office.browser()
    await office.sign_in(FIRST_WORD)
    office.clock.ahead = timedelta(minutes=61)
    assert (await office.client.get("/account")).status_code == 303
    office.clock.ahead = timedelta(hours=3)
    await office.sign_in(FIRST_WORD)
    for minutes in range(50, 13 * 60, 50):
        office.clock.ahead = timedelta(hours=3, minutes=minutes)
        status = (await office.client.get("/account")).status_code
        assert status == (200 if minutes < 12 * 60 else 303), minutes


async def test_the_second_factor(office: Office) -> None:
    """Once on, the password alone opens nothing, and no code opens twice."""
    await office.sign_in(FIRST_WORD)
    await office.account(act="password", password=FIRST_WORD, new=WORD)
    secret = pyotp.random_base32()
    totp = pyotp.TOTP(secret)
    wrong = await office.account(act="totp", password=WORD, secret=secret, code="000000")
    on = await office.account(act="totp", password=WORD, secret=secret, code=totp.now())
    without = await office.sign_in(WORD)
    code = totp.at(office.clock())
    first, second = await office.sign_in(WORD, code), await office.sign_in(WORD, code)
    off = await office.account(act="totp-off", password=WORD)

    assert [each.status_code for each in (wrong, on, without)] == [422, 303, 403]
    assert (first.status_code, second.status_code, off.status_code) == (303, 403, 303)
    assert (await office.sign_in(WORD)).status_code == 303


@pytest.mark.parametrize(
    ("secret", "code"),
    [(pyotp.random_base32(), "１２３４５６"), ("A", "123456"), ("JBSWY3DP", "123456")],
    ids=["digits of another script", "half a secret", "a short secret"],
)
async def test_what_is_no_code_or_secret_is_refused(secret: str, code: str, office: Office) -> None:
    """Neither at the door nor when it is switched on is it taken, or a mistake of ours."""
    await office.sign_in(FIRST_WORD)
    await office.account(act="password", password=FIRST_WORD, new=WORD)
    on = await office.account(act="totp", password=WORD, secret=secret, code=code)
    await office.store.write(staff.set_totp, 1, pyotp.random_base32())
    at_the_door = await office.sign_in(WORD, code)

    assert on.status_code in (400, 422)
    assert at_the_door.status_code == 403


async def test_a_disabled_account_is_out_at_once(office: Office) -> None:
    """Its logins end, and it cannot sign in."""
    await office.sign_in(FIRST_WORD)
    await office.store.write(staff.disable, 1, True)

    assert (await office.client.get("/account")).status_code == 303
    assert (await office.sign_in(FIRST_WORD)).status_code == 403


async def test_secrets_are_not_in_the_database(office: Office, tmp_path: Path) -> None:
    """Neither token, nor password, nor the second factor's secret, byte by byte."""
    await office.sign_in(FIRST_WORD)
    secret = pyotp.random_base32()
    await office.store.write(staff.set_totp, 1, secret)
    await office.store.write(lambda tx: tx.connection.execute("select 1"))
    held = raw(tmp_path / "m.db")

    for told in (office.client.cookies[COOKIE], FIRST_WORD, secret):
        assert told.encode() not in held


def test_every_role_and_right_is_in_the_table() -> None:
    """Nobody's rights are undefined, and everybody may change their own password."""
    assert set(RIGHTS) == set(Role)
    assert all(Right.OWN in rights for rights in RIGHTS.values())


@pytest.mark.parametrize("comma", [",", ";"])
def test_a_file_of_people_is_read_with_its_faults(comma: str) -> None:
    """Roles of a name add up; a row without a known role is named; Excel may write semicolons."""
    told = "name,full_name,role,unit\nLan,Vân Lan,leader,38\nlan,,unit_head,15448\nx,X,king,38\n"
    people, refused = read_people(told.replace(",", comma))

    assert [(each.name, len(each.grants)) for each in people] == [("lan", 2)]
    assert refused == [("4", "role")]


def test_login_sheets_are_one_page_each(tmp_path: Path) -> None:
    """Printable, with every Vietnamese letter, and for whoever had them made alone."""
    sheet = Sheet("lan.nv", "Nguyễn Vân Lan", FIRST_WORD, "https://motcua.example.vn/login")
    write_sheets([sheet, sheet], tmp_path / "s.pdf")

    assert (tmp_path / "s.pdf").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "s.pdf").read_bytes().count(b"/Type/Page\n") in (0, 2)
