"""Servers started as processes of their own, as a user would run them."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from tests.ports import free_port
from tests.server import Server

START_S = 30


@contextlib.contextmanager
def uvicorn(app: str, *options: str) -> Iterator[int]:
    """An application of `bench.rivals.servers` behind uvicorn; its port."""
    port = free_port()
    words = [sys.executable, "-m", "uvicorn", f"bench.rivals.servers:{app}", "--port", str(port)]
    process = subprocess.Popen([*words, "--log-level", "error", "--no-access-log", *options])
    try:
        _until_up(port)
        yield port
    finally:
        process.kill()  # what PTB still has to write at the end is not waited for
        process.wait()


@contextlib.contextmanager
def motcua(api_port: int) -> Iterator[Server]:
    """`motcua serve` with the Telegram webhook."""
    settings = {
        "MOTCUA_TELEGRAM_TOKEN": "1:bench",
        "MOTCUA_TELEGRAM_MODE": "webhook",
        "MOTCUA_TELEGRAM_API": f"http://127.0.0.1:{api_port}",
        "MOTCUA_PUBLIC_URL": "https://motcua.example",
    }
    with tempfile.TemporaryDirectory(prefix="motcua-bench-") as folder:
        server = Server(Path(folder), settings).furnish().start()
        try:
            yield server
        finally:
            server.stop()


def _until_up(port: int) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        with contextlib.suppress(httpx.TransportError):
            httpx.post(f"http://127.0.0.1:{port}/", timeout=2, trust_env=False)
            return
        time.sleep(0.05)
    raise RuntimeError(f"nothing answers on port {port}")
