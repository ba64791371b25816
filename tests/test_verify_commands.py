"""Packages as people get and check them: by command, from a running server, and after tampering."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from bot.commands.verify import verify
from bot.keys import load_keys
from storage import audit
from storage.store import Store
from storage.transaction import Transaction
from tests.patience import PATIENCE_S
from tests.server import MOTCUA, Server
from tests.test_release import NOVEMBER, close_some, released


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running server that has sealed forty responses."""
    found = Server(tmp_path_factory.mktemp("commands")).furnish(_close_forty, released).start()
    try:
        until = time.monotonic() + PATIENCE_S
        while not httpx.get(f"{found.url}/api/v1/log/roots", trust_env=False).json()["roots"]:
            assert time.monotonic() < until, "the server sealed nothing"
            time.sleep(0.2)
        yield found
    finally:
        found.stop()


def _close_forty(tx: Transaction) -> None:
    counter, unit = tx.counter_ids("381207")
    close_some(tx, 40, counter, unit, NOVEMBER)


def test_a_running_server_verifies(server: Server) -> None:
    """`motcua verify URL` fetches the package and compares the roots it shows."""
    done = server.command("verify", server.url)

    assert (done.returncode, done.stdout) == (0, "ok: everything matches\n"), done.stderr


def test_nobody_else_on_the_machine_reads_what_a_server_keeps(server: Server) -> None:
    """Database, write-ahead log, keys and ledger are their owner's alone."""
    kept = [path for path in server.folder.iterdir() if path.name != "server.log"]

    assert {path.name: oct(path.stat().st_mode & 0o077) for path in kept} == {
        path.name: "0o0" for path in kept
    }


def test_an_address_without_a_server_is_told() -> None:
    """In one line, with the address that was asked."""
    done = CliRunner().invoke(verify, ["http://127.0.0.1:9/"])

    assert done.exit_code == 1
    assert "http://127.0.0.1:9/data/package.zip: " in done.output
    assert "Traceback" not in done.output


def test_a_package_without_an_end_is_left(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's disk is filled by whoever answers at the address."""
    monkeypatch.setattr("bot.commands.verify.MOST", 1000)
    done = CliRunner().invoke(verify, [server.url])

    assert done.exit_code == 1
    assert f"{server.url}/data/package.zip: more than 1,000 bytes" in done.output


def test_an_exported_folder_is_checked_with_what_lies_in_it(server: Server, tmp_path: Path) -> None:
    """`motcua export --public`, then the folder's own verifier, by a Python without packages."""
    done = server.command("export", "--public", str(tmp_path / "public"))
    told = done.stdout.strip().split("check it with ")[1].split()
    checked = subprocess.run(
        [sys.executable, "-I", "-S", *told[1:]], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert (checked.returncode, told[0]) == (0, "python3"), checked.stdout + checked.stderr


def test_an_audit_package_names_the_row_that_was_changed(server: Server, tmp_path: Path) -> None:
    """`motcua export --audit` after somebody changed a response in the file of a running server."""
    package = tmp_path / "audit.zip"
    done_to = asyncio.run(_tampered(server)).partition(",")[0]
    done = server.command("export", "--audit", str(package))
    verdict = server.command("verify", str(package))

    assert done.returncode == 0, done.stderr
    assert package.stat().st_mode & 0o777 == 0o600
    assert verdict.returncode == 1
    assert f"{done_to} (15448" in verdict.stdout


async def _tampered(server: Server) -> str:
    store = await Store(server.address, load_keys(server.folder / "motcua.key")).open()
    try:
        return await store.write(audit.tamper, 7)
    finally:
        await store.close()


@pytest.mark.skipif("MOTCUA_TAMPER" not in os.environ, reason="long: set MOTCUA_TAMPER=1")
def test_the_demo_tampers_and_is_found_out(tmp_path: Path) -> None:
    """`motcua demo --tamper`, as the README has it: the verifier names the answer changed."""
    done = subprocess.run(
        [MOTCUA, "demo", "--tamper"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    first, second, *_, last = done.stdout.splitlines()

    assert first.startswith("changed: response ")
    assert second.startswith(first.removeprefix("changed: ").partition(",")[0])
    assert last.endswith("faults found")
