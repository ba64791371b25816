"""Events of the Bot Platform, key for key as in tests/fixtures/zalo/bot_*.json."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Chat:
    """One conversation; the respondent's id is the chat's unless it is a group."""

    id: str | int
    name: str = "Ted"
    group: bool = False

    def event(self, kind: str, content: Mapping[str, object], message_id: str, at_ms: int) -> Json:
        """`message.<kind>.received` with *content* between the chat and the id."""
        message = {
            "from": {"id": self.id, "display_name": self.name, "is_bot": False},
            "chat": {"id": self.id, "chat_type": "GROUP" if self.group else "PRIVATE"},
            **content,
            "message_id": message_id,
            "date": at_ms,
        }
        return {"event_name": f"message.{kind}.received", "message": message}


def wrapped(event: Json) -> Json:
    """The form `getUpdates` answers in, and one of the two forms of the webhook."""
    return {"ok": True, "result": event}
