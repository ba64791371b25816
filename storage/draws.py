"""Counters that ask each respondent some drawn items only, and how often each item was drawn."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from storage.engine import Reader
from storage.queries import read
from storage.queries import write as sql
from storage.registry import touch
from storage.transaction import Transaction


class Drawn(NamedTuple):
    """How often an item of a questionnaire was drawn in a month (ISO), in all counters together."""

    month: str
    instrument: str
    item: str
    n: int


def split_counter(tx: Transaction, code: str, split: int, today: date) -> bool:
    """Ask each respondent at a counter *split* drawn items from now on, 0 all; False: no such one.

    A response that is open goes on as it began. Series are marked with a break *today*.
    """
    counter_id = sql.counter_id(tx.connection, code=code)
    if counter_id is None:
        return False
    sql.split_counter(tx.connection, code=code, split=split)
    sql.add_asking(tx.connection, counter_id=counter_id, day=today.isoformat(), items=split)
    touch(tx)
    return True


def count_draw(tx: Transaction, day: date, instrument: str, items: tuple[str, ...]) -> None:
    """Count what was drawn for one respondent; of which counter or unit is not kept."""
    for item in items:
        tx.counts.add("count_draw", 1, month=f"{day:%Y-%m}", instrument=instrument, item=item)


async def draws(connection: Reader) -> list[Drawn]:
    """Every count, by month, questionnaire and item."""
    return [Drawn(*row) async for row in read.all_draws(connection)]
