"""A response as its owner may have it, and the count of what owners asked."""

from __future__ import annotations

from typing import NamedTuple

from sipas.canonical import Response
from storage import leaves
from storage.leaves import Forms
from storage.numbering import CHANNELS
from storage.queries import write as sql
from storage.released import Released
from storage.transaction import Transaction, comment_context


class Kept(NamedTuple):
    """All that is kept of a response.

    Attributes:
        response: what was answered.
        comment: the message left, or empty.
        quote: whether the press may quote it.
        released: whether it is in the figures.
    """

    response: Response
    comment: str
    quote: bool
    released: bool


class Request(NamedTuple):
    """How often a right was used on a day; days are numbers since 1970."""

    day: int
    request: str
    channel: str
    outcome: str
    due: int
    n: int


def kept(tx: Transaction, code_hash: int) -> Kept | None:
    """The response with this code hash, released or not; None without one."""
    waiting = sql.waiting_by_code(tx.connection, code_hash=code_hash)
    if waiting is not None:
        return _kept(tx, Released(*waiting), released=False)
    found = leaves.by_code(tx, code_hash)
    return found and _kept(tx, found.row, released=True)


def _kept(tx: Transaction, row: Released, *, released: bool) -> Kept:
    response = Forms(tx).of(row)
    comment = sql.comment_of(tx.connection, response_id=row.response_id)
    if comment is None:
        return Kept(response, "", False, released)
    sealed, quote, _ = comment
    try:
        text = tx.cipher.open(sealed, comment_context(row.response_id))
    except ValueError:  # sealed with a key that is lost: nobody can read it any more
        text = ""
    return Kept(response, text, bool(quote), released)


def count(tx: Transaction, day: int, request: str, channel: str, outcome: str, due: int) -> None:
    """Note that a right was used on *day*, and until when the law gives time."""
    number = CHANNELS.index(channel)
    sql.count_request(
        tx.connection, day=day, request=request, channel=number, outcome=outcome, due=due
    )


def requests(tx: Transaction) -> list[Request]:
    """Everything that was asked, oldest first."""
    rows = sql.requests(tx.connection)
    return [Request(day, what, CHANNELS[channel], *rest) for day, what, channel, *rest in rows]
