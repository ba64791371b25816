"""A call from a group gets a button to the private chat."""

from __future__ import annotations

from typing import Any

from bot.channels.decoded import Group
from handlers.messages import text


def answer(group: Group, link: str) -> dict[str, Any]:
    """The message's parameters; *link* is the bot's address."""
    start = f"?start=c{group.counter}" if group.counter else ""
    language = group.language or "vi"
    key = {"text": text(language, "telegram.open"), "url": link + start}
    return {
        "chat_id": group.chat,
        "text": text(language, "telegram.group"),
        "reply_markup": {"inline_keyboard": [[key]]},
    }
