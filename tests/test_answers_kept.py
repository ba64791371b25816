"""Figures of one release are made once; a new release, or another tree, has new ones."""

from __future__ import annotations

import asyncio
import random
import threading
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.instruments import shipped
from bot.keys import Keys
from bot.loading import load, places, simulated_counters
from bot.simulation.scenarios import SCENARIOS
from bot.simulation.world import province
from handlers import service as services
from handlers import totals
from handlers.dashboard.asking import newest
from handlers.preparing import FIRST, prepare
from handlers.receive import Survey
from handlers.running import Running
from handlers.scores import By, Scores
from handlers.service import Service
from sipas.clusters import Spread
from sipas.figures import Figure
from sipas.periods import Period, parse_period, trailing_year
from sipas.preceding import preceding
from sipas.tally import responses
from storage import reads, registry
from storage.queries import write as sql
from storage.store import Store
from storage.transaction import Transaction

MERGER = date(2026, 7, 1)


@pytest.fixture
async def service(store: Store, keys: Keys) -> Service:
    """A small simulated province, loaded and published."""
    where = places(6, 3, MERGER)
    counters = simulated_counters(where.counters, shipped())
    world = province(counters, SCENARIOS["quiet"], 3, date(2026, 1, 1), 365, 3000)
    await load(store, where, world, lambda month, n: None)
    survey = Survey(shipped(), 1, random.Random(1).getrandbits, keys.code_hash)
    return Service(store, survey, lambda: datetime(2026, 12, 31, tzinfo=UTC), "", 0, 1000)


async def asked(service: Service, period: str = "2026-Q3") -> list[tuple[str, Figure]]:
    """The province by unit, as the API asks for it."""
    state = await service.state()
    unit = state.directory.unit("38")
    assert unit is not None
    return await Scores(service, state).asked_for(unit, parse_period(period), By.UNIT)


@pytest.mark.anyio
async def test_the_same_question_at_the_same_release_is_answered_once(service: Service) -> None:
    """The very same figures, until a release brings other ids."""
    first, second = await asked(service), await asked(service)
    await service.store.write(lambda tx: sql.add_release(tx.connection, half_day=41000))
    third = await asked(service)

    assert first is second
    assert first
    assert not {figure.id for _, figure in first} & {figure.id for _, figure in third}


@pytest.mark.anyio
async def test_another_tree_has_another_answer(service: Service) -> None:
    """A unit whose publication is taken back is gone at once, without a release."""
    before = await asked(service)

    def hide(tx: Transaction) -> None:
        tx.connection.execute("update units set published_from = null where parent_code = '38'")
        registry.touch(tx)

    await service.store.write(hide)
    after = await asked(service)

    assert len({figure.unit for _, figure in before}) > 1
    assert {figure.unit for _, figure in after} <= {"38"}


@pytest.mark.anyio
async def test_figures_of_an_earlier_release_are_kept_no_longer(service: Service) -> None:
    """Nobody asks for them again, and a busy day has a release every minute."""
    await asked(service)
    await service.store.write(lambda tx: sql.add_release(tx.connection, half_day=41000))
    await asked(service)
    newest_release = (await service.state()).release

    assert newest_release is not None
    assert {question[0] for question in service.answers} == {newest_release.release_id}


@pytest.mark.anyio
async def test_only_so_many_figures_are_kept(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asks for everything does not fill the memory; the newest answer stays."""
    monkeypatch.setattr(services, "FIGURES_MOST", 100)
    for month in range(1, 13):
        await asked(service, f"2026-{month:02}")

    (newest,) = list(service.answers.values())[-1:]
    assert newest[1] == await asked(service, "2026-12")
    assert sum(len(figures) for _, figures in service.answers.values()) <= 100 + len(newest[1])


@pytest.mark.anyio
async def test_the_dashboards_first_look_is_made_before_anybody_asks(service: Service) -> None:
    """Of its newest quarter and the one before, as those see them whose units are all units."""
    await prepare(service)
    state = await service.state()
    root = state.directory.unit("38")
    assert root is not None
    own = frozenset(unit.code for unit in state.directory.subtree(root))
    first, quarter = dict(service.answers), newest(service.today())

    for period in (quarter, preceding(quarter)):
        assert await Scores(service, state, own=own).asked_for(root, period, By.UNIT) is not None

    assert service.answers == first


@pytest.mark.anyio
async def test_what_pages_show_first_is_made_before_anybody_asks(service: Service) -> None:
    """After `prepare` the province's year reads nothing; a new release is made anew."""
    await prepare(service)
    first, read = dict(service.answers), dict(service.spreads)
    state = await service.state()
    root = state.directory.unit("38")
    assert root is not None
    for by in FIRST:
        await Scores(service, state).asked_for(root, trailing_year(service.today()), by)
    assert (service.answers, service.spreads) == (first, read)

    await service.store.write(lambda tx: sql.add_release(tx.connection, half_day=41000))
    release = await prepare(service)

    assert release == max(asked[0] for asked in service.answers)
    assert service.spreads == read


@pytest.mark.anyio
async def test_a_units_new_state_takes_the_place_of_the_old(service: Service) -> None:
    """What is remembered of how uncertain figures are grows by no release."""
    of = (2, parse_period("2026-Q3"), "t2b.v1", 1)
    service.keep_spread(of, 7, {"index": Spread(0.02, 9, 7)})
    service.keep_spread(of, 9, {"index": Spread(0.01, 9, 9)})

    assert service.spread(of, 7) is None
    assert service.spread(of, 9) == {"index": Spread(0.01, 9, 9)}
    assert len(service.spreads) == 1


@pytest.mark.anyio
async def test_what_is_settled_of_a_period_does_not_push_the_whole_out(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have the period's name, and other days: those of a unit are read once for each."""
    state, whole = await service.state(), parse_period("2026-Q3")
    unit, version = state.directory.units[1].unit_id, min(state.instruments)
    settled = replace(whole, last=date(2026, 9, 14))
    asking = [(Scores(service, state)._asking(each), n) for each, n in ((whole, 9), (settled, 7))]
    read: list[Period] = []
    days_of_unit = reads.days_of_unit

    async def noted(reader: Any, unit_id: int, period: Period) -> Any:
        read.append(period)
        return await days_of_unit(reader, unit_id, period)

    monkeypatch.setattr(reads, "days_of_unit", noted)
    first, again = [
        [await each.of_units({unit: {version: n}}) for each, n in asking] for _ in range(2)
    ]

    assert first == again
    assert read == [whole, settled]


@pytest.mark.anyio
async def test_what_is_kept_of_a_period_is_not_taken_for_its_settled_part(service: Service) -> None:
    """Whoever asks for the days that may be shown gets the tallies of these days."""
    state, whole = await service.state(), parse_period("2026-Q3")
    settled = replace(whole, last=date(2026, 8, 31))
    scores, members = Scores(service, state), {each.unit_id for each in state.directory.units}
    kept = await scores._tallies(whole, members)
    found = await scores._tallies(settled, members)

    assert found == await reads.all_unit_tallies(service.store.reader, settled)
    assert found.keys() <= kept.keys()
    assert sum(map(responses, found.values())) < sum(map(responses, kept.values()))


@pytest.mark.anyio
async def test_a_units_days_are_read_once_for_all_questionnaires(service: Service) -> None:
    """Spreads are those of each questionnaire by itself, in whatever order they are asked for."""
    state = await service.state()
    scores, quarter = Scores(service, state), parse_period("2026-Q3")
    found = {
        (unit.code, figure.key, figure.instrument): (figure.low, figure.high)
        for unit in scores.published(state.directory.units[0])
        for figure in await scores.of_unit(unit, quarter)
    }
    service.spreads.clear()
    for unit in reversed(scores.published(state.directory.units[0])):
        for figure in await scores.of_unit(unit, quarter):
            key = (unit.code, figure.key, figure.instrument)
            assert found[key] == (figure.low, figure.high)
    assert found


@pytest.mark.anyio
async def test_running_totals_are_made_once_and_beside_the_loop(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two who ask at once wait for the same totals, and chats are answered meanwhile."""
    threads: list[int] = []

    def noted(*told: Any) -> Running:
        threads.append(threading.get_ident())
        return Running(*told)

    monkeypatch.setattr(totals, "Running", noted)
    state = await service.state()
    first, second = await asyncio.gather(*(Scores(service, state).running() for _ in range(2)))

    assert first is second
    assert len(threads) == 1
    assert threading.get_ident() not in threads


@pytest.mark.anyio
async def test_nobody_who_asks_later_has_to_find_where_totals_are_open(service: Service) -> None:
    """All ends of units and parts are known when their tables are."""
    await prepare(service)
    tables = [*service.running[2].tables.values()] if service.running else []
    tables += [each for part in service.splits.tables.values() for each in part.values()]
    found = [len(table.known) for table in tables]
    for table in tables:
        for least, key in table.asked():
            table.ends(least, key)

    assert len(found) == 1 + len(service.splits.tables)
    assert service.splits.tables
    assert found == [len(table.known) for table in tables]
    assert all(found)
