"""Counters that ask each respondent some drawn items only, and how often each item was drawn."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from storage.engine import Reader
from storage.queries import read
from storage.queries import write as sql
from storage.transaction import Transaction


class Drawn(NamedTuple):
    """How often an item of a questionnaire was drawn in a month (ISO), in all counters together."""

    month: str
    instrument: str
    item: str
    n: int


def split_counter(tx: Transaction, code: str, split: int) -> bool:
    """Ask each respondent at a counter *split* drawn items from now on, 0 all; False: no such one.

    A response that is open goes on as it began.
    """
    changed: int = sql.split_counter(tx.connection, code=code, split=split)
    return bool(changed)


def count_draw(tx: Transaction, day: date, instrument: str, items: tuple[str, ...]) -> None:
    """Count what was drawn for one respondent; of which counter or unit is not kept."""
    for item in items:
        tx.counts.add("count_draw", 1, month=f"{day:%Y-%m}", instrument=instrument, item=item)


async def draws(connection: Reader) -> list[Drawn]:
    """Every count, by month, questionnaire and item."""
    return [Drawn(*row) async for row in read.all_draws(connection)]
