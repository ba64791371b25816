"""Calls of the Bot Platform; docs/reference/channels.md §2.

Our own few lines, because the published client turns `ok:false` into None and cannot run inside a
web server's event loop.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, NoReturn

import httpx

from bot.channels.bodies import loads
from bot.channels.outcomes import Down, Later, Refused, Unreachable

ANSWER_S = 10.0
PAUSE_S = 30.0  # the platform names no time after 429

NO_UPDATE = 408
_DEAD = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


class NoUpdate(Exception):
    """A poll ended without an update, which is no error."""


class Client:
    """One bot's calls over one pool of connections."""

    def __init__(self, server: str, token: str) -> None:
        self._base = f"{server}/bot{token}/"
        self._http = httpx.AsyncClient(timeout=ANSWER_S)

    async def close(self) -> None:
        """Close the pool."""
        await self._http.aclose()

    async def call(
        self, method: str, parameters: dict[str, str], answer_s: float = ANSWER_S
    ) -> Any:
        """The method's result, which some methods do not have.

        Raises:
            Outcome: it was not done, or nobody knows.
            NoUpdate: `getUpdates` has none.
        """
        try:
            answer = await self._http.post(
                self._base + method, json=parameters, timeout=httpx.Timeout(answer_s)
            )
        except httpx.HTTPError as error:
            raise Unreachable("the Bot Platform cannot be reached") from _without_address(error)
        told = _object(answer)
        if told.get("ok") is True:
            return told.get("result")
        _refuse(answer.status_code, told)


def _refuse(status: int, told: dict[str, Any]) -> NoReturn:
    """Raise what an answer other than ok means; the code in the body counts, then the status."""
    code = told.get("error_code", status)
    if code == NO_UPDATE:
        raise NoUpdate
    if code in _DEAD:
        raise Down("the token is refused")
    if code == HTTPStatus.CONFLICT:
        raise Down("a webhook is set")
    if code == HTTPStatus.TOO_MANY_REQUESTS:
        raise Later(PAUSE_S)
    if not isinstance(code, int) or code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Unreachable("the Bot Platform is out of order")
    raise Refused("the Bot Platform refuses the call", str(told.get("description", code)))


def _object(answer: httpx.Response) -> dict[str, Any]:
    """The body as an object; anything else is no answer of this platform."""
    try:
        told = loads(answer.content)
    except (ValueError, RecursionError):
        told = None
    if isinstance(told, dict):
        return told
    return {"error_code": HTTPStatus.BAD_GATEWAY}


def _without_address(error: httpx.HTTPError) -> Exception:
    """The kind of error alone: its own words and its request quote the token."""
    return ConnectionError(type(error).__name__)
