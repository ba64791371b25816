"""Responses that were taken back after their release leave the figures with a later release.

Whoever compares the totals before and after sees what left. So a response leaves only with a
release that without it still looks like one of enough others: of its unit, half-month and
questionnaire every count grows or stays, and by so many responses at least. What finds no such
release until its half-month is settled stays counted for good. Why: decision 0036.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sipas import tally
from sipas.canonical import lines
from sipas.instrument import Instrument
from sipas.packing import day_of
from sipas.periods import atom
from storage import sealing
from storage.numbering import half_day_of
from storage.queries import write as sql
from storage.released import Released
from storage.transaction import Transaction

Place = tuple[int, int, int]
"""What is shown of a half-month that is not settled: unit, half-month, questionnaire."""


def leave(
    tx: Transaction,
    instruments: Mapping[int, Instrument],
    rows: Iterable[Released],
    since: int,
    least: int,
) -> list[Released]:
    """Those that leave with the release of *rows*; the log and the number received have it.

    Args:
        since: numbers of responses begin with this one in the first half-month not settled.
        least: how many responses a total must grow by all the same.
    """
    came, gone = defaultdict[Place, int](int), []
    for row in rows:
        came[_place(row)] += tally.tally(instruments[row.instrument_id], row.levels)
    for *columns, leaf in list(sql.taken_back(tx.connection, first_response=since)):
        row = Released(*columns)
        one, others = tally.tally(instruments[row.instrument_id], row.levels), came[_place(row)]
        if tally.responses(others) > least and tally.covers(others, one):
            came[_place(row)] -= one
            _uncount(tx, row, bytes(leaf))
            gone.append(row)
    return gone


def _place(row: Released) -> Place:
    return row.unit_id, atom(day_of(half_day_of(row.response_id))), row.instrument_id


def _uncount(tx: Transaction, row: Released, leaf: bytes) -> None:
    sql.uncount_withdrawal(tx.connection, response_id=row.response_id)
    sealing.add_act(tx, lines("motcua.entry.left.1", {"leaf": leaf.hex()}))
    tx.take_back_arrival(row.counter_id)
