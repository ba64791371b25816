"""What both fakes stand on: a small ASGI app under uvicorn in a thread, faults, and a journal."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from tests.peers.zalo.clock import Clock
from tests.peers.zalo.rules import Refused, Table, require

Json = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """One request that came in; `name` is the Bot method or the path of an endpoint."""

    name: str
    method: str
    path: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes

    def json(self, otherwise: Table) -> Json:
        """The JSON object of the body, or a refusal by *otherwise*."""
        require(self.headers.get("content-type", "").startswith("application/json"), otherwise)
        try:
            read = json.loads(self.body)
        except ValueError:
            raise Refused(otherwise) from None
        if not isinstance(read, dict):
            raise Refused(otherwise)
        return read


@dataclass(frozen=True)
class Reply:
    """What is answered to a call."""

    body: Json
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    refused: Table | None = None

    def response(self) -> Response:
        """As Starlette sends it; a gateway that fails does not speak JSON."""
        if self.status >= 500 and self.refused is not None:
            return Response(self.refused.value.message, self.status, media_type="text/html")
        content = json.dumps(self.body, ensure_ascii=False, separators=(",", ":"))
        return Response(content, self.status, dict(self.headers), "application/json")


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one call: a refusal, a slow answer or a broken connection."""

    rule: Table | None = None
    status: int | None = None
    dropped: bool = False
    carried_out: bool = False
    wait_s: float = 0
    let_go: threading.Event | None = None


class Hangup(Response):
    """Headers without their body: the caller's connection breaks."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Promise one byte and never send it."""
        start = {"type": "http.response.start", "status": 200}
        await send({**start, "headers": [(b"content-length", b"1")]})


class Prompt(uvicorn.Server):
    """Stops at once instead of looking ten times a second: tests start hundreds of them."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ended = threading.Event()

    async def main_loop(self) -> None:
        """Wait for the end."""
        await asyncio.to_thread(self.ended.wait)


class Host:
    """A server on 127.0.0.1 between `__enter__` and `__exit__`."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.clock = Clock()
        self.crashes: list[BaseException] = []
        self._journal: list[tuple[Call, Reply]] = []
        self._faults: dict[str, list[Fault]] = {}
        self._stopping = False
        self._made = 0

    # what a subclass says

    def name(self, request: Request) -> str:
        """What the call is called in `fail` and in the journal."""
        return request.url.path

    def answer(self, call: Call) -> Reply:
        """Carry out *call* under the lock.

        Raises:
            Refused: a rule forbids it.
        """
        raise NotImplementedError

    def refusal(self, rule: Table, status: int | None = None) -> Reply:
        """A refusal in the platform's form."""
        raise NotImplementedError

    def patience_s(self, call: Call) -> float:
        """How long an empty answer may be put off."""
        return 0

    # faults and journal

    def fail(self, name: str, rule: Table, times: int = 1, *, status: int | None = None) -> None:
        """Refuse the next *times* calls of *name* ("*": any) by *rule*."""
        self._plan(name, Fault(rule, status), times)

    def drop(self, name: str, times: int = 1, *, carried_out: bool = False) -> None:
        """Break the connection of the next *times* calls, before or after they are carried out."""
        self._plan(name, Fault(dropped=True, carried_out=carried_out), times)

    def delay(self, name: str, seconds: float, times: int = 1) -> None:
        """Carry out the next *times* calls and answer late."""
        self._plan(name, Fault(wait_s=seconds), times)

    @contextmanager
    def hold(self, name: str) -> Iterator[threading.Event]:
        """Carry out the next call and answer once the event is set, or at the end."""
        let_go = threading.Event()
        self._plan(name, Fault(let_go=let_go), 1)
        try:
            yield let_go
        finally:
            let_go.set()

    def calls(self, name: str | None = None) -> list[Call]:
        """Every call so far, or those of one name."""
        return [call for call, _ in self.journal() if name in (None, call.name)]

    def journal(self) -> list[tuple[Call, Reply]]:
        """Every call with what was answered (the caller may not have received it)."""
        with self.lock:
            return list(self._journal)

    def refusals(self) -> list[Table]:
        """The rules that calls were refused by, in order."""
        return [reply.refused for _, reply in self.journal() if reply.refused is not None]

    def made_id(self) -> str:
        """A new message id: hexadecimal, never a number."""
        self._made += 1
        return f"{self._made:04x}d3cdf3af15046{self._made:04x}"

    def _plan(self, name: str, fault: Fault, times: int) -> None:
        with self.lock:
            self._faults.setdefault(name, []).extend([fault] * times)

    def _fault(self, name: str) -> Fault:
        with self.lock:
            planned = self._faults.get(name) or self._faults.get("*")
            return planned.pop(0) if planned else Fault()

    # the server

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        config = uvicorn.Config(
            self._serve,
            http="h11",
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_level=60,
            log_config=None,
            timeout_graceful_shutdown=2,
        )
        self._server = Prompt(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],))
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            time.sleep(0.005)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._stopping = self._server.should_exit = True
        self._server.ended.set()
        self._thread.join(10)
        self._socket.close()
        if self.crashes and error is None:
            raise self.crashes[0]

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        call = Call(
            self.name(request),
            request.method,
            request.url.path,
            request.headers,
            request.query_params,
            await request.body(),
        )
        response = await self._response(call, request)
        await response(scope, receive, send)

    async def _response(self, call: Call, request: Request) -> Response:
        fault = self._fault(call.name)
        if fault.rule is not None:
            return self._told(call, self.refusal(fault.rule, fault.status)).response()
        if fault.dropped and not fault.carried_out:
            return Hangup()
        reply = await self._awaited(call, request)
        await asyncio.sleep(fault.wait_s)
        if fault.let_go is not None:
            await asyncio.to_thread(fault.let_go.wait)
        return Hangup() if fault.dropped else reply.response()

    async def _awaited(self, call: Call, request: Request) -> Reply:
        until = time.monotonic() + self.patience_s(call)
        while time.monotonic() < until and not self._stopping:
            if await request.is_disconnected():
                return Reply({})  # nobody is left to take an update
            reply = self._attempt(call)
            if not self.is_empty(reply):
                return self._told(call, reply)
            await asyncio.sleep(0.01)
        return self._told(call, self._attempt(call))

    def is_empty(self, reply: Reply) -> bool:
        """Whether there was nothing to tell yet."""
        return False

    def _attempt(self, call: Call) -> Reply:
        try:
            with self.lock:
                return self.answer(call)
        except Refused as refused:
            return self.refusal(refused.rule)
        except BaseException as crash:
            self.crashes.append(crash)
            raise

    def _told(self, call: Call, reply: Reply) -> Reply:
        with self.lock:
            self._journal.append((call, reply))
        return reply
