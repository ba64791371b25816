"""Turns what the outbox holds into what Telegram shows, in the respondent's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.channels.telegram.delivery import Letter
from handlers.rendering import Message, render
from handlers.screens import Shown, load_shown
from sipas.events import Say
from sipas.instrument import Instrument
from storage.outbox import Outgoing

WELCOME = "notice"


@dataclass(frozen=True)
class Letters:
    """Renders leased rows.

    Attributes:
        instruments: by reference.
    """

    instruments: Mapping[str, Instrument]

    def compose(self, outgoing: Outgoing) -> Letter:
        """The row as a letter to its chat."""
        shown = load_shown(outgoing.payload)
        message = render(self.instruments.get(shown.instrument), shown.screen, shown.language)
        return Letter(
            chat=outgoing.address,
            text=message.text,
            choices=message.choices,
            reference=shown.reference,
            notice=_notice(shown, message),
            replaces=outgoing.message,
            edit=shown.edit,
        )


def _notice(shown: Shown, message: Message) -> str:
    """What a tap's answer pops up: the words before the question, such as that it was stale.

    The short notice of the first screen is read there; popping it up would be in the way.
    """
    first = shown.screen[0]
    explained = isinstance(first, Say) and first.key != WELCOME
    return message.said if explained and message.question else ""
