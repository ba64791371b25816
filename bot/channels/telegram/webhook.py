"""The webhook: it answers 200 only for what is on disk."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.responses import Response

from bot.channels.telegram.decode import Group
from bot.channels.telegram.intake import Intake
from bot.channels.telegram.request import loads
from handlers.hooks import TAKEN, Hook
from handlers.problems import problem
from storage.store import Store

PATH = "/channels/telegram"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name


@dataclass(frozen=True)
class Webhook:
    """Takes one update per request; Telegram repeats whatever is not answered 2xx.

    Attributes:
        taken: called after each commit, with the groups that called the bot.
    """

    store: Store
    intake: Intake
    clock: Callable[[], datetime]
    secret: str = field(repr=False)
    taken: Callable[[list[Group]], None]

    def hook(self) -> Hook:
        """Where and how Telegram calls it."""
        return Hook(PATH, SECRET_HEADER, "Telegram's webhook", self.answer)

    async def answer(self, headers: Headers, body: bytes) -> Response:
        """Check the secret, read, commit, answer; `StorageUnavailable` becomes 503 outside."""
        given = headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), self.secret.encode()):
            return problem(HTTPStatus.FORBIDDEN, f"{SECRET_HEADER} is missing or wrong.")
        try:
            update = loads(body)
        except (ValueError, RecursionError):
            return problem(HTTPStatus.BAD_REQUEST, "The body is not JSON in UTF-8.")
        groups = await self.store.write(self.intake.take, (update,), self.clock())
        self.taken(groups)
        return TAKEN
