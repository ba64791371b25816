"""Figures of a province are made by a process of its own: the same ones, whatever becomes of it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.figures.__main__ import KINDLY
from bot.figures.elsewhere import Figures
from bot.instruments import shipped
from bot.keys import Keys, load_keys
from bot.settings import Settings
from handlers.elsewhere import MANY_UNITS
from handlers.joined import Joined
from handlers.log.statement import made, stated
from handlers.pace import Pace
from handlers.receive import Survey
from handlers.roles import Receiving, Resolving
from handlers.scores import By, Scores
from handlers.service import Service
from handlers.weighing import Weighing
from sipas.periods import PeriodError, parse_period
from storage.directory import Counter, Unit
from storage.store import Store
from tests.channels import until
from tests.prepared import simulated
from tests.server import Server

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 20, 5, tzinfo=UTC)
YEAR, QUARTER = parse_period("2026"), parse_period("2026-Q3")
RESPONSES = 6000


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    """A province of as many units as need one, with a process beside."""
    place = simulated(tmp_path / "motcua.db", 5, MANY_UNITS, RESPONSES)
    settings = Settings(database=place, secret_key_file=tmp_path / "motcua.key")
    keys = load_keys(settings.secret_key_file)
    store, figures = await Store(place, keys).open(), Figures(settings)
    survey = Survey(shipped(), 1, lambda bits: 1, keys.code_hash)
    yield replace(Service(store, survey, lambda: NOW, "", 0, 1000), elsewhere=figures)
    await figures.close()
    await store.close()


def here(service: Service) -> Service:
    """The same province, where nobody else makes figures."""
    return Service(service.store, service.survey, service.clock, "", 0, 1000)


def beside(service: Service) -> Figures:
    """Who makes them."""
    assert isinstance(service.elsewhere, Figures)
    return service.elsewhere


def pid_of(figures: Figures) -> int:
    """The number of the process beside."""
    process = figures._beside._process
    assert process is not None
    return process.pid


Call = Callable[[Any, Unit, Counter], Awaitable[Any]]

CALLS: dict[str, Call] = {
    "made_for": lambda of, unit, _: of.made_for(unit, YEAR, By.UNIT),
    "behind": lambda of, unit, _: of.behind(unit, YEAR),
    "by_counter": lambda of, unit, _: of.by_counter(unit, QUARTER),
    "by_unit": lambda of, unit, _: of.by_unit(unit, QUARTER),
    "by_value": lambda of, unit, _: of.by_value(unit, YEAR, By.CHANNEL),
    "known_days": lambda of, unit, _: of.known_days(unit, YEAR),
    "of_counter": lambda of, unit, counter: of.of_counter(unit, counter, YEAR),
    "of_unit": lambda of, unit, _: of.of_unit(unit, QUARTER),
    "own_of": lambda of, unit, _: of.own_of(unit, QUARTER),
    "received": lambda of, unit, _: of.received(unit, YEAR),
    "received_at": lambda of, unit, counter: of.received_at(unit, counter, YEAR),
    "share_of": lambda of, unit, _: of.share_of(unit, YEAR, "stratum", 1),
    "shown_days": lambda of, unit, _: of.shown_days(unit, YEAR),
}


async def weighed(scores: Weighing, unit: Unit, counter: Counter) -> object:
    """What stands beside a unit's figures."""
    return await scores.beside(unit, YEAR, await scores.of_unit(unit, YEAR))


def computed_elsewhere(view: type[Scores]) -> set[str]:
    """The methods of a view that say so."""
    found = {name: getattr(view, name) for name in dir(view)}
    return {
        name
        for name, each in found.items()
        if getattr(each, "__code__", None) and each.__code__.co_filename.endswith("elsewhere.py")
    }


async def test_what_is_made_elsewhere_is_what_is_made_here(service: Service) -> None:
    """Every method that says so, of every view, for the province and for a commune."""
    assert computed_elsewhere(Scores) == CALLS.keys()
    assert computed_elsewhere(Weighing) == CALLS.keys() | {"beside"}
    state = await service.state()
    assert len(state.directory.units) >= MANY_UNITS
    counter = state.directory.counters[0]
    places = [each for each in state.directory.units if each.parent_code is None]
    places.append(state.directory.unit_by_id(counter.unit_id))
    alone, told = here(service), 0
    for view in (Scores, Weighing, Joined, Receiving, Resolving):
        calls = CALLS | ({"beside": weighed} if view is Weighing else {})
        for unit in places:
            for name, call in calls.items():
                found = await call(view(service, state), unit, counter)
                assert found == await call(view(alone, state), unit, counter), (view, name)
                told += bool(found)
    assert told > 50
    assert service.running is None  # nothing of it was made here
    assert alone.running


async def test_what_is_sealed_is_the_same(service: Service) -> None:
    """Byte for byte."""
    found = await stated(service, service.elsewhere)

    assert found == await made(here(service), Pace())
    assert found.files["figures.jsonl"]
    assert service.running is None


async def test_whoever_asks_is_told_what_is_wrong(service: Service) -> None:
    """An error comes back as it is."""
    state = await service.state()
    days = parse_period("2026-03-02..2026-03-05")
    unit = state.directory.units[0]
    with pytest.raises(PeriodError, match="half-months"):
        await Scores(service, state).by_value(unit, days, By.FIELD)


async def test_who_is_killed_is_replaced_and_who_cannot_be_is_done_without(
    service: Service,
) -> None:
    """Readers notice nothing of either."""
    state, figures = await service.state(), beside(service)
    unit = state.directory.units[0]
    first = await Scores(service, state).of_unit(unit, YEAR)
    killed = pid_of(figures)
    os.kill(killed, 9)
    assert await Scores(service, state).of_unit(unit, YEAR) == first
    assert pid_of(figures) != killed
    assert service.running is None

    await figures.close()
    command = figures._beside._command
    for figures._beside._command in (("no such program",), command):
        assert await Scores(service, state).of_unit(unit, YEAR) == first
        assert figures._beside._process is None  # nor is it tried again at once
    assert service.running is not None


async def test_it_gives_way_to_who_answers(service: Service) -> None:
    """By itself and as the session that it is: Linux shares the processors among these first."""
    state = await service.state()
    await Scores(service, state).of_unit(state.directory.units[0], YEAR)
    other = pid_of(beside(service))

    ours, lowest = os.getpriority(os.PRIO_PROCESS, 0), 19
    assert os.getpriority(os.PRIO_PROCESS, other) == min(ours + KINDLY, lowest)
    if (session := niceness_of_session(other)) is None:
        pytest.skip("this system shares nothing among sessions")
    assert session == KINDLY


async def test_of_another_tree_nothing_is_taken(service: Service) -> None:
    """Who asks has read the units before they changed: the answer is of those."""
    state = await service.state()
    before = replace(state, tree="of yesterday")
    unit = state.directory.units[0]

    assert await Scores(service, before).of_unit(unit, YEAR)
    assert service.running is not None


async def test_few_units_need_nobody_else(store: Store, keys: Keys, tmp_path: Path) -> None:
    """No process is started for them."""
    figures = Figures(Settings(database="sqlite:///none.db", secret_key_file=tmp_path / "key"))
    survey = Survey(shipped(), 1, lambda bits: 1, keys.code_hash)
    few = replace(Service(store, survey, lambda: NOW, "", 0, 1000), elsewhere=figures)

    assert (await stated(few, figures)).release == 0
    assert figures._beside._process is None


async def test_it_ends_with_the_server_however_that_ends(tmp_path: Path) -> None:
    """Stopped or killed: nobody is left who has the database open."""
    simulated(tmp_path / "motcua.db", 5, MANY_UNITS, RESPONSES)
    for end in (Server.stop, Server.kill):
        server = Server(tmp_path).start()
        assert server.process is not None
        children = partial(makers, server.process.pid)
        await until(children)
        left = children()
        end(server)
        await until(lambda left=left: not any(map(runs, left)))  # type: ignore[misc]


def niceness_of_session(pid: int) -> int | None:
    """What the system's scheduler knows of the session of a process; nothing where it does not."""
    try:
        return int(Path(f"/proc/{pid}/autogroup").read_text().split()[-1])
    except FileNotFoundError:
        return None


def makers(parent: int) -> list[int]:
    """The processes that make figures for another one."""
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it ended while it was looked at
            words, status = (each / "cmdline").read_bytes(), (each / "status").read_text()
            if b"bot.figures" in words and f"PPid:\t{parent}\n" in status:
                found.append(int(each.name))
    return found


def runs(pid: int) -> bool:
    """Whether there is such a process, and it has not ended."""
    try:
        return "(zombie)" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
