"""Reads the events of the Bot Platform; docs/reference/channels.md §2.2."""

from __future__ import annotations

from typing import Any

from bot.channels.capabilities import ZALO_BOT
from bot.channels.decoded import Account, Decoded, Group, Ignored, Undecodable
from handlers.inbound import Attachment, Happening, Inbound, Text
from sipas.reading import read_counter

# What a respondent may send that is no text; voice and documents are told of by single sources.
ATTACHMENTS = {
    "message.image.received": "photo",
    "message.sticker.received": "sticker",
    "message.voice.received": "voice",
    "message.audio.received": "voice",
    "message.location.received": "location",
    "message.document.received": "other",
    "message.file.received": "other",
    "message.link.received": "other",
    "message.video.received": "other",
    "message.unsupported.received": "other",
}
TEXT = "message.text.received"


def decode(raw: object, account: Account) -> Decoded:
    """What one event means, with or without the wrapper it may come in.

    Raises:
        Undecodable: a field that must be there is missing or of another type.
    """
    event = _object(raw, "event")
    if "event_name" not in event and "result" in event:
        event = _object(event["result"], "result")
    name = event.get("event_name")
    if not isinstance(name, str):
        raise Undecodable("event_name: expected str")
    if name != TEXT and name not in ATTACHMENTS:
        return Ignored(f"unknown {name[:64]}", "kind")
    message = _object(event.get("message"), "message")
    chat = _object(message.get("chat"), "chat")
    happening = _happening(name, message)
    address = _id(chat.get("id"), "chat.id")
    if chat.get("chat_type") == "GROUP":
        return _group(address, happening)
    return Inbound(
        account_id=account.account_id,
        channel=ZALO_BOT.channel,
        update_id=_id(message.get("message_id"), "message_id"),
        conversation=account.conversation(address),
        happenings=(happening,),
        address=address,
    )


def _happening(name: str, message: dict[str, Any]) -> Happening:
    if name != TEXT:
        return Attachment(ATTACHMENTS[name])
    words = message.get("text")
    if not isinstance(words, str):
        raise Undecodable("text: expected str")
    return Text(words)


def _group(chat: str, happening: Happening) -> Group:
    counter = read_counter(happening.text) if isinstance(happening, Text) else ""
    return Group(chat, counter or "", "vi")


def _object(value: object, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Undecodable(f"{name}: expected dict, got {type(value).__name__}")
    return value


def _id(value: object, name: str) -> str:
    """Ids are opaque; some come as integers."""
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise Undecodable(f"{name}: expected an id, got {type(value).__name__}")
    return str(value)
