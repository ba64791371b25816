"""Province-quarters in memory: simulated answers through the product's tallies, and the truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.instruments import shipped
from bot.loading import simulated_counters
from bot.seeds import seed_counters
from bot.simulation.province import SimulatedCounter
from bot.simulation.scenarios import SCENARIOS
from bot.simulation.truth import Moods, truth
from bot.simulation.world import World, province
from sipas.instrument import Instrument
from sipas.tally import tally

FIRST, DAYS = date(2026, 7, 1), 92
UNITS, EACH = 40, 220
SIZES = (1200, 60, 35)  # of three in six provinces: for items that few answer, for small units
EVERY = 6
LONG, SHORT = "sipas-g2-2026-service16.1", "short.1"
LONG_EVERY = 4  # one unit in four asks the long form

CounterDay = tuple[int, int]


@dataclass(frozen=True, slots=True)
class UnitQuarter:
    """What the product saw of a unit: a tally for every counter and day with answers; the truth."""

    unit: str
    instrument: Instrument
    days: Mapping[CounterDay, int]
    truth: Moods


def counters(units: int = UNITS) -> list[SimulatedCounter]:
    """Two counters for each of *units* units, every fourth of which asks the long form."""
    model, found = seed_counters()[0], []
    for number in range(units):
        instrument = LONG if number % LONG_EVERY == 0 else SHORT
        own = replace(model, unit=f"unit-{number:03}", instrument=instrument)
        found += [replace(own, code=f"{number:03}-{desk}") for desk in (1, 2)]
    return simulated_counters(found, shipped())


def world(scenario: str, seed: int) -> World:
    """A province of the third quarter of 2026."""
    each = dict(enumerate(SIZES)).get(seed % EVERY, EACH)
    return province(counters(), SCENARIOS[scenario], seed, FIRST, DAYS, UNITS * each)


def quarter(simulated: World, again: int = 0) -> list[UnitQuarter]:
    """What came in at every unit; *again* draws other answers of the same truth."""
    instruments = shipped()
    refs = {desk.counter.unit: desk.counter.instrument for desk in simulated.desks}
    days: dict[str, dict[CounterDay, int]] = {unit: {} for unit in refs}
    for each in simulated.draw(again):
        counter = simulated.desks[each.desk].counter
        instrument = instruments[counter.instrument]
        summed = sum(tally(instrument, said.levels) for said in each.answers)
        days[counter.unit][each.desk, each.day] = summed
    return [
        UnitQuarter(unit, instruments[ref], days[unit], moods)
        for (unit, ref), moods in truth(simulated).items()
    ]


def of_items(moods: Moods, items: Sequence[str], everybody: bool = False) -> float:
    """The true share satisfied over *items*, each weighing the same."""
    ask = moods.among_visitors if everybody else moods.among_answers
    found = [ask(key) for key in items]
    return sum(each.satisfied / each.answered for each in found) / len(found)
