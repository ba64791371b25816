"""Whether weights repair what they promise: the raw figure and the weighted one, side by side.

Each counter of a simulated unit serves a field of its own. The truth here is what all visitors
would say, and handled dossiers are those of all visitors: a complete register.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace

from bot.grading.coverage import Hits, Place
from bot.grading.estimators import FORMULA
from bot.grading.quarters import DAYS, FIRST, SHORT, UNITS
from bot.instruments import shipped
from bot.loading import simulated_counters
from bot.seeds import seed_counters
from bot.simulation.scenarios import SCENARIOS
from bot.simulation.truth import truth
from bot.simulation.world import World, province
from sipas.clusters import Factor, design, spreads
from sipas.figures import OVERALL, SHOWN_FROM
from sipas.tally import responses, tally
from sipas.weighting import Group, Stratum, Weighted, strata, weighted

FIELDS, EACH = 4, 500
RAW, WEIGHTED = "raw", "weighted"
REPAIRED = "fields"
UNREPAIRED = "fields and moods"
APART, REST = "every field shown", "small fields in a rest"

Days = Mapping[int, list[int]]
"""Tallies of a unit's counter-days, by counter."""


def weights_graded(scenario: str, seed: int) -> dict[Place, Hits]:
    """Of each unit's quarter: how far off both are, and how often their intervals are right."""
    simulated = _world(scenario, seed)
    handled, days = _handled(simulated), _days(simulated)
    found: dict[Place, list[tuple[bool, float]]] = defaultdict(list)
    for (unit, _), moods in truth(simulated).items():
        everybody = moods.among_visitors(OVERALL)
        true = everybody.satisfied / everybody.answered
        for kind, made in _both(days[unit], handled):
            off = float(made.value) - true
            band = APART if made.strata == FIELDS else REST
            found[scenario, kind, band].append((made.low <= true <= made.high, off))
    return {
        place: Hits(sum(right for right, _ in told), len(told), sum(off for _, off in told))
        for place, told in found.items()
    }


def _world(scenario: str, seed: int) -> World:
    model, rows = seed_counters()[0], []
    for unit in range(UNITS):
        own = replace(model, unit=f"unit-{unit:03}", instrument=SHORT)
        rows += [replace(own, code=f"{unit:03}-{field}") for field in range(FIELDS)]
    counters = simulated_counters(rows, shipped())
    return province(counters, SCENARIOS[scenario], seed, FIRST, DAYS, UNITS * EACH)


def _handled(simulated: World) -> dict[int, float]:
    """Dossiers by counter."""
    found: dict[int, float] = defaultdict(float)
    for number in range(simulated.days):
        for place, visitors in simulated.open_desks(number):
            found[place] += sum(simulated.expected(place, number, visitors)[0])
    return found


def _days(simulated: World) -> dict[str, dict[int, list[int]]]:
    instrument = shipped()[SHORT]
    found: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for each in simulated.draw():
        unit = simulated.desks[each.desk].counter.unit
        summed = sum(tally(instrument, said.levels) for said in each.answers)
        found[unit][each.desk].append(summed)
    return found


def _both(days: Days, handled: Mapping[int, float]) -> Iterator[tuple[str, Weighted]]:
    """A unit's raw and weighted share, as the product makes them; fields of thirty are shown."""
    instrument, every = shipped()[SHORT], [day for own in days.values() for day in own]
    whole = sum(every)
    known = spreads(instrument, every, FORMULA, SHOWN_FROM)
    factor = design(instrument, whole, known, FORMULA, SHOWN_FROM).get(OVERALL, Factor())
    fields = tuple(
        Group(sum(own), round(handled[desk]))
        for desk, own in days.items()
        if responses(sum(own)) >= SHOWN_FROM
    )
    dossiers = sum(round(handled[desk]) for desk in days)
    found = strata(instrument, Group(whole, dossiers, fields))
    alike = [Stratum(each.counts, each.counts.n) for each in found[OVERALL]]
    for kind, own_strata in ((RAW, alike), (WEIGHTED, found[OVERALL])):
        made = weighted({OVERALL: own_strata}, [OVERALL], FORMULA, factor)
        if made:
            yield kind, made
