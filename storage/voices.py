"""Comments without personal data: masked in batches, then released or refused by an editor.

The original stays sealed where it is; what is masked is sealed too until somebody releases it, and
both go when the owner of the response erases it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from sipas.quotes import Act, Reason, State, step
from storage import lost_quotes, registry
from storage.filing_rows import By
from storage.numbering import row_id
from storage.queries import write as sql
from storage.release import BATCH_LEAST, EPOCH
from storage.transaction import Transaction, comment_context


class Voice(NamedTuple):
    """A comment as an editor sees it, by a number that tells nothing of its response."""

    number: int
    unit: str
    state: State
    reason: str
    text: str


class Quotable(NamedTuple):
    """A comment that may be quoted, with what its author answered; the text only once released."""

    number: int
    instrument: str
    levels: str
    released: bool
    text: str


def batch(tx: Transaction, unit: int | None = None) -> list[tuple[int, str | None]]:
    """The new comments of a unit that has at least five: response id and original, if readable."""
    unit = unit or sql.unit_with_new_comments(tx.connection, least=BATCH_LEAST)
    rows = [] if unit is None else sql.new_comments(tx.connection, unit_id=unit)
    return [(number, _original(tx, number, sealed)) for number, sealed in rows]


def _original(tx: Transaction, response_id: int, sealed: bytes) -> str | None:
    try:
        return tx.cipher.open(sealed, comment_context(response_id))
    except ValueError:  # sealed with a key that is lost
        return None


def keep(tx: Transaction, masked: Iterable[tuple[int, str | None]]) -> None:
    """Keep the masked texts of a batch, numbered in the order in which they are given."""
    first = 1 + int(sql.last_comment_number(tx.connection))
    for number, (response_id, text) in enumerate(masked, first):
        sql.mask_comment(
            tx.connection,
            response_id=response_id,
            number=None if text is None else number,
            masked=None if text is None else _sealed(tx, response_id, text),
            state=State.LOST if text is None else State.WAITING,
        )


def counts(tx: Transaction) -> list[tuple[str, State, int]]:
    """How many comments that may be quoted each unit has in each state."""
    return [(unit, State(state), n) for unit, state, n in sql.voice_counts(tx.connection)]


def voices(tx: Transaction, unit: str, state: State, most: int, topic: str = "") -> list[Voice]:
    """The first comments of a unit in a state, at most so many; those about a topic, or all."""
    about = f"% {topic} %" if topic else "%"
    rows = sql.voices_of_unit(tx.connection, unit=unit, state=state, topic=about, most=most)
    return [_voice(tx, row) for row in rows]


def voice(tx: Transaction, number: int) -> Voice | None:
    """The comment with this number, if its author allowed to quote it."""
    row = sql.voice(tx.connection, number=number)
    return None if row is None else _voice(tx, row)


def decide(
    tx: Transaction, seen: Voice, act: Act, by: By, text: str = "", reason: Reason | None = None
) -> bool:
    """Do *act*, with a line in the audit; False when the comment is not as it was *seen* any more.

    Args:
        text: what it says from now on, for the act that masks more of it.
    """
    row = sql.voice(tx.connection, number=seen.number)
    after = step(seen.state, act)
    if row is None or after is None or _voice(tx, row) != seen:
        return False
    sealed = _sealed(tx, row[4], text if act is Act.MASK else seen.text)
    told = reason.value if reason else ""
    sql.decide_comment(
        tx.connection, number=seen.number, state=after, masked=sealed, reason=told or None
    )
    registry.audit(tx, by.at, by.actor, f"comment {act}", f"{seen.unit} {seen.number}", told)
    if act is Act.REFUSE and lost_quotes.lose(tx, row[4], by.at):
        registry.audit(tx, by.at, by.actor, "relay lost", f"{seen.unit} {seen.number}")
    return True


def quotable(tx: Transaction, units: Iterable[int], first: date, last: date) -> list[Quotable]:
    """The comments of units from day to day that may be quoted, by number."""
    days = _between(first, last)
    rows = (row for unit in units for row in sql.quotable(tx.connection, unit_id=unit, **days))
    return sorted(_quotable(tx, row) for row in rows)


def without_topics(tx: Transaction, most: int) -> list[tuple[int, str]]:
    """Masked comments in which nobody has looked for topics."""
    rows = sql.comments_without_topics(tx.connection, most=most)
    return [(number, opened(tx, number, masked)) for number, masked in rows]


def with_old_topics(tx: Transaction, most: int, version: str) -> list[tuple[int, str]]:
    """Those in which another version of the topics has been looked for; all are read."""
    rows = sql.comments_with_old_topics(tx.connection, version=version, most=most)
    return [(number, opened(tx, number, masked)) for number, masked in rows]


def keep_topics(tx: Transaction, found: Iterable[tuple[int, str]]) -> None:
    """Keep what comments are about: the version, then codes, apart by spaces."""
    for response_id, topics in found:
        sql.set_topics(tx.connection, response_id=response_id, topics=topics)


def topics(tx: Transaction, unit: int, first: date, last: date, version: str) -> Counter[str]:
    """How many of a unit's masked comments, from day to day, are about each topic."""
    days = _between(first, last)
    rows = sql.topics_of_unit(tx.connection, unit_id=unit, version=version, **days)
    return Counter(code for (codes,) in rows for code in codes.split()[1:])


def _between(first: date, last: date) -> dict[str, int]:
    return {
        "first_response": row_id(2 * (first - EPOCH).days, 0),
        "end_response": row_id(2 * ((last - EPOCH).days + 1), 0),
    }


def _quotable(tx: Transaction, row: Sequence[Any]) -> Quotable:
    number, instrument, levels, state, response_id, masked = row
    is_released = state == State.RELEASED
    text = opened(tx, response_id, masked) if is_released else ""
    return Quotable(number, instrument, levels, is_released, text)


def _voice(tx: Transaction, row: Sequence[Any]) -> Voice:
    number, unit, state, reason, response_id, masked = row
    text = opened(tx, response_id, masked)
    return Voice(number, unit, State(state), reason, text)


def opened(tx: Transaction, response_id: int, masked: bytes) -> str:
    """A comment without personal data."""
    return tx.cipher.open(masked, _context(response_id))


def _sealed(tx: Transaction, response_id: int, text: str) -> bytes:
    return tx.cipher.seal(text, _context(response_id))


def _context(response_id: int) -> bytes:
    return b"masked " + comment_context(response_id)
