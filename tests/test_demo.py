"""The demo province: real units, a simulated year, and the promises of its short tour."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from pathlib import Path

import pytest

from bot import demo, demo_cases, demo_newsroom, demo_people, seeds, stuffing
from bot.instruments import shipped
from bot.keys import Keys
from bot.loading import simulated_counters
from bot.simulation import province
from bot.surveys import survey
from handlers.passwords import is_password
from handlers.rights import Role
from sipas.case_opening import Cause
from sipas.integrity import Sign, named
from sipas.packing import HANOI
from sipas.periods import parse_period
from sipas.quotes import State as Standing
from sipas.relays import State
from sipas.tally import responses
from storage import cases, reads, relays, staff, voices
from storage.recount import recount
from storage.store import Store, snapshot
from tests.databases import database as address

TODAY = date(2026, 11, 23)

pytestmark = pytest.mark.long


def test_the_seeds_are_the_province() -> None:
    """166 communes, 19 departments, 526 former communes, and a counter for each present unit."""
    units = seeds.seed_units()
    present = {unit.code for unit in units if unit.valid_to is None and unit.parent}
    kinds = [unit.kind for unit in units]

    assert kinds.count("xa") + kinds.count("phuong") == 166
    assert kinds.count("department") == 19
    assert kinds.count("former") == 526
    assert {counter.unit for counter in seeds.seed_counters()} == present
    assert all(counter.instrument in shipped() for counter in seeds.seed_counters())


def test_former_communes_lead_to_present_ones() -> None:
    """Định Công (Yên Định) is inside Xã Định Hòa since 1 July 2025; ten communes were split."""
    units = {unit.code: unit for unit in seeds.seed_units()}
    lineage = seeds.seed_lineage()
    into = {units[row.old].name for row in lineage if row.new == "15448"}
    olds = [row.old for row in lineage]

    assert "Xã Định Công" in into
    assert sum(olds.count(old) > 1 for old in set(olds)) == 10


def test_the_same_seed_makes_the_same_year() -> None:
    """Whoever repeats the simulation gets the same responses."""
    counters = simulated_counters(seeds.seed_counters(), shipped())
    first, again = (list(province.simulate(counters, TODAY, 7, 3000)) for _ in range(2))

    assert first == again
    assert len(first) > 2500


@pytest.fixture(scope="module")
def province_of_demo(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A demo of half the usual size, loaded once."""
    path = address(tmp_path_factory.mktemp("demo") / "demo.db")

    async def load() -> None:
        store = await Store(path, Keys(bytes(32))).open()
        await demo.load(store, TODAY, 60_000)
        await store.close()

    asyncio.run(load())
    return path


@pytest.mark.anyio
async def test_the_tour_shows_what_it_promises(province_of_demo: str) -> None:
    """Most units have a score, one has too few, one has fallen and one has risen."""
    store = await Store(province_of_demo, Keys(bytes(32))).open()
    quarter = await reads.all_unit_tallies(store.reader, parse_period("2026-Q3"))
    differences = snapshot(store.address, recount, shipped())
    await store.close()
    enough = [unit for (unit, _), t in quarter.items() if responses(t) >= 30]

    assert differences == []
    assert len(enough) >= 0.8 * 185


@pytest.mark.anyio
async def test_the_demo_has_cases_to_work_on(province_of_demo: str) -> None:
    """Three visitors, each badly served in another way, through the chat that everybody uses."""
    keys = Keys(bytes(32))
    store = await Store(province_of_demo, keys).open()
    await store.write(demo_cases.file_cases, survey(keys), datetime(2026, 11, 23, 10, tzinfo=HANOI))
    opened = [(case.counter, case.causes[0]) for case in await store.look(cases.cases)]
    await store.close()

    assert [counter for counter, _ in opened] == [counter for _, counter, *_ in demo_cases.VISITS]
    assert [cause for _, cause in opened] == [Cause.TROUBLE, Cause.WISH, Cause.MONEY]


@pytest.mark.anyio
async def test_the_demo_has_questions_in_every_state(province_of_demo: str) -> None:
    """Quotes about the tour's unit are released; one question is answered, one late, one waits."""
    now, keys = datetime(2026, 11, 23, 10, tzinfo=HANOI), Keys(bytes(32))
    store = await Store(province_of_demo, keys).open()
    await store.write(demo_newsroom.open_newsroom, demo.TOUR_COUNTER, demo.TOUR_UNIT, now)
    asked = await store.look(relays.relays)
    released = await store.look(voices.voices, demo.TOUR_UNIT, Standing.RELEASED, 50)
    await store.close()

    assert [(each.state, each.due < "2026-11-23") for each in asked] == [
        (State.ASKED, False),
        (State.ASKED, True),
        (State.PUBLISHED, True),
    ]
    assert {each.quote for each in asked} == {each.quote for each in demo_newsroom.QUESTIONS}
    assert len(released) > len(asked)


@pytest.mark.anyio
async def test_every_role_of_the_demo_can_be_tried(tmp_path: Path, keys: Keys) -> None:
    """One password opens all of them until the next start, whatever somebody did to an account."""
    store = await Store(address(tmp_path / "demo.db"), keys).open()
    first, second = [await demo_people.welcome(store) for _ in range(2)]
    people = await staff.everybody(store.reader)
    known = await staff.by_name(store.reader, demo_people.NAMES[Role.HOME_AFFAIRS])
    await store.close()

    assert {grant.role for each in people for grant in each.grants} == set(Role)
    assert not any(each.must_change or each.totp for each in people)
    assert known and is_password(known.password, second) and not is_password(known.password, first)


@pytest.mark.anyio
async def test_false_praise_is_noticed_where_the_demo_says(province_of_demo: str) -> None:
    """`--stuff 24` through the way of every answer: two signs of different roots; three name none.

    What is planted stays: nothing is deleted, and the recount finds no difference.
    """
    keys, now = Keys(bytes(32)), datetime(2026, 11, 23, 15, 30, tzinfo=HANOI)
    store = await Store(province_of_demo, keys).open()
    few = await stuffing.stuff(store, survey(keys), 3, now)
    [found] = await stuffing.stuff(store, survey(keys), 24, now)
    differences = snapshot(store.address, recount, shipped())
    await store.close()

    assert few == []
    assert found.counter == demo.TOUR_COUNTER
    assert named(found.signs)
    assert Sign.SOURCE in found.signs
    assert differences == []
