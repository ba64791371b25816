"""Who may see, write and decide which plan, how it stands today, and for what plans are called."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from handlers.rights import Right, Role
from handlers.seat import Seat
from sipas.periods import Period, atom, parse_period, settled_before
from sipas.plans import Act, Standing, possible, presses, standing
from storage.directory import Directory, Unit
from storage.plan_rows import Call, Plan, Unverified

WRITERS = (Role.UNIT_HEAD, Role.OFFICE)
"""Who decides about plans does not write them."""
DRAFTING = (Act.WRITE, Act.NOTE, Act.FINISH)
DECIDING = (Act.VERIFY, Act.RETURN)
_ORDER = {each: rank for rank, each in enumerate(Standing)}
_OFFERED = ("{year}-R{n}", "{year}-Q{n}")
_YEARS = 2


def stands(plan: Plan | Unverified, today: date) -> Standing:
    """How the plan stands on a day."""
    return standing(plan.state, date.fromisoformat(plan.due), deadline_of(plan), today)


def urges(plan: Plan | Unverified, today: date) -> bool:
    """Whether its unit is to be reminded of the plan on a day."""
    return presses(stands(plan, today), date.fromisoformat(plan.due), deadline_of(plan), today)


def deadline_of(plan: Plan | Unverified) -> date | None:
    """Until when its measures are to be done; None before it is entered."""
    return date.fromisoformat(plan.deadline) if plan.deadline else None


def units_in(directory: Directory) -> Callable[[Period], list[Unit]]:
    """The units that a call on a period is about: every body below the province."""

    def of(period: Period) -> list[Unit]:
        last = period.last.isoformat()
        below = (each for each in directory.units if each.parent_code)
        return [each for each in below if each.valid_from <= last <= (each.valid_to or "9999")]

    return of


@dataclass(frozen=True, slots=True)
class Desk(Seat):
    """What one person may do with plans, in one state of the installation."""

    @property
    def calls(self) -> bool:
        """Whether the person calls for plans: that is for all units at once."""
        return self.signed.may(Right.DECIDE, everywhere=True)

    def sees(self, unit: str) -> bool:
        """Whether the unit's plans are the person's to see."""
        return self.signed.covers(self.directory, Right.SEE, (unit,))

    def writes(self, unit: str) -> bool:
        """Whether the person enters the unit's plans."""
        return self.signed.covers(self.directory, Right.DRAFT, (unit,), WRITERS)

    def decides(self, unit: str) -> bool:
        """Whether the person decides about the unit's plans."""
        return self.signed.covers(self.directory, Right.DECIDE, (unit,))

    def acts(self, plan: Plan) -> tuple[Act, ...]:
        """What this person may do with the plan as it stands."""
        mine = {*DRAFTING} if self.writes(plan.unit) else set[Act]()
        mine |= {*DECIDING} if self.decides(plan.unit) else set()
        return tuple(act for act in possible(plan.state) if act in mine)

    def seen(self, plans: Sequence[Plan]) -> list[Plan]:
        """Those of *plans* that are the person's to see, the most urgent first."""
        units = {each.unit for each in plans}
        mine = {unit for unit in units if self.sees(unit)}
        rows = (each for each in plans if each.unit in mine)
        return sorted(rows, key=lambda each: (_ORDER[self.stands(each)], each.due, each.unit))

    def stands(self, plan: Plan) -> Standing:
        """How the plan stands today."""
        return stands(plan, self.asked.today())

    def waits(self, plan: Plan) -> bool:
        """Whether the plan waits for this person: reminded as its writer, or its decider."""
        if self.decides(plan.unit) and self.stands(plan) is Standing.DONE:
            return True
        return self.writes(plan.unit) and urges(plan, self.asked.today())

    def offered(self, calls: Sequence[Call]) -> list[Period]:
        """The quarters for which plans can be called: their figures no longer move."""
        today = self.asked.today()
        years = range(today.year - _YEARS + 1, today.year + 2)
        codes = (each.format(year=y, n=n) for y in years for n in range(1, 5) for each in _OFFERED)
        known = {each.period for each in calls}
        periods = [parse_period(code) for code in codes if code not in known]
        fixed = [each for each in periods if is_settled(each, today)]
        return sorted(fixed, key=lambda each: each.last, reverse=True)


def is_settled(period: Period, today: date) -> bool:
    """Whether no response is added to the period any more."""
    return atom(period.last) < settled_before(today)
