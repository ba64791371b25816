"""A Bot API at the network's edge: takes every call, remembers it, and hands out updates."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

POLL_S = 0.3
BOT = {"id": 1, "is_bot": True, "first_name": "b", "username": "b", "message_id": 7}


class BotApi:
    """What bots told it, and who polls."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.updates: list[dict[str, Any]] = []
        self.handed_out = 0
        self.confirmed = 0
        self.most_at_once = 0
        self._polling = 0
        self._lock = threading.Lock()

    def answer(self, method: str, body: str) -> object:
        """What a call returns."""
        self.told.append(f"{method} {body}")
        return self._polled(json.loads(body)["offset"]) if method == "getUpdates" else BOT

    def _polled(self, offset: int) -> list[dict[str, Any]]:
        """Updates from an offset on; those before it are confirmed."""
        with self._lock:
            self._polling += 1
            self.most_at_once = max(self.most_at_once, self._polling)
            self.confirmed = max(self.confirmed, offset - 1)
        time.sleep(POLL_S)
        with self._lock:
            self._polling -= 1
            found = [each for each in self.updates if each["update_id"] >= offset][:20]
            self.handed_out += len(found)
        return found


@contextlib.contextmanager
def bot_api() -> Iterator[tuple[BotApi, str]]:
    """One for the length of the block, and its address."""
    api = BotApi()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0"))).decode()
            result = api.answer(self.path.rsplit("/", 1)[1], body)
            raw = json.dumps({"ok": True, "result": result}).encode()
            with contextlib.suppress(OSError):  # who asked was killed
                self.send_response(200)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield api, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
