"""Dossier events: codes, the file, the API with its keys, and what is kept of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from bot.app import create_app
from bot.keys import Keys, load_keys
from bot.settings import Settings
from handlers.dossiers import MOST
from sipas.dossiers import code_date, dossier_code, masked, read_events
from storage import api_keys
from storage.api_keys import DOSSIER_EVENTS, Act
from storage.recount import recount
from storage.store import Store, snapshot
from tests.databases import database as address
from tests.databases import raw
from tests.server import COUNTER, Server, furnish

TODAY = date(2026, 11, 23)
ACT = Act("2026-11-23T08:00:00+00:00", "test")
CODE = "H56.12.34-260201-0123"
HEAD = "code,stage,unit,resolving_unit,field,counter,day\n"
GOOD = f"{CODE},result,15448,15448,land,{COUNTER},2026-02-05\n"
ONE = {"code": CODE, "stage": "result", "unit": "15448", "counter": COUNTER, "day": "2026-02-05"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("000.00.00.H56-210101-0001", "000.00.00.H56-210101-0001"),
        ("H56.12.34-260201-0123", CODE),
        ("G01.001.02-260201-0112345", "G01.001.02-260201-0112345"),
        ("H56.12.34-240229-0001", "H56.12.34-240229-0001"),
        (" h56.12.34-260201-0123 ", CODE),
        ("H56.12.34–260201–0123", CODE),
        ("H56-211301-0001", None),  # month 13
        ("H56.12.34-260230-0123", None),  # 30 February
        ("H56.12.34-250229-0001", None),  # 2025 has no 29 February
        ("H56.12.34-260201-012", None),  # sequence too short
        ("Z01.001.02-260201-0001", None),  # letter outside A-Y
        ("H56.12.34-260201-" + "1" * 60, None),  # longer than 64
        ("H56.12.34-260201-012٣", None),  # a digit of another script
        ("", None),
    ],
)
def test_codes_of_the_reference_table(text: str, code: str | None) -> None:
    """Every valid form is taken as one spelling; every invalid one is none."""
    assert dossier_code(text) == code


def test_a_code_names_its_day() -> None:
    """Both ways of writing it; what is no code names none."""
    assert code_date("000.00.00.H56-210101-0001") == date(2021, 1, 1)
    assert code_date("H56-260201") is None
    assert masked("short") == "…"


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("H56-261301-0001,result,15448,,,,2026-02-05", "code", "dossier code"),
        (f"{CODE},done,15448,,,,2026-02-05", "stage", "expected one of waiting"),
        (f"{CODE},result,A B,,,,2026-02-05", "unit", "expected a code"),
        (f"{CODE},result,15448,A B,,,2026-02-05", "resolving_unit", "expected a code"),
        (f"{CODE},result,15448,,A B,,2026-02-05", "field", "expected a code"),
        (f"{CODE},result,15448,,,381208,2026-02-05", "counter", "check digit"),
        (f"{CODE},result,15448,,,,5/2/2026", "day", "expected a day"),
        (f"{CODE},result,15448,,,,2026-11-24", "day", "in the future"),
    ],
)
def test_a_wrong_row_is_refused_with_its_reason(row: str, column: str, reason: str) -> None:
    """Line, column and what was needed; the rows around it are taken; no whole code is repeated."""
    accepted, (refusal,) = read_events((HEAD + GOOD + row + "\n").encode(), TODAY)

    assert [event.code for _, event in accepted] == [CODE]
    assert (refusal.line, refusal.column) == (3, column)
    assert reason in refusal.reason
    assert refusal.value != row.partition(",")[0]


def test_a_code_dated_after_the_event_is_only_remarked() -> None:
    """The reference asks for a warning, not a refusal."""
    later = GOOD.replace("260201", "260301")
    accepted, refused = read_events((HEAD + GOOD + later).encode(), TODAY)

    assert refused == []
    assert [event.ahead for _, event in accepted] == [False, True]


@dataclass
class System:
    """The application in process, and a client of the province's platform."""

    app: FastAPI
    store: Store
    client: httpx.AsyncClient
    token: str

    async def post(self, events: Any, token: str | None = None) -> httpx.Response:
        """Send events with the key, or with *token*."""
        headers = {"Authorization": f"Bearer {self.token if token is None else token}"}
        return await self.client.post("/api/v1/dossier-events", json=events, headers=headers)

    async def rows(self, query: str) -> list[Any]:
        """What a query finds."""
        return list(await self.store.reader.execute_fetchall(query))


@pytest.fixture
async def system(tmp_path: Path) -> AsyncIterator[System]:
    """A small province and one key."""
    settings = Settings.model_validate(
        {"database": address(tmp_path / "m.db"), "secret_key_file": tmp_path / "m.key"}
    )
    load_keys(settings.secret_key_file)
    furnish(tmp_path / "m.db")
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        store: Store = app.state.service.store
        token = await store.write(api_keys.add_key, "LGSP", DOSSIER_EVENTS, "s" * 43, ACT)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            yield System(app, store, client, token)


pytestmark = pytest.mark.anyio


async def test_the_same_events_twice_change_nothing(system: System) -> None:
    """A repeat is told as known; the counts, and their recount, stay."""
    other = {**ONE, "stage": "waiting"}
    first = await system.post([ONE, other, ONE])
    counts = await system.rows("select * from dossier_counts")
    again = await system.post([other, ONE])

    assert (first.status_code, first.json()["added"], first.json()["known"]) == (200, 2, 1)
    assert (again.json()["added"], again.json()["known"]) == (0, 2)
    assert await system.rows("select * from dossier_counts") == counts
    assert sum(row[-1] for row in counts) == 2
    assert snapshot(system.store.address, recount, {}) == []


async def test_a_lost_count_is_found_by_the_recount(system: System) -> None:
    """dossier_counts is a rollup like any other."""
    await system.post([ONE])
    await system.store.write(
        lambda tx: tx.connection.execute("update dossier_counts set n = n + 1")
    )
    (difference,) = snapshot(system.store.address, recount, {})

    assert (difference.table, difference.stored, difference.counted) == ("dossier_counts", 2, 1)


async def test_no_code_is_kept(system: System, tmp_path: Path, keys: Keys) -> None:
    """Neither in the database, nor in what is answered; only its keyed hash and last four."""
    done = await system.post([ONE, {**ONE, "code": "H56.99.88-260201-0123X"}])
    held = raw(tmp_path / "m.db")
    ((code_hash, last_four),) = await system.rows("select code_hash, last_four from dossier_events")

    assert b"H56.12.34" not in held
    assert b"260201" not in held
    assert "H56.99.88" not in done.text
    assert (len(code_hash), last_four) == (16, "0123")
    assert keys.dossier_hash(CODE) != code_hash  # another installation, another key


@pytest.mark.parametrize(
    ("change", "member", "reason"),
    [
        ({"unit": "99999"}, "unit", "no unit has this code on 2026-02-05"),
        ({"day": "2025-06-30"}, "unit", "no unit has this code on 2025-06-30"),
        ({"resolving_unit": "99999"}, "resolving_unit", "no unit has this code"),
        ({"counter": "100014"}, "counter", "is no counter of 15448"),
        ({"counter": "100038"}, "counter", "is no counter of 15448"),
        ({"field": "fishing"}, "field", "no field has this code"),
        ({"code": "H56"}, "code", "expected a dossier code"),
    ],
)
async def test_what_fits_nowhere_is_refused_by_itself(
    system: System, change: dict[str, str], member: str, reason: str
) -> None:
    """The others of the request are taken; the report says which one, and why."""
    done = (await system.post([{**ONE, **change}, ONE])).json()
    (refused,) = done["refused"]

    assert done["added"] == 1
    assert (refused["number"], refused["member"]) == (1, member)
    assert reason in refused["reason"]


@pytest.mark.parametrize(
    "body",
    [{}, [{}], [1], [{**ONE, "name": "Nguyễn Văn A"}], [{**ONE, "day": 5}]],
    ids=["no array", "empty", "a number", "a member too many", "a day that is no text"],
)
async def test_a_body_of_another_shape_is_refused_whole(system: System, body: Any) -> None:
    """A person's name has no place here, and what was sent is not repeated."""
    done = await system.post(body)

    assert done.status_code == 422
    assert done.headers["content-type"] == "application/problem+json"
    assert "Nguyễn" not in done.text
    assert await system.rows("select 1 from dossier_events") == []


async def test_five_thousand_events_fit_one_request(system: System) -> None:
    """The most in one request, and one more."""
    many = [{**ONE, "code": f"H56.12.34-260201-{n:04}"} for n in range(MOST)]
    done = await system.post(many)

    assert done.json()["added"] == MOST
    assert (await system.post([*many, ONE])).status_code == 422


@pytest.mark.parametrize(
    "token",
    ["", "motcua", "motcua_1_", "motcua_1_wrong", "motcua_2_" + "s" * 43, "motcua_x_" + "s" * 43],
)
async def test_without_a_good_key_nothing_is_taken(system: System, token: str) -> None:
    """401 in the one error shape, with what is asked for."""
    done = await system.post([ONE], token)

    assert done.status_code == 401
    assert done.headers["www-authenticate"] == "Bearer"
    assert done.headers["content-type"] == "application/problem+json"
    assert await system.rows("select 1 from dossier_events") == []


async def test_a_key_for_something_else_is_forbidden(system: System) -> None:
    """Each key opens one thing."""
    other = await system.store.write(api_keys.add_key, "X", "something-else", "t" * 43, ACT)
    done = await system.post([ONE], other)

    assert done.status_code == 403
    assert "something-else" in done.json()["detail"]


async def test_a_revoked_key_is_dead_at_once(system: System) -> None:
    """And cannot be revoked again; both acts are in the audit, the token is not."""
    assert (await system.post([ONE])).status_code == 200
    assert await system.store.write(api_keys.revoke_key, 1, ACT)
    again = await system.store.write(api_keys.revoke_key, 1, ACT)
    told = await system.rows("select actor, act, detail from audit order by audit_id")

    assert not again
    assert (await system.post([ONE])).status_code == 401
    assert [act for _, act, _ in told][-3:] == [
        "api key added",
        "dossier events",
        "api key revoked",
    ]
    assert told[-2][:1] + told[-2][2:] == ("key 1 LGSP", "1 added, 0 known, 0 refused")
    assert "sss" not in str(told)


async def test_too_many_calls_must_wait(system: System) -> None:
    """Guessing keys is limited like everything that is sent."""
    system.app.state.service.rate_per_minute = 3
    statuses = [(await system.post([ONE], "motcua_1_guess")).status_code for _ in range(5)]

    assert statuses == [401, 401, 401, 429, 429]


async def test_the_document_tells_how_to_call(system: System) -> None:
    """Security, the limit and an example that is accepted as it stands."""
    document = (await system.client.get("/openapi.json")).json()
    operation = document["paths"]["/api/v1/dossier-events"]["post"]
    example = document["components"]["schemas"]["EventIn"]["examples"][0]
    body = operation["requestBody"]["content"]["application/json"]["schema"]

    assert operation["security"] == [{"HTTPBearer": []}]
    assert body["maxItems"] == MOST
    assert (await system.post([example])).json()["added"] == 1


async def test_the_grade_is_told_beside_the_figures(system: System) -> None:
    """In the API, on the unit's page with a link to its rules, which are on the about page."""
    today = system.app.state.service.today().isoformat()
    await system.post([{**ONE, "day": today, "code": f"H56-260201-{n:04}"} for n in range(40)])
    told = (await system.client.get("/api/v1/scores?unit=15448")).json()["coverage"]
    other = (await system.client.get("/api/v1/scores?unit=15448&period=2025-Q4")).json()
    shown = (await system.client.get("/units/15448?lang=en")).text
    about = (await system.client.get("/about?lang=vi")).text

    assert (told["grade"], told["dossiers"]) == ("D", 40)
    assert told["response_rate"] is None  # fewer than ten responses, or none: not told which
    assert other["coverage"]["grade"] == "unknown"
    assert "Data grade D" in shown
    assert 'href="/about?lang=en#grade"' in shown
    assert 'id="grade"' in about
    assert "80 %" in about


def test_the_commands_do_the_same(tmp_path: Path) -> None:
    """A key is printed once; a file is imported twice and counted once."""
    server = Server(tmp_path).furnish()
    file = tmp_path / "events.csv"
    wrong = f"H56-261301-0001,result,15448,,,,2026-02-05\n{CODE},result,15448,,,,2027-13-01\n"
    file.write_text(HEAD + GOOD + wrong + GOOD.replace("15448,1", "99999,1"), "utf-8")
    token = server.command(
        "keys", "add", "--scope", DOSSIER_EVENTS, "--name", "LGSP"
    ).stdout.strip()
    listed = server.command("keys", "list").stdout
    first, again = (server.command("dossiers", "import", str(file)) for _ in range(2))
    gone = server.command("keys", "revoke", "1")
    scores = server.command("scores", "--unit", "15448", "--period", "2026-Q1").stdout

    assert token.startswith("motcua_1_")
    assert token[9:] not in listed
    assert first.stdout == "1 events added, 0 known before, 3 rows refused\n"
    assert [line.split(":")[0] for line in first.stderr.splitlines()] == [
        "line 3",
        "line 4",
        "line 5",
    ]
    assert again.stdout == "0 events added, 1 known before, 3 rows refused\n"
    assert gone.stdout == "key 1 revoked\n"
    assert scores.startswith("15448\tdata grade\t2026-Q1\tD\tsilent counters: ")
    assert server.command("keys", "revoke", "1").returncode == 1
