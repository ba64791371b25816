"""A relay as it is shown: whose it is, since when it waits, and what was answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from handlers.sentences import name_of
from handlers.service import VIETNAM, Service, State
from sipas.relays import State as Standing
from sipas.relays import is_open, overdue
from storage import relays
from storage.relays import Edition, Relay


@dataclass(frozen=True, slots=True)
class Told:
    """A relay in one language; days are those in Viet Nam.

    Attributes:
        late: days for which the answer is overdue.
        published_on: of the newest wording, empty until then.
        before: the day and the words of each wording before.
    """

    relay: Relay
    unit: str
    asked_on: str
    published_on: str
    late: int
    before: tuple[tuple[str, Edition], ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether an answer is waited for."""
        return is_open(self.relay.state)

    @property
    def standing(self) -> str:
        """How everybody sees it: a draft is nobody's business."""
        if self.is_open:
            return "overdue" if self.late else "waiting"
        return str(self.relay.state)


def told(asked: Service, state: State, relay: Relay, language: str) -> Told:
    """*relay* as it is shown today."""
    unit = state.directory.unit(relay.unit)
    return Told(
        relay,
        name_of(unit, language) if unit else relay.unit,
        local_day(relay.asked_at),
        local_day(relay.published_at),
        overdue(relay.state, date.fromisoformat(relay.due), asked.today()),
        tuple((local_day(each.published_at), each) for each in relay.before),
    )


def local_day(at: str) -> str:
    """The day in Viet Nam of a moment; nothing of none.

    >>> local_day("2026-11-20T18:00:00+00:00"), local_day("")
    ('2026-11-21', '')
    """
    return datetime.fromisoformat(at).astimezone(VIETNAM).date().isoformat() if at else ""


def is_public(state: State, relay: Relay) -> bool:
    """Whether everybody is told: a quote is there, and its unit's figures are published."""
    unit = state.directory.unit(relay.unit)
    return relay.state is not Standing.WITHDRAWN and unit is not None and unit.published


async def public(asked: Service, state: State) -> list[Relay]:
    """Every relay that everybody is told of, the newest first."""
    return [each for each in await asked.store.look(relays.relays) if is_public(state, each)]
