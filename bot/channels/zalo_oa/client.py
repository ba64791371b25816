"""Calls of the OpenAPI and of the token endpoint; docs/reference/channels.md §3.

Zalo answers HTTP 200 to nearly everything: a failure is an `error` other than 0.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from dataclasses import dataclass, field
from typing import Any

import httpx

from bot.channels.bodies import loads
from bot.channels.outcomes import Down, Later, Outcome, Unreachable
from bot.channels.zalo_oa.errors import RATE_S, TokenRefused, outcome_of
from storage.grants import Pair

ANSWER_S = 10.0
EXCHANGE_S = 20.0
CONNECT_S = 5.0
BAD_FORM = -201
SOON_S = 3600  # a token whose end is not told is asked again soon
LONGEST_DIGITS = 16
REMAIN_HEADER = "X-RateLimit-Remain"

_DEAD = (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN)
# The request never left, so whatever it asked for was certainly not done.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class NotSpent(Outcome):
    """The token endpoint did not carry out the exchange, so the refresh token is as it was."""


@dataclass(frozen=True, slots=True)
class Hosts:
    """Base addresses; each may be an emulator's."""

    openapi: str
    oauth: str
    business: str


@dataclass(frozen=True, slots=True)
class App:
    """The app that OAs permit to act for them."""

    app_id: str
    secret: str = field(repr=False)

    def headers(self, token: str) -> dict[str, str]:
        """What authenticates a call; the proof is needed only where the app demands it."""
        proof = hmac.digest(self.secret.encode(), token.encode(), hashlib.sha256)
        return {"access_token": token, "appsecret_proof": proof.hex()}


class Client:
    """One app's calls over one pool of connections."""

    def __init__(self, hosts: Hosts, app: App) -> None:
        self.hosts = hosts
        self._app = app
        # A redirect would carry the token elsewhere; a proxy of the environment would see it.
        self._http = httpx.AsyncClient(
            timeout=httpx.Timeout(ANSWER_S, connect=CONNECT_S),
            follow_redirects=False,
            trust_env=False,
        )
        self._quiet_until = 0.0

    async def close(self) -> None:
        """Close the pool."""
        await self._http.aclose()

    async def call(self, url: str, token: str, told: dict[str, Any] | None = None) -> Any:
        """What a call answers in `data`: a POST of *told*, or without it a GET.

        Raises:
            Outcome: it was not done, or nobody knows.
        """
        if (wait_s := self._quiet_until - time.monotonic()) > 0:
            raise Later(wait_s)
        method = "GET" if told is None else "POST"
        try:
            answer = await self._http.request(
                method, url, json=told, headers=self._app.headers(token)
            )
        except httpx.HTTPError as error:
            raise Unreachable("Zalo cannot be reached") from _kind(error)
        if answer.headers.get(REMAIN_HEADER, "").strip() == "0":
            self._quiet_until = time.monotonic() + RATE_S
        return _data(answer)

    async def exchange(self, form: dict[str, str], now: int) -> Pair:
        """A new pair of tokens for a refresh token or an authorization code.

        Raises:
            NotSpent: it was certainly not exchanged.
            TokenRefused: Zalo does not take it.
            Unreachable: nobody knows.
        """
        try:
            answer = await self._http.post(
                f"{self.hosts.oauth}/v4/oa/access_token",
                data={"app_id": self._app.app_id, **form},
                headers={"secret_key": self._app.secret},
                timeout=httpx.Timeout(EXCHANGE_S, connect=CONNECT_S),
            )
        except _NOT_SENT as error:
            raise NotSpent("Zalo's token endpoint cannot be reached") from _kind(error)
        except httpx.HTTPError as error:
            raise Unreachable("Zalo's token endpoint did not answer") from _kind(error)
        try:
            return _pair(_object(answer), now)
        except (Later, Down) as error:
            raise NotSpent(str(error)) from None


def _data(answer: httpx.Response) -> Any:
    told = _object(answer)
    error = told.get("error")
    if error != 0:
        code = error if isinstance(error, int) else 0
        raise outcome_of(code, str(told.get("message", "")))
    return told.get("data")


def _object(answer: httpx.Response) -> dict[str, Any]:
    """The body as an object, where the status allows one."""
    status = answer.status_code
    if status in _DEAD:
        raise TokenRefused("the access token is refused")
    if status == httpx.codes.TOO_MANY_REQUESTS:
        raise Later(RATE_S)
    if answer.is_redirect:
        raise Down("the address answers with a redirect, which is not followed")
    try:
        told = loads(answer.content)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict) or status >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise Unreachable("Zalo is out of order")
    return told


def _pair(told: dict[str, Any], now: int) -> Pair:
    access, refresh = told.get("access_token"), told.get("refresh_token")
    if isinstance(access, str) and isinstance(refresh, str) and access and refresh:
        return Pair(access, refresh, now + (number(told.get("expires_in")) or SOON_S))
    code = told.get("error")
    raise _refusal(code if isinstance(code, int) else 0, str(told.get("message", "")))


def number(given: object) -> int | None:
    """A whole number, which may come as text; None for anything else."""
    told = f"{given}" if isinstance(given, str | int) else ""
    return int(told) if len(told) <= LONGEST_DIGITS and told.isdecimal() else None


def _refusal(code: int, said: str) -> Outcome:
    """Why there is no pair; what is wrong with the request itself leaves the token unspent."""
    if code == BAD_FORM:
        return NotSpent("Zalo refuses the app id, the app secret or the code")
    outcome = outcome_of(code, said)
    known = isinstance(outcome, Later | Down)
    return outcome if known else TokenRefused(f"Zalo refuses the refresh token ({code})")


def _kind(error: httpx.HTTPError) -> Exception:
    """The kind of error alone: its request holds the token."""
    return ConnectionError(type(error).__name__)
