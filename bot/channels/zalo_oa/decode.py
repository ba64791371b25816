"""Reads the few fields of an Official Account's event that the survey needs.

Ids are opaque strings: they exceed what a number holds. Events that carry a phone number or a
name are ignored before anything of them is kept.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from bot.channels.bodies import loads
from bot.channels.capabilities import ZALO_OA
from bot.channels.decoded import Account, Decoded, Ignored, Undecodable
from handlers.inbound import Attachment, Blocked, Happening, Inbound, Start, Tap, Text
from handlers.invited import Rated, Rating
from sipas.reading import read_scale

T = TypeVar("T")
Raw = dict[str, Any]

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
CLICK = "user_click_response_button"
SAMPLE = "This is testing message"

_PAYLOAD = re.compile(r"#\d{1,3}\|.*", re.ASCII)
_CODE = re.compile(r"#\s?(\d{6})", re.ASCII)


def decode(raw: object, account: Account) -> Decoded:
    """What one event means; *raw* is its whole body as text, because the key is made of it.

    Raises:
        Undecodable: a field that must be there is missing or of another type.
    """
    body = str(raw).encode()
    event = _event(body)
    name = _field(event, "event_name", str)
    key = update_id(event, body)
    if name in IGNORED or name.startswith(ECHO):
        return Ignored(key, IGNORED.get(name, "echo"))
    if name in _TEMPLATES:
        return _TEMPLATES[name](event, key, account)
    user = _respondent(name, event)
    if user is None:
        return Ignored(key, "kind")
    happening = _happening(name, event)
    if happening == Text(SAMPLE):
        return Ignored(key, "the console's sample")
    return _inbound(account, event, key, user, happening)


def _event(body: bytes) -> Raw:
    try:
        event = loads(body)
    except (ValueError, RecursionError):
        raise Undecodable("event: expected JSON") from None
    if not isinstance(event, dict):
        raise Undecodable(f"event: expected dict, got {type(event).__name__}")
    return event


def update_id(raw: Mapping[str, Any], body: bytes) -> str:
    """The key of deduplication: event name and message id, else a hash of the exact bytes.

    Receipts, echoes and ratings carry the id of the message they are about, so the id alone would
    take a rating for its delivery receipt.

    Two buttons of one template share all of that; the invitation itself counts once.

    >>> update_id({"event_name": "oa_send_text", "message": {"msg_id": "7"}}, b"")
    'oa_send_text 7'
    """
    message = raw.get("message")
    named = message.get("msg_id") if isinstance(message, dict) else None
    named = raw.get("msg_id") if named is None else named
    if isinstance(named, str | int) and named and raw.get("event_name") != CLICK:
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


def _inbound(account: Account, raw: Raw, key: str, user: str, happening: Happening) -> Inbound:
    moment = _id(raw, "timestamp")
    return Inbound(
        account_id=account.account_id,
        channel=ZALO_OA.channel,
        update_id=key,
        conversation=account.conversation(user),
        happenings=(happening,),
        address=user,
        reference=moment,
        sent_at=int(moment) if moment.isdecimal() else 0,
    )


def _rated(raw: Raw, key: str, account: Account) -> Decoded:
    message = _field(raw, "message", dict)
    rate, note, chosen = (message.get(name) for name in ("rate", "note", "feedbacks"))
    level = int(rate) if isinstance(rate, str) and rate.isdecimal() else rate
    if type(level) is not int or not 1 <= level <= 5:
        raise Undecodable("rate: expected 1-5")
    words = note if isinstance(note, str) else ""
    labels = tuple(each for each in chosen if isinstance(each, str)) if chosen else ()
    return _answer(account, key, message, level, words, labels)


def _clicked(raw: Raw, key: str, account: Account) -> Decoded:
    """A quick reply whose label names a level; nobody can be answered for any other."""
    message = _field(raw, "message", dict)
    level = read_scale(_field(message, "data", str))
    return _answer(account, key, message, level) if level else Ignored(key, "quick reply")


def _answer(
    account: Account,
    key: str,
    message: Raw,
    level: int,
    note: str = "",
    labels: tuple[str, ...] = (),
) -> Rated:
    tracking = _id(message, "tracking_id")
    own = account.conversation(f"invitation {tracking}")
    return Rated(
        account.account_id, ZALO_OA.channel, key, own, tracking, Rating(level, note, labels)
    )


_TEMPLATES: Mapping[str, Callable[[Raw, str, Account], Decoded]] = {
    "user_feedback": _rated,
    CLICK: _clicked,
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
