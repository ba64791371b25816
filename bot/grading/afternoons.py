"""How often a day is flagged as stuffed, on many planted days and on honest ones, in memory.

The answers of a counter's day come in the order of their hours; each is judged as it comes, as the
check `burst` does it when a response closes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from itertools import groupby

from bot.grading.flags import HONEST, Found
from bot.grading.naming import Said, half_of, named_halves
from bot.grading.quarters import counters
from bot.simulation.scenarios import SCENARIOS
from bot.simulation.world import EPOCH, World, province
from sipas.packing import LEVELS
from sipas.stuffing import Day, alike
from sipas.verdicts import ALIKE, BURST_LEAST, is_busy
from storage.verdicts import USUAL_DAYS, USUAL_HOURS

FIRST, DAYS, RESPONSES = date(2026, 1, 1), 150, 24_000
OTHERS = "other counters, in five months"
OTHERS_NAMED = "other counters named, in five months"
_HOURS_A_DAY = 24


def afternoons(seed: int) -> list[Found]:
    """What is flagged in one simulated province of five months, by what was planted."""
    always = [replace(each, first=date.min) for each in counters()]
    world = province(always, SCENARIOS["year"], seed, FIRST, DAYS, RESPONSES)
    planted, days = _planted(world), _days(world)
    flagged: dict[str, list[bool]] = defaultdict(list)
    for place, own in days.items():
        marked = {day for desk, day in planted if desk == place}
        counts = {day: bursts(own, day) for day in own}
        found = {day for day, n in counts.items() if n}
        for day in marked:
            flagged[planted[place, day]].append(day in found)
        flagged[OTHERS].append(bool(found - marked))
        halves = named_halves(world.desks[place].counter, own, counts)
        suspected = {half_of(day): planted[place, day] for day in marked}
        for half, what in suspected.items():
            flagged[f"{what}: counter named"].append(half in halves)
        flagged[OTHERS_NAMED].append(bool(halves - suspected.keys()))
    return [Found(what, sum(hits), len(hits)) for what, hits in flagged.items()]


def added(provinces: Iterable[Iterable[Found]]) -> list[Found]:
    """Those of all provinces together."""
    flagged, n = Counter[str](), Counter[str]()
    for each in (found for own in provinces for found in own):
        flagged[each.what] += each.flagged
        n[each.what] += each.n
    return [Found(what, flagged[what], n[what]) for what in sorted(n)]


def _planted(world: World) -> dict[tuple[int, int], str]:
    places = {desk.counter.code: place for place, desk in enumerate(world.desks)}
    return {
        (places[each.counter], each.first): f"{each.what} of {each.size:.0f}"
        for each in world.sown.told
        if each.what in ("stuffing", "smear", HONEST)
    }


def _days(world: World) -> dict[int, dict[int, Said]]:
    """By counter and number of the day: its answers in the order of their hours."""
    start, found = (world.first - EPOCH).days, defaultdict[int, dict[int, Said]](dict)
    for each in world.draw():
        in_order = sorted(each.answers, key=lambda said: said.hour)
        found[each.desk][each.day - start] = in_order
    return found


def bursts(own: dict[int, Said], day: int) -> int:
    """How many of the day's answers are flagged as they come."""
    if max(Counter(said.hour for said in own[day]).values()) <= BURST_LEAST:
        return 0  # no hour can be busy
    usual = _usual(own, day)
    so_far, found = Counter[str](), 0
    for _, hour in groupby(own[day], key=lambda said: said.hour):
        for arrived, said in enumerate(hour, 1):
            level = said.levels[0]
            so_far[level] += level in LEVELS
            found += is_busy(arrived, usual) and _alike(own, day, so_far, level) <= ALIKE
    return found


def _usual(own: dict[int, Said], day: int) -> float:
    """Answers in an hour that has any, over four weeks."""
    recent = range(day - USUAL_HOURS // _HOURS_A_DAY, day)
    hours = [n for each in recent for n in Counter(s.hour for s in own.get(each, ())).values()]
    return sum(hours) / len(hours) if hours else 0.0


def _alike(own: dict[int, Said], day: int, so_far: Counter[str], level: str) -> float:
    before = [_day(own[each], level) for each in range(day - USUAL_DAYS, day) if each in own]
    return alike(before, Day(so_far.total(), so_far[level]), level)


def _day(said: Said, level: str) -> Day:
    levels = [each.levels[0] for each in said if each.levels[0] in LEVELS]
    return Day(len(levels), levels.count(level))
