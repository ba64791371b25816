"""Consultation messages, reactions and the questions about quota and account (OpenAPI)."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import datetime

from tests.peers.zalo.clock import milliseconds
from tests.peers.zalo.oa_state import BILLED_FOR, FREE_FOR, Account, Button, Json, Person, Sent
from tests.peers.zalo.rules import Oa, Refused, require
from tests.peers.zalo.unconfirmed import Unconfirmed

TEXT_LIMIT, TITLE_LIMIT, PAYLOAD_LIMIT, BUTTON_LIMIT = 2000, 100, 1000, 5
QUERIES = {"oa.query.show", "oa.query.hide"}
TYPES = {*QUERIES, "oa.open.url", "oa.open.sms", "oa.open.phone"}


def consultation(
    account: Account, told: Json, now: datetime, doubts: Unconfirmed, made_id: Callable[[], str]
) -> Sent:
    """One message of `/v3.0/oa/message/cs`, kept with its recipient."""
    usable(account)
    require(told.keys() == {"recipient", "message"}, Oa.PARAMETER)
    person = recipient(account, told)
    message = _object(told["message"])
    require(message.keys() <= {"text", "attachment", "quote_message_id"}, Oa.MESSAGE_TYPE)
    text, buttons = checked_text(message.get("text")), _buttons(message.get("attachment"))
    require(message.get("quote_message_id", None) in {None, *person.wrote}, Oa.PARAMETER)
    billed = _admitted(account, person, now, doubts, "quote_message_id" in message)
    _paid(account, billed)
    person.free_used += not billed
    sent = Sent("text", text, made_id(), buttons, told, billed)
    person.sent.append(sent)
    return sent


def told_quota(person: Person, now: datetime, doubts: Unconfirmed) -> Json:
    """`/v3.0/oa/quota/message`: the last interaction and the free replies that remain."""
    last = None if person.interacted is None else milliseconds(person.interacted)
    left = person.free_left(now, doubts.free_replies)
    return {"last_interaction": last, "cs_reply": {"remain": left}}


def told_account(account: Account) -> Json:
    """`/v2.0/oa/getoa`: what the admin page shows at start."""
    return {
        "oa_id": account.oa_id,
        "name": account.name,
        "is_verified": account.verified,
        "package_name": account.package_name,
    }


def reaction(account: Account, told: Json) -> None:
    """`/v2.0/oa/message` with a `sender_action`; anything else of v2 is gone."""
    require(told.keys() == {"recipient", "sender_action"}, Oa.V2_GONE)
    person, action = recipient(account, told), _object(told["sender_action"])
    require(action.keys() == {"react_icon", "react_message_id"}, Oa.PARAMETER)
    require(action["react_message_id"] in person.wrote, Oa.PARAMETER)
    person.sent.append(Sent("reaction", str(action["react_icon"]), "", (), told))


def recipient(account: Account, told: Json) -> Person:
    """The person named by a string id that this OA knows."""
    named = _object(told.get("recipient")).get("user_id")
    if not isinstance(named, str) or named not in account.people:
        raise Refused(Oa.BAD_USER)
    return account.people[named]


def usable(account: Account) -> None:
    """Whether the OA may send at all."""
    if account.refusal is not None:
        raise Refused(account.refusal)
    require(account.verified, Oa.NOT_VERIFIED)
    require(account.paid, Oa.TIER)


def checked_text(text: object) -> str:
    """A text of 1..2000 characters, counted after NFC."""
    if not isinstance(text, str):
        raise Refused(Oa.TEXT)
    require(unicodedata.is_normalized("NFC", text), Oa.NOT_NFC)
    require(1 <= len(text) <= TEXT_LIMIT, Oa.TEXT)
    return text


def _admitted(
    account: Account, person: Person, now: datetime, doubts: Unconfirmed, quoted: bool
) -> bool:
    """Whether the message is billed, if it may go out."""
    if person.refusal is not None:
        raise Refused(person.refusal)
    require(not person.left, Oa.NOT_FOLLOWING)
    if person.interacted is None or now - person.interacted > BILLED_FOR:
        raise Refused(doubts.window_rule)
    if now - person.interacted > FREE_FOR or (doubts.reply_must_quote and not quoted):
        return True
    if person.free_left(now, doubts.free_replies) != 0:
        return False
    require(doubts.beyond_free == "billed", Oa.FREE_REPLIES)
    return True


def _paid(account: Account, billed: bool) -> None:
    require(account.quota is None or account.quota > 0, Oa.OUT_OF_QUOTA)
    if billed:
        require(account.cloud_account, Oa.NO_ACCOUNT)
        require(account.balance is None or account.balance > 0, Oa.NO_MONEY)
        account.balance = account.balance and account.balance - 1
    account.quota = account.quota and account.quota - 1


def _buttons(attachment: object) -> tuple[Button, ...]:
    if attachment is None:
        return ()
    read = _object(attachment)
    payload = _object(read.get("payload"))
    template = read.get("type") == "template" and read.keys() == {"type", "payload"}
    require(template and payload.keys() == {"buttons"}, Oa.MESSAGE_TYPE)
    rows = payload["buttons"]
    require(isinstance(rows, list) and 1 <= len(rows) <= BUTTON_LIMIT, Oa.BUTTONS)
    return tuple(_button(_object(row)) for row in rows)


def _button(row: Json) -> Button:
    require(row.keys() == {"title", "type", "payload"}, Oa.PARAMETER)
    title, kind, payload = row["title"], row["type"], row["payload"]
    require(isinstance(title, str) and 1 <= len(title) <= TITLE_LIMIT, Oa.BUTTON_TITLE)
    require(unicodedata.is_normalized("NFC", title), Oa.NOT_NFC)
    require(kind in TYPES, Oa.BUTTON_TYPE)
    if kind in QUERIES:
        require(isinstance(payload, str) and 1 <= len(payload) <= PAYLOAD_LIMIT, Oa.BUTTON_PAYLOAD)
        require(payload.isascii(), Oa.BUTTON_ASCII)
    elif kind == "oa.open.url":
        require(isinstance(_object(payload).get("url"), str), Oa.PARAMETER)
    return Button(title, kind, payload)


def _object(value: object) -> Json:
    if not isinstance(value, dict):
        raise Refused(Oa.PARAMETER)
    return value
