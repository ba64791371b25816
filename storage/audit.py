"""All that the log is about, for who may look at every response: rows with salts, and rollups.

It is read from the rows themselves, never from what they are to be checked against, and it reads
what somebody has tampered with too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sipas import tally
from sipas.canonical import SALT_BYTES, comment_form, committed
from sipas.merkle import leaf_hash
from sipas.packing import LEVELS
from storage.engine import streamed
from storage.leaves import Forms
from storage.queries import write as sql
from storage.release import CELL_KEY, COUNTER_KEY, MARGIN_KEY
from storage.released import Released
from storage.transaction import Transaction, comment_context

LEAF_BYTES = 32
UNSEALED = b"\x00"  # a comment that was put there later
EVERYTHING = {"part": 0, "parts": 1}
_ROLLUPS = (
    ("rollups", COUNTER_KEY, sql.all_rollups),
    ("rollup_margins", MARGIN_KEY, sql.all_margins),
    ("rollup_cube", CELL_KEY, sql.all_cells),
)


def leaves(tx: Transaction, size: int) -> bytes:
    """The first *size* leaf hashes, one after the other; noughts where one is missing."""
    found = bytearray(LEAF_BYTES * size)
    acts = (
        (at, leaf_hash(entry.encode())) for at, entry in sql.acts_before(tx.connection, size=size)
    )
    for index, leaf in (*sql.leaves_before(tx.connection, size=size), *acts):
        found[index * LEAF_BYTES : (index + 1) * LEAF_BYTES] = leaf[:LEAF_BYTES].ljust(LEAF_BYTES)
    return bytes(found)


def responses(tx: Transaction) -> Iterator[dict[str, Any]]:
    """Every released response in the order of the log: form, salt, leaf, and keys of rollups."""
    forms, erased = Forms(tx), set(sql.erased(tx.connection))
    for row in streamed(tx.connection, sql.responses_with_leaves.sql, {}):
        *columns, index, leaf, salt, comment = row
        one = Released(*columns)
        if (leaf,) not in erased:
            comment = _comment(tx, one.response_id)
        yield {
            **forms.of(one)._asdict(),
            "ids": _ids(one),
            "leaf": index,
            "hash": (leaf or b"").hex(),
            "salt": (salt or b"").hex(),
            "comment": (comment or b"").hex(),
        }


def _ids(row: Released) -> list[int]:
    """The numbers by which rollups are kept."""
    places = (row.unit_id, row.counter_id, row.instrument_id)
    values = (row.stage, row.kind, row.field_id, row.channel, row.stratum)
    return [*places, *values, row.resolving_unit_id or 0]


def _comment(tx: Transaction, response_id: int) -> bytes:
    """The commitment to a comment as it is now; nothing where it is gone or cannot be read."""
    row = sql.comment_of(tx.connection, response_id=response_id)
    if row is None:
        return b""
    sealed, quote, salt = row
    try:
        text = tx.cipher.open(sealed, comment_context(response_id))
    except ValueError:  # of a lost key, which no leaf knows of; or somebody wrote over it
        return b""
    if salt is None or len(salt) != SALT_BYTES:
        return UNSEALED
    return committed(comment_form(text, bool(quote)), salt)


def rollups(tx: Transaction) -> Iterator[dict[str, Any]]:
    """Every stored rollup with its key and its counts."""
    for table, names, query in _ROLLUPS:
        for row in streamed(tx.connection, query.sql, EVERYTHING):
            yield {"table": table, "key": list(row[: len(names)]), "counts": _counts(row[-1])}


def _counts(stored: bytes) -> list[int]:
    try:
        vector = tally.from_bytes(stored)
    except ValueError:  # no tally any more
        return []
    return list(tally.counts(vector, -(-vector.bit_length() // tally.BITS)))


def tamper(tx: Transaction, place: int) -> str:
    """What nobody may do: turn a level of the response there or next, and say which."""
    number, levels, found = sql.response_from(tx.connection, leaf_index=place)
    at = next(at for at, mark in enumerate(levels) if mark in LEVELS)
    other = f"{levels[:at]}{LEVELS[LEVELS.index(levels[at]) - 1]}{levels[at + 1 :]}"
    sql.tamper_with(tx.connection, response_id=number, levels=other)
    return f"response {found}, {levels} to {other}"
