"""A strict Zalo Bot Platform: token, polling or webhook, text only.

with ZaloBot(reaches={"https://bot.example.vn": server.url}) as fake:
    ted = fake.respondent("6ede9afa66b88fe6d6a9")
    ted.says("#381207")          # getUpdates hands it out, or the webhook gets it
    (greeting,) = ted.hears(1, timeout_s=5)
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping

from starlette.requests import Request

from tests.peers.zalo.bot_calls import BotState, Sent, carry_out
from tests.peers.zalo.bot_events import Chat, wrapped
from tests.peers.zalo.host import Call, Host, Json, Reply
from tests.peers.zalo.posting import Delivery, post
from tests.peers.zalo.rules import Bot, Table, require
from tests.peers.zalo.unconfirmed import AS_WRITTEN, Unconfirmed

TOKEN = "1234567890:example-bot-token"


class ZaloBot(Host):
    """One bot and the people who write to it.

    `reaches` says where a public https address really is: setWebhook takes https only. A long poll
    ends after `longest_poll_s` at the latest, whatever its timeout says.
    """

    def __init__(
        self,
        token: str = TOKEN,
        *,
        unconfirmed: Unconfirmed = AS_WRITTEN,
        reaches: Mapping[str, str] | None = None,
        longest_poll_s: float = 30,
    ) -> None:
        super().__init__()
        self.token = token
        self.unconfirmed = unconfirmed
        self.wrapped = unconfirmed.bot_wrapped
        self.deliveries: list[Delivery] = []
        self._reaches = dict(reaches or {})
        self._longest_poll_s = longest_poll_s
        self._state = BotState(token, self.clock, unconfirmed, self.made_id)

    # the test's side

    def respondent(
        self, chat: str | int, *, name: str = "Ted", group: bool = False
    ) -> BotRespondent:
        """Somebody who can write to the bot; an integer id is sent as an integer."""
        return BotRespondent(self, Chat(chat, name, group))

    def sent(self, chat: str | int) -> list[Sent]:
        """What the bot sent to *chat*, typing signs included."""
        with self.lock:
            return list(self._state.sent.get(str(chat), []))

    def revoke(self) -> None:
        """The token is dead from now on."""
        with self.lock:
            self._state.alive = False

    @property
    def webhook(self) -> str:
        """The address set by setWebhook, or nothing."""
        with self.lock:
            return self._state.webhook

    @property
    def queued(self) -> int:
        """How many updates wait for getUpdates."""
        with self.lock:
            return len(self._state.queue)

    def deliver(self, chat: Chat, event: Json, *, bare: bool | None = None) -> Delivery:
        """Post *event* to the webhook, or queue it when there is none."""
        with self.lock:
            self._met(chat)
        shape = event if (not self.wrapped if bare is None else bare) else wrapped(event)
        return self.redeliver(Delivery(_bytes(shape), {}))

    def redeliver(self, delivery: Delivery) -> Delivery:
        """The same event again, byte for byte, by whatever way is set now."""
        with self.lock:
            url, secret = self._state.webhook, self._state.secret
            if not url:
                event = json.loads(delivery.body)
                self._state.queue.append(event.get("result", event))
        if url:
            delivery = post(self._real(url), delivery.body, {"X-Bot-Api-Secret-Token": secret})
        self.deliveries.append(delivery)
        return delivery

    def _met(self, chat: Chat) -> None:
        self._state.chats.setdefault(str(chat.id), chat)
        self._state.sent.setdefault(str(chat.id), [])

    def _real(self, url: str) -> str:
        for public, local in self._reaches.items():
            if url.startswith(public):
                return local + url.removeprefix(public)
        return url

    # the server's side

    def name(self, request: Request) -> str:
        """The method's name."""
        return request.url.path.rpartition("/")[2]

    def answer(self, call: Call) -> Reply:
        """One call of the bot."""
        require(call.path.startswith("/bot") and call.path.count("/") == 2, Bot.UNKNOWN_METHOD)
        token = call.path.removeprefix("/bot").partition("/")[0]
        require(self._state.alive and token == self.token, Bot.DEAD_TOKEN)
        require(call.method == "POST", Bot.NOT_JSON)
        told = call.json(Bot.NOT_JSON) if call.body else {}
        return Reply(carry_out(self._state, call.name, told))

    def refusal(self, rule: Table, status: int | None = None) -> Reply:
        """`ok:false`, with HTTP 200 unless the rule or the test says otherwise."""
        row = rule.value
        body = {"ok": False, "error_code": row.code, "description": row.message}
        return Reply(body, status or row.status, refused=rule)

    def patience_s(self, call: Call) -> float:
        """As long as the poll asks."""
        if call.name != "getUpdates" or not call.body:
            return 0
        try:
            return min(float(json.loads(call.body)["timeout"]), self._longest_poll_s)
        except (ValueError, KeyError, TypeError):
            return 0

    def is_empty(self, reply: Reply) -> bool:
        """No update yet."""
        return reply.refused is Bot.NO_UPDATE


class BotRespondent:
    """Somebody in front of the bot."""

    def __init__(self, fake: ZaloBot, chat: Chat) -> None:
        self.chat = chat
        self._fake = fake
        self._heard = 0

    def says(self, text: str, *, bare: bool | None = None) -> Delivery:
        """Type a text; there are no buttons to tap."""
        return self.sends("text", {"text": text}, bare=bare)

    def sends_image(
        self, url: str = "https://files.example.vn/zalo/bien-lai.jpg", caption: str | None = ""
    ) -> Delivery:
        """Send an image; the caption may be empty or null."""
        key = self._fake.unconfirmed.bot_photo_key
        return self.sends("image", {key: url, "caption": caption})

    def sends_sticker(self, sticker: str = "bfe458bf64fa8da4d4eb") -> Delivery:
        """Send a sticker."""
        url = f"https://files.example.vn/zalo/{sticker}.png"
        return self.sends("sticker", {"sticker": sticker, "url": url})

    def sends_unsupported(self) -> Delivery:
        """Send something the platform does not pass on."""
        return self.sends("unsupported", {})

    def sends(
        self, kind: str, content: Mapping[str, object], *, bare: bool | None = None
    ) -> Delivery:
        """Send any kind of message, known or not."""
        fake = self._fake
        with fake.lock:
            event = self.chat.event(kind, content, fake.made_id(), fake.clock.milliseconds())
        return fake.deliver(self.chat, event, bare=bare)

    @property
    def messages(self) -> list[Sent]:
        """Everything the bot sent here but typing signs."""
        return [sent for sent in self._fake.sent(self.chat.id) if sent.kind != "action"]

    def hears(self, count: int = 1, timeout_s: float = 0) -> list[Sent]:
        """Messages since the last call; waits until there are *count* or the time is over."""
        until = time.monotonic() + timeout_s
        while len(self.messages) < self._heard + count and time.monotonic() < until:
            time.sleep(0.01)
        fresh = self.messages[self._heard :]
        self._heard += len(fresh)
        return fresh


def _bytes(event: Json) -> bytes:
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
