"""Views of the dashboard that people save under a name, each for oneself."""

from __future__ import annotations

from typing import NamedTuple

from storage.engine import Reader
from storage.queries import read
from storage.queries import write as sql
from storage.transaction import Transaction

MOST = 40


class View(NamedTuple):
    """An address of ours by the name that somebody gave it."""

    view_id: int
    name: str
    address: str


def save(tx: Transaction, person_id: int, name: str, address: str) -> bool:
    """Keep a view, in place of another of the same name; False where there are too many."""
    if int(sql.count_views(tx.connection, person_id=person_id)) >= MOST:
        return False
    sql.save_view(tx.connection, person_id=person_id, name=name, address=address)
    return True


def drop(tx: Transaction, person_id: int, view_id: int) -> None:
    """Forget one of the person's own views; others' are not touched."""
    sql.drop_view(tx.connection, person_id=person_id, view_id=view_id)


async def views_of(connection: Reader, person_id: int) -> list[View]:
    """The person's views, by name."""
    rows = await connection.execute_fetchall(read.views_of.sql, {"person_id": person_id})
    return [View(*row) for row in rows]
