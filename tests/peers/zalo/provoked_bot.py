"""For every rule of the Bot Platform: a call that it refuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import httpx

from tests.peers.zalo.bot import ZaloBot
from tests.peers.zalo.posting import TLS
from tests.peers.zalo.rules import Bot
from tests.peers.zalo.unconfirmed import Unconfirmed

CHAT = "6ede9afa66b88fe6d6a9"
SECRET = "a-secret-of-the-webhook"
HOOK = "https://bot.example.vn/hook"
NARROW = Unconfirmed(bot_users=1, bot_messages_a_month=1)


def told(rule: Bot) -> dict[str, object]:
    """The body of a refusal by *rule*."""
    return {"ok": False, "error_code": rule.value.code, "description": rule.value.message}


def call(fake: ZaloBot, method: str, **parameters: object) -> httpx.Response:
    """One call as the software under test makes it."""
    url = f"{fake.url}/bot{fake.token}/{method}"
    return httpx.post(url, json=parameters, timeout=10, trust_env=False, verify=TLS)


def send(fake: ZaloBot, method: str = "sendMessage", **parameters: object) -> httpx.Response:
    """One call to a chat that has written before."""
    fake.respondent(CHAT).says("#381207")
    return call(fake, method, **{"chat_id": CHAT, **parameters})


def _get(fake: ZaloBot) -> httpx.Response:
    return httpx.get(f"{fake.url}/bot{fake.token}/getMe", trust_env=False, verify=TLS)


def _dead(fake: ZaloBot) -> httpx.Response:
    fake.revoke()
    return call(fake, "getMe")


def _poll_while_webhook(fake: ZaloBot) -> httpx.Response:
    assert call(fake, "setWebhook", url=HOOK, secret_token=SECRET).json()["ok"]
    return call(fake, "getUpdates", timeout="0")


def _second_user(fake: ZaloBot) -> httpx.Response:
    fake.respondent("the-first").says("1")
    return send(fake, text="Xin chào")


def _second_message(fake: ZaloBot) -> httpx.Response:
    assert send(fake, text="Xin chào").json()["ok"]
    return send(fake, text="Xin chào")


NATURAL: Mapping[Bot, Callable[[ZaloBot], httpx.Response]] = {
    Bot.UNKNOWN_METHOD: lambda fake: call(fake, "editMessageText"),
    Bot.NOT_JSON: _get,
    Bot.DEAD_TOKEN: _dead,
    Bot.NO_UPDATE: lambda fake: call(fake, "getUpdates", timeout="0"),
    Bot.POLL_TIMEOUT: lambda fake: call(fake, "getUpdates", timeout=30),
    Bot.POLL_PARAMETER: lambda fake: call(fake, "getUpdates", timeout="0", offset=1),
    Bot.POLL_WHILE_WEBHOOK: _poll_while_webhook,
    Bot.WEBHOOK_URL: lambda fake: call(
        fake, "setWebhook", url=HOOK.replace("https", "http"), secret_token=SECRET
    ),
    Bot.WEBHOOK_SECRET: lambda fake: call(fake, "setWebhook", url=HOOK, secret_token="7 chars"),
    Bot.CHAT: lambda fake: call(fake, "sendMessage", chat_id=12, text="Xin chào"),
    Bot.TEXT: lambda fake: send(fake, text="a" * 2001),
    Bot.PARSE_MODE: lambda fake: send(fake, text="a", parse_mode="MarkdownV2"),
    Bot.PARAMETER: lambda fake: send(fake, text="a", reply_markup={}),
    Bot.PHOTO: lambda fake: send(fake, "sendPhoto", photo="bien-lai.jpg"),
    Bot.CAPTION: lambda fake: send(
        fake, "sendPhoto", photo="https://files.example.vn/a.jpg", caption="a" * 2001
    ),
    Bot.STICKER: lambda fake: send(fake, "sendSticker"),
    Bot.ACTION: lambda fake: send(fake, "sendChatAction", action="upload_photo"),
    Bot.USERS: _second_user,
    Bot.MONTH: _second_message,
}
INJECTED = (Bot.FORBIDDEN, Bot.TOO_MANY, Bot.BAD_GATEWAY)
SWITCHED: Mapping[Bot, Unconfirmed] = {Bot.USERS: NARROW, Bot.MONTH: NARROW}
