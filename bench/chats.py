"""(w): whole conversations of the web a second, against a form backend."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import count
from urllib.parse import urlencode

import uvloop

from bench import processes
from bench.load import Requests, per_second
from bench.measure import ROUNDS, Finding, medians
from bench.survey import Script, script
from bench.year import kept
from tests.server import OTHER  # it has one field, so that is not asked for

CONNECTIONS = 32
EACH = 2  # conversations of one connection, one after the other


def findings() -> Iterator[Finding]:
    """Conversations a second, every answer on disk before it is acknowledged."""
    with (
        processes.uvicorn("bot_api") as api,
        processes.uvicorn("form", "--factory") as form,
        processes.motcua(api) as ours,
    ):
        numbers, survey = count(), script()

        def rate(port: int, calls: Callable[[Script, int], Requests]) -> Callable[[], float]:
            def measured() -> float:
                connections = [
                    [each for _ in range(EACH) for each in calls(survey, next(numbers))]
                    for _ in range(CONNECTIONS)
                ]
                requests = len(connections[0]) / EACH
                return uvloop.run(per_second(port, connections)) / requests

            return measured

        told, rival = medians(rate(ours.port, _chat), rate(form, _form))
        if (closed := kept(ours.address)) != (ROUNDS + 1) * CONNECTIONS * EACH:
            raise RuntimeError(f"{closed} conversations were ended")
    yield Finding(
        "w",
        "whole conversations on the web against FastAPI + SQLAlchemy",
        f"{told:,.0f} conversations/s, FULL sync, sealed sessions, no link to a person",
        f"{rival:,.0f} conversations/s, FULL sync, a row for each answer",
        told / rival,
        1.0,
    )


def _chat(survey: Script, number: int) -> Requests:
    """As `chat.js` sends them."""
    path, kind = "/api/v1/chat", "application/json"
    sent = []
    for update, turn in enumerate(survey.turns[:-1]):
        event = {"text": turn.text} if turn.text else {"tap": turn.tap}
        begun = {} if update else {"start": OTHER}
        told = {"conversation": f"{number:032}", "update_id": str(update), "event": begun | event}
        sent.append(_request(path, kind, json.dumps(told).encode()))
    return sent


def _form(survey: Script, number: int) -> Requests:
    """The first answer to each question; the form backend knows no second one."""
    answers = {turn.message.key: turn.text or turn.tap for turn in survey.turns[:-1]}
    return [
        _request(
            f"/c/{OTHER}",
            "application/x-www-form-urlencoded",
            urlencode({"response": f"{number:032}", "item": item, "value": value}).encode(),
        )
        for item, value in answers.items()
    ]


def _request(path: str, kind: str, body: bytes) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: {kind}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
