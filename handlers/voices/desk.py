"""What an editor may do: the comments of one's units that may be quoted, and each act on one."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from handlers.login import at
from handlers.rights import Signed
from handlers.service import Service, State
from sipas.quotes import Act, Reason
from sipas.quotes import State as Standing
from sipas.redaction import edited
from sipas.vietnamese import fold
from storage import voices
from storage.filing_rows import By
from storage.voices import Voice

SHOWN_MOST = 50


@dataclass(frozen=True, slots=True)
class Desk:
    """One editor, in one state of the installation."""

    asked: Service
    state: State
    signed: Signed

    def is_mine(self, unit: str) -> bool:
        """Whether the unit's comments are the editor's to read."""
        return self.signed.covers(self.state.directory, self.signed.right, (unit,))

    async def counts(self) -> Mapping[str, Counter[Standing]]:
        """How many comments each of one's units has in each state, in the order of their names."""
        found: dict[str, Counter[Standing]] = {}
        for unit, standing, n in await self.asked.store.look(voices.counts):
            if self.is_mine(unit):
                found.setdefault(unit, Counter())[standing] = n
        return dict(sorted(found.items(), key=lambda each: self._name_key(each[0])))

    def _name_key(self, code: str) -> tuple[str, str]:
        unit = self.state.directory.unit(code)
        return unit.sort_key if unit else "", code

    def is_called(self, code: str, name: str) -> bool:
        """Whether a unit's name holds what was searched for, with or without tones."""
        unit = self.state.directory.unit(code)
        return fold(name.strip()) in (unit.search_key if unit else code)

    async def of_unit(self, unit: str, standing: Standing, topic: str = "") -> list[Voice]:
        """The first comments of a unit in a state, about a topic or all."""
        return await self.asked.store.look(voices.voices, unit, standing, SHOWN_MOST, topic)

    async def voice(self, number: int) -> Voice | None:
        """The comment with this number, if it is the editor's to read."""
        found = await self.asked.store.look(voices.voice, number)
        return found if found and self.is_mine(found.unit) else None


@dataclass(frozen=True, slots=True)
class Wish:
    """What a form asks for.

    Attributes:
        seen: the digest of the text that the form was made from.
        chosen: places of the pieces to mask.
    """

    act: Act
    seen: str
    chosen: Collection[int] = ()
    reason: Reason | None = None


def digest(voice: Voice) -> str:
    """What a form brings back, so that only the text that was read is decided about."""
    return hashlib.sha256(f"{voice.state} {voice.text}".encode()).hexdigest()[:16]


async def done(desk: Desk, voice: Voice, wish: Wish) -> str:
    """Do it, or return the key of why not."""
    if fault := _fault(voice, wish):
        return fault
    text = edited(voice.text, wish.chosen) if wish.act is Act.MASK else ""
    by = By(desk.signed.staff.name, at(desk.asked), desk.asked.today().isoformat())
    reason = wish.reason if wish.act is Act.REFUSE else None
    kept = await desk.asked.store.write(voices.decide, voice, wish.act, by, text, reason)
    return "" if kept else "stale"


def _fault(voice: Voice, wish: Wish) -> str:
    if wish.seen != digest(voice):
        return "stale"
    if wish.act is Act.MASK and not wish.chosen:
        return "nothing"
    if wish.act is Act.RELEASE and wish.chosen:
        return "unmasked"
    return "reason" if wish.act is Act.REFUSE and wish.reason is None else ""
