"""The simulator: the same seed, truth that is the mean of what is drawn, and a clean recount.

MOTCUA_WORLDS says how many provinces of a scenario are drawn (4 unless told otherwise; `make
prove`: 12).
"""

from __future__ import annotations

import csv
import json
import os
import random
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.instruments import shipped
from bot.keys import Keys
from bot.loading import load, places, simulated_counters
from bot.simulation.moods import Expected
from bot.simulation.scenarios import SCENARIOS
from bot.simulation.truth import truth
from bot.simulation.world import World, poisson, province
from sipas import tally
from sipas.periods import parse_period
from storage import reads
from storage.recount import recount
from storage.store import Store, snapshot
from tests.databases import database

FIRST, DAYS = date(2026, 1, 1), 365
MERGER = date(2026, 7, 1)
WORLDS = int(os.environ.get("MOTCUA_WORLDS", "4"))


def world(scenario: str, responses: int, units: int = 12, seed: int = 3) -> World:
    """A small province of the year 2026."""
    counters = simulated_counters(places(units, seed, MERGER).counters, shipped())
    return province(counters, SCENARIOS[scenario], seed, FIRST, DAYS, responses)


def test_the_same_seed_draws_the_same_year() -> None:
    """Whoever repeats a simulation gets the same answers."""
    assert list(world("year", 3000).draw()) == list(world("year", 3000).draw())


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_what_is_drawn_has_the_truth_as_its_mean(scenario: str) -> None:
    """Numbers and shares of many provinces lie around the truth as far as chance allows."""
    drawn, satisfied, wanted, wished = 0, 0, 0.0, 0.0
    for seed in range(WORLDS):
        some = world(scenario, 6000, seed=seed)
        for day in some.draw():
            given = day.answers[: len(day.answers) - day.false]
            drawn += len(given)
            satisfied += sum(each.levels[0] in "45" for each in given)
        for moods in truth(some).values():
            wanted += sum(moods.answer)
            wished += moods.among_answers("overall").satisfied

    assert drawn == pytest.approx(wanted, rel=0.02)
    assert satisfied / drawn == pytest.approx(wished / wanted, abs=0.012)


def test_who_answers_differs_from_who_comes_where_response_is_informative() -> None:
    """The bias of who answers is told apart from the truth among those who answer."""
    cells = truth(world("nonresponse", 5000)).values()
    answers = [moods.among_answers("overall") for moods in cells]
    visitors = [moods.among_visitors("overall") for moods in cells]

    assert _share(answers) < _share(visitors) - 0.03


def _share(cells: list[Expected]) -> float:
    return sum(each.satisfied for each in cells) / sum(each.answered for each in cells)


def test_planted_things_are_where_the_truth_says() -> None:
    """False answers come on their day at their counter, and nobody answers in an outage."""
    some = world("year", 20_000, units=30)
    days = list(some.draw())
    start = (FIRST - date(1970, 1, 1)).days
    false = {(some.desks[each.desk].counter.code, each.day - start): each.false for each in days}
    told = Counter(each.what for each in some.sown.told)

    assert told == {"outage": 1, "drop": 4, "campaign": 4, "stuffing": 12, "smear": 8}
    for each in some.sown.told:
        if each.what in ("stuffing", "smear"):
            assert false[each.counter, each.first] == each.size
        if each.what == "outage":
            assert not any(each.first <= day.day - start <= each.last for day in days)


def test_poisson_numbers_have_their_mean_as_variance() -> None:
    """Also above the mean where a single product would underflow."""
    chance = random.Random(1)
    for mean in (0.3, 20.0, 1300.0):
        found = [poisson(mean, chance) for _ in range(2000)]
        middle = sum(found) / len(found)
        spread = sum((each - middle) ** 2 for each in found) / len(found)

        assert middle == pytest.approx(mean, abs=4 * (mean / 2000) ** 0.5)
        assert spread == pytest.approx(mean, rel=0.15)


@pytest.mark.anyio
async def test_what_is_loaded_is_what_a_recount_finds(tmp_path: Path, keys: Keys) -> None:
    """Bulk load and release make the same rollups; the merged unit counts from its first day."""
    where = places(12, 3, MERGER)
    some = province(
        simulated_counters(where.counters, shipped()), SCENARIOS["year"], 3, FIRST, DAYS, 8000
    )
    store = await Store(database(tmp_path / "year.db"), keys).open()
    told: list[int] = []
    loaded = await load(store, where, some, lambda month, n: told.append(n))
    before, after = [
        await reads.all_unit_tallies(store.reader, parse_period(half))
        for half in ("2026-H1", "2026-H2")
    ]
    with pytest.raises(ValueError, match="one of its own"):
        await load(store, where, some, print)
    differences = snapshot(store.address, recount, shipped())
    numbers = snapshot(
        store.address, lambda c: dict(c.execute("select code, unit_id from units").fetchall())
    )
    await store.close()
    born = [row.new for row in where.lineage]
    found = [{unit for unit, _ in half} for half in (before, after)]

    assert differences == []
    assert told[-1] == loaded == sum(len(each.answers) for each in some.draw())
    assert len(told) == 12
    assert all(numbers[code] not in found[0] and numbers[code] in found[1] for code in born)
    assert sum(map(tally.responses, (before | after).values())) > 0


@pytest.mark.parametrize("name", ["year.csv", "year.ndjson"])
def test_a_file_holds_every_response_and_the_truth_lies_beside_it(
    name: str, tmp_path: Path
) -> None:
    """The file says nothing about what is false; the truth beside it says all."""
    target = tmp_path / name
    options = ["--units", "6", "--responses", "2000", "--until", "2026-12-31"]
    done = CliRunner().invoke(main, ["simulate", *options, "--file", str(target)])
    lines = target.read_text(encoding="utf-8").splitlines()
    first = next(csv.DictReader(lines)) if name.endswith("csv") else json.loads(lines[0])
    told = json.loads((tmp_path / f"{name}.truth.json").read_text(encoding="utf-8"))
    responses = sum(cell["responses"] for month in told["months"].values() for cell in month)

    assert done.exit_code == 0, done.output
    assert "a second" in done.output
    assert first["counter"].isdigit() and first["levels"]
    assert len(lines) == pytest.approx(responses, rel=0.2)


def test_a_simulation_wants_one_target() -> None:
    """Neither none nor both."""
    assert CliRunner().invoke(main, ["simulate"]).exit_code == 2
