"""What somebody should look at in a unit, besides its figures: told of one's own units only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from handlers.plans.desk import urges
from handlers.relays.told import public
from handlers.scores import Scores
from sipas.periods import Period, atom, half_month
from sipas.relays import is_open
from storage import cases, integrity, plans
from storage.alarms import open_by_unit
from storage.release import BATCH_LEAST


@dataclass(frozen=True, slots=True)
class Concern:
    """So many things of one sort; None where they are some, but no ten of those told in tens."""

    sort: str
    n: int | None


Found = Mapping[int, int | None]
"""Numbers by unit row; units with none are left out."""


async def alarms(scores: Scores, period: Period) -> Found:
    """Alarms that wait for a decision, whenever they were raised."""
    return await open_by_unit(scores.asked.store.reader)


async def flagged(scores: Scores, period: Period) -> Found:
    """Responses in the figures that carry a flag nobody has decided on."""
    return {unit: n or None for unit, n in (await scores.undecided(period)).items()}


async def named(scores: Scores, period: Period) -> Found:
    """Counters that were named and wait for an appeal or a decision, whenever that was."""
    return await integrity.open_by_unit(scores.asked.store.reader)


async def plans_due(scores: Scores, period: Period) -> Found:
    """Corrective plans that are overdue today, returned, or soon to be entered or done."""
    today, found = scores.asked.today(), Counter[int]()
    for each in await scores.asked.store.look(plans.unverified):
        unit = scores.state.directory.unit(each.unit)
        if unit and urges(each, today):
            found[unit.unit_id] += each.n
    return found


async def questions(scores: Scores, period: Period) -> Found:
    """Questions of newsrooms that wait for the unit's answer."""
    found = Counter[int]()
    for each in await public(scores.asked, scores.state):
        unit = scores.state.directory.unit(each.unit)
        if unit and is_open(each.state):
            found[unit.unit_id] += 1
    return found


async def open_cases(scores: Scores, period: Period) -> Found:
    """Cases that are not closed, from so many on that none of them can be told from the others.

    Of half-months that have ended: who left the counter a moment ago is in no number here.
    """
    ended = half_month(atom(scores.asked.today())).first.isoformat()
    found = await scores.asked.store.look(cases.open_by_unit, ended)
    return {unit: n for unit, n in found.items() if n >= BATCH_LEAST}


# Another sort of thing to look at joins by a line here, and by its name in the catalogue.
SOURCES: Mapping[str, Callable[[Scores, Period], Awaitable[Found]]] = {
    "alarms": alarms,
    "flagged": flagged,
    "integrity": named,
    "plans": plans_due,
    "questions": questions,
    "cases": open_cases,
}


async def concerns(scores: Scores, period: Period) -> dict[int, tuple[Concern, ...]]:
    """Everything that is to be looked at, by unit row, in the order of `SOURCES`."""
    found: dict[int, tuple[Concern, ...]] = {}
    for sort, source in SOURCES.items():
        for unit, n in (await source(scores, period)).items():
            found[unit] = (*found.get(unit, ()), Concern(sort, n))
    return found
