"""A message in the shape its channel can show: buttons as far as they go, the rest to be typed."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from bot.channels.capabilities import Capabilities
from handlers.messages import text
from handlers.rendering import Choice, Message


@dataclass(frozen=True, slots=True)
class Laid:
    """What is shown: a text within the channel's limit, and the buttons under it."""

    text: str
    buttons: tuple[Choice, ...]


def lay_out(message: Message, can: Capabilities, language: str) -> Laid:
    """Shape *message*; whatever is no button can be typed as it is written.

    Answers are buttons all together or not at all, so that a number means the same everywhere.
    Only the words before the list are ever cut: the list is what must be answered.
    """
    answers = tuple(choice for choice in message.choices if not choice.control)
    controls = tuple(choice for choice in message.choices if choice.control)
    if len(message.choices) <= can.buttons:
        return Laid(_within(message.text, "", can.text_most), message.choices)
    buttons = answers if len(answers) <= can.buttons else ()
    listed = [] if buttons else ["\n".join(choice.label for choice in answers)]
    typed = [_typed(controls, language)] if controls else []
    tail = "\n\n".join(part for part in (*listed, *typed) if part)
    return Laid(_within(message.text, tail, can.text_most), buttons)


def _typed(controls: tuple[Choice, ...], language: str) -> str:
    words = ", ".join(f"“{choice.label.lower()}”" for choice in controls)
    return text(language, "chat.or_type", words=words)


def _within(body: str, tail: str, most: int) -> str:
    """Both parts in at most *most* characters, composed (NFC), because that is what is counted."""
    body, tail = (unicodedata.normalize("NFC", part) for part in (body, tail))
    rest = f"\n\n{tail}" if tail else ""
    room = most - len(rest)
    return (body if len(body) <= room else body[: room - 1] + "…") + rest
