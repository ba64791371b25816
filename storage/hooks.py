"""Events for other systems: queued with what they are about, tried again, given up in the end.

A message is a row of the outbox from the same transaction in which the event happened. It names
what is public and no more: numbers, codes, days, and the page that tells the rest.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from storage import registry
from storage.queries import write as sql
from storage.transaction import Transaction

NAME_MOST = 60
WAITS_S = (5, 300, 1800, 7200, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
"""After each try that fails; who has not answered after the last one is given up, in three days."""
KEPT_S = 30 * 24 * 3600


class Event(StrEnum):
    """What is told."""

    FILING = "filing.published"
    CORRECTION = "correction.published"
    ASKED = "relay.asked"
    ANSWERED = "relay.answered"
    CORRECTED = "relay.corrected"
    WITHDRAWN = "relay.withdrawn"
    CASE = "case.closed"


class Hook(NamedTuple):
    """A system that is told; *waiting* and *failed* messages are those of the past month."""

    hook_id: int
    name: str
    address: str
    created_on: str
    ended_on: str | None
    waiting: int
    failed: int


class Message(NamedTuple):
    """An event on its way to a system; *at* is empty where nobody may know when it happened."""

    hook_id: int
    event_id: str
    event: str
    at: str
    told: str
    tries: int
    address: str
    secret: str


class Act(NamedTuple):
    """Who does it, and when, as the audit writes it."""

    at: str
    actor: str


def add(tx: Transaction, name: str, address: str, secret: str, act: Act) -> int:
    """Tell a system every event from now on, signed with *secret*; its number."""
    number = int(sql.add_hook(tx.connection, name=name, address=address, created_on=act.at[:10]))
    sealed = tx.cipher.seal(secret, _context(number))
    sql.set_hook_secret(tx.connection, hook_id=number, secret=sealed)
    registry.audit(tx, act.at, act.actor, "webhook add", str(number), name)
    return number


def hooks(tx: Transaction) -> list[Hook]:
    """Every system that is or was told."""
    return [Hook(*row) for row in sql.hooks(tx.connection)]


def end(tx: Transaction, number: int, act: Act) -> bool:
    """Tell a system nothing more; whether it was told."""
    ended = bool(sql.end_hook(tx.connection, hook_id=number, ended_on=act.at[:10]))
    if ended:
        sql.drop_hook_messages(tx.connection, hook_id=number)
        registry.audit(tx, act.at, act.actor, "webhook end", str(number))
    return ended


def tell(tx: Transaction, event: Event, unit: str, page: str, at: str, **told: object) -> None:
    """Queue an event about a unit for every system; of a unit that is not public, nothing.

    Args:
        page: the path of the public page about it, by which the event is known again with *told*.
    """
    known = ".".join([event, page.rsplit("/", 1)[-1], *map(str, told.values())])
    sql.add_hook_messages(
        tx.connection,
        event_id=known,
        event=event,
        at=at,
        told=json.dumps({"unit": unit, "page": page, **told}),
        unit=unit,
    )


def is_due(tx: Transaction, now: int) -> bool:
    """Whether anything is to be tried now."""
    return any(True for _ in sql.due_hook_messages(tx.connection, now=now, most=1))


def claim(tx: Transaction, now: int, most: int) -> list[Message]:
    """What is due, each counted as tried before it is: a crash repeats a message, never forgets."""
    rows = [_message(tx, row) for row in sql.due_hook_messages(tx.connection, now=now, most=most)]
    for each in rows:
        wait = WAITS_S[min(each.tries, len(WAITS_S) - 1)]
        sql.count_hook_try(
            tx.connection, hook_id=each.hook_id, event_id=each.event_id, next_try=now + wait
        )
    return rows


def settle(tx: Transaction, message: Message, answer: str, took: bool) -> bool:
    """Keep what came of a try; whether the message was given up."""
    given_up = not took and message.tries + 1 >= len(WAITS_S)
    state = "sent" if took else "failed" if given_up else "waiting"
    sql.set_hook_message(
        tx.connection,
        hook_id=message.hook_id,
        event_id=message.event_id,
        state=state,
        answer=answer,
    )
    return given_up


def purge(tx: Transaction, now: int) -> None:
    """Drop what was told, or given up, a month ago."""
    sql.purge_hook_messages(tx.connection, before=now - KEPT_S)


def _message(tx: Transaction, row: Sequence[Any]) -> Message:
    *told, sealed = row
    return Message._make([*told, tx.cipher.open(sealed, _context(told[0]))])


def _context(number: int) -> bytes:
    return b"webhook:%d" % number
