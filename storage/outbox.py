"""What must be sent to channels that cannot ask: queued in the answer's own transaction."""

from __future__ import annotations

from dataclasses import dataclass

from storage.queries import write as sql
from storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One leased message: what to say, where, and the living message it may replace."""

    outbox_id: int
    conversation: bytes
    tries: int
    payload: str
    address: str
    message: str | None


def queue(tx: Transaction, account_id: int, conversation: bytes, due: int, payload: str) -> None:
    """Queue *payload* (rendered when sent) for a conversation whose address is known."""
    sealed = tx.cipher.seal(payload, conversation)
    sql.queue_message(
        tx.connection, account_id=account_id, conversation=conversation, due=due, sealed=sealed
    )


def remember_address(tx: Transaction, account_id: int, conversation: bytes, address: str) -> None:
    """Keep where to send, sealed, apart, without a time."""
    sql.save_address(
        tx.connection,
        conversation=conversation,
        account_id=account_id,
        sealed=tx.cipher.seal(address, conversation),
    )


def lease(tx: Transaction, account_id: int, now: int, until: int, most: int) -> list[Outgoing]:
    """The oldest due message of each conversation, taken until *until* (both in seconds)."""
    rows = list(sql.due_messages(tx.connection, account_id=account_id, now=now, most=most))
    for outbox_id, *_ in rows:
        sql.lease_message(tx.connection, outbox_id=outbox_id, until=until)
    opened = tx.cipher.open
    return [
        Outgoing(
            key,
            conversation,
            tries,
            opened(sealed, conversation),
            opened(address, conversation),
            message,
        )
        for key, conversation, tries, sealed, address, message in rows
    ]


def free_leases(tx: Transaction, account_id: int, now: int) -> None:
    """Make every waiting message due: called by the account's only sender when it starts."""
    sql.free_leases(tx.connection, account_id=account_id, now=now)


def sent(tx: Transaction, outbox_id: int, conversation: bytes, message: str | None) -> None:
    """The message is out: its row goes, and so does an address nobody needs any more."""
    sql.drop_message(tx.connection, outbox_id=outbox_id, conversation=conversation)
    sql.save_living_message(tx.connection, conversation=conversation, message=message)
    sql.forget_address_if_idle(tx.connection, conversation=conversation)


def postpone(tx: Transaction, outbox_id: int, due: int) -> None:
    """Try again at *due* (seconds)."""
    sql.postpone_message(tx.connection, outbox_id=outbox_id, due=due)


def refuse(tx: Transaction, outgoing: Outgoing, account_id: int, day: int, reason: str) -> None:
    """The platform will never take this message: keep it as a dead letter and go on."""
    tx.dead_letter(account_id, day, reason, outgoing.payload)
    sql.drop_message(
        tx.connection, outbox_id=outgoing.outbox_id, conversation=outgoing.conversation
    )


def leave(tx: Transaction, outbox_id: int, conversation: bytes) -> None:
    """The message's time is over: it goes unsent, and nothing else changes."""
    sql.drop_message(tx.connection, outbox_id=outbox_id, conversation=conversation)
    sql.forget_address_if_idle(tx.connection, conversation=conversation)


def stop(tx: Transaction, conversation: bytes) -> None:
    """The respondent blocked us: nothing more is sent and the address goes."""
    sql.drop_messages(tx.connection, conversation=conversation)
    sql.forget_address(tx.connection, conversation=conversation)


def waiting(tx: Transaction, account_id: int) -> int:
    """How many messages of the account wait to be sent."""
    return int(sql.waiting_messages(tx.connection, account_id=account_id) or 0)
