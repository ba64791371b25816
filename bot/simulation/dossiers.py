"""Dossier events of the demo province: units differ in how many of their dossiers are rated."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.simulation.province import MONTH, STAGES, WEEKDAY, SimulatedCounter, one_of

DAYS = 90  # the feed began three months ago
# The share of dossier visits that are rated, and how many units are so; 0: no feed yet.
_RATES = (("0.4", 0.45), ("0.17", 0.3), ("0.07", 0.12), ("0.028", 0.03), ("0", 0.1))

_AHEAD = (-1, 0, 0, 0, 1, 2, 3)  # days from the result to the day appointed for it


@dataclass(frozen=True, slots=True)
class SimulatedDossier:
    """A dossier at a stage on a day; its code is chance and has no form."""

    code: bytes
    last_four: str
    counter: str
    field: str
    stage: str
    day: date
    due: date


def simulate_dossiers(
    counters: Sequence[SimulatedCounter], rated: Mapping[str, int], today: date, seed: int
) -> Iterator[SimulatedDossier]:
    """Events of the last three months, day by day.

    Args:
        rated: how many responses each counter had in these days.
    """
    chance = random.Random(f"{seed} dossiers")
    rates = {unit: one_of(_RATES, chance) for unit in sorted({each.unit for each in counters})}
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    traffic = [WEEKDAY[day.weekday()] * MONTH[day.month - 1] for day in days]
    for counter in counters:
        rate = float(rates[counter.unit])
        n = round(rated.get(counter.code, 0) / rate) if rate else 0
        for day in chance.choices(days, traffic, k=n):
            yield SimulatedDossier(
                code=chance.randbytes(16),
                last_four=f"{chance.randrange(10_000):04}",
                counter=counter.code,
                field=chance.choice(counter.fields) if counter.fields else "",
                stage=one_of(STAGES, chance),
                day=day,
                due=day + timedelta(days=chance.choice(_AHEAD)),
            )
