"""What every request passes: a body cap, security headers, validators for caches.

A plain ASGI layer, because it stands in the way of every answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from handlers.outside import AT_THE_ROOT, Outside

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


_HTTPS = (b"strict-transport-security", b"max-age=31536000")
_RAW = [(name.lower().encode(), value.encode()) for name, value in _HEADERS.items()]


class BodyTooLarge(Exception):
    """The request's body is over the cap."""


class Guard:
    """Caps bodies, refuses odd ones, and adds the security headers to every response."""

    def __init__(self, app: ASGIApp, outside: Outside = AT_THE_ROOT) -> None:
        self._app, self._outside = app, outside
        # Of a host that others share, its proxy says whether all of them are on https.
        self._added = [*_RAW, _HTTPS] if outside.https and not outside.base else _RAW

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it with 413 or 415."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def guarded_send(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = self._complete(message["headers"])
            await send(message)

        headers = Headers(scope=scope)
        if _names_charset(headers):
            await _odd_form()(scope, receive, guarded_send)
            return
        try:
            declared = headers.get("content-length", "0")
            if not declared.isdigit() or int(declared) > BODY_MOST:
                raise BodyTooLarge
            await self._app(self._within(scope), _capped(receive), guarded_send)
        except BodyTooLarge:
            if not started:
                await _too_large()(scope, receive, guarded_send)

    def _complete(self, headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """The headers of an answer, with ours, and leading where browsers find our pages."""
        told = [(name.lower(), value) for name, value in headers]
        given = {name for name, _ in told}
        if b"content-security-policy" in given:  # it says itself who may frame the page
            given.add(b"x-frame-options")
        if self._outside.base and b"location" in given:
            told = [
                (name, self._seen(value) if name == b"location" else value) for name, value in told
            ]
        return [*told, *(header for header in self._added if header[0] not in given)]

    def _seen(self, location: bytes) -> bytes:
        return self._outside.address(location.decode("latin-1")).encode("latin-1")

    def _within(self, scope: Scope) -> Scope:
        path = self._outside.within(scope["path"])
        return scope if path == scope["path"] else {**scope, "path": path}


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


def _names_charset(headers: Headers) -> bool:
    """Whether a form of parts names its charset, which no browser does (RFC 7578, 5.1.2).

    Whoever may choose one may choose punycode, of which a single megabyte takes minutes to decode.
    """
    kind = headers.get("content-type", "").lower()
    return "multipart" in kind and "charset" in kind


def _odd_form() -> Response:
    from handlers.problems import problem  # problems needs pages, pages need this module

    detail = "A form of several parts is read as UTF-8: leave the charset out of its type."
    return problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, detail)


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
