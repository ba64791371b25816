"""Nothing lost: the real server is killed at random moments while people answer.

MOTCUA_ROUNDS says how many rounds (1 unless told otherwise; `make prove`: 20) and MOTCUA_PEOPLE how
many conversations each has (60; `make prove`: 200).
"""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.instruments import shipped
from sipas.conversation import step
from sipas.events import Closed, Event, Moment, Scanned, Tapped
from sipas.session import Place, Session
from storage.store import snapshot
from tests.channels import until
from tests.server import COUNTER, Server, arrived

ROUNDS = int(os.environ.get("MOTCUA_ROUNDS", "1"))
PEOPLE = int(os.environ.get("MOTCUA_PEOPLE", "60"))
PLACE = Place(COUNTER, "", "", "short.1", (("land", "", ""), ("civil_status", "", "")))

pytestmark = pytest.mark.drill


@dataclass
class Person:
    """Someone who answers by tapping, and sends again what got no answer."""

    name: str
    chance: random.Random
    acknowledged: int = 0
    done: bool = False
    rated: bool = False
    code: str | None = None
    session: Session = field(default_factory=Session)
    levels: str = ""

    async def answer(self, client: httpx.AsyncClient) -> None:
        """Go through the whole conversation."""
        event: dict[str, str] = {"start": COUNTER}
        while not self.done:
            reply = await self._send(client, event)
            self._remember(event)
            self.acknowledged += 1
            message = reply["messages"][0]
            answers = [c for c in message["choices"] if not c["control"]]
            self.done, self.code = not message["choices"], reply["response_code"]
            event = self._next(message, answers)

    def _next(self, message: dict[str, Any], answers: list[dict[str, Any]]) -> dict[str, str]:
        if message["key"] in ("comment", "reasons"):
            controls = {c["payload"].rsplit("|", 1)[1]: c["payload"] for c in message["choices"]}
            return {"tap": controls[".skip"]}
        return {"tap": self.chance.choice(answers)["payload"]} if answers else {}

    async def _send(self, client: httpx.AsyncClient, event: dict[str, str]) -> dict[str, Any]:
        update = {
            "conversation": f"{self.name:x>24}",
            "update_id": str(self.acknowledged),
            "event": event,
        }
        while True:
            try:
                answer = await client.post("/api/v1/chat", json=update)
            except httpx.TransportError:
                await asyncio.sleep(0.05)
                continue
            if answer.status_code == 200:
                return dict(answer.json())
            await asyncio.sleep(0.05)

    def _remember(self, event: dict[str, str]) -> None:
        """Do the same to a session of our own: what should have been kept."""
        done: Event = Scanned(PLACE)
        if "tap" in event:
            _, _, question, value = event["tap"].split("|")
            done = Tapped(question, value, "-")
        result = step(shipped(), self.session, done, Moment(1, "T", "1", "0" * 10))
        self.session = result.session
        self.rated = self.rated or result.session.half_day is not None
        self.levels += "".join(fact.levels for fact in result.facts if isinstance(fact, Closed))


async def _hurt(server: Server, chance: random.Random, people: list[Person]) -> int:
    """Kill and restart until everybody is through; return how often."""
    kills = 0
    # However fast the machine is, the first comes amid the answers.
    await until(lambda: sum(person.acknowledged for person in people) >= len(people))
    while not all(person.done for person in people):
        await asyncio.to_thread(server.kill)
        kills += 1
        await asyncio.to_thread(server.start)
        if kills >= 3:
            break
        await asyncio.sleep(chance.uniform(0.3, 1.2))
    return kills


async def _drive(server: Server, people: list[Person], chance: random.Random) -> int:
    limits = httpx.Limits(max_connections=32)
    async with httpx.AsyncClient(
        base_url=server.url, trust_env=False, limits=limits, timeout=10
    ) as client:
        answers = [asyncio.ensure_future(person.answer(client)) for person in people]
        kills = await _hurt(server, chance, people)
        await asyncio.wait_for(asyncio.gather(*answers), 120)
    return kills


def _kept(server: Server) -> Counter[str]:
    query = "select levels from closed_responses union all select levels from responses"
    rows = snapshot(server.address, lambda connection: connection.execute(query).fetchall())
    return Counter(levels for (levels,) in rows)


@pytest.mark.parametrize("number", range(ROUNDS))
def test_nothing_is_lost_when_the_server_is_killed(tmp_path: Path, number: int) -> None:
    """Every acknowledged answer is there once; rollups equal a recount; codes are given once."""
    chance = random.Random(number)
    server = Server(tmp_path, {"MOTCUA_RELEASE_SECONDS": "1"}).furnish().start()
    people = [Person(f"{number}-{k}", random.Random(f"{number} {k}")) for k in range(PEOPLE)]
    try:
        kills = asyncio.run(_drive(server, people, chance))
        came = arrived(server.database)
        health = server.command("doctor", "--recount")
    finally:
        server.stop()

    assert kills > 0
    assert came == sum(person.rated for person in people) == PEOPLE
    assert _kept(server) == Counter(person.levels for person in people)
    assert len({person.code for person in people}) == PEOPLE
    assert health.returncode == 0, health.stdout
