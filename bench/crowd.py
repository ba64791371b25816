"""People who come at a fixed rate whatever the server does, and answer whole questionnaires.

Everybody has a connection, opens the counter's page and then taps as `chat.js` does. When each
request should leave is settled before the first: an answer's time is counted from then, so that
a server which pauses cannot hide how many would have waited ("coordinated omission").
"""

from __future__ import annotations

import asyncio
import json
import random
import secrets
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any, cast

import httptools
import orjson

from bench.survey import COMMENT

USUAL = {"more": "yes", "stage": "result", "gave_feedback": "no", "kind": "citizen", "reply": "no"}
USUALLY = 0.9
"""So many say what is usual; everything else is drawn."""
WORDS = COMMENT.lower().replace(",", "").split()
LEVELS = (40, 35, 15, 6, 4)
"""Of a hundred, as buttons stand: 5 first."""
COMMENTED = 0.3


@dataclass
class Came:
    """What came of it.

    Attributes:
        asked_at: when each request should have left, seconds of the loop's clock.
        took: seconds from then until its answer was there.
        closed: people who were thanked and given a code.
        wrong: by what went wrong, people who gave up.
    """

    asked_at: array[float] = field(default_factory=lambda: array("d"))
    took: array[float] = field(default_factory=lambda: array("d"))
    closed: int = 0
    wrong: Counter[str] = field(default_factory=Counter)

    @property
    def seconds(self) -> float:
        """From the first request to the last that was due."""
        return max(self.asked_at) - min(self.asked_at)

    def quantile(self, percent: float) -> float:
        """So many of a hundred requests took at most so many milliseconds."""
        return 1000 * sorted(self.took)[ceil(len(self.took) * percent / 100) - 1]

    def waits(self) -> str:
        """How long requests took, in words."""
        p50, p95, p99, most = (f"{self.quantile(each):,.0f}" for each in (50, 95, 99, 100))
        return f"p50 {p50}, p95 {p95}, p99 {p99}, longest {most} ms"


@dataclass
class Crowd:
    """Who comes, and to which counters.

    Attributes:
        ports: of the servers, to which people go in turn.
        think_s: from one request of a person to the next, however long the answer takes.
    """

    ports: Sequence[int]
    counters: Sequence[str]
    think_s: float = 0.5
    chance: random.Random = field(default_factory=lambda: random.Random(1))
    came: Came = field(default_factory=Came)
    begun: int = 0

    async def at(self, rate: float, seconds: float) -> None:
        """Let *rate* people a second begin for so many seconds; return when all have ended."""
        loop = asyncio.get_running_loop()
        began, people = loop.time(), set[asyncio.Future[None]]()
        for number in range(round(rate * seconds)):
            due = began + number / rate
            await asyncio.sleep(due - loop.time())
            people.add(one := asyncio.ensure_future(self._one(due)))
            one.add_done_callback(people.discard)
        await asyncio.gather(*people)

    async def always(self, people: int, seconds: float) -> None:
        """Let so many be there all the time, each next one when one has ended (a closed loop)."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds

        async def queue() -> None:
            while loop.time() < until:
                await self._one(loop.time())

        await asyncio.gather(*(queue() for _ in range(people)))

    async def _one(self, due: float) -> None:
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        counter, port = self.chance.choice(self.counters), self.ports[self.begun % len(self.ports)]
        self.begun += 1
        person = _Person(self, counter, due, done)
        try:
            await loop.create_connection(lambda: person, "127.0.0.1", port)
            await done
        except OSError as error:
            self.came.wrong[type(error).__name__] += 1


class _Person(asyncio.Protocol):
    def __init__(self, crowd: Crowd, counter: str, due: float, done: asyncio.Future[None]) -> None:
        self._crowd, self._counter, self._due, self._done = crowd, counter, due, done
        self._name, self._sent, self._commented = secrets.token_urlsafe(24), 0, False
        self._from = ".".join(map(str, (10, *crowd.begun.to_bytes(3))))  # as a proxy tells it
        self._parser = httptools.HttpResponseParser(self)
        self._body = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one by behaviour
        self._send(f"GET /c/{self._counter} HTTP/1.1\r\nAccept: text/html\r\n", b"")

    def connection_lost(self, exc: Exception | None) -> None:
        self._end(f"connection lost: {exc}")

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        """A part of an answer."""
        self._body += body

    def on_message_complete(self) -> None:
        """The whole answer is there."""
        crowd, loop = self._crowd, asyncio.get_running_loop()
        crowd.came.asked_at.append(self._due)
        crowd.came.took.append(loop.time() - self._due)
        body, self._body = self._body, b""
        if (status := self._parser.get_status_code()) != 200:
            self._end(str(status))
        else:
            self._go_on(body)

    def _go_on(self, body: bytes) -> None:
        crowd, loop = self._crowd, asyncio.get_running_loop()
        # The page's first question is how satisfied one is.
        told = orjson.loads(body) if self._sent > 1 else None
        event = self._answered(told["messages"][0]) if told else self._begun()
        if event:
            # Whoever does not think asks again as soon as there is an answer: a closed loop.
            self._due = self._due + crowd.think_s if crowd.think_s else loop.time()
            loop.call_at(self._due, self._post, event)
        elif told and told["response_code"]:
            crowd.came.closed += 1
            self._end()
        else:
            self._end("without a code")

    def _begun(self) -> dict[str, str]:
        return {"start": self._counter, "tap": f"1|-|overall|{_level(self._crowd.chance)}"}

    def _answered(self, message: dict[str, Any]) -> dict[str, str]:
        """What is done now; nothing where nothing is asked."""
        chance = self._crowd.chance
        if message["key"] == "comment" and not self._commented and chance.random() < COMMENTED:
            self._commented = True
            return {"text": " ".join(chance.choices(WORDS, k=8))}
        offered = {each["payload"].rsplit("|", 1)[1]: each for each in message["choices"]}
        answers = [value for value, each in offered.items() if not each["control"]]
        return (
            {"tap": offered[_chosen(chance, message["key"], answers)]["payload"]} if offered else {}
        )

    def _post(self, event: dict[str, str]) -> None:
        update = {"conversation": self._name, "update_id": str(self._sent), "event": event}
        body = json.dumps(update | {"language": "vi", "simple": False}).encode()
        self._send("POST /api/v1/chat HTTP/1.1\r\nContent-Type: application/json\r\n", body)

    def _send(self, head: str, body: bytes) -> None:
        self._sent += 1
        self._transport.write(
            f"{head}Host: 127.0.0.1\r\nX-Forwarded-For: {self._from}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body
        )

    def _end(self, wrong: str = "") -> None:
        if not self._done.done():
            self._done.set_result(None)
            if wrong:
                self._crowd.came.wrong[wrong] += 1
            self._transport.close()


def _chosen(chance: random.Random, key: str, answers: Sequence[str]) -> str:
    if answers[:1] == ["5"]:
        return _level(chance)
    if key in ("comment", "reasons"):
        return ".skip"
    return USUAL[key] if key in USUAL and chance.random() < USUALLY else chance.choice(answers)


def _level(chance: random.Random) -> str:
    return chance.choices("54321", LEVELS)[0]
