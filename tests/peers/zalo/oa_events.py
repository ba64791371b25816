"""Events of the Official Account, key for key as in tests/fixtures/zalo, and their signature."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from tests.peers.zalo.oa_state import Json


def encoded(event: Mapping[str, object]) -> bytes:
    """The exact body: compact, UTF-8, letters as they are."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def mac(first: str, body: bytes, timestamp: str, secret: str) -> str:
    """Plain SHA-256 over the app id, the raw body, the timestamp and the secret.

    >>> mac("1", b"{}", "2", "3") == hashlib.sha256(b"1{}23").hexdigest()
    True
    """
    signed = first.encode() + body + timestamp.encode() + secret.encode()
    return hashlib.sha256(signed).hexdigest()


@dataclass(frozen=True)
class Events:
    """The events of one OA under one app, at one moment (milliseconds, as text)."""

    app_id: str
    oa_id: str
    timestamp: str

    def user_message(self, name: str, user: str, by_app: str | None, message: Json) -> Json:
        """Something the respondent sent; only texts name the user by app as well."""
        event: Json = {"app_id": self.app_id, "sender": {"id": user}}
        if by_app is not None:
            event["user_id_by_app"] = by_app
        event |= {"recipient": {"id": self.oa_id}, "event_name": name, "message": message}
        return event | {"timestamp": self.timestamp}

    def oa_message(self, name: str, user: str, message: Json, admin_id: str | None = None) -> Json:
        """An echo or a receipt: the sender is the OA."""
        sender = {"id": self.oa_id} | ({} if admin_id is None else {"admin_id": admin_id})
        return {
            "app_id": self.app_id,
            "sender": sender,
            "recipient": {"id": user},
            "event_name": name,
            "message": message,
            "timestamp": self.timestamp,
        }

    def follow(self, name: str, user: str, by_app: str) -> Json:
        """`follow` and `unfollow`: the user is `follower`."""
        return {**self._head(name, by_app), "follower": {"id": user}, "timestamp": self.timestamp}

    def chat_opened(self, user: str, by_app: str) -> Json:
        """`user_click_chatnow`: the user is `user_id`."""
        head = self._head("user_click_chatnow", by_app)
        return {**head, "user_id": user, "timestamp": self.timestamp}

    def _head(self, name: str, by_app: str) -> Json:
        return {
            "app_id": self.app_id,
            "user_id_by_app": by_app,
            "event_name": name,
            "oa_id": self.oa_id,
        }

    def template_received(self, phone: str, message: Json) -> Json:
        """A template reached a phone: the recipient is the number."""
        return {
            "sender": {"id": self.oa_id},
            "recipient": {"id": phone},
            "event_name": "user_received_message",
            "message": message,
            "app_id": self.app_id,
            "timestamp": self.timestamp,
        }

    def template_rated(self, message: Json) -> Json:
        """`user_feedback`: the native rating."""
        return {
            "app_id": self.app_id,
            "oa_id": self.oa_id,
            "event_name": "user_feedback",
            "message": message,
            "timestamp": self.timestamp,
        }

    def template_clicked(self, message: Json, message_id: str) -> Json:
        """`user_click_response_button`: the id is on the top level here."""
        return {
            "event_name": "user_click_response_button",
            "message": message,
            "msg_id": message_id,
            "app_id": self.app_id,
            "oa_id": self.oa_id,
            "timestamp": self.timestamp,
        }

    def template_status(self, template_id: str, status: str, reason: str) -> Json:
        """`change_template_status`; only its name and the reason are known."""
        return {
            "app_id": self.app_id,
            "oa_id": self.oa_id,
            "event_name": "change_template_status",
            "template_id": template_id,
            "status": status,
            "reason": reason,
            "timestamp": self.timestamp,
        }
