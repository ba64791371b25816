"""(c): webhook calls answered a second, whole servers over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import count

import uvloop

from bench import processes
from bench.load import Requests, per_second, request
from bench.measure import Finding, medians
from bench.survey import Script, script
from bot.channels.telegram.channel import PATH
from bot.keys import load_keys

CONNECTIONS = 64
EACH = 4  # conversations of one connection, one after the other


def findings() -> Iterator[Finding]:
    """Requests a second against a bare route and against FastAPI with PTB."""
    with (
        processes.uvicorn("bot_api") as api,
        processes.uvicorn("bare") as bare,
        processes.uvicorn("ptb", "--factory") as ptb,
        processes.motcua(api) as ours,
    ):
        secret = load_keys(ours.folder / "motcua.key").webhook_secret("telegram 1")
        rounds = count()
        survey = script()

        def rate(port: int) -> Callable[[], float]:
            return lambda: uvloop.run(per_second(port, _calls(survey, next(rounds), secret)))

        told, floor, rival = medians(rate(ours.port), rate(bare), rate(ptb))
    yield Finding(
        "c",
        "webhook requests against a bare ASGI route",
        f"{told:,.0f} requests/s, FULL sync",
        f"{floor:,.0f} requests/s, doing nothing",
        told / floor,
        0.35,
    )
    yield Finding(
        "c",
        "webhook requests against FastAPI + PTB process_update",
        f"{told:,.0f} requests/s, FULL sync",
        f"{rival:,.0f} requests/s, not durable",
        told / rival,
        3.0,
    )


def _calls(survey: Script, number: int, secret: str) -> list[Requests]:
    """New people every round: a list of requests for each connection."""
    calls: list[Requests] = []
    for connection in range(CONNECTIONS):
        people = range(EACH)
        first = (number * CONNECTIONS + connection) * EACH
        updates = (
            update
            for person in people
            for update in survey.updates(
                1000 + first + person, (first + person) * survey.length + 1
            )
        )
        calls.append([request(PATH, json.dumps(update).encode(), secret) for update in updates])
    return calls
