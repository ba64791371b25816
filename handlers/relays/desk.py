"""Who asks and who answers: an editor's own relays, and those about one's units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from handlers.login import at
from handlers.rights import Right, Signed
from handlers.scores import Scores
from handlers.service import Service, State
from handlers.voices.quotes import is_shown
from sipas.periods import quarter_of
from sipas.relays import Act, Outcome, Refusal, is_open, may_be_due
from sipas.relays import State as Standing
from storage import relays
from storage.directory import Unit
from storage.filing_rows import By
from storage.relays import Answer, New, Quote, Relay


@dataclass(frozen=True, slots=True)
class Desk:
    """One person, in one state of the installation."""

    asked: Service
    state: State
    signed: Signed

    def asks(self, unit: str) -> bool:
        """Whether the editor may ask about the unit."""
        return self.signed.covers(self.state.directory, Right.RELAY, (unit,))

    def sees(self, relay: Relay) -> bool:
        """Whether it is the editor's: of the same newsroom, and about one's units."""
        return relay.outlet_id == self.signed.staff.outlet and self.asks(relay.unit)

    def reads(self, relay: Relay) -> bool:
        """Whether it is about one's units."""
        return self.signed.covers(self.state.directory, Right.SEE, (relay.unit,))

    def may(self, right: Right, relay: Relay) -> bool:
        """Whether the person may write or publish this answer."""
        return self._covers(right, relay) and is_open(relay.state)

    def may_correct(self, relay: Relay) -> bool:
        """Whether the person may put a published answer right."""
        return self._covers(Right.ANSWER, relay) and relay.state is Standing.PUBLISHED

    def _covers(self, right: Right, relay: Relay) -> bool:
        return self.signed.covers(self.state.directory, right, (relay.unit,))

    async def own(self) -> list[Relay]:
        """What the editor's newsroom has asked."""
        return [each for each in await self.asked.store.look(relays.relays) if self.sees(each)]

    async def about(self, unit: str = "") -> list[Relay]:
        """What was asked about one's units, or one of them."""
        found = await self.asked.store.look(relays.relays)
        return [each for each in found if self.reads(each) and unit in ("", each.unit)]

    async def quotes(self, unit: Unit) -> list[Quote]:
        """The unit's quotes that may be relayed: words of few would tell who wrote them."""
        if not unit.published:
            return []
        found = await self.asked.store.look(relays.quotes, unit.code)
        scores = Scores(self.asked, self.state)
        quarters = {quarter_of(each.day).code: quarter_of(each.day) for each in found}
        shown = {code for code, days in quarters.items() if await is_shown(scores, unit, days)}
        return [each for each in found if quarter_of(each.day).code in shown]

    def by(self) -> By:
        """Who does it, and when."""
        return By(self.signed.staff.name, at(self.asked), self.asked.today().isoformat())


async def ask(desk: Desk, quote: Quote, due: str) -> int | str:
    """Ask the quote's unit: the relay's number, or the key of why not."""
    if not _may_be_due(due, desk.asked.today()):
        return "due"
    unit = desk.state.directory.unit(quote.unit)
    if unit is None or quote not in await desk.quotes(unit):
        return "quote"
    new = New(quote.number, quote.unit, desk.signed.staff.outlet, due)
    return await desk.asked.store.write(relays.ask, new, desk.by()) or "quote"


def _may_be_due(due: str, today: date) -> bool:
    try:
        return may_be_due(date.fromisoformat(due), today)
    except ValueError:
        return False


async def move(
    desk: Desk, relay: Relay, act: Act, revision: int, words: str = "", outcome: str = ""
) -> str:
    """Do *act*, or return the key of why not."""
    if act in (Act.WRITE, Act.CORRECT) and not outcome:
        return "outcome"
    answer = Answer(Outcome(outcome) if outcome else None, words, revision)
    after = await desk.asked.store.write(relays.move, relay.relay_id, act, desk.by(), answer)
    if after is None:
        return "stale"
    return str(after) if isinstance(after, Refusal) else ""
