"""The sealed log as everybody sees it: roots, proofs, and one's own response by its code."""

from __future__ import annotations

import random
import sys
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import anyio
import pytest

from bot.instruments import shipped
from bot.sealing import Signer, load_signer, seal
from handlers.log.hashes import grouped
from handlers.log.statement import stated
from sipas import merkle
from sipas.merkle import leaf_hash
from sipas.packing import half_day
from storage import sealing
from storage.release import release
from storage.sealing import Root
from tests.server import COUNTER
from tests.test_staff import Office, office

__all__ = ["office"]  # a fixture

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("sealed_by_the_test_alone")]

SIGNER = Signer(b"a key for tests, of 32 bytes ...")
TODAY = "2026-11-28"


async def rated(office: Office) -> str:
    """Somebody rates the counter, one tap and enough; the code they get."""
    conversation, told = None, dict[str, Any]()
    for number, event in enumerate(({"start": COUNTER}, {"text": "5"}, {"text": "dừng"})):
        sent = {"update_id": f"u{number}", "event": event, "conversation": conversation}
        told = (await office.client.post("/api/v1/chat", json=sent)).json()
        conversation = told["conversation"]
    return str(told["response_code"])


async def released(office: Office, n: int = 5) -> list[str]:
    """Codes of *n* responses that are released together."""
    codes = [await rated(office) for _ in range(n)]
    half = half_day(office.clock())
    assert await office.store.write(release, shipped(), half, random.Random(7)) == n
    return codes


async def sealed(office: Office, day: str = TODAY, signer: Signer = SIGNER) -> Root:
    """The day's root."""
    service = office.app.state.service
    found = await seal(office.store, day, signer, partial(stated, service))
    assert found is not None
    return found


def included(told: dict[str, Any], leaf: bytes) -> bool:
    """Whether what a route told proves that *leaf* is in the log."""
    path = [bytes.fromhex(each) for each in told["path"]]
    root = told["root"]
    top = bytes.fromhex(root["root"])
    return merkle.is_included(leaf, told["index"], root["size"], path, top)


async def test_a_code_proves_that_ones_own_response_is_in_the_log(office: Office) -> None:
    """What was answered, its salt and the path: everything that a check needs, for the owner."""
    code, *_ = await released(office)
    waiting = (await office.client.post("/api/v1/log/responses", json={"code": code})).json()
    await sealed(office)
    answer = await office.client.post("/api/v1/log/responses", json={"code": code.lower()})
    told = answer.json()
    answered = sha256(bytes.fromhex(told["salt"]) + told["form"].encode()).hexdigest()

    assert waiting["sealed"] is None
    assert f"answered={answered}\n" in told["entry"]
    assert f"counter={COUNTER}\n" in told["form"]
    assert included(told["sealed"], leaf_hash(told["entry"].encode()))
    assert answer.headers["cache-control"] == "no-store"


async def test_a_code_of_nobody_is_told_so(office: Office) -> None:
    """As JSON and on the page, in the reader's language; malformed codes alike."""
    for code in ("K7Q2M9PA4X", "nothing"):
        told = await office.client.post("/api/v1/log/responses", json={"code": code})
        page = await office.client.post("/log/check?lang=en", data={"code": code})

        assert (told.status_code, page.status_code) == (404, 404)
        assert "No released response has this code" in page.text
        assert code not in page.text


async def test_the_page_says_where_ones_own_response_stands(office: Office) -> None:
    """Released, and from the next root on sealed."""
    code, *_ = await released(office)
    before = await office.client.post("/log/check?lang=en", data={"code": code})
    root = await sealed(office)
    after = await office.client.post("/log/check?lang=en", data={"code": code})

    assert "sealed with tomorrow" in before.text
    assert f"below root {root.number} of 28/11/2026" in after.text


async def test_ones_own_response_is_erased_or_taken_back_by_its_code(office: Office) -> None:
    """On the page and by the interface, once; the package then still verifies."""
    one, other, *_ = await released(office)
    await sealed(office)
    page = await office.client.post("/log/check?lang=en", data={"code": one, "act": "erase"})
    again = await office.client.post("/log/check?lang=en", data={"code": one, "act": "erase"})
    told = await office.client.post("/api/v1/log/responses/withdraw", json={"code": other})
    gone = await office.client.post("/api/v1/log/responses", json={"code": other})
    await sealed(office, "2026-11-29")

    assert "The comment and the code are erased" in page.text
    assert (again.status_code, gone.status_code) == (404, 404)
    assert told.json() == {"done": "withdrawn"}


async def test_the_package_is_fetched_and_verified(office: Office, tmp_path: Path) -> None:
    """What a server publishes is checked by the program that it publishes."""
    missing = await office.client.get("/data/package.zip")
    await released(office)
    await sealed(office, TODAY, load_signer(tmp_path / "motcua.key"))
    answer = await office.client.get("/data/package.zip")
    program = await office.client.get("/data/verify.py")
    (tmp_path / "verify.py").write_bytes(program.content)
    (tmp_path / "p.zip").write_bytes(answer.content)
    found = await anyio.run_process([sys.executable, "-I", "verify.py", "p.zip"], cwd=tmp_path)

    assert missing.status_code == 404
    assert (answer.headers["content-type"], answer.status_code) == ("application/zip", 200)
    assert found.stdout == b"ok: everything matches\n"


async def test_roots_are_told_with_their_key(office: Office) -> None:
    """As JSON, on the page and on the sheet to print."""
    empty = await office.client.get("/log/roots?lang=en")
    await released(office)
    root = await sealed(office)
    told = (await office.client.get("/api/v1/log/roots")).json()
    page = await office.client.get("/log/roots?lang=en")
    sheet = await office.client.get("/log/roots/1")
    missing = await office.client.get("/log/roots/2")

    assert "No root yet" in empty.text
    assert told["public_key"] == office.app.state.service.log_key.hex()
    assert [each["root"] for each in told["roots"]] == [root.root.hex()]
    assert grouped(root.root) in page.text
    assert grouped(root.signature) in sheet.text
    assert missing.status_code == 404


async def test_any_leaf_is_proved_and_responses_stay_hidden(office: Office) -> None:
    """An act is told in words; of a response only its hash."""
    await released(office)
    await office.store.write(sealing.add_act, b"motcua.entry.test.1\n")
    size = (await sealed(office)).size
    told = [(await office.client.get(f"/api/v1/log/leaves/{at}")).json() for at in range(size)]
    beyond = await office.client.get(f"/api/v1/log/leaves/{size}")

    assert all(included(each, bytes.fromhex(each["leaf"])) for each in told)
    assert size >= 7
    assert {each["entry"] for each in told[:-2]} == {None}
    assert told[-2]["entry"] == "motcua.entry.test.1\n"
    assert told[-1]["entry"].startswith("motcua.entry.figures.1\nrelease=")
    assert beyond.status_code == 404


async def test_an_older_root_is_shown_to_be_within_a_newer_one(office: Office) -> None:
    """Between any two roots, and between nothing else."""
    await released(office)
    old = await sealed(office)
    await released(office, 7)
    new = await sealed(office, "2026-11-29")
    address = "/api/v1/log/consistency"
    told = (await office.client.get(f"{address}?old={old.size}&size={new.size}")).json()
    path = [bytes.fromhex(each) for each in told["path"]]
    refused = [
        await office.client.get(f"{address}?old={a}&size={b}")
        for a, b in ((3, new.size), (new.size, old.size))
    ]

    assert merkle.is_consistent(old.size, new.size, path, old.root, new.root)
    assert [each.status_code for each in refused] == [404, 404]
