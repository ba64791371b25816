"""What is true of a simulated province: expectations, exact, by unit and period.

The truth a figure is held against is the expectation among those who answer. What all visitors
would have said is told apart: the distance between the two is the bias of who answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

from bot.simulation.moods import MOODS, Expected, Mix, Questionnaire, questionnaire
from bot.simulation.world import World

Cell = tuple[str, str]


@dataclass(slots=True)
class Moods:
    """How many of each mood come, and how many of them answer, on average."""

    asked: Questionnaire
    come: list[float] = field(default_factory=lambda: [0.0] * len(MOODS))
    answer: list[float] = field(default_factory=lambda: [0.0] * len(MOODS))

    def add(self, come: Mix, answer: Mix) -> None:
        """Add a counter's day."""
        self.come = [a + b for a, b in zip(self.come, come, strict=True)]
        self.answer = [a + b for a, b in zip(self.answer, answer, strict=True)]

    def among_answers(self, key: str) -> Expected:
        """What is expected of an item among those who answer."""
        return self._item(key, self.answer)

    def among_visitors(self, key: str) -> Expected:
        """What would be expected if everybody answered."""
        return self._item(key, self.come)

    def _item(self, key: str, weights: list[float]) -> Expected:
        place = self.asked.keys.index(key)
        found = [
            [weight * part for part in each[place]]
            for weight, each in zip(weights, self.asked.expected, strict=True)
        ]
        return Expected(*(sum(column) for column in zip(*found, strict=True)))


def truth(world: World, first: int = 0, last: int | None = None) -> dict[Cell, Moods]:
    """Who comes and who answers by (unit, questionnaire), from day *first* to *last*."""
    cells: dict[Cell, Moods] = {}
    for number in range(first, world.days if last is None else last + 1):
        for place, visitors in world.open_desks(number):
            counter = world.desks[place].counter
            cell = cells.setdefault(
                (counter.unit, counter.instrument), Moods(questionnaire(counter))
            )
            cell.add(*world.expected(place, number, visitors))
    return cells


def told(world: World) -> dict[str, Any]:
    """The whole truth as plain data, for a file beside the responses."""
    return {
        "seed": world.seed,
        "scenario": asdict(world.scenario),
        "first": world.first.isoformat(),
        "days": world.days,
        "planted": [
            asdict(each) | {"first": _day(world, each.first), "last": _day(world, each.last)}
            for each in world.sown.told
        ],
        "months": {month: _cells(truth(world, *days)) for month, days in _months(world).items()},
    }


def _cells(cells: Mapping[Cell, Moods]) -> list[dict[str, Any]]:
    return [
        {
            "unit": unit,
            "instrument": instrument,
            "responses": round(sum(moods.answer), 3),
            "items": {key: _item(moods, key) for key in moods.asked.keys},
        }
        for (unit, instrument), moods in cells.items()
    ]


def _item(moods: Moods, key: str) -> dict[str, float]:
    """n, and shares of levels 4 and 5 and mean level, among who answers and among all who come."""
    answers, visitors = moods.among_answers(key), moods.among_visitors(key)
    return {
        "n": round(answers.answered, 3),
        "satisfied": answers.satisfied / answers.answered,
        "mean": answers.total / answers.answered,
        "satisfied_of_all": visitors.satisfied / visitors.answered,
        "mean_of_all": visitors.total / visitors.answered,
    }


def _months(world: World) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for number in range(world.days):
        month = (world.first + timedelta(days=number)).strftime("%Y-%m")
        found[month] = (found.get(month, (number, number))[0], number)
    return found


def _day(world: World, number: int) -> str:
    return (world.first + timedelta(days=number)).isoformat()
