"""The methods of the Bot Platform: what each accepts, and what it answers."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.peers.zalo.bot_events import Chat, Json
from tests.peers.zalo.clock import Clock
from tests.peers.zalo.rules import Bot, Refused, require
from tests.peers.zalo.unconfirmed import Unconfirmed

TEXT_LIMIT = 2000


@dataclass(frozen=True)
class Sent:
    """One thing the bot sent: `kind` is text, photo, sticker or action."""

    kind: str
    text: str
    message_id: str
    parameters: Mapping[str, object]


@dataclass
class BotState:
    """Everything the platform remembers of one bot."""

    token: str
    clock: Clock
    unconfirmed: Unconfirmed
    made_id: Callable[[], str]
    alive: bool = True
    webhook: str = ""
    secret: str = ""
    webhook_at: int = 0
    queue: deque[Json] = field(default_factory=deque)
    chats: dict[str, Chat] = field(default_factory=dict)
    sent: dict[str, list[Sent]] = field(default_factory=dict)
    months: Counter[str] = field(default_factory=Counter)


def get_me(state: BotState, told: Json) -> Json:
    """The bot's own account."""
    return {
        "id": state.token.partition(":")[0],
        "account_name": "bot.motcua",
        "account_type": "BASIC",
        "can_join_groups": False,
    }


def get_updates(state: BotState, told: Json) -> Json:
    """The oldest update that was not handed out, once."""
    require(not state.webhook, Bot.POLL_WHILE_WEBHOOK)
    require(told.keys() <= {"timeout"}, Bot.POLL_PARAMETER)
    timeout = told.get("timeout", "30")
    require(isinstance(timeout, str) and timeout.isdigit(), Bot.POLL_TIMEOUT)
    require(state.queue, Bot.NO_UPDATE)
    return state.queue.popleft()


def set_webhook(state: BotState, told: Json) -> Json:
    """From now on events are posted."""
    url, secret = told.get("url"), told.get("secret_token")
    require(isinstance(url, str) and urlsplit(url).scheme == "https", Bot.WEBHOOK_URL)
    require(isinstance(secret, str) and 8 <= len(secret) <= 256, Bot.WEBHOOK_SECRET)
    state.webhook, state.secret = str(url), str(secret)
    state.webhook_at = state.clock.milliseconds()
    return get_webhook_info(state, told)


def get_webhook_info(state: BotState, told: Json) -> Json:
    """Where events are posted; an empty address when they are polled."""
    return {"url": state.webhook, "updated_at": state.webhook_at}


def delete_webhook(state: BotState, told: Json) -> Json:
    """From now on events are polled."""
    state.webhook = state.secret = ""
    state.webhook_at = state.clock.milliseconds()
    return get_webhook_info(state, told)


def send_message(state: BotState, told: Json) -> Json:
    """A text of 1..2000 characters."""
    keys = {"chat_id", "text", "parse_mode"}
    require(told.keys() <= keys | _probed(state), Bot.PARAMETER)
    require(_text_of(told, "text", 1), Bot.TEXT)
    require(told.get("parse_mode", "markdown") in {"markdown", "html"}, Bot.PARSE_MODE)
    return _sent(state, told, "text", "text")


def send_photo(state: BotState, told: Json) -> Json:
    """A photo that Zalo fetches itself."""
    require(told.keys() <= {"chat_id", "photo", "caption"}, Bot.PARAMETER)
    address = urlsplit(str(told.get("photo", "")))
    require(address.scheme in {"http", "https"} and address.netloc, Bot.PHOTO)
    require("caption" not in told or _text_of(told, "caption", 0), Bot.CAPTION)
    return _sent(state, told, "photo", "caption")


def send_sticker(state: BotState, told: Json) -> Json:
    """A sticker by its id."""
    require(told.keys() <= {"chat_id", "sticker"}, Bot.PARAMETER)
    require(isinstance(told.get("sticker"), str) and told["sticker"], Bot.STICKER)
    return _sent(state, told, "sticker", "sticker")


def send_chat_action(state: BotState, told: Json) -> None:
    """The typing sign; it is no message and is not counted."""
    require(told.keys() <= {"chat_id", "action"}, Bot.PARAMETER)
    require(told.get("action") == "typing", Bot.ACTION)
    chat = _chat(state, told)
    state.sent[chat].append(Sent("action", "", "", dict(told)))


METHODS: Mapping[str, Callable[[BotState, Json], Json | None]] = {
    "getMe": get_me,
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "getWebhookInfo": get_webhook_info,
    "deleteWebhook": delete_webhook,
    "sendMessage": send_message,
    "sendPhoto": send_photo,
    "sendSticker": send_sticker,
    "sendChatAction": send_chat_action,
}


def carry_out(state: BotState, method: str, told: Json) -> Json:
    """The body of the answer to one call with a good token."""
    require(method in METHODS, Bot.UNKNOWN_METHOD)
    result = METHODS[method](state, told)
    return {"ok": True} if result is None else {"ok": True, "result": result}


def _probed(state: BotState) -> set[str]:
    return {"reply_markup"} if state.unconfirmed.bot_buttons else set()


def _text_of(told: Json, key: str, shortest: int) -> bool:
    text = told.get(key)
    return isinstance(text, str) and shortest <= len(text) <= TEXT_LIMIT


def _chat(state: BotState, told: Json) -> str:
    """The chat to send to: it has written before, and its id is a string."""
    chat, limit = told.get("chat_id"), state.unconfirmed.bot_users
    if not isinstance(chat, str) or chat not in state.chats:
        raise Refused(Bot.CHAT)
    require(limit is None or chat in list(state.chats)[:limit], Bot.USERS)
    return chat


def _sent(state: BotState, told: Json, kind: str, text: str) -> Json:
    chat, limit = _chat(state, told), state.unconfirmed.bot_messages_a_month
    month = f"{state.clock.now():%Y-%m}"
    require(limit is None or state.months[month] < limit, Bot.MONTH)
    state.months[month] += 1
    sent = Sent(kind, str(told.get(text, "")), state.made_id(), dict(told))
    state.sent[chat].append(sent)
    return {"message_id": sent.message_id, "date": state.clock.milliseconds()}
