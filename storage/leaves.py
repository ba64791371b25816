"""A leaf of the sealed log for every released response, made in the transaction that releases it.

The leaf hides what it commits to: the answers behind one salt, the comment behind another, which is
kept with the comment and goes with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from sipas.canonical import (
    Response,
    blank_entry,
    canonical,
    comment_form,
    committed,
    response_entry,
)
from sipas.merkle import leaf_hash
from storage.numbering import CHANNELS, KINDS, STAGES, STRATA, half_day_of
from storage.queries import by_place
from storage.queries import write as sql
from storage.released import Released
from storage.transaction import Transaction, comment_context

_INSERT = by_place(sql.add_leaf)


class Codes(dict[int, str]):
    """Text codes by the small numbers that rows hold, each asked for once; "" for none."""

    def __init__(self, find: Callable[[int], str | None]) -> None:
        self._find = find

    def __missing__(self, number: int) -> str:
        found = self[number] = (number and self._find(number)) or ""
        return found


class Forms:
    """Released rows in their canonical form."""

    def __init__(self, tx: Transaction) -> None:
        known = tx.connection
        self._instruments = dict(sql.all_instruments(known))
        self._units = Codes(lambda number: sql.unit_code(known, unit_id=number))
        self._counters = Codes(lambda number: sql.counter_code(known, counter_id=number))
        self._fields = Codes(lambda number: sql.field_code(known, field_id=number))

    def of(self, row: Released) -> Response:
        """What was answered, in text codes."""
        return Response(
            self._instruments[row.instrument_id],
            row.levels,
            row.tags,
            self._units[row.unit_id],
            self._units[row.resolving_unit_id or 0],
            self._counters[row.counter_id],
            half_day_of(row.response_id),
            STAGES[row.stage],
            STRATA[row.stratum],
            CHANNELS[row.channel],
            KINDS[row.kind],
            self._fields[row.field_id],
            row.consent,
        )


class Found(NamedTuple):
    """A response with its leaf, as its owner's code finds it."""

    row: Released
    leaf_index: int | None
    salt: bytes
    comment_hash: bytes | None
    commented: bool


def by_code(tx: Transaction, code_hash: int) -> Found | None:
    """The released response with this code hash."""
    row = sql.response_by_code(tx.connection, code_hash=code_hash)
    if row is None:
        return None
    *columns, index, salt, comment, commented = row
    return Found(Released(*columns), index, salt, comment, bool(commented))


def commit(tx: Transaction, rows: Sequence[Released]) -> None:
    """Make the leaves of *rows*; their place in the log is decided when the day is sealed."""
    if not rows:
        return
    # Asked for at once: most have none, and each question is a way to the server and back.
    first, last = min(row.response_id for row in rows), max(row.response_id for row in rows)
    commented = {number for (number,) in sql.commented(tx.connection, first=first, last=last)}
    forms, made = Forms(tx), list[tuple[int, bytes, bytes, bytes | None]]()
    for row, salt in zip(rows, tx.cipher.salts(len(rows)), strict=True):
        comment = _comment(tx, row.response_id) if row.response_id in commented else None
        entry = response_entry(committed(canonical(forms.of(row)), salt), comment)
        made.append((row.response_id, leaf_hash(entry), salt, comment))
    tx.connection.executemany(_INSERT, made)


def add_blanks(tx: Transaction, n: int) -> None:
    """Make *n* leaves of nothing, so that the log's size does not tell how many responses it has.

    Their numbers are below nought, where no response has its own.
    """
    first = int(sql.lowest_blank(tx.connection)) - 1
    made = [
        (first - at, leaf_hash(blank_entry(salt)), salt, None)
        for at, salt in enumerate(tx.cipher.salts(n))
    ]
    tx.connection.executemany(_INSERT, made)


def blanks(tx: Transaction) -> Iterator[tuple[int | None, str]]:
    """Every leaf of nothing with its place and its entry, for who may look at every response."""
    for index, salt in sql.blank_leaves(tx.connection):
        yield index, blank_entry(salt).decode()


def _comment(tx: Transaction, response_id: int) -> bytes | None:
    """The commitment to a comment, which gets its salt; None without one that can be read."""
    row = sql.comment_of(tx.connection, response_id=response_id)
    if row is None:
        return None
    sealed, quote, _ = row
    try:
        text = tx.cipher.open(sealed, comment_context(response_id))
    except ValueError:  # sealed with a key that is lost: it says nothing any more
        return None
    (salt,) = tx.cipher.salts(1)
    sql.salt_comment(tx.connection, response_id=response_id, salt=salt)
    return committed(comment_form(text, bool(quote)), salt)
