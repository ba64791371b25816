"""A province with known truth: who comes to which counter on which day, and how they answer.

It imports nothing from `sipas`: a mistake there cannot hide in the data that grade it. A counter's
day has an official, drawn from those of the counter, and a shock, drawn from a few values; what is
expected is the mean over all of them, computed exactly, and never what happened to be drawn.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from bot.simulation.moods import MOODS, Answers, Mix, eagerness, mix, questionnaire
from bot.simulation.planting import AFTERNOON, CAMPAIGN, Desk, Sown, sow
from bot.simulation.province import MONTH, WEEKDAY, SimulatedCounter
from bot.simulation.scenarios import Scenario

EPOCH = date(1970, 1, 1)
OFFICIALS = 3
_SHOCKS = (-1.342, -0.447, 0.447, 1.342)  # mean 0, standard deviation 1
_QUARTER_DAYS = 91
_CHUNK = 500.0


@dataclass(frozen=True, slots=True)
class CounterDay:
    """The answers of one counter on one day, the false ones among them last."""

    day: int
    desk: int
    answers: list[Answers]
    false: int


@dataclass(frozen=True, slots=True)
class World:
    """A simulated province over some days; days are numbered from its first."""

    scenario: Scenario
    seed: int
    first: date
    days: int
    desks: tuple[Desk, ...]
    sown: Sown
    eager: Mix
    _means: dict[tuple[int, float], tuple[Mix, Mix]] = field(default_factory=dict, repr=False)

    @property
    def last(self) -> date:
        """The last day."""
        return self.first + timedelta(days=self.days - 1)

    def open_desks(self, number: int) -> Iterator[tuple[int, float]]:
        """The counters that are open on a day, by place, with the visitors expected there."""
        day = self.first + timedelta(days=number)
        traffic = WEEKDAY[day.weekday()] * MONTH[day.month - 1]
        if traffic == 0 or number in self.sown.outages:
            return
        for place, desk in enumerate(self.desks):
            if desk.counter.first <= day <= desk.counter.last:
                yield place, desk.visitors * traffic + self.sown.campaigns.get((place, number), 0)

    def expected(self, place: int, number: int, visitors: float) -> tuple[Mix, Mix]:
        """How many of each mood come on a day, and how many of them answer, on average."""
        key = (place, self._mood(self.desks[place], number))
        if key not in self._means:
            self._means[key] = self._mean(*key)
        come, answer = self._means[key]
        return tuple(visitors * each for each in come), tuple(visitors * each for each in answer)

    def draw(self, again: int = 0) -> Iterator[CounterDay]:
        """Every counter's every day that has answers, in order of days.

        Args:
            again: another number draws other answers of the same truth.
        """
        chance = random.Random(f"{self.seed} answers {again}")
        stands = self.scenario.stands
        standing = [chance.choice(desk.officials) for desk in self.desks]
        for number in range(self.days):
            for place, visitors in self.open_desks(number):
                if (number + place) % stands == 0 or stands == 1:
                    standing[place] = chance.choice(self.desks[place].officials)
                answers = self._answers(place, number, visitors, standing[place], chance)
                false = self.sown.false.get((place, number), ())
                if answers or false:
                    day = (self.first - EPOCH).days + number
                    yield CounterDay(day, place, [*answers, *false], len(false))

    def _mood(self, desk: Desk, number: int) -> float:
        """The quality at a counter on a day, before official and shock."""
        month = (self.first + timedelta(days=number)).month
        season = self.scenario.season * (1 - MONTH[month - 1])
        drift = desk.drift * ((number % _QUARTER_DAYS) / (_QUARTER_DAYS - 1) - 0.5)
        fallen = sum(size for since, size in desk.drops if number >= since)
        return round(desk.quality + season + drift - fallen, 2)

    def _mean(self, place: int, mood: float) -> tuple[Mix, Mix]:
        """Per visitor of an ordinary day, the mean over officials and shocks."""
        officials, ready = self.desks[place].officials, self.desks[place].ready
        come = [0.0] * len(MOODS)
        for official in officials:
            for shock in _SHOCKS:
                crowd = self._crowd(shock) / len(officials) / len(_SHOCKS)
                found = mix(mood + official + self.scenario.shock * shock)
                come = [known + crowd * each for known, each in zip(come, found, strict=True)]
        answer = [each * eager * ready for each, eager in zip(come, self.eager, strict=True)]
        return tuple(come), tuple(answer)

    def _crowd(self, shock: float) -> float:
        """How the number of visitors follows the day's shock; without it, they are independent."""
        return math.exp(self.scenario.crowd * shock / 2)

    def _answers(
        self, place: int, number: int, visitors: float, official: float, chance: random.Random
    ) -> list[Answers]:
        desk, shock = self.desks[place], chance.choice(_SHOCKS)
        shares = mix(self._mood(desk, number) + official + self.scenario.shock * shock)
        weights = [share * eager for share, eager in zip(shares, self.eager, strict=True)]
        come = poisson(visitors * desk.ready * self._crowd(shock) * sum(weights), chance)
        drawn = Counter(chance.choices(range(len(MOODS)), weights, k=come))
        pools = questionnaire(desk.counter).pools
        answers = [each for mood, n in drawn.items() for each in chance.choices(pools[mood], k=n)]
        if (place, number) in self.sown.campaigns:
            for at in chance.sample(range(come), min(come, CAMPAIGN)):
                answers[at] = answers[at]._replace(hour=chance.choice(AFTERNOON))
        return answers


def province(
    counters: Sequence[SimulatedCounter],
    scenario: Scenario,
    seed: int,
    first: date,
    days: int,
    responses: int,
) -> World:
    """A province that gives *responses* true answers on average over its days."""
    chance = random.Random(f"{seed} province")
    desks, eager = _desks(counters, scenario, chance), eagerness(scenario.bias)
    open_days = [n for n in range(days) if WEEKDAY[(first + timedelta(days=n)).weekday()] > 0.5]
    sown = sow(desks, open_days, chance) if scenario.planted else Sown()
    world = World(scenario, seed, first, days, desks, sown, eager)
    found = sum(
        sum(world.expected(place, number, visitors)[1])
        for number in range(days)
        for place, visitors in world.open_desks(number)
    )
    for desk in desks:
        desk.visitors *= responses / found
    return world


def _desks(
    counters: Sequence[SimulatedCounter], scenario: Scenario, chance: random.Random
) -> tuple[Desk, ...]:
    units = {each.unit: _unit(scenario, chance) for each in counters}
    return tuple(_desk(each, units[each.unit], scenario, chance) for each in counters)


def _desk(
    counter: SimulatedCounter,
    unit: tuple[float, float, float],
    scenario: Scenario,
    chance: random.Random,
) -> Desk:
    size, quality, drift = unit
    visitors, better = size * chance.uniform(0.5, 1.5), chance.gauss(0, scenario.desks)
    officials, ready = _officials(scenario, chance), math.exp(scenario.uneven * better)
    return Desk(counter, visitors, quality + better, officials, drift, ready=ready)


def _unit(scenario: Scenario, chance: random.Random) -> tuple[float, float, float]:
    """Size, quality and drift of a unit."""
    quality = chance.gauss(scenario.middle, scenario.spread)
    return math.exp(chance.gauss(0, 0.8)), quality, chance.gauss(0, scenario.drift)


def _officials(scenario: Scenario, chance: random.Random) -> tuple[float, ...]:
    if not scenario.officials:
        return (0.0,)
    return tuple(chance.gauss(0, scenario.officials) for _ in range(OFFICIALS))


def poisson(mean: float, chance: random.Random) -> int:
    """A Poisson number, by Knuth's product of uniform numbers, in pieces that do not underflow."""
    drawn = 0
    while mean > 0:
        product, floor = chance.random(), math.exp(-min(mean, _CHUNK))
        while product > floor:
            drawn += 1
            product *= chance.random()
        mean -= _CHUNK
    return drawn
