"""Webhooks of the platforms: past the router, straight to who can read them.

A plain ASGI layer, because finding a route and the layers for pages cost more than storing the
update does. What a hook answers is never more than a status and a problem.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from handlers.problems import problem, responses, unavailable
from handlers.verdicts import count_refused
from storage.writer import StorageUnavailable

Admits = Callable[[Headers, bytes], bool]
Answer = Callable[[bytes], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Hook:
    """One account's webhook; the accounts of a platform share a path.

    Attributes:
        path: where it is called, by POST.
        proof: the header that proves the call.
        summary: its line in the OpenAPI document.
        admits: whether headers and body prove that the call is for this account.
        answer: takes the body; answers 200 only for what is on disk.
        last: asked only when no account's own webhook admits the call.
    """

    path: str
    proof: str
    summary: str
    admits: Admits
    answer: Answer
    last: bool = False

    def operation(self) -> dict[str, Any]:
        """Its operation in the OpenAPI document."""
        secret = {
            "name": self.proof,
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
        hooks = scope["app"].state.hooks.get(scope["path"]) if called else None
        if hooks is None:
            await self._app(scope, receive, send)
        elif (body := await _body(receive)) is not None:
            answer = await _answer(hooks, Headers(scope=scope), body)
            count_refused(scope["app"].state.count, answer.status_code)
            await answer(scope, receive, send)


async def _answer(hooks: Sequence[Hook], headers: Headers, body: bytes) -> Response:
    hook = next((each for each in hooks if each.admits(headers, body)), None)
    if hook is None:
        return problem(HTTPStatus.FORBIDDEN, f"{hooks[0].proof} is missing or wrong.")
    try:
        return await hook.answer(body)
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


def by_path(hooks: Iterable[Hook]) -> dict[str, list[Hook]]:
    """The hooks as `app.state.hooks` holds them."""
    found: dict[str, list[Hook]] = {}
    for hook in sorted(hooks, key=lambda each: each.last):
        found.setdefault(hook.path, []).append(hook)
    return found


def described(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """The OpenAPI document of *app* with the operations of its hooks."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        document = plain()
        hooks: Mapping[str, Sequence[Hook]] = app.state.hooks
        own = {path: {"post": shared[0].operation()} for path, shared in hooks.items()}
        return {**document, "paths": {**document["paths"], **own}}

    return openapi
