"""The webhook: a plain route that answers 200 only for what is on disk."""

from __future__ import annotations

import hmac
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.telegram.decode import Group
from bot.channels.telegram.intake import Intake
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

    def route(self) -> Route:
        """The route for the application (`handlers.guard` caps bodies before it)."""
        endpoint: Callable[[Request], Awaitable[Response]] = self.receive
        return Route(PATH, endpoint, methods=["POST"], name="telegram_webhook")

    async def receive(self, request: Request) -> Response:
        """Check the secret, read, commit, answer; `StorageUnavailable` becomes 503 outside."""
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), self.secret.encode()):
            return problem(HTTPStatus.FORBIDDEN, f"{SECRET_HEADER} is missing or wrong.")
        try:
            update = json.loads(await request.body())
        except (ValueError, RecursionError):
            return problem(HTTPStatus.BAD_REQUEST, "The body is not JSON in UTF-8.")
        groups = await self.store.write(self.intake.take, (update,), self.clock())
        self.taken(groups)
        return Response()
