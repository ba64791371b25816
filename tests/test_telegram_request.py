"""HTTP to the Bot API: every answer becomes a value or one of the errors the sender knows."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from telegram import Bot
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
    TimedOut,
)

from bot.channels.telegram import request
from bot.channels.telegram.request import AiohttpRequest, Api, TooFast

pytestmark = pytest.mark.anyio

TOKEN = "123:very-secret"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@pytest.fixture
async def request_pool() -> AsyncIterator[AiohttpRequest]:
    async with AiohttpRequest() as opened:
        yield opened


async def serve(handler: Handler) -> TestServer:
    app = web.Application()
    app.router.add_post("/bot{token}/{method}", handler)
    server = TestServer(app)
    await server.start_server()
    return server


def answering(status: int, body: str) -> Handler:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, text=body, content_type="application/json")

    return answer


async def call(handler: Handler, pool: AiohttpRequest, **parameters: object) -> object:
    """What one call gives against a server that answers with *handler*."""
    server = await serve(handler)
    try:
        return await Api(str(server.make_url(f"/bot{TOKEN}")), pool).call("sendMessage", parameters)
    finally:
        await server.close()


def refused(code: int, description: str = "no", **parameters: object) -> str:
    body = {"ok": False, "error_code": code, "description": description}
    return json.dumps(body | ({"parameters": parameters} if parameters else {}))


async def test_a_call_sends_json_and_returns_the_result(request_pool: AiohttpRequest) -> None:
    """Parameters go as one JSON object in UTF-8; what comes back is `result`."""

    async def echo(request: web.Request) -> web.StreamResponse:
        return web.json_response({"ok": True, "result": await request.json()})

    result = await call(echo, request_pool, chat_id="42", text="Rất hài lòng")

    assert result == {"chat_id": "42", "text": "Rất hài lòng"}


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, refused(400, "Bad Request: message is not modified"), BadRequest),
        (401, refused(401, "Unauthorized"), InvalidToken),
        (403, refused(403, "Forbidden: bot was blocked by the user"), Forbidden),
        (404, refused(404, "Not Found"), InvalidToken),
        (409, refused(409, "Conflict"), Conflict),
        (429, refused(429, "Too Many Requests", retry_after=7), TooFast),
        (429, "slow down", TooFast),  # a proxy's own limit
        (500, refused(500, "Internal"), NetworkError),
        (502, "<html>Bad Gateway</html>", NetworkError),
        (200, "<html>captive portal</html>", NetworkError),
        (200, "[]", NetworkError),
        (200, refused(500), NetworkError),
    ],
)
async def test_a_refusal_is_the_error_that_says_what_to_do(
    status: int, body: str, kind: type[TelegramError], request_pool: AiohttpRequest
) -> None:
    """Each status has one error, and a body that is no Bot API answer never surprises."""
    with pytest.raises(TelegramError) as caught:
        await call(answering(status, body), request_pool)

    assert type(caught.value) is kind


async def test_the_time_to_wait_is_told(request_pool: AiohttpRequest) -> None:
    """A flood limit carries its seconds."""
    with pytest.raises(TooFast) as caught:
        await call(answering(429, refused(429, retry_after=7)), request_pool)

    assert caught.value.seconds == 7


async def test_no_server_is_a_network_error_without_the_token(
    request_pool: AiohttpRequest,
) -> None:
    """The address holds the token, so it is cut out of every message."""
    for base in ("http://127.0.0.1:1", "http://[bad", "http://127.0.0.1:99999"):
        with pytest.raises(NetworkError) as caught:
            await Api(f"{base}/bot{TOKEN}", request_pool).call("getMe", {})

        assert type(caught.value) is NetworkError
        assert "very-secret" not in f"{caught.value!r}{caught.value.__cause__!r}"


async def test_no_answer_in_time_is_timed_out(
    request_pool: AiohttpRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody knows whether it arrived; the caller may try again."""

    async def slow(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(1)
        return web.Response()

    monkeypatch.setattr(request, "CONNECT_S", 0.05)
    server = await serve(slow)
    with pytest.raises(TimedOut):
        await request_pool.send(str(server.make_url(f"/bot{TOKEN}/getMe")), answer_s=0)
    await server.close()


async def test_ptb_speaks_through_the_same_pool(request_pool: AiohttpRequest) -> None:
    """PTB's own `Bot` makes the set-up calls over this class."""
    seen: dict[str, str] = {}

    async def answer(request: web.Request) -> web.StreamResponse:
        seen.update({key: str(value) for key, value in (await request.post()).items()})
        return web.json_response({"ok": True, "result": True})

    server = await serve(answer)
    base = str(server.make_url("/bot"))
    bot = Bot(TOKEN, base, request=request_pool, get_updates_request=request_pool)
    done = await bot.set_my_description("Chấm điểm quầy", "vi")
    await server.close()

    assert done is True
    assert seen == {"description": "Chấm điểm quầy", "language_code": "vi"}


async def test_a_closed_pool_is_a_network_error() -> None:
    """A call after the end is refused like a dead network."""
    with pytest.raises(NetworkError, match="closed"):
        await Api("http://127.0.0.1:1/bot", AiohttpRequest()).call("getMe", {})
