"""Applies decoded updates in one transaction: used, ignored, or kept as dead letters."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from bot.channels.decoded import Account, Decode, Group, Ignored, Undecodable
from bot.metrics import UPDATES
from handlers.inbound import Inbound
from handlers.invited import Rated, rate
from handlers.receive import Survey, hour_of, receive
from handlers.verdicts import PAYLOAD, REJECT
from storage.transaction import Transaction

log = structlog.get_logger()

OUTCOMES = ("applied", "ignored", "dead")


@dataclass(slots=True)
class Intake:
    """What taking updates in needs from outside the transaction.

    Attributes:
        decode: reads one raw update of the channel.
    """

    channel: str
    account: Account
    survey: Survey
    decode: Decode
    _counted: dict[str, Callable[[], None]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        labels = {outcome: UPDATES.labels(self.channel, outcome) for outcome in OUTCOMES}
        self._counted = {outcome: counter.inc for outcome, counter in labels.items()}

    def conversations(self, updates: Sequence[object]) -> list[bytes] | None:
        """Whose conversations the updates are about; None where they are about anything else."""
        found: list[bytes] = []
        for raw in updates:
            try:
                decoded = self.decode(raw, self.account)
            except Undecodable:
                continue
            if isinstance(decoded, Rated):
                return None
            if isinstance(decoded, Inbound):
                found.append(decoded.conversation)
        return found

    def take(self, tx: Transaction, updates: Sequence[object], now: datetime) -> list[Group]:
        """Apply each update apart from its neighbours; return the groups that called the bot."""
        taken = [self._take(tx, raw, now) for raw in updates]
        return [each for each in taken if each is not None]

    def take_polled(
        self, tx: Transaction, updates: Sequence[object], following: int, now: datetime
    ) -> list[Group]:
        """Apply a polled batch and move the offset behind it, both or neither."""
        groups = self.take(tx, updates, now)
        tx.save_next_update(self.account.account_id, following)
        return groups

    def _take(self, tx: Transaction, raw: object, now: datetime) -> Group | None:
        try:
            decoded = self.decode(raw, self.account)
        except Undecodable as error:
            self.survey.count(PAYLOAD, REJECT)
            self._bury(tx, raw, str(error), now)
            return None
        if isinstance(decoded, Group):
            return decoded
        if isinstance(decoded, Ignored):
            tx.first_time(self.account.account_id, decoded.update_id, hour_of(now))
            self._counted["ignored"]()
            return None
        self._apply(tx, raw, decoded, now)
        return None

    def _apply(self, tx: Transaction, raw: object, came: Inbound | Rated, now: datetime) -> None:
        failure = tx.guarded(lambda: self._received(tx, came, now))
        if failure is None:
            self._counted["applied"]()
            return
        log.error("update failed", channel=self.channel, exc_info=failure)
        if tx.first_time(came.account_id, came.update_id, hour_of(now)):
            self._bury(tx, raw, type(failure).__name__, now)

    def _received(self, tx: Transaction, came: Inbound | Rated, now: datetime) -> None:
        if isinstance(came, Inbound):
            receive(tx, self.survey, came, now)
        else:
            rate(tx, self.survey, came, now)

    def _bury(self, tx: Transaction, raw: object, reason: str, now: datetime) -> None:
        self._counted["dead"]()
        day = hour_of(now) // 24
        tx.dead_letter(self.account.account_id, day, f"{self.channel}: {reason}", json.dumps(raw))
