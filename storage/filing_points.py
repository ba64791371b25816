"""Points of quarterly sheets as rows: every saving is kept, the newest of a side holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal

from sipas.quarter_sheet import Given, Side
from storage.filing_rows import By, Scored
from storage.queries import write as sql
from storage.transaction import Transaction


def points(tx: Transaction, filing_id: int) -> list[Scored]:
    """Every saving of a filing's points, oldest first."""
    rows = sql.filing_points(tx.connection, filing_id=filing_id)
    return [
        Scored(Side(side), revision, at, actor, _given(kept))
        for side, revision, at, actor, kept in rows
    ]


def save_points(
    tx: Transaction, filing_id: int, side: Side, revision: int, given: Mapping[int, Given], by: By
) -> bool:
    """Keep one side's points, unless somebody saved others since *revision*."""
    known = [each.revision for each in points(tx, filing_id) if each.side is side]
    if revision != max(known, default=0):
        return False
    told = {
        number: [None if given_points is None else str(given_points), note]
        for number, (given_points, note) in given.items()
    }
    sql.add_filing_points(
        tx.connection,
        filing_id=filing_id,
        side=side,
        revision=revision + 1,
        at=by.at,
        actor=by.actor,
        points=json.dumps(told, ensure_ascii=False),
    )
    return True


def _given(kept: str) -> dict[int, Given]:
    return {
        int(number): Given(None if told is None else Decimal(told), note)
        for number, (told, note) in json.loads(kept).items()
    }
