"""What every request passes: a body cap, security headers, validators for caches.

A plain ASGI layer, because it stands in the way of every answer.
"""

from __future__ import annotations

import hashlib
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_MOST = 1 << 20  # 1 MiB

_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; media-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
FRAMEABLE = _POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")
"""The policy of the one page that other sites may show in a frame."""

_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # for browsers that do not know frame-ancestors; others ignore it
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


_RAW = [(name.lower().encode(), value.encode()) for name, value in _HEADERS.items()]


class BodyTooLarge(Exception):
    """The request's body is over the cap."""


class Guard:
    """Caps bodies and adds the security headers to every response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it with 413."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def guarded_send(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                given = {name.lower() for name, _ in message["headers"]}
                if b"content-security-policy" in given:  # it says itself who may frame the page
                    given.add(b"x-frame-options")
                missing = [header for header in _RAW if header[0] not in given]
                message["headers"] = [*message["headers"], *missing]
            await send(message)

        try:
            declared = Headers(scope=scope).get("content-length", "0")
            if not declared.isdigit() or int(declared) > BODY_MOST:
                raise BodyTooLarge
            await self._app(scope, _capped(receive), guarded_send)
        except BodyTooLarge:
            if not started:
                await _too_large()(scope, receive, guarded_send)


def _capped(receive: Receive) -> Receive:
    read = 0

    async def capped() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > BODY_MOST:
            raise BodyTooLarge
        return message

    return capped


def _too_large() -> Response:
    from handlers.problems import problem  # problems needs pages, pages need this module

    detail = f"The body is larger than {BODY_MOST} bytes. Nothing was stored."
    return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)


def validated(request: Request, response: Response, seconds: int = 0) -> Response:
    """*response* with an ETag, or 304 when the reader has it already."""
    digest = hashlib.sha256(bytes(response.body)).hexdigest()[:20]
    tag = f'"{digest}"'
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = f"public, max-age={seconds}" if seconds else "no-cache"
    response.headers["Vary"] = "Accept-Language, Cookie"
    sent = request.headers.get("if-none-match", "")
    if tag in (part.strip().removeprefix("W/") for part in sent.split(",")):
        kept = {name: response.headers[name] for name in ("ETag", "Cache-Control", "Vary")}
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=kept)
    return response
