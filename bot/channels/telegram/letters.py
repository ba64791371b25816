"""Turns what the outbox holds into what Telegram shows, in the respondent's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.channels.telegram.delivery import Key, Letter
from handlers.rendering import render
from handlers.screens import Shown, load_shown
from sipas.events import Say
from sipas.instrument import Instrument
from storage.outbox import Outgoing


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
            keys=tuple(Key(choice.label, choice.payload) for choice in message.choices),
            reference=shown.reference,
            notice=self._notice(shown),
            replaces=outgoing.message,
            edit=shown.edit,
        )

    def _notice(self, shown: Shown) -> str:
        """What a tap's answer pops up: the words before the question, such as a stale tap's."""
        said = tuple(part for part in shown.screen if isinstance(part, Say))
        if not said or len(said) == len(shown.screen):
            return ""
        return render(self.instruments.get(shown.instrument), said, shown.language).text
