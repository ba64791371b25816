"""What newsrooms ask of units: a relay is one released quote, who asks, and the unit's answer.

The quote is read from the comment each time, so a quote that is taken back or erased is nowhere;
its relay is withdrawn with it, and an answer, which may repeat it, is destroyed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sipas.packing import day_of
from sipas.relays import Act, Outcome, Refusal, State, step
from storage import hooks, registry
from storage.filing_rows import By
from storage.hooks import Event
from storage.numbering import half_day_of
from storage.queries import write as sql
from storage.transaction import Transaction
from storage.voices import opened


class Quote(NamedTuple):
    """A released quote, and the day of its response, which nobody is told."""

    number: int
    unit: str
    day: date
    text: str


class New(NamedTuple):
    """A question to a unit about the quote with the number *comment*; no *outlet* is our own."""

    comment: int
    unit: str
    outlet: int | None
    due: str


class Answer(NamedTuple):
    """What the unit wrote; *revision* is that of the relay which the writer had seen."""

    outcome: Outcome | None
    words: str
    revision: int


class Edition(NamedTuple):
    """What a published answer said before it was put right."""

    published_at: str
    outcome: str
    words: str


class Relay(NamedTuple):
    """A relay; moments are in UTC, *published_at* is empty until then, *quote* once it is gone.

    Attributes:
        published_at: of the newest wording.
        before: the wordings before, oldest first.
    """

    relay_id: int
    comment: int
    unit: str
    outlet_id: int | None
    outlet: str
    state: State
    asked_at: str
    due: str
    published_at: str
    outcome: str
    words: str
    revision: int
    quote: str
    before: tuple[Edition, ...] = ()

    @property
    def editions(self) -> tuple[Edition, ...]:
        """Every published wording, oldest first."""
        if self.state is not State.PUBLISHED:
            return ()
        return (*self.before, Edition(self.published_at, self.outcome, self.words))


def relays(tx: Transaction) -> list[Relay]:
    """Every relay, the newest first."""
    return _relays(tx, 0)


def relay(tx: Transaction, relay_id: int) -> Relay | None:
    """The relay with this number."""
    return next(iter(_relays(tx, relay_id)), None) if relay_id else None


def quotes(tx: Transaction, unit: str) -> list[Quote]:
    """The released quotes of a unit that nobody has asked about."""
    return [_quote(tx, row) for row in sql.quotes_to_relay(tx.connection, unit=unit)]


def quote(tx: Transaction, number: int) -> Quote | None:
    """The released quote with this number."""
    row = sql.quote_to_relay(tx.connection, number=number)
    return None if row is None else _quote(tx, row)


def ask(tx: Transaction, new: New, by: By) -> int | None:
    """Ask a unit about a quote: the relay's number; None where it was asked before."""
    if quote(tx, new.comment) is None:  # taken back since it was chosen
        return None
    added = sql.add_relay(
        tx.connection,
        comment=new.comment,
        unit_code=new.unit,
        outlet_id=new.outlet,
        asked_at=by.at,
        due=new.due,
    )
    number = int(sql.relay_of(tx.connection, comment=new.comment))
    if not added:
        return None
    _audit(tx, "ask", number, by, new.unit)
    hooks.tell(tx, Event.ASKED, new.unit, f"/answers/{number}", by.at, due=new.due)
    return number


def move(
    tx: Transaction, relay_id: int, act: Act, by: By, answer: Answer
) -> State | Refusal | None:
    """Do *act*: the new state, or why it stays; None when it is not as it was seen.

    Raises:
        LookupError: there is no such relay.
    """
    known = relay(tx, relay_id)
    if known is None:
        raise LookupError(f"expected a relay that exists, got {relay_id}")
    after = step(known.state, act, answer.words)
    if isinstance(after, Refusal):
        return after
    if known.revision != answer.revision:
        return None
    _move(tx, known, act, after, by, answer)
    return after


def _move(tx: Transaction, known: Relay, act: Act, after: State, by: By, answer: Answer) -> None:
    kept = (known.outcome, known.words) if act is Act.PUBLISH else (answer.outcome, answer.words)
    if act is Act.CORRECT:
        sql.keep_edition(tx.connection, relay_id=known.relay_id)
    outcome, words = (None, "") if after is State.WITHDRAWN else kept
    sql.set_relay(
        tx.connection,
        relay_id=known.relay_id,
        state=after,
        outcome=outcome or None,
        words=words,
        published_at=by.at if after is State.PUBLISHED else None,
    )
    _audit(tx, act, known.relay_id, by, known.unit)
    page = f"/answers/{known.relay_id}"
    if act is Act.PUBLISH:
        hooks.tell(tx, Event.ANSWERED, known.unit, page, by.at, outcome=outcome)
    if act is Act.CORRECT:
        version = len(known.before) + 2
        hooks.tell(tx, Event.CORRECTED, known.unit, page, by.at, version=version, outcome=outcome)
    if after is State.WITHDRAWN:
        hooks.tell(tx, Event.WITHDRAWN, known.unit, page, by.at)


def _audit(tx: Transaction, act: str, number: int, by: By, unit: str) -> None:
    registry.audit(tx, by.at, by.actor, f"relay {act}", str(number), unit)


def _relays(tx: Transaction, relay_id: int) -> list[Relay]:
    """One relay or, with 0, all, with what their answers said before."""
    before: dict[int, list[Edition]] = {}
    for number, *told in sql.relay_editions(tx.connection, relay_id=relay_id):
        before.setdefault(number, []).append(Edition(*told))
    found = [_relay(tx, row) for row in sql.relays(tx.connection, relay_id=relay_id)]
    return [each._replace(before=tuple(before.get(each.relay_id, ()))) for each in found]


def _relay(tx: Transaction, row: Sequence[Any]) -> Relay:
    *told, response_id, masked = row
    quoted = "" if masked is None else opened(tx, response_id, masked)
    made = Relay._make([*told, quoted, ()])
    # A backup may bring back a relay whose quote was taken back since.
    return made._replace(state=State(made.state) if quoted else State.WITHDRAWN)


def _quote(tx: Transaction, row: Sequence[Any]) -> Quote:
    number, unit, response_id, masked = row
    day = day_of(half_day_of(response_id))
    return Quote(number, unit, day, opened(tx, response_id, masked))
