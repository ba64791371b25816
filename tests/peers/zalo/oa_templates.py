"""ZBS template messages: by phone number on the business host, by user id on the OA host."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from tests.peers.zalo.oa_messages import recipient, usable
from tests.peers.zalo.oa_state import Account, Invitation, Json, Phone, Sent
from tests.peers.zalo.rules import Oa, Refused, require
from tests.peers.zalo.unconfirmed import Unconfirmed

VIET_NAM = ZoneInfo("Asia/Ho_Chi_Minh")
NUMBER = re.compile(r"84\d{9}")
TRACKING = re.compile(r"[A-Za-z0-9]{1,48}")
COMMON = {"template_id", "template_data", "mode"}


def to_user(
    account: Account, told: Json, now: datetime, doubts: Unconfirmed, made_id: Callable[[], str]
) -> Json:
    """`/v3.0/oa/message/template`; the window does not matter, refusals do."""
    usable(account)
    require("tracking_id" not in told, Oa.NO_TRACKING)
    require(told.keys() - COMMON <= {"recipient", "user_id"}, Oa.TEMPLATE_BODY)
    named = told if "recipient" in told else {"recipient": {"user_id": told.get("user_id")}}
    person = recipient(account, named)
    _template(account, told, now, doubts)
    if person.refusal is not None:
        raise Refused(person.refusal)
    require("mode" not in told, Oa.DEVELOPMENT)
    sent = Sent("template", "", made_id(), (), told)
    person.sent.append(sent)
    return {"message_id": sent.message_id}


def to_phone(
    account: Account,
    told: Json,
    now: datetime,
    doubts: Unconfirmed,
    made_id: Callable[[], str],
    *,
    hashed: bool = False,
) -> Json:
    """`/message/template` and `/message/template/hashphone`, with our tracking id."""
    usable(account)
    key = "hash_phone" if hashed else "phone"
    require(told.keys() - COMMON <= {key, "tracking_id"}, Oa.TEMPLATE_BODY)
    tracking = told.get("tracking_id")
    require(isinstance(tracking, str) and TRACKING.fullmatch(tracking), Oa.TRACKING)
    phone = _phone(account, told.get(key), hashed)
    require("mode" not in told or phone.administrator, Oa.DEVELOPMENT)
    _template(account, told, now, doubts)
    if phone.refusal is not None:
        raise Refused(phone.refusal)
    sent = Invitation(
        str(tracking), phone.number, made_id(), told["template_id"], told["template_data"]
    )
    account.invitations[sent.tracking_id] = sent
    return {"msg_id": sent.message_id}


def hash_of(number: str) -> str:
    """`hash_phone`: SHA-256 in hex of the 84… number."""
    return hashlib.sha256(number.encode()).hexdigest()


def _template(account: Account, told: Json, now: datetime, doubts: Unconfirmed) -> None:
    named = told.get("template_id")
    whole = isinstance(named, str) and isinstance(told.get("template_data"), dict)
    require(whole and told.get("mode", "development") == "development", Oa.TEMPLATE_BODY)
    template = account.templates.get(str(named))
    if template is None or not template.approved:
        raise Refused(Oa.TEMPLATE)
    require(not template.disabled, Oa.TEMPLATE_DISABLED)
    local = now.astimezone(VIET_NAM)
    require(6 <= local.hour < 22 or not doubts.template_night, Oa.ZBS_NIGHT)
    day, limit = local.date().isoformat(), account.templates_a_day
    require(limit is None or account.template_days[day] < limit, Oa.ZBS_DAILY)
    account.template_days[day] += 1


def _phone(account: Account, given: object, hashed: bool) -> Phone:
    """The account behind a number; a number that nobody registered has none."""
    shaped = isinstance(given, str) and (hashed or NUMBER.fullmatch(given))
    require(shaped, Oa.PHONE_INVALID)
    for phone in account.phones.values():
        if given == (hash_of(phone.number) if hashed else phone.number):
            return phone
    raise Refused(Oa.PHONE_NO_ACCOUNT)
