"""The real server as a process, on a database of its own, that tests may hurt."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import httpx
from click.testing import CliRunner

from bot.cli import main
from sipas.units import CounterRow, UnitRow
from storage import registry
from storage.store import snapshot
from storage.transaction import Transaction
from tests.databases import database as address
from tests.forked import Forked
from tests.patience import PATIENCE_S
from tests.ports import free_port
from tests.prepared import Work, prepared

COUNTER, OTHER, MICRO = "381207", "100009", "100014"
FIRST = date(2025, 7, 1)
MOTCUA = Path(sys.executable).parent / "motcua"


def directory(tx: Transaction) -> None:
    registry.add_fields(tx, [("land", "Đất đai", "Land"), ("civil_status", "Hộ tịch", "Civil")])
    registry.add_units(
        tx,
        [
            UnitRow("38", "province", "Tỉnh Thanh Hóa", "Thanh Hóa", None, FIRST, None),
            UnitRow("15448", "xa", "Xã Định Hòa", "", "38", FIRST, None),
            UnitRow("14923", "xa", "Xã Bá Thước", "", "38", FIRST, None),
        ],
    )
    both = ("land", "civil_status")
    counters = (
        (COUNTER, "15448", "Quầy số 1", "short.1", both),
        (OTHER, "15448", "Quầy số 2", "short.1", ("land",)),
        (MICRO, "14923", "Quầy số 1", "micro.1", ()),
    )
    rows = [CounterRow(c, u, n, i, 3, True, f, FIRST, None) for c, u, n, i, f in counters]
    registry.add_counters(tx, rows)
    registry.publish(tx, ["38", "15448"], FIRST.isoformat(), "test", "2026-01-01T00:00:00")


def furnish(database: Path, *more: Work) -> None:
    """A small province: two communes (one published), three counters; and what *more* write."""
    prepared(database, directory, *more)


def arrived(database: Path, unit: str = "15448") -> int:
    """How many responses came in at a unit; the public number tells tens only."""
    asked = "select coalesce(sum(n), 0) from received join units using (unit_id) where code = ?"
    return int(snapshot(address(database), lambda c: c.execute(asked, (unit,)).fetchone()[0]))


@dataclass
class Server:
    """One `motcua serve` in a folder of its own."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: Forked | subprocess.Popen[bytes] | None = None
    roles: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> Path:
        """What its database is called: on SQLite its file."""
        return self.folder / "motcua.db"

    @property
    def address(self) -> str:
        """Where its database is."""
        return address(self.database)

    @property
    def environment(self) -> dict[str, str]:
        """What every command of this installation runs with."""
        own = {
            "MOTCUA_DATABASE": self.address,
            "MOTCUA_SECRET_KEY_FILE": str(self.folder / "motcua.key"),
            "MOTCUA_PUBLIC_URL": self.url,
            "MOTCUA_RATE_PER_MINUTE": "1000000",
        }
        return {**os.environ, **own, **self.settings}

    def furnish(self, *more: Work) -> Server:
        """Load the small province, and what *more* write."""
        furnish(self.database, *more)
        return self

    def start(self, timeout_s: float = PATIENCE_S) -> Server:
        """Start it and wait until it answers."""
        roles = (word for role in self.roles for word in ("--role", role))
        words = ("serve", "--port", str(self.port), *roles)
        self.process = self._begun(words)
        until = time.monotonic() + timeout_s
        while time.monotonic() < until and self.process.poll() is None:
            try:
                httpx.get(f"{self.url}/healthz", timeout=10, trust_env=False)
            except httpx.TransportError:
                time.sleep(0.05)
            else:
                return self
        self.kill()
        raise RuntimeError((self.folder / "server.log").read_text(errors="replace")[-2000:])

    def _begun(self, words: Sequence[str]) -> Forked | subprocess.Popen[bytes]:
        return Forked(words, self.environment, self.folder, self.folder / "server.log")

    def kill(self) -> None:
        """SIGKILL: no goodbye."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """SIGTERM, and wait."""
        self._end(signal.SIGTERM)

    def _end(self, sign: signal.Signals) -> None:
        process, self.process = self.process, None
        if process is not None and process.poll() is None:
            process.send_signal(sign)
            process.wait(PATIENCE_S)

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run another command of the same installation, in a thread that no test's loop holds."""
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(self._command, words).result()

    def _command(self, words: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
        with contextlib.chdir(self.folder):
            done = CliRunner().invoke(main, words, env=self.environment, catch_exceptions=False)
        return subprocess.CompletedProcess(words, done.exit_code, done.stdout, done.stderr)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command as a process of its own, such as a second `serve`."""
        with tempfile.TemporaryDirectory() as folder:
            out, err = Path(folder, "out"), Path(folder, "err")
            process = Forked(words, self.environment, self.folder, out, err)
            process.wait(PATIENCE_S)
            told = out.read_text("utf-8"), err.read_text("utf-8")
            return subprocess.CompletedProcess(words, process.poll() or 0, *told)
