"""Reads the few fields of a raw Telegram update that the survey needs.

PTB's `Update.de_json` costs a hundred times as much and refuses a whole batch for one odd update;
here every update stands alone: used, ignored, or refused with the reason.
"""

from __future__ import annotations

import re
from typing import Any, TypeVar

from bot.channels.capabilities import TELEGRAM
from bot.channels.decoded import Account, Decoded, Group, Ignored, Undecodable
from handlers.inbound import Attachment, Blocked, Happening, Inbound, Start, Tap, Text
from handlers.messages import languages

T = TypeVar("T")
Raw = dict[str, Any]

# What a respondent may send that is no text; a message with none of these is a service message.
ATTACHMENTS = {
    "voice": "voice",
    "photo": "photo",
    "sticker": "sticker",
    "location": "location",
    "venue": "location",
    "animation": "other",
    "audio": "other",
    "checklist": "other",
    "contact": "other",
    "dice": "other",
    "document": "other",
    "game": "other",
    "paid_media": "other",
    "poll": "other",
    "story": "other",
    "video": "other",
    "video_note": "other",
}
# A deep link's payload: `c381207` or `381207`, perhaps with a tag that a printed link carries.
_COUNTER = re.compile(r"c?(\d{6})(?:-[0-9A-Za-z_-]*)?", re.ASCII)


def decode(raw: object, account: Account) -> Decoded:
    """What one raw update means.

    Raises:
        Undecodable: a field that must be there is missing or of another type.
    """
    if not isinstance(raw, dict):
        raise Undecodable(f"update: expected dict, got {type(raw).__name__}")
    update_id = str(_field(raw, "update_id", int))
    if "callback_query" in raw:
        return _callback(account, update_id, _field(raw, "callback_query", dict))
    if "message" in raw:
        return _message(account, update_id, _field(raw, "message", dict))
    if "my_chat_member" in raw:
        return _membership(account, update_id, _field(raw, "my_chat_member", dict))
    return Ignored(update_id, "kind")


def _message(account: Account, update_id: str, message: Raw) -> Decoded:
    chat = _field(message, "chat", dict)
    happening = _happening(message)
    if chat.get("type") != "private":
        return _group(update_id, chat, happening, message)
    if happening is None:
        return Ignored(update_id, "service message")
    return _inbound(account, update_id, chat, happening, message)


def _happening(message: Raw) -> Happening | None:
    """What the message's author did; None for a service message."""
    if "text" in message:
        text = _field(message, "text", str)
        return _start(text) or Text(text)
    kind = next((kind for field, kind in ATTACHMENTS.items() if field in message), None)
    return None if kind is None else Attachment(kind)


def _start(text: str) -> Start | None:
    """The counter after /start, as the engine wants it; every other command is text to it."""
    if not text.startswith("/start"):
        return None
    command, _, payload = text.partition(" ")
    if command.partition("@")[0] != "/start":
        return None
    payload = payload.strip()
    found = _COUNTER.fullmatch(payload)
    return Start(found[1] if found else payload)


def _group(update_id: str, chat: Raw, happening: Happening | None, message: Raw) -> Decoded:
    """A command in a group gets a link; talk among people is none of the bot's business."""
    if chat.get("type") not in ("group", "supergroup"):
        return Ignored(update_id, "channel post")
    if isinstance(happening, Start):
        counter = happening.code if _COUNTER.fullmatch(happening.code) else ""
        return Group(str(_field(chat, "id", int)), counter, _language(message))
    if isinstance(happening, Text) and happening.text.startswith("/"):
        return Group(str(_field(chat, "id", int)), "", _language(message))
    return Ignored(update_id, "group")


def _callback(account: Account, update_id: str, query: Raw) -> Decoded:
    if "data" not in query or "message" not in query:
        return Ignored(update_id, "callback without data")
    chat = _field(_field(query, "message", dict), "chat", dict)
    if chat.get("type") != "private":
        return Ignored(update_id, "group")
    tap = Tap(_field(query, "data", str))
    return _inbound(account, update_id, chat, tap, query, _field(query, "id", str))


def _membership(account: Account, update_id: str, change: Raw) -> Decoded:
    chat = _field(change, "chat", dict)
    status = _field(_field(change, "new_chat_member", dict), "status", str)
    if chat.get("type") == "private" and status == "kicked":
        return _inbound(account, update_id, chat, Blocked(), change)
    return Ignored(update_id, "membership")


def _inbound(
    account: Account,
    update_id: str,
    chat: Raw,
    happening: Happening,
    authored: Raw,
    reference: str = "",
) -> Inbound:
    address = str(_field(chat, "id", int))
    return Inbound(
        account.account_id,
        TELEGRAM.channel,
        update_id,
        account.conversation(address),
        (happening,),
        _language(authored),
        address,
        reference,
    )


def _language(authored: Raw) -> str:
    """The hint in `from.language_code`: a language we speak, or empty."""
    person = authored.get("from")
    code = person.get("language_code") if isinstance(person, dict) else None
    hint = code[:2] if isinstance(code, str) else ""
    return hint if hint in languages() else ""


def _field(raw: Raw, name: str, kind: type[T]) -> T:
    value = raw.get(name)
    if type(value) is not kind:
        raise Undecodable(f"{name}: expected {kind.__name__}, got {type(value).__name__}")
    return value
