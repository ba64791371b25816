"""Webhooks of the platforms: past the router, straight to who can read them.

A plain ASGI layer, because finding a route and the layers for pages cost more than storing the
update does. What a hook answers is never more than a status and a problem.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from handlers.problems import responses, unavailable
from handlers.verdicts import count_refused
from storage.writer import StorageUnavailable

Answer = Callable[[Headers, bytes], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Hook:
    """One platform's webhook.

    Attributes:
        path: where it is called, by POST.
        secret_header: the header that proves the call.
        summary: its line in the OpenAPI document.
        answer: takes headers and body; answers 200 only for what is on disk.
    """

    path: str
    secret_header: str
    summary: str
    answer: Answer

    def operation(self) -> dict[str, Any]:
        """Its operation in the OpenAPI document."""
        secret = {
            "name": self.secret_header,
            "in": "header",
            "required": True,
            "schema": {"type": "string"},
        }
        told = {str(status): told for status, told in responses(400, 403, 413, 503).items()}
        return {
            "tags": ["channels"],
            "summary": self.summary,
            "parameters": [secret],
            "requestBody": {"content": {"application/json": {"schema": {}}}, "required": True},
            "responses": {"200": {"description": "Stored, or known before"}, **told},
        }


class Hooks:
    """Hands calls of `app.state.hooks` over; everything else goes on."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a hook's call, or pass the request on."""
        called = scope["type"] == "http" and scope["method"] == "POST"
        hook = scope["app"].state.hooks.get(scope["path"]) if called else None
        if hook is None:
            await self._app(scope, receive, send)
        elif (body := await _body(receive)) is not None:
            answer = await _answer(hook, Headers(scope=scope), body)
            count_refused(scope["app"].state.count, answer.status_code)
            await answer(scope, receive, send)


async def _answer(hook: Hook, headers: Headers, body: bytes) -> Response:
    try:
        return await hook.answer(headers, body)
    except StorageUnavailable:
        return unavailable()


async def _body(receive: Receive) -> bytes | None:
    """The whole body (`handlers.guard` caps it); None when the caller has gone."""
    parts = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


TAKEN = Response(status_code=HTTPStatus.OK)


def described(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """The OpenAPI document of *app* with the operations of its hooks."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        document = plain()
        hooks: Mapping[str, Hook] = app.state.hooks
        own = {path: {"post": hook.operation()} for path, hook in hooks.items()}
        return {**document, "paths": {**document["paths"], **own}}

    return openapi
