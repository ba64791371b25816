"""A screen as a consultation message: at most five buttons, and a tap comes back as its payload."""

from __future__ import annotations

import unicodedata
from typing import Any

from bot.channels.capabilities import ZALO_OA
from bot.channels.lettering import Laid
from bot.channels.zalo_oa.decode import MARK
from handlers.rendering import Choice


def letter(laid: Laid) -> dict[str, Any]:
    """The message of `/v3.0/oa/message/cs`."""
    if not laid.buttons:
        return {"text": laid.text}
    buttons = [_button(choice) for choice in laid.buttons]
    template = {"type": "template", "payload": {"buttons": buttons}}
    return {"text": laid.text, "attachment": template}


def _button(choice: Choice) -> dict[str, str]:
    """`hide`: the payload is sent without being shown as the respondent's own words.

    The mark tells it from what is typed; a command may be typed just as well.
    """
    mark = "" if choice.payload.startswith("/") else MARK
    title = unicodedata.normalize("NFC", choice.label)[: ZALO_OA.label_most]
    return {"title": title, "type": "oa.query.hide", "payload": mark + choice.payload}
