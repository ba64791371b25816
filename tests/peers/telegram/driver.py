"""A respondent in front of a Telegram bot, without Telegram: drives the peer server over HTTP.

    peer = TelegramPeer()
    peer.start()                              # bot: token peer.token, API base peer.api
    peer.send_command("/start c381207-ab12cd34")
    (question,) = peer.updates(timeout=5)
    peer.tap(question.buttons[0][0].data)
    peer.updates(timeout=5)                   # new messages and messages edited in place
    peer.stop()

Needs node, npm and httpx; nothing is written beside this file.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.patience import PATIENCE_S
from tests.peers.npm import PeerError, installed
from tests.ports import free_port

HERE = Path(__file__).resolve().parent
PACKAGE = "telegram-test-api"
TOKEN = "123:abc"


@dataclass(frozen=True)
class Button:
    """One inline button as the respondent sees it; `data` or `url` is what it carries."""

    text: str
    data: str | None
    url: str | None = None


@dataclass(frozen=True)
class Shown:
    """One bot message as it looks now: text as sent and the rows of its keyboard."""

    message_id: int
    text: str
    buttons: tuple[tuple[Button, ...], ...]
    parse_mode: str | None = None

    def offers(self, data: str) -> bool:
        """Whether a button with exactly this callback data is on the message."""
        return any(button.data == data for row in self.buttons for button in row)


class TelegramPeer:
    """One peer server process and the people who talk to the bot through it."""

    def __init__(
        self,
        token: str = TOKEN,
        *,
        strict: bool = True,
        webhook_tries: int = 30,
        language_code: str = "vi",
    ) -> None:
        """`strict` refuses what Telegram refuses; `webhook_tries` repeats an update until 2xx."""
        self.token = token
        self.language_code = language_code
        self._environment = {"STRICT": "1" if strict else "0", "WEBHOOK_TRIES": str(webhook_tries)}
        self._process: subprocess.Popen[bytes] | None = None
        self._client: httpx.Client | None = None
        self._seen: dict[tuple[int, int], Shown] = {}

    # the server

    def start(self, port: int = 0, timeout_s: float = PATIENCE_S) -> int:
        """Install the package if missing, start the server on 127.0.0.1, return its port."""
        if self._process is not None:
            raise PeerError("already started")
        home = installed(PACKAGE, HERE / "package.json")
        module = home / "node_modules" / PACKAGE
        self.port = port or free_port()
        descriptor, name = tempfile.mkstemp(prefix=f"server-{self.port}-", suffix=".log", dir=home)
        self.log = log = Path(name)
        with os.fdopen(descriptor, "wb") as sink:
            self._process = subprocess.Popen(
                ["node", str(HERE / "tta_server.js")],
                env={**os.environ, **self._environment, "PORT": str(self.port), "TTA": str(module)},
                stdout=sink,
                stderr=subprocess.STDOUT,
            )
        self._client = httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}", timeout=PATIENCE_S, trust_env=False
        )
        until = time.monotonic() + timeout_s
        while time.monotonic() < until:
            if self._process.poll() is not None:
                break
            # "up" in our own log, not merely an answer: another program may hold the port
            if b"up http" in log.read_bytes():
                return self.port
            time.sleep(0.05)
        tail = log.read_text(errors="replace")[-2000:]
        self.stop()
        raise PeerError(f"the peer server did not come up on port {self.port}: {tail}")

    def stop(self) -> None:
        """End the server this object started (by its process id), and nothing else."""
        process, self._process = self._process, None
        if self._client is not None:
            self._client.close()
            self._client = None
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)

    def __enter__(self) -> TelegramPeer:
        """Start on a free port unless `start` was called already."""
        if self._process is None:
            self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def api(self) -> str:
        """The base address of this Bot API server, as MOTCUA_TELEGRAM_API wants it."""
        return f"http://127.0.0.1:{self.port}"

    # what a respondent does

    def send_command(self, text: str, chat_id: int = 1) -> None:
        """Send `/command arguments`, marked as a command as Telegram marks it."""
        command = text.split(maxsplit=1)[0]
        entity = {"offset": 0, "length": len(command), "type": "bot_command"}
        self._post("/sendCommand", {**self._message(chat_id), "text": text, "entities": [entity]})

    def send_text(self, text: str, chat_id: int = 1) -> None:
        """Send plain text."""
        self.send({"text": text}, chat_id)

    def send(self, content: dict[str, Any], chat_id: int = 1) -> None:
        """Send any message content in Bot API form, such as `{"voice": {...}}`."""
        self._post("/sendMessage", {**self._message(chat_id), **content})

    def tap(self, data: str, chat_id: int = 1, message_id: int | None = None) -> int:
        """Tap the newest button that carries `data`; return the id of its message.

        With `message_id` the tap is sent as it is, even if that button is not there (any more).

        Raises:
            LookupError: no `message_id` was given and no message on screen offers `data`.
        """
        screen = self.screen(chat_id)
        if message_id is None:
            offering = [shown for shown in screen if shown.offers(data)]
            if not offering:
                raise LookupError(f"no button on screen carries {data!r}")
            message_id = offering[-1].message_id
        message: dict[str, Any] = {
            "message_id": message_id,
            "date": int(time.time()),
            "chat": self._chat(chat_id),
        }
        for shown in screen:
            if shown.message_id == message_id:
                message |= {"text": shown.text, "reply_markup": _markup(shown)}
        self._post(
            "/sendCallback",
            {
                "botToken": self.token,
                "from": self._person(chat_id),
                "message": message,
                "data": data,
            },
        )
        return message_id

    def send_update(self, update: dict[str, Any]) -> None:
        """Deliver any raw update (without its update_id), such as `{"my_chat_member": {...}}`."""
        self._post("/_update", {"token": self.token, "update": update})

    # what a respondent sees

    def screen(self, chat_id: int = 1) -> list[Shown]:
        """Every message of the bot in this chat, in order, as it looks now."""
        history = self._post("/getUpdatesHistory", {"token": self.token})["result"]
        shown = [
            _shown(entry)
            for entry in history
            if "raw" not in entry and str(entry.get("message", {}).get("chat_id")) == str(chat_id)
        ]
        return sorted(shown, key=lambda message: message.message_id)

    def updates(self, chat_id: int = 1, timeout: float = 0) -> list[Shown]:
        """Messages new or edited since the last call; waits *timeout* seconds for the first."""
        until = time.monotonic() + timeout
        while True:
            fresh = [
                shown
                for shown in self.screen(chat_id)
                if self._seen.get((chat_id, shown.message_id)) != shown
            ]
            if fresh or time.monotonic() >= until:
                self._seen |= {(chat_id, shown.message_id): shown for shown in fresh}
                return fresh
            time.sleep(0.02)

    # what the bot did, and what goes wrong

    def calls(self, method: str | None = None) -> list[dict[str, Any]]:
        """Every Bot API call so far: `method`, `at` (ms) and its parameters."""
        journal: list[dict[str, Any]] = self._http().get("/_calls").raise_for_status().json()
        return [call for call in journal if method in (None, call["method"])]

    def fail(self, method: str, status: int, body: dict[str, Any] | str, times: int = 1) -> None:
        """Answer the next *times* calls of *method* with an error; a text is a Bot API error."""
        if isinstance(body, str):
            body = {"ok": False, "error_code": status, "description": body}
        self._post("/_fail", {"method": method, "status": status, "body": body, "times": times})

    # plumbing

    def _http(self) -> httpx.Client:
        if self._client is None:
            raise PeerError("not started")
        return self._client

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        return self._http().post(path, json=body).raise_for_status().json()

    def _person(self, chat_id: int) -> dict[str, Any]:
        return {
            "id": abs(chat_id),
            "first_name": "A",
            "is_bot": False,
            "language_code": self.language_code,
        }

    def _chat(self, chat_id: int) -> dict[str, Any]:
        if chat_id < 0:
            return {"id": chat_id, "type": "group", "title": "Group"}
        return {"id": chat_id, "type": "private", "first_name": "A"}

    def _message(self, chat_id: int) -> dict[str, Any]:
        common = {"from": self._person(chat_id), "chat": self._chat(chat_id)}
        return {"botToken": self.token, "date": int(time.time()), **common}


def _shown(entry: dict[str, Any]) -> Shown:
    message = entry["message"]
    keyboard = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    rows = tuple(
        tuple(Button(key["text"], key.get("callback_data"), key.get("url")) for key in r)
        for r in keyboard
    )
    return Shown(int(entry["messageId"]), message.get("text", ""), rows, message.get("parse_mode"))


def _markup(shown: Shown) -> dict[str, Any]:
    def key(button: Button) -> dict[str, Any]:
        return {"text": button.text} | (
            {"url": button.url} if button.url else {"callback_data": button.data}
        )

    return {"inline_keyboard": [[key(button) for button in row] for row in shown.buttons]}
