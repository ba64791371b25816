"""What happened at a unit in a week, as far as there is ground to say so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from handlers.comparing import Compared, Side, compared, refused
from handlers.coverage import coverage
from handlers.dashboard.asking import Seen
from handlers.filings.desk import Desk, Due
from handlers.filings.types import TYPES
from handlers.plans.desk import Desk as Planning
from handlers.plans.desk import urges
from sipas.breaks import Break
from sipas.comparison import Verdict
from sipas.figures import Part
from sipas.filing_types import FilingType, begun
from sipas.filings import Standing
from sipas.periods import Period, half_month, parse_period, settled_before
from sipas.preceding import preceding
from storage import alarms, filings, plans
from storage.alarms import Alarm
from storage.directory import Counter, Unit
from storage.plan_rows import Plan

SOON_DAYS = 21
"""So long before it is due a report is told of."""

COMPARED = 2
"""Half-months on each side of a comparison."""


@dataclass(frozen=True, slots=True)
class Digest:
    """A unit's week.

    Attributes:
        sides: what is compared; None where no half-month was settled in the week.
        changes: what may be called one.
        refused: changes of the unit itself, over which nothing is compared.
        raised: alarms of the week; *open_before*: how many older ones wait.
        due: reports to be filed, with the period each is about.
        plans: corrective plans that are overdue, returned, or due soon.
    """

    unit: Unit
    week: Period
    sides: tuple[Side, Side] | None
    changes: tuple[Compared, ...]
    refused: tuple[Break, ...]
    silent: tuple[Counter, ...]
    silent_days: int
    raised: tuple[Alarm, ...]
    open_before: int
    due: tuple[tuple[FilingType, Period, Due], ...]
    plans: tuple[Plan, ...]

    @property
    def quiet(self) -> bool:
        """Whether nothing of it asks for anything."""
        asks = (self.changes, self.silent, self.raised, self.open_before, self.due, self.plans)
        return not any(asks)


def last_week(today: date) -> Period:
    """The last week that is over.

    >>> last_week(date(2026, 11, 23)).code, last_week(date(2026, 11, 22)).code
    ('2026-W47', '2026-W46')
    """
    week = (today - timedelta(days=7)).isocalendar()
    return parse_period(f"{week.year}-W{week.week:02}")


async def digest(known: Seen, unit: Unit) -> Digest:
    """The digest of *unit* over the week that is *known*'s period."""
    scores, week, today = known.scores, known.period, known.asked.today()
    sides = _sides(unit, week)
    grounds = await compared(scores, *sides) if sides else []
    covered = await coverage(scores, unit, week)
    raised, before = await _alarms(known, unit)
    return Digest(
        unit=unit,
        week=week,
        sides=sides,
        changes=tuple(filter(_tells, grounds)),
        refused=refused(scores, *sides) if sides else (),
        silent=covered.silent,
        silent_days=covered.silent_days,
        raised=raised,
        open_before=before,
        due=tuple(await _due(known, unit)),
        plans=tuple(each for each in await _plans(known, unit) if urges(each, today)),
    )


def _sides(unit: Unit, week: Period) -> tuple[Side, Side] | None:
    """The newest settled half-months and those before, if any of them was settled in the week.

    A week by itself is hardly ever settled when it is over, and seldom has enough responses.
    """
    settled = settled_before(week.last + timedelta(days=1))
    if settled == settled_before(week.first):
        return None
    first, last = half_month(settled - COMPARED).first, half_month(settled - 1).last
    now = Period(first, last, f"{first}..{last}", needs_role=True)
    return Side(unit, now), Side(unit, preceding(now))


def _tells(found: Compared) -> bool:
    return found.one.part is not Part.ITEM and found.difference.verdict is not Verdict.UNCLEAR


async def _alarms(known: Seen, unit: Unit) -> tuple[tuple[Alarm, ...], int]:
    """Alarms raised in the week, and the number of older ones that still wait."""
    codes = {each.code for each in known.state.directory.subtree(unit)}
    every = await known.asked.store.look(alarms.all_alarms)
    own = [each for each in every if each.unit in codes]
    week = known.period
    raised = tuple(each for each in own if week.first <= each.raised <= week.last)
    return raised, sum(not each.decision and each.raised < week.first for each in own)


async def _due(known: Seen, unit: Unit) -> list[tuple[FilingType, Period, Due]]:
    """The unit's reports that are missing, returned, or due soon, the most pressing first."""
    desk = Desk(known.asked, known.state, known.signed)
    own = [each for each in await known.asked.store.look(filings.filings) if each.unit == unit.code]
    until = known.period.last + timedelta(days=SOON_DAYS)
    found: list[tuple[FilingType, Period, Due]] = []
    for kind, period in _begun(known.period.last):
        filed = {f.unit: f for f in own if (f.type, f.period) == (kind.key, period.code)}
        rows = desk.reception(kind, period, filed)
        pressing = (row for row in rows if row.unit.code == unit.code and _presses(row, until))
        found += [(kind, period, row) for row in pressing]
    return sorted(found, key=lambda each: each[2].day)


async def _plans(known: Seen, unit: Unit) -> list[Plan]:
    """The unit's plans, the most pressing first."""
    desk = Planning(known.asked, known.state, known.signed)
    return desk.seen(await known.asked.store.look(plans.plans, unit.code))


def _begun(today: date) -> Iterator[tuple[FilingType, Period]]:
    for kind in TYPES.values():
        for period in begun(kind, today, 2):
            yield kind, period


def _presses(row: Due, until: date) -> bool:
    awaited = row.standing is Standing.AWAITED and row.day <= until
    return awaited or row.standing in (Standing.MISSING, Standing.RETURNED)
