"""Channel accounts: bots and Official Accounts as rows, their secrets sealed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from storage.queries import write as sql
from storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class ChannelAccount:
    """One bot or Official Account.

    Attributes:
        channel: the code of its platform, such as telegram.
        name: its public id there, which outlives a changed token.
        paused: an operator has switched it off.
        secrets: what opens it, by name.
        units: codes of the units it serves with everything below them; none means all.
    """

    account_id: int
    channel: str
    name: str
    paused: bool = False
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    units: tuple[str, ...] = ()


class Known(NamedTuple):
    """By what people find an account at its platform, as far as the platform has told it."""

    name: str = ""
    number: str = ""


class Presence(NamedTuple):
    """What the process that runs an account knew of it at a moment (in seconds)."""

    account_id: int
    name: str
    number: str
    state: str
    told_at: int

    @property
    def known(self) -> Known:
        """By what people find it."""
        return Known(self.name, self.number)


def tell(tx: Transaction, known: Presence) -> None:
    """Let other processes know."""
    sql.tell_presence(tx.connection, **known._asdict())


def presences(tx: Transaction) -> dict[int, Presence]:
    """What was told last of each account."""
    return {row[0]: Presence(*row) for row in sql.presences(tx.connection)}


def add_account(
    tx: Transaction,
    channel: str,
    name: str,
    secrets: Mapping[str, str],
    units: Iterable[str] = (),
) -> int:
    """Add an account, or give a known one these secrets and further units; return its number."""
    account_id = tx.account_id(channel, name)
    save_secrets(tx, account_id, secrets)
    for unit in units:
        sql.add_account_unit(tx.connection, account_id=account_id, unit_code=unit)
    return account_id


def accounts(tx: Transaction) -> list[ChannelAccount]:
    """Every account that a platform has given us, oldest first.

    Raises:
        ValueError: the secrets were sealed with another key.
    """
    return [
        ChannelAccount(
            account_id,
            channel,
            name,
            bool(paused),
            json.loads(tx.cipher.open(sealed, _context(account_id))),
            tuple(unit for (unit,) in sql.account_units(tx.connection, account_id=account_id)),
        )
        for account_id, channel, name, paused, sealed in sql.accounts(tx.connection)
        if sealed is not None
    ]


def is_active(tx: Transaction, channel: str, name: str) -> bool:
    """Whether this account is one of ours and at work."""
    return sql.active_account(tx.connection, channel=channel, name=name) is not None


def save_secrets(tx: Transaction, account_id: int, secrets: Mapping[str, str]) -> None:
    """Replace what opens the account, in this transaction."""
    sealed = tx.cipher.seal(json.dumps(dict(secrets)), _context(account_id))
    sql.save_account_secrets(tx.connection, account_id=account_id, sealed=sealed)


def pause(tx: Transaction, account_id: int, paused: bool) -> None:
    """Switch the account off, or on again; a running process learns it when it starts."""
    sql.pause_account(tx.connection, account_id=account_id, paused=int(paused))


def _context(account_id: int) -> bytes:
    return b"account:%d" % account_id
