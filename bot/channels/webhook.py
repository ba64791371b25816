"""Webhooks that a secret header proves: they answer 200 only for what is on disk."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.responses import Response

from bot.channels.bodies import loads
from bot.channels.decoded import Group
from bot.channels.intake import Intake
from handlers.hooks import TAKEN, Hook
from handlers.problems import problem
from storage.store import Store


@dataclass(frozen=True)
class Webhook:
    """Takes one update per request; a platform repeats whatever is not answered 2xx.

    Attributes:
        taken: called after each commit, with the groups that called the bot.
    """

    path: str
    secret_header: str
    secret: str = field(repr=False)
    store: Store
    intake: Intake
    clock: Callable[[], datetime]
    taken: Callable[[list[Group]], None]

    def hook(self, summary: str) -> Hook:
        """Where and how the platform calls it."""
        return Hook(self.path, self.secret_header, summary, self.admits, self.answer)

    def admits(self, headers: Headers, body: bytes) -> bool:
        """Whether the call carries this account's secret."""
        given = headers.get(self.secret_header, "")
        return hmac.compare_digest(given.encode(), self.secret.encode())

    async def answer(self, body: bytes) -> Response:
        """Read, commit, answer; `StorageUnavailable` becomes 503 outside."""
        try:
            update = loads(body)
        except (ValueError, RecursionError):
            return problem(HTTPStatus.BAD_REQUEST, "The body is not JSON in UTF-8.")
        about = self.intake.conversations((update,))
        groups = await self.store.write_for(about, self.intake.take, (update,), self.clock())
        self.taken(groups)
        return TAKEN
