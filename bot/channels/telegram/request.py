"""HTTP to a Bot API server over aiohttp: for PTB's `Bot`, and bare for the busy methods.

A message through PTB's own HTTPXRequest costs many times the CPU of a bare call; see
docs/decisions/0012. Errors are PTB's everywhere, so that one place knows what each means.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import aiohttp
import orjson
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
    TimedOut,
)
from telegram.request import BaseRequest, RequestData

from bot.channels.bodies import loads

CONNECT_S = 5.0
ANSWER_S = 10.0
CONNECTIONS = 100
LONGEST_WAIT_S = 24 * 3600

_JSON = {"Content-Type": "application/json"}
_ERRORS: dict[int, type[BadRequest | Conflict | Forbidden | InvalidToken]] = {
    HTTPStatus.BAD_REQUEST: BadRequest,
    HTTPStatus.UNAUTHORIZED: InvalidToken,
    HTTPStatus.FORBIDDEN: Forbidden,
    HTTPStatus.NOT_FOUND: InvalidToken,  # a malformed token is part of a path that is not there
    HTTPStatus.CONFLICT: Conflict,
}


class TooFast(TelegramError):
    """Status 429: nothing was done, and nothing may be asked for *seconds*.

    PTB's own `RetryAfter` cannot be made without a deprecation warning about its type.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(f"too many requests, wait {seconds} s")
        self.seconds = seconds


class AiohttpRequest(BaseRequest):
    """One pool of connections; `initialize` and `shutdown` belong to the running loop."""

    __slots__ = ("_session",)

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds an answer may take where the caller names none."""
        return ANSWER_S

    async def initialize(self) -> None:
        """Open the pool."""
        if self._session is None:
            pool = aiohttp.TCPConnector(limit=CONNECTIONS)
            self._session = aiohttp.ClientSession(connector=pool)

    async def shutdown(self) -> None:
        """Close the pool."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = None,
        write_timeout: object = None,
        connect_timeout: object = None,
        pool_timeout: object = None,
    ) -> tuple[int, bytes]:
        """What PTB's `Bot` calls; only set-up goes this way and it never uploads a file."""
        answer_s = read_timeout if isinstance(read_timeout, int | float) else ANSWER_S
        form = request_data.json_parameters if request_data else None
        return await self.send(url, answer_s, method=method, data=form)

    async def send(
        self, url: str, answer_s: float, method: str = "POST", **content: Any
    ) -> tuple[int, bytes]:
        """Status and body of one request.

        Raises:
            TimedOut: no connection or no answer in time; what was sent may have arrived.
            NetworkError: no connection, or it broke.
        """
        if self._session is None:
            raise NetworkError("the connection pool is closed")
        timeout = aiohttp.ClientTimeout(total=CONNECT_S + answer_s, sock_connect=CONNECT_S)
        try:
            async with self._session.request(method, url, timeout=timeout, **content) as answer:
                return answer.status, await answer.read()
        except TimeoutError:
            raise TimedOut from None
        except (aiohttp.ClientError, OSError) as error:
            # Some of these errors quote the address, and the token is part of it.
            raise NetworkError(f"{error}".replace(url, "…")) from None


class Api:
    """Calls of Bot API methods with plain values in and out."""

    def __init__(self, base_url: str, request: AiohttpRequest) -> None:
        self._base_url = base_url
        self._request = request

    async def call(
        self, method: str, parameters: Mapping[str, object], answer_s: float = ANSWER_S
    ) -> Any:
        """The method's result.

        Raises:
                TooFast: wait before the next call.
            TelegramError: the kind that PTB's `Bot` raises for the same answer.
        """
        status, body = await self._request.send(
            f"{self._base_url}/{method}",
            answer_s,
            data=orjson.dumps(parameters),
            headers=_JSON,
        )
        answer = _answer(status, body)
        if status == HTTPStatus.OK and answer.get("ok") and "result" in answer:
            return answer["result"]
        raise refusal(status, answer)


def refusal(status: int, answer: dict[str, Any]) -> TelegramError:
    """The error that an answer other than ok stands for."""
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return TooFast(_wait_s(answer.get("parameters")))
    description = str(answer.get("description") or f"HTTP {status}")
    return _ERRORS.get(status, NetworkError)(description)


def _wait_s(parameters: object) -> int:
    """How long to wait after 429; a second where the answer does not say."""
    told = parameters.get("retry_after") if isinstance(parameters, dict) else None
    return told if isinstance(told, int) and 0 < told <= LONGEST_WAIT_S else 1


def _answer(status: int, body: bytes) -> dict[str, Any]:
    """The body as an object; a proxy's error page counts as an empty one."""
    try:
        answer = loads(body)
    except (ValueError, RecursionError):
        answer = None
    if isinstance(answer, dict):
        return answer
    if status == HTTPStatus.OK:
        raise NetworkError("the answer is not from a Bot API server")
    return {}
