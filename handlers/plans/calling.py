"""The call for plans: what is listed of every unit, and until when plans are to be entered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from handlers.plans.desk import is_settled
from handlers.plans.listing import Asked, found_in
from handlers.plans.scorecards import found_of
from handlers.service import Service, State
from sipas.earlier import Against
from sipas.periods import Period, PeriodError, parse_period
from storage import plans, scorecards
from storage.directory import Unit
from storage.filing_rows import By
from storage.plan_rows import FIGURE, Found, New


@dataclass(frozen=True, slots=True)
class Wanted:
    """What Home Affairs calls for; *due* is a day as 2027-01-31."""

    kind: str
    period: str
    due: str
    against: Against
    lowest: int


async def call(
    asked: Service,
    state: State,
    wanted: Wanted,
    units: Callable[[Period], list[Unit]],
    by: By,
) -> int | str:
    """List criteria and tell their number, or why that is not done: a code of a fault.

    A second call for a period lists nothing; it moves the day.
    """
    if not _ahead(wanted.due, asked.today()):
        return "due"
    known = {(each.kind, each.period) for each in await asked.store.look(plans.calls)}
    found = await _found(asked, state, wanted, units) if _key(wanted) not in known else (0, [])
    if isinstance(found, str):
        return found
    release, rows = found
    new = New(wanted.kind, wanted.period, wanted.against, release, wanted.due)
    return await asked.store.write(plans.call, new, rows, by)


async def _found(
    asked: Service, state: State, wanted: Wanted, units: Callable[[Period], list[Unit]]
) -> tuple[int, list[Found]] | str:
    try:
        period = parse_period(wanted.period)
    except PeriodError:
        return "period"
    if wanted.kind != FIGURE:
        lines = await asked.store.look(scorecards.lines_of, period.first.year)
        rows = found_of(lines)
        return (0, rows) if rows else "nothing"
    if period.needs_role or not is_settled(period, asked.today()):
        return "not_settled"
    return await found_in(asked, state, units(period), Asked(period, wanted.against, wanted.lowest))


def _key(wanted: Wanted) -> tuple[str, str]:
    return wanted.kind, wanted.period


def _ahead(told: str, today: date) -> bool:
    try:
        return date.fromisoformat(told) >= today
    except ValueError:
        return False
