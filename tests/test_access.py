"""The access matrix of docs/access.md, every cell of it tried on the real application.

A person holds one role for one commune or for the whole province; each route is asked about the
own commune, another one and the province, without a login, and with a form that is not ours.
"""

from __future__ import annotations

import hmac
import itertools
import json
import re
import secrets
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from fastapi import FastAPI

from bot.app import create_app
from bot.keys import load_keys
from bot.seeds import seed_counters
from bot.settings import Settings
from handlers.cases.contact import Contact
from handlers.filings.types import TYPES
from handlers.media.packs import Told
from handlers.messages import LANGUAGES
from handlers.plans.desk import WRITERS
from handlers.rights import COOKIE, RIGHTS, Right, Role, hashed
from sipas.case_opening import Cause
from sipas.filings import Act
from sipas.integrity import Sign
from sipas.quotes import Act as QuoteAct
from sipas.quotes import State
from storage import (
    case_rows,
    cases,
    filings,
    integrity,
    packs,
    plan_rows,
    plans,
    queries,
    registry,
    relays,
    staff,
    voices,
)
from storage.filing_rows import By, New, Taken
from storage.integrity import Named
from storage.packs import Pack
from storage.plan_rows import SCORECARD, Found
from storage.released import Released
from storage.staff import Grant
from storage.store import Store
from storage.transaction import Transaction
from tests import access
from tests.access import Rule
from tests.databases import database as address
from tests.server import furnish

pytestmark = [pytest.mark.anyio, pytest.mark.long]

PROVINCE, OWN, OTHER = "38", "15448", "14923"
TARGETS = (OWN, OTHER, PROVINCE)
KIND = "unit_quarter"
AT = "2026-01-05T03:00:00+00:00"
RULES = list(access.staff_rules())

# What a form must hold so that only the right decides; and what a path names.
NINE = {"revision": "0", "points": [""] * 9, "note": [""] * 9}
FORMS: dict[str, dict[str, Any]] = {
    "/logout": {},
    "/account": {"act": "password", "password": "wrong", "new": "x" * 12},
    "/account/logins": {},
    "/filings": {"kind": "unit_quarter", "unit": "{unit}", "period": "2026-R1"},
    "/filings/{filing}/words": {"revision": "0"},
    "/filings/{filing}/take-over": {},
    "/filings/{filing}/sheet": NINE,
    "/filings/{filing}/appraisal": NINE,
    "/filings/{filing}/draft": {"act": "submit"},
    "/filings/{filing}/decide": {"act": "accept"},
    "/plans/calls": {"period": "2026-R3", "due": "2026-12-20"},
    "/plans/{plan}/draft": {"act": "note", "note": "x"},
    "/plans/{plan}/decide": {"act": "return", "note": "x"},
    "/scorecard/import": {},
    "/scorecard/map": {"year": "2026", "code": "1.1", "reason": "x"},
    "/people/file": {},
    "/people": {"name": "{new}", "role": "leader", "unit": "{unit}"},
    "/people/{person}": {"act": "out"},
    "/keys": {"name": "x", "scope": "dossier-events"},
    "/keys/{key}": {},
    "/integrity/{finding}/appeal": {"act": "appeal", "words": " "},
    "/integrity/{finding}/decide": {"act": "dismiss", "words": " "},
    "/voices/{comment}": {"act": "release", "seen": "x"},
    "/newsroom/link": {},
    "/newsroom/relays": {"comment": "{comment}", "due": "2026-01-01"},
    "/newsroom/relays/{relay}": {"revision": "9"},
    "/questions/{relay}/draft": {"revision": "9", "words": "x", "outcome": "fixed"},
    "/questions/{relay}/correct": {"revision": "9", "words": "x", "outcome": "fixed"},
    "/questions/{relay}/publish": {"revision": "9"},
    "/cases/appeal": {"number": "{case}", "words": "x"},
    "/cases/{case}": {"act": "take"},
    "/dashboard/views": {"name": "x", "address": "/dashboard?q=x"},
    "/dashboard/views/{view}/delete": {},
    "/dashboard/digest/mail": {},
}
FILES = {
    "/people/file": "name,full_name,role,unit\n{new},x,leader,{unit}\n",
    "/scorecard/import": "x\n",
}
# Where a unit that is not one's own is told on the form, and not as if it were not there.
TOLD = {"/people": 422, "/people/file": 422}
# Nobody files as the province: its reports are filed by its departments.
NOT_THERE = {("/filings", "POST", PROVINCE)}
LAST = "/logout"  # ends the login that asks


class Thing(NamedTuple):
    """What paths name, about one unit."""

    unit: str
    filing: int
    person: int
    plan: int
    comment: int
    relay: int
    case: int
    finding: int
    key: int = 1
    view: int = 1
    week: str = "2026-W01"
    name: str = "text.txt"


class Secret(StrEnum):
    """What is written somewhere about a unit, as it begins."""

    CASE = "words of a case about"
    ORIGINAL = "unmasked comment on"
    MASKED = "masked and unreleased comment on"
    ADDRESS = "address of a respondent of"


class Town:
    """The application with a person for every role, at a commune and for the province."""

    def __init__(self, app: FastAPI, store: Store) -> None:
        self.store = store
        self.people: dict[tuple[Role, str], str] = {}
        self.read: set[tuple[str, str, str]] = set()
        self.things: dict[str, Thing] = {}
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://test"
        )

    async def furnish(self) -> None:
        """A login for everybody, and a filing and an account in every unit."""
        for number, (role, unit) in enumerate(itertools.product(Role, (OWN, PROVINCE))):
            token = f"token-{number}"
            await self.store.write(_person, number, Grant(role, unit), token)
            self.people[role, unit] = token
        told = json.dumps(dict.fromkeys(LANGUAGES, asdict(Told("x", (), "x", (), [], ""))))
        await self.store.write(packs.keep, Pack("2026-W01", AT, AT, told))
        for unit in TARGETS:
            made = [await self.store.write(make, unit) for make in THINGS]
            filing, person, plan, comment, relay, case, finding = made
            self.things[unit] = Thing(unit, filing, person, plan, comment, relay, case, finding)
            await self.store.write(_unreleased, unit)

    async def ask(self, rule: Rule, unit: str, token: str = "", csrf: str = "") -> int:
        """The status of one call about a unit."""
        told = self.things[unit]._asdict() | {"new": f"n{secrets.token_hex(4)}"}
        sent: dict[str, Any] = {"params": {"unit": unit} if rule.asks_unit else {}}
        if rule.method == "POST":
            sent["data"] = {"csrf": csrf} | {
                key: value.format(**told) if isinstance(value, str) else value
                for key, value in FORMS[rule.path].items()
            }
        if rule.path in FILES:
            sent["files"] = {"file": ("told.csv", FILES[rule.path].format(**told))}
        headers = {"cookie": f"{COOKIE}={token}"} if token else {}
        path = rule.path.format(**told)
        answer = await self.client.request(rule.method, path, headers=headers, **sent)
        kept = ((secret, each) for secret in Secret for each in TARGETS)
        self.read |= {
            (token, rule.path, f"{secret} {each}")
            for secret, each in kept
            if f"{secret} {each}".encode() in answer.content
        }
        return answer.status_code


def _person(tx: Transaction, number: int, grant: Grant, token: str) -> None:
    """An account with a login, whose password nobody has to change first."""
    added = staff.add(tx, f"person{number}", "x", [grant], "2026-11-23")
    assert added is not None
    staff.set_password(tx, added, "x", must_change=False)
    staff.begin_login(tx, added, hashed(token), int(datetime.now(UTC).timestamp()))


def _known(tx: Transaction, unit: str) -> int:
    """An account whose only role is in the unit."""
    added = staff.add(tx, f"known{unit}", "x", [Grant(Role.LEADER, unit)], "2026-11-23")
    assert added is not None
    return added


def _plan(tx: Transaction, unit: str) -> int:
    """A criterion of the scorecard for which the unit owes a plan."""
    points = {"now": "1", "before": "2", "maximum": "3", "lost": "2", "most": "3"}
    found = Found(unit, f"1.{unit}", {"signs": [], "name": "x", **points})
    by = By("test", "2026-03-17T08:00:00+00:00", "2026-03-17")
    plans.call(tx, plan_rows.New(SCORECARD, f"20{unit[:2]}", "year", 1, "2026-12-01"), [found], by)
    return plans.plans(tx, unit)[0].plan_id


def _comment(tx: Transaction, unit: str) -> int:
    """A masked comment that its author allowed to quote."""
    number = 1000 + int(unit)
    place = tx.connection.execute("select unit_id from units where code = ?", (unit,)).fetchone()
    row = Released(number, 0, place[0], 1, "5", "", 0, 2, 1, 0, 0, 0, None)
    queries.write.release_response(tx.connection, **row._asdict())
    tx.comment(number, "x", quote=True)
    voices.keep(tx, [(number, "x")])
    return max(each.number for each in voices.voices(tx, unit, State.WAITING, 9))


def _unreleased(tx: Transaction, unit: str) -> None:
    """Another comment, which nobody has released."""
    number = 2000 + int(unit)
    place = tx.connection.execute("select unit_id from units where code = ?", (unit,)).fetchone()
    row = Released(number, 0, place[0], 1, "5", "", 0, 2, 1, 0, 0, 0, None)
    queries.write.release_response(tx.connection, **row._asdict())
    tx.comment(number, f"{Secret.ORIGINAL} {unit}", quote=True)
    voices.keep(tx, [(number, f"{Secret.MASKED} {unit}")])


def _relay(tx: Transaction, unit: str) -> int:
    """A question about the unit's comment, which an editor has released."""
    seen = voices.voices(tx, unit, State.WAITING, 9)[0]
    by = By("test", "2026-03-17T08:00:00+00:00", "2026-03-17")
    assert voices.decide(tx, seen, QuoteAct.RELEASE, by)
    made = relays.ask(tx, relays.New(seen.number, unit, None, "2026-04-17"), by)
    assert made
    return made


def _case(tx: Transaction, unit: str) -> int:
    """A case of money that the unit's inspection works on."""
    (place,) = tx.connection.execute("select unit_id from units where code = ?", (unit,)).fetchone()
    contact = Contact(1, "00", f"{Secret.ADDRESS} {unit}", "vi", "K7Q2M9PA4X").dump()
    words = f"{Secret.CASE} {unit}"
    facts = ("2026-03-17", "2026-03-17", "short.1", "", "", (Cause.MONEY,), None, words, contact)
    number = cases.open_case(tx, case_rows.New(place, 0, *facts), "")
    tx.connection.execute("update cases set body = ? where case_id = ?", (unit, number))
    return number


def _finding(tx: Transaction, unit: str) -> int:
    """A counter of the unit that was named."""
    counter = replace(seed_counters()[0], code=f"1{unit:0>5}", unit=unit)
    registry.add_counters(tx, [counter])
    counter_id, _ = tx.counter_ids(counter.code)
    integrity.keep(tx, 1000, [Named(counter_id, (Sign.BURST,), 7)], "2026-03-17")
    return integrity.findings(tx)[0].finding_id


def _filing(tx: Transaction, unit: str) -> int:
    """A frozen filing of the unit, and one before it."""
    by = By("test", "2026-03-17T08:00:00+00:00", "2026-03-17")
    filings.open_filing(tx, New(KIND, unit, unit, "2025-R4", "2025-12-18"), by)
    number = filings.open_filing(tx, New(KIND, unit, unit, "2026-R1", "2026-03-18"), by)
    filings.move(tx, number, Act.FREEZE, by, taken=Taken(1, []))
    return number


THINGS = (_filing, _known, _plan, _comment, _relay, _case, _finding)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    """Everybody, everywhere."""
    told = {
        "database": address(tmp_path / "m.db"),
        "secret_key_file": tmp_path / "motcua.key",
        "rate_per_minute": 100_000,
    }
    settings = Settings.model_validate(told)
    load_keys(settings.secret_key_file)
    furnish(tmp_path / "m.db")
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        made = Town(app, app.state.service.store)
        await made.furnish()
        yield made
        await made.client.aclose()


def csrf_of(token: str) -> str:
    """What the pages of this login would have put into their forms."""
    return hmac.digest(token.encode(), b"form", "sha256").hex()


def expected(rule: Rule, role: Role, holds: str, about: str) -> int:
    """200 where the table lets somebody in who holds a role for a unit, else the refusal."""
    if rule.right not in RIGHTS[role]:
        return 403
    if rule.scope == "all":
        return 200 if holds == PROVINCE else 403
    if rule.scope == "own" and (holds not in (about, PROVINCE) or not _writes(rule, role)):
        return TOLD.get(rule.path, 404)
    return 404 if (rule.path, rule.method, about) in NOT_THERE else 200


def _writes(rule: Rule, role: Role) -> bool:
    """Whether a role may write this type of filing, or a plan, or works on such a case."""
    if rule.path.startswith("/questions"):
        return True
    if rule.right is Right.CASES:
        return role is Role.INSPECTION
    if rule.path.startswith("/integrity"):
        return rule.right is not Right.DRAFT or role is Role.UNIT_HEAD
    writers = WRITERS if rule.path.startswith("/plans") else TYPES[KIND].roles
    return rule.right is not Right.DRAFT or role in writers


def told(status: int) -> int:
    """A refusal as it is; whatever else came of it, the caller was let in."""
    return status if status in (401, 403, 404) or status >= 500 else 200


async def test_every_cell_of_the_matrix(town: Town) -> None:
    """Who has the right for the unit is let in, and nobody else, on every route of staff."""
    wrong = []
    for rule in sorted(RULES, key=lambda each: each.path == LAST):
        abouts = TARGETS if rule.scope == "own" else (OWN,)
        for (role, holds), token in town.people.items():
            for about in abouts:
                status = await town.ask(rule, about, token, csrf_of(token))
                want = expected(rule, role, holds, about)
                if (told(status), status)[want == 422] != want:
                    wrong.append(f"{rule.method} {rule.path} {role}@{holds} {about}: {status}")

    assert wrong == []
    assert town.read == set(_may_read(town))


def _may_read(town: Town) -> Iterator[tuple[str, str, str]]:
    """Who may read which words on which route; what is not masked, and addresses, nobody."""
    for (role, holds), token in town.people.items():
        for unit in TARGETS if holds == PROVINCE else (holds,):
            if role is Role.INSPECTION:
                yield token, "/cases/{case}", f"{Secret.CASE} {unit}"
            if Right.QUOTE in RIGHTS[role]:
                yield token, "/voices", f"{Secret.MASKED} {unit}"


async def test_the_public_reads_no_words_that_nobody_released(town: Town) -> None:
    """On no page, feed or file that needs no account."""
    paths = [path for path in access.PUBLIC if "{" not in path]
    answers = [await town.client.get(path) for path in paths]
    told = b"".join(answer.content for answer in answers)

    assert sum(answer.is_success for answer in answers) > len(paths) / 2
    assert [secret for secret in Secret if secret.encode() in told] == []


async def test_a_stranger_is_let_in_nowhere(town: Town) -> None:
    """Without a login, or with a made-up one, every route of staff says 401."""
    asked = [await town.ask(rule, OWN, token) for rule in RULES for token in ("", "made-up")]

    assert set(asked) == {401}


async def test_no_form_works_that_is_not_our_page_s(town: Town) -> None:
    """No secret, a made-up one, and another person's: each POST of staff says 403."""
    posts = [rule for rule in RULES if rule.method == "POST"]
    strange = csrf_of("another login")
    statuses = set()
    for rule in posts:
        holder = next(role for role in Role if rule.right in RIGHTS[role])
        token = town.people[holder, PROVINCE]
        statuses |= {await town.ask(rule, OWN, token, csrf) for csrf in ("", "0" * 64, strange)}

    assert len(posts) > 10
    assert statuses == {403}


def test_what_paths_name_is_known_to_the_matrix() -> None:
    """A path of staff that names a new kind of thing must be tried with one, in every unit."""
    named = set(re.findall(r"{(\w+)}", " ".join(rule.path for rule in RULES)))

    assert named <= set(Thing._fields)
    assert {rule.path for rule in RULES if rule.method == "POST"} <= FORMS.keys()
