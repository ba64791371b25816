"""What an operator has to see to, as far as the database knows it."""

from __future__ import annotations

from typing import NamedTuple

from storage import accounts, nation, sealing
from storage.accounts import Presence
from storage.nation import Province
from storage.queries import write as sql
from storage.transaction import Transaction


class Account(NamedTuple):
    """A bot or Official Account at work, and what was told of it last."""

    channel: str
    name: str
    told: Presence | None


class State(NamedTuple):
    """An installation at a moment.

    Attributes:
        leases: until when (in seconds) who has them has them.
        late: messages that should have gone before.
        letters: channel, reason and number of what could not be used or sent, of seven days.
        sealed: the day of the log's newest root.
    """

    leases: dict[str, int]
    accounts: list[Account]
    late: int
    letters: list[tuple[str, str, int]]
    sealed: str | None
    provinces: list[Province]


def state(tx: Transaction, late_before: int) -> State:
    """Everything at once."""
    told = accounts.presences(tx)
    rows = (each for each in accounts.accounts(tx) if not each.paused)
    root = sealing.last_root(tx)
    return State(
        leases=dict(sql.leases(tx.connection)),
        accounts=[Account(each.channel, each.name, told.get(each.account_id)) for each in rows],
        late=sql.messages_due(tx.connection, before=late_before),
        letters=list(sql.letters_kept(tx.connection)),
        sealed=root.day if root else None,
        provinces=nation.provinces(tx),
    )
