"""What may be exported: the responses behind the figures of units, and of them what is shown.

The rows of a unit and questionnaire are those between the two ends that its figures of the period
lie between, so they add up to figures that may be known, and no two exports tell a hidden cell
(`sipas.openings`). Only settled half-months: their responses never change.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from handlers.scores import Scores
from handlers.service import Service, State
from sipas.items import Instrument, Kind
from sipas.periods import (
    Period,
    PeriodError,
    half_month,
    is_whole,
    parse_period,
    settled_before,
    trailing_year,
)
from storage import registry
from storage.directory import Unit

Groups = Mapping[tuple[int, int], "Group"]
"""By number of unit and instrument."""


@dataclass(frozen=True, slots=True)
class Group:
    """The responses of a unit to a questionnaire that may be exported.

    Attributes:
        period: the days they are of, at most those that were asked for.
        hidden: items of which no value is shown.
    """

    unit: str
    instrument: Instrument
    period: Period
    hidden: frozenset[str]

    @property
    def items(self) -> list[str]:
        """The items that have figures, in the questionnaire's order."""
        return [item.key for item in self.instrument.items if item.kind is Kind.SCALE]


async def export(
    asked: Service, state: State, units: Collection[Unit], period: str, actor: str, what: str
) -> tuple[Groups, Period]:
    """What *actor* may export of *units*, which the audit has from now on as *what*.

    Raises:
        PeriodError: *period* is none, or begins or ends within a half-month.
    """
    days = parse_period(period) if period else trailing_year(asked.today())
    own = frozenset(each.code for each in units)
    found = await groups(Scores(asked, state, own=own), units, days)
    at = asked.clock().isoformat(timespec="seconds")
    await asked.store.write(registry.audit, at, actor, "exported", what, days.code)
    return found, days


async def groups(scores: Scores, units: Iterable[Unit], period: Period) -> Groups:
    """What may be exported of *units* in whole half-months, each without those below it."""
    if not is_whole(period):
        raise PeriodError("expected whole half-months (1-14, 15-end) for an export")
    settled = half_month(settled_before(scores.asked.today()) - 1).last
    days = replace(period, last=min(period.last, settled))
    found: dict[tuple[int, int], Group] = {}
    for unit in units if days.first <= days.last else ():
        for version, shown in (await scores.own_of(unit, days)).items():
            instrument = scores.asked.survey.instruments[scores.state.instruments[version]]
            group = Group(unit.code, instrument, shown.period, shown.hiding.values)
            if not shown.hidden and set(group.items) - group.hidden:
                found[unit.unit_id, version] = group
    return found
