"""What docs/reference/channels.md calls disputed, unconfirmed or second-hand, as switches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tests.peers.zalo.rules import Oa


@dataclass(frozen=True)
class Unconfirmed:
    """One field per doubt; the defaults are the stricter or the better attested reading."""

    # Bot Platform
    bot_users: int | None = 50
    bot_messages_a_month: int | None = 3000
    bot_buttons: bool = False  # whether sendMessage takes a reply_markup
    bot_photo_key: Literal["photo", "photo_url"] = "photo"
    bot_wrapped: bool = True  # webhook body {"ok":true,"result":event}, or the bare event

    # Official Account: sending
    free_replies: int | None = 8  # per inbound message; None: unlimited inside 48 hours
    beyond_free: Literal["refused", "billed"] = "refused"
    reply_must_quote: bool = False  # only a message with quote_message_id is a free reply
    window_rule: Literal[Oa.OVER_7_DAYS, Oa.OUTSIDE_WINDOW] = Oa.OVER_7_DAYS
    per_second: int | None = None  # "another source says about 20/s"

    # Official Account: tokens
    reuse_kills_grant: bool = True

    # Official Account: webhook
    mac_prefix: str = "mac="
    mac_secret: Literal["oa", "app"] = "oa"
    mac_first: Literal["app_id", "oa_id"] = "app_id"
    timestamp_header: str | None = None  # one repository has a header of that name
    answer_within_s: float = 2.0
    repeats_after_s: tuple[int, ...] = (30, 300, 900, 1800, 3600)
    api_echo_has_admin_id: bool = False

    # Template messages
    template_night: bool = True


AS_WRITTEN = Unconfirmed()
