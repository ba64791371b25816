"""Reads the few fields of an Official Account's event that the survey needs.

Ids are opaque strings: they exceed what a number holds. Events that carry a phone number or a
name are ignored before anything of them is kept.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from handlers.inbound import Attachment, Blocked, Happening, Inbound, Start, Tap, Text

T = TypeVar("T")
Raw = dict[str, Any]

CHANNEL = "zalo_oa"
MARK = "#"

# What a respondent may send that is no text; whatever is not named here is another attachment.
ATTACHMENTS = {
    "user_send_audio": "voice",
    "user_send_image": "photo",
    "user_send_location": "location",
    "user_send_sticker": "sticker",
    "user_send_business_card": "other",
    "user_send_file": "other",
    "user_send_gif": "other",
    "user_send_link": "other",
    "user_send_video": "other",
}
# Receipts and echoes name the OA as sender; some of them hold a phone number or a name.
IGNORED = {
    "user_received_message": "receipt",
    "user_seen_message": "receipt",
    "user_submit_info": "contact data",
}
ECHO = "oa_send_"

_PAYLOAD = re.compile(r"#\d{1,3}\|.*", re.ASCII)
_CODE = re.compile(r"#\s?(\d{6})", re.ASCII)


class Undecodable(Exception):
    """The event is not what is documented; the message names the field only."""


@dataclass(frozen=True, slots=True)
class Account:
    """The OA as a channel account, and how its people become conversation keys."""

    account_id: int
    oa_id: str
    pseudonym: Callable[[int, str], bytes]


@dataclass(frozen=True, slots=True)
class Ignored:
    """An event that asks nothing of the survey."""

    update_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Rated:
    """The stars of a template message.

    Attributes:
        tracking_id: the invitation it answers.
        level: 1-5, and stars count the way levels do.
        note: words of the respondent's own.
    """

    update_id: str
    tracking_id: str
    level: int
    note: str


@dataclass(frozen=True, slots=True)
class Clicked:
    """A quick reply of a template message; *data* is its label."""

    update_id: str
    tracking_id: str
    data: str


Decoded = Inbound | Ignored | Rated | Clicked


def decode(raw: object, body: bytes, account: Account) -> Decoded:
    """What one event means; *body* are its exact bytes.

    Raises:
        Undecodable: a field that must be there is missing or of another type.
    """
    if not isinstance(raw, dict):
        raise Undecodable(f"event: expected dict, got {type(raw).__name__}")
    name = _field(raw, "event_name", str)
    if name in IGNORED or name.startswith(ECHO):
        return Ignored(update_id(raw, body), IGNORED.get(name, "echo"))
    if name in _TEMPLATES:
        return _TEMPLATES[name](raw, body)
    user = _respondent(name, raw)
    if user is None:
        return Ignored(update_id(raw, body), "kind")
    return _inbound(account, raw, body, user, _happening(name, raw))


def update_id(raw: Mapping[str, Any], body: bytes) -> str:
    """The key of deduplication: event name and message id, else a hash of the exact bytes.

    Receipts, echoes and ratings carry the id of the message they are about, so the id alone would
    take a rating for its delivery receipt.

    >>> update_id({"event_name": "oa_send_text", "message": {"msg_id": "7"}}, b"")
    'oa_send_text 7'
    """
    message = raw.get("message")
    named = message.get("msg_id") if isinstance(message, dict) else None
    named = raw.get("msg_id") if named is None else named
    if isinstance(named, str | int) and named:
        return f"{raw.get('event_name')} {named}"
    return hashlib.sha256(body).hexdigest()


def oa_of(raw: Mapping[str, Any]) -> str:
    """The OA an event belongs to: named outright, or the side that is not the person."""
    if raw.get("oa_id"):
        return str(raw["oa_id"])
    name = str(raw.get("event_name", ""))
    by_oa = name.startswith(ECHO) or name in ("user_received_message", "user_seen_message")
    side = raw.get("sender" if by_oa else "recipient")
    return str(side.get("id") or "") if isinstance(side, dict) else ""


def _respondent(name: str, raw: Raw) -> str | None:
    """Who did it; None for an event that no respondent causes, or that nobody knows."""
    if name == "user_send_text" or name in ATTACHMENTS:
        return _id(_field(raw, "sender", dict), "id")
    if name in ("follow", "unfollow"):
        return _id(_field(raw, "follower", dict), "id")
    return _id(raw, "user_id") if name == "user_click_chatnow" else None


def _happening(name: str, raw: Raw) -> Happening:
    if name in ATTACHMENTS:
        return Attachment(ATTACHMENTS[name])
    if name == "unfollow":
        return Blocked()
    if name == "user_send_text":
        return _said(_field(_field(raw, "message", dict), "text", str))
    return Start("")


def _said(text: str) -> Happening:
    """A tap is a text that equals the button's payload; the mark tells it from typed words."""
    if _PAYLOAD.fullmatch(text):
        return Tap(text.removeprefix(MARK))
    code = _CODE.fullmatch(text.strip())
    return Start(code[1]) if code else Text(text)


def _inbound(account: Account, raw: Raw, body: bytes, user: str, happening: Happening) -> Inbound:
    return Inbound(
        account_id=account.account_id,
        channel=CHANNEL,
        update_id=update_id(raw, body),
        conversation=account.pseudonym(account.account_id, user),
        happenings=(happening,),
        address=user,
        reference=_reference(raw),
    )


def _reference(raw: Raw) -> str:
    """What a reply to this event rests on: its moment, and the message it may quote."""
    message = raw.get("message")
    quoted = message.get("msg_id", "") if isinstance(message, dict) else ""
    return f"{_id(raw, 'timestamp')} {quoted}".rstrip()


def _rated(raw: Raw, body: bytes) -> Rated:
    message = _field(raw, "message", dict)
    rate = message.get("rate")
    level = int(rate) if isinstance(rate, str) and rate.isdecimal() else rate
    if type(level) is not int or not 1 <= level <= 5:
        raise Undecodable("rate: expected 1-5")
    note = message.get("note")
    tracking = _id(message, "tracking_id")
    return Rated(update_id(raw, body), tracking, level, note if isinstance(note, str) else "")


def _clicked(raw: Raw, body: bytes) -> Clicked:
    message = _field(raw, "message", dict)
    tracking = _id(message, "tracking_id")
    return Clicked(update_id(raw, body), tracking, _field(message, "data", str))


_TEMPLATES: Mapping[str, Callable[[Raw, bytes], Decoded]] = {
    "user_feedback": _rated,
    "user_click_response_button": _clicked,
}


def _id(raw: Raw, name: str) -> str:
    """An id as text, whatever it came as."""
    value = raw.get(name)
    if type(value) not in (str, int) or value == "":
        raise Undecodable(f"{name}: expected an id, got {type(value).__name__}")
    return str(value)


def _field(raw: Raw, name: str, kind: type[T]) -> T:
    value = raw.get(name)
    if type(value) is not kind:
        raise Undecodable(f"{name}: expected {kind.__name__}, got {type(value).__name__}")
    return value
