"""The whole OpenAPI document, tried by schemathesis against the real server.

MOTCUA_FUZZ says how many examples an operation gets (2 unless told otherwise; `make prove`: 40, and
a stranger then tries the operations of staff too).
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from handlers.rights import COOKIE, Role
from storage import staff
from storage.staff import Grant
from storage.transaction import Transaction
from tests.access import PUBLIC
from tests.patience import PATIENCE_S
from tests.quick_hashes import hash_of
from tests.server import Server

EXAMPLES = os.environ.get("MOTCUA_FUZZ", "2")
LONG = "MOTCUA_FUZZ" in os.environ
WORD = "một câu dài dễ nhớ"
CHECKS = "not_a_server_error,content_type_conformance,response_schema_conformance"

pytestmark = pytest.mark.long


def _person(tx: Transaction) -> None:
    """Somebody who may do everything, so that no page stays behind its door."""
    grants = [Grant(role, "38") for role in Role]
    staff.add(tx, "lan.nv", "Nguyễn Vân Lan", grants, "2026-07-01")
    staff.set_password(tx, 1, hash_of(WORD), must_change=False)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The shipped server with an account."""
    running = Server(tmp_path_factory.mktemp("fuzz")).furnish(_person)
    yield running.start()
    running.stop()


def tried(server: Server, *more: str) -> None:
    """Nothing the document allows or forbids gets a 500, and answers are as documented."""
    command = [
        *(str(Path(sys.executable).parent / "schemathesis"), "run", f"{server.url}/openapi.json"),
        *("--max-examples", EXAMPLES, "--checks", CHECKS, "--phases", "examples,coverage,fuzzing"),
        *("--suppress-health-check", "all", "--seed", "1"),
        *("--request-timeout", str(PATIENCE_S), *more),
    ]
    done = subprocess.run(
        command, cwd=server.folder, capture_output=True, text=True, timeout=3600, check=False
    )

    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-1000:]
    assert "Traceback" not in (server.folder / "server.log").read_text(errors="replace")


@pytest.mark.drill
def test_no_request_of_a_stranger_gets_a_server_error(server: Server) -> None:
    """Every operation that is open to somebody who is not signed in; the others say 401 anyway."""
    tried(server, *(() if LONG else (word for path in PUBLIC for word in ("--include-path", path))))


@pytest.mark.drill
def test_no_request_of_staff_gets_a_server_error(server: Server) -> None:
    """What is read behind the door, by somebody who may read everything."""
    with httpx.Client(base_url=server.url, trust_env=False) as client:
        client.post("/login", data={"name": "lan.nv", "password": WORD})
        login = client.cookies[COOKIE]
    tried(server, "--include-method", "GET", "--header", f"Cookie: {COOKIE}={login}")
