"""The webhook that Official Accounts share: each takes its own events, and nobody else's.

Zalo calls one address for all accounts of an app, and switches it off when calls go on failing.
So an event of an account that does not run here is answered 200 and not stored, like the tests
of Zalo's console; only what claims to be ours and is not signed as ours gets 403.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any

import structlog
from starlette.datastructures import Headers
from starlette.responses import Response

from bot.channels.bodies import loads
from bot.channels.capabilities import ZALO_OA
from bot.channels.intake import Intake
from bot.channels.zalo_oa.decode import oa_of
from bot.channels.zalo_oa.signature import HEADER, Signing, fresh, genuine, would_match
from handlers.hooks import TAKEN, Hook
from handlers.problems import problem
from storage import accounts
from storage.store import Store

log = structlog.get_logger()

PATH = "/channels/zalo-oa"
SUMMARY = "Zalo Official Account's webhook"


@dataclass(frozen=True)
class Webhook:
    """Takes the signed events of one account.

    Attributes:
        oa_id: the account's id; empty until Zalo has told it.
        taken: called after each commit.
    """

    signing: Signing
    oa_id: Callable[[], str]
    store: Store
    intake: Intake
    clock: Callable[[], datetime]
    taken: Callable[[], None]
    _told: set[str] = field(default_factory=set, init=False)

    def hooks(self) -> list[Hook]:
        """The account's own, and what answers events that are nobody's."""
        return [
            Hook(PATH, HEADER, SUMMARY, self.admits, self.answer),
            Hook(PATH, HEADER, SUMMARY, self.is_stray, self.answer_stray, last=True),
        ]

    def admits(self, headers: Headers, body: bytes) -> bool:
        """Whether this is an event of this account, signed, and not older than a repeat may be."""
        event = _event(body)
        known = self.oa_id()
        if str(event.get("app_id")) != self.signing.app_id or known not in ("", oa_of(event)):
            return False
        given = headers.get(HEADER, "")
        timestamp = str(event.get("timestamp") or headers.get("timestamp", ""))
        if not genuine(self.signing, given, body, timestamp):
            self._diagnose(oa_of(event), given, body, timestamp)
            return False
        return fresh(timestamp, self.clock()) or self._refuse("older than any repeat")

    async def answer(self, body: bytes) -> Response:
        """Commit, answer; `StorageUnavailable` becomes 503 outside."""
        event = (body.decode(errors="replace"),)
        about = self.intake.conversations(event)
        await self.store.write_for(about, self.intake.take, event, self.clock())
        self.taken()
        return TAKEN

    def is_stray(self, headers: Headers, body: bytes) -> bool:
        """Whether this is the console's empty test, or an event of another account."""
        if not body.strip():
            return True
        event, known = _event(body), self.oa_id()
        return bool(event) and known != "" and oa_of(event) != known

    async def answer_stray(self, body: bytes) -> Response:
        """Store nothing; 403 only where the account is one of ours and did not admit it."""
        named = oa_of(_event(body))
        ours = await self.store.write(accounts.is_active, ZALO_OA.channel, named)
        if ours:
            return problem(HTTPStatus.FORBIDDEN, f"{HEADER} is missing or wrong.")
        return TAKEN

    def _diagnose(self, oa_id: str, given: str, body: bytes, timestamp: str) -> None:
        """Tell which setting is wrong, where the signature shows it."""
        other = would_match(self.signing, oa_id, given, body, timestamp)
        self._refuse(f"signed with {other}" if other else "not signed by Zalo")

    def _refuse(self, reason: str) -> bool:
        """Log each reason once: a forger must not fill the disk."""
        if reason not in self._told:
            self._told.add(reason)
            log.warning("event refused", channel=ZALO_OA.channel, oa=self.oa_id(), reason=reason)
        return False


def _event(body: bytes) -> dict[str, Any]:
    """The body as an object; empty for anything else."""
    try:
        event = loads(body)
    except (ValueError, RecursionError):
        return {}
    return event if isinstance(event, dict) else {}
