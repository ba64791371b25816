"""Split questionnaires: whether the index of drawn items is told with the certainty it has.

Every unit asks the long form. The same visitors are counted twice: each with all answers, and with
those to the overall question and a few drawn items only, as the product would have asked them.
"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from bot.grading.coverage import Covered, Hits, share_of
from bot.grading.estimators import Estimated, estimates
from bot.grading.quarters import DAYS, FIRST, LONG, CounterDay, UnitQuarter, of_items
from bot.instruments import shipped
from bot.loading import simulated_counters
from bot.seeds import seed_counters
from bot.simulation.scenarios import SCENARIOS
from bot.simulation.truth import truth
from bot.simulation.world import World, province
from sipas.instrument import Instrument
from sipas.tally import tally

UNITS, EACH = 12, 1500
INDEX = ("index", "index")


class Split(NamedTuple):
    """One province: intervals of items, factors and the index that were right; ratios of errors."""

    hits: Mapping[str, Hits]
    ratios: Sequence[float]


class Graded(NamedTuple):
    """All provinces: coverage by kind of figure, and the mean ratio of the index's errors."""

    covered: Mapping[str, Covered]
    units: int
    ratio: float


def split_graded(seed: int) -> Split:
    """A province-quarter whose counters draw for each visitor."""
    simulated = _world(seed)
    found: dict[str, list[bool]] = defaultdict(list)
    ratios = []
    whole, drawn = (_quarter(simulated, split) for split in (0, simulated.scenario.split))
    for all_asked, few_asked in zip(whole, drawn, strict=True):
        once, other = estimates(few_asked), estimates(all_asked)
        for (kind, _), (items, known, _) in once.items():
            true = of_items(few_asked.truth, items)
            found[kind].append(known.low <= true <= known.high)
        if INDEX in once and once[INDEX].items == other[INDEX].items:
            ratios.append(_error(once[INDEX]) / _error(other[INDEX]))
    return Split({kind: Hits(sum(each), len(each)) for kind, each in found.items()}, ratios)


def split_pooled(provinces: Sequence[Split]) -> Graded:
    """Over all provinces."""
    kinds = sorted({kind for each in provinces for kind in each.hits})
    ratios = [ratio for each in provinces for ratio in each.ratios]
    covered = {
        kind: share_of([each.hits[kind] for each in provinces if kind in each.hits])
        for kind in kinds
    }
    return Graded(covered, len(ratios), math.fsum(ratios) / len(ratios))


def _error(of: Estimated) -> float:
    """The standard error that a number of answers is worth."""
    return math.sqrt(of.known.value * (1 - of.known.value) / of.effective)


def _world(seed: int) -> World:
    model, rows = seed_counters()[0], []
    for unit in range(UNITS):
        own = replace(model, unit=f"unit-{unit:03}", instrument=LONG)
        rows += [replace(own, code=f"{unit:03}-{desk}") for desk in (1, 2)]
    counters = simulated_counters(rows, shipped())
    return province(counters, SCENARIOS["split"], seed, FIRST, DAYS, UNITS * EACH)


def _quarter(simulated: World, split: int) -> list[UnitQuarter]:
    """What came in at every unit, the same visitors whatever *split* is."""
    instrument, chance = shipped()[LONG], random.Random(f"{simulated.seed} items")
    days: dict[str, dict[CounterDay, int]] = defaultdict(dict)
    for each in simulated.draw():
        marks = (_asked(instrument, said.levels, split, chance) for said in each.answers)
        unit = simulated.desks[each.desk].counter.unit
        days[unit][each.desk, each.day] = sum(tally(instrument, mark) for mark in marks)
    return [
        UnitQuarter(unit, instrument, days[unit], moods)
        for (unit, _), moods in truth(simulated).items()
    ]


def _asked(instrument: Instrument, levels: str, split: int, chance: random.Random) -> str:
    """*levels* as they are stored if only *split* items of the index were drawn."""
    if not split:
        return levels
    drawn = chance.sample(instrument.index_items, split)
    left_out = set(instrument.index_items).difference(drawn)
    pairs = zip(instrument.items, levels, strict=True)
    return "".join("-" if item.key in left_out else mark for item, mark in pairs)
