"""Roles of processes; two real servers on one PostgreSQL, ended and started while people answer."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from bot.app import Role, create_app
from bot.cli import main
from bot.settings import Settings
from tests.databases import ONLY_POSTGRESQL
from tests.server import Server
from tests.test_kill_drill import PEOPLE, Person, _kept


class Anywhere(httpx.AsyncHTTPTransport):
    """Every request goes to one of the servers, whichever it may be, as behind a proxy."""

    def __init__(self, servers: list[Server], chance: random.Random) -> None:
        super().__init__()
        self._servers, self._chance = servers, chance

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send it there."""
        request.url = request.url.copy_with(port=self._chance.choice(self._servers).port)
        return await super().handle_async_request(request)


async def _answered(servers: list[Server], people: list[Person], chance: random.Random) -> None:
    """People come in waves; amid each a server is ended: both are restarted, then one is killed."""
    transport = Anywhere(servers, chance)
    async with httpx.AsyncClient(
        base_url=servers[0].url, transport=transport, timeout=10
    ) as client:
        answers = []
        ends = (servers[0].stop, servers[1].stop, servers[0].kill)
        for wave, end in enumerate(ends):
            some = people[wave :: len(ends)]
            answers += [asyncio.ensure_future(person.answer(client)) for person in some]
            await asyncio.sleep(0.3)
            await asyncio.to_thread(end)
            await asyncio.to_thread(servers[wave % 2].start)
        await asyncio.wait_for(asyncio.gather(*answers), 120)


def test_who_only_sends_or_works_shows_nobody_anything() -> None:
    """Without the role web a process answers how it is, and nothing else."""
    app = create_app(Settings(), roles=frozenset({Role.SENDER, Role.WORKER}))
    paths = {getattr(route, "path", None) for route in app.routes}

    assert paths - {None} == {"/openapi.json", "/static", "/healthz", "/readyz", "/metrics"}


def test_an_sqlite_file_has_one_process_that_does_everything() -> None:
    """Roles are for PostgreSQL: the command says so in one line instead of serving by half."""
    done = CliRunner(env={"MOTCUA_DATABASE": "sqlite:///m.db"}).invoke(
        main, ["serve", "--role", "web"]
    )

    assert done.exit_code == 2
    assert "--role: one process serves an SQLite file" in done.output


@pytest.mark.drill
@ONLY_POSTGRESQL
def test_a_rolling_restart_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """Every acknowledged answer is there once, whichever process took it; the rollups agree."""
    chance, settings = random.Random(11), {"MOTCUA_RELEASE_SECONDS": "1"}
    servers = [Server(tmp_path, settings), Server(tmp_path, settings)]
    servers[0].furnish()
    people = [Person(f"rolling-{k}", random.Random(k)) for k in range(PEOPLE)]
    try:
        for server in servers:
            server.start()
        asyncio.run(_answered(servers, people, chance))
        health = servers[0].command("doctor", "--recount")
    finally:
        for server in servers:
            server.stop()

    assert _kept(servers[0]) == Counter(person.levels for person in people)
    assert len({person.code for person in people}) == PEOPLE
    assert health.returncode == 0, health.stdout
