"""Many connections to one server, each sending its next request when the last one is answered.

Requests are bytes made before the clock starts and answers are only counted, so that the client
costs far less than any server here.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import cast

import httptools

Requests = Sequence[bytes]


def request(path: str, body: bytes, secret: str) -> bytes:
    """A webhook call as Telegram makes it, kept alive."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
        f"X-Telegram-Bot-Api-Secret-Token: {secret}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def per_second(port: int, connections: Sequence[Requests]) -> float:
    """Answered requests a second, every connection sending its own requests one by one.

    Raises:
        RuntimeError: an answer was not 200.
    """
    began = time.perf_counter()
    await asyncio.gather(*(_one(port, requests) for requests in connections))
    return sum(map(len, connections)) / (time.perf_counter() - began)


async def _one(port: int, requests: Requests) -> None:
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()
    await loop.create_connection(lambda: _Client(requests, done), "127.0.0.1", port)
    await done


class _Client(asyncio.Protocol):
    def __init__(self, requests: Requests, done: asyncio.Future[None]) -> None:
        self._requests = iter(requests)
        self._done = done
        self._parser = httptools.HttpResponseParser(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one by behaviour
        self._next()

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        """The whole answer is there."""
        if (status := self._parser.get_status_code()) != 200:
            self._fail(str(status))
        else:
            self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._fail(f"connection lost: {exc}")

    def _next(self) -> None:
        following = next(self._requests, None)
        if following is not None:
            self._transport.write(following)
        elif not self._done.done():
            self._done.set_result(None)
            self._transport.close()

    def _fail(self, why: str) -> None:
        if not self._done.done():
            self._done.set_exception(RuntimeError(why))
        self._transport.close()
