"""What goes with a quote that an editor takes back or its author erases."""

from __future__ import annotations

from storage import hooks
from storage.hooks import Event
from storage.queries import write as sql
from storage.transaction import Transaction


def lose(tx: Transaction, response_id: int, at: str = "") -> bool:
    """Withdraw the question about a quote, with every wording of its answer, which may repeat it.

    Args:
        at: when; of an erasure nobody is told.

    Returns:
        Whether there was a question.
    """
    row = sql.relay_of_response(tx.connection, response_id=response_id)
    if row is None:
        return False
    number, unit = row
    sql.forget_relay(tx.connection, relay_id=number)
    sql.forget_editions(tx.connection, relay_id=number)
    hooks.tell(tx, Event.WITHDRAWN, unit, f"/answers/{number}", at)
    return True
