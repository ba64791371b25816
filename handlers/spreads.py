"""How uncertain the figures of units are, from their counter-days; made once per state of a unit.

What is remembered is named by the unit's own tally: a release changes the few units it is about,
and only those are looked at again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from handlers.pace import Pace
from handlers.service import Service
from sipas.clusters import Design, Spreads, design, narrowed, pooled, spreads
from sipas.figures import SHOWN_FROM
from sipas.instrument import Instrument
from sipas.periods import Period
from sipas.tally import responses
from storage import reads

ByInstrument = Mapping[int, int]
"""Tallies by instrument number."""
Designs = Mapping[int, Design]
"""By instrument number; what is missing stands alone."""
Instruments = Mapping[int, Instrument]


@dataclass(frozen=True, slots=True)
class Asking:
    """Whose figures are asked for: an installation's, of one period and formula."""

    service: Service
    instruments: Instruments
    period: Period
    formula: str
    pace: Pace = field(default_factory=Pace)

    async def of_units(self, units: Mapping[int, ByInstrument]) -> Designs:
        """The design of the figures of *units* together, from the tallies of each."""
        found: dict[int, list[Spreads]] = defaultdict(list)
        total: dict[int, int] = defaultdict(int)
        for unit_id, tallies in units.items():
            own = {v: each for v, each in tallies.items() if v in self.instruments and each}
            for version, spread in (await self._of_unit(unit_id, own)).items():
                found[version].append(spread)
                total[version] += own[version]
        return {v: self._design(v, total[v], pooled(each)) for v, each in found.items()}

    def of_days(self, days: Mapping[int, Sequence[int]]) -> Designs:
        """The design of a counter's figures, from its tallies by day."""
        return {
            version: self._design(version, sum(each), self._spreads(version, each))
            for version, each in days.items()
            if version in self.instruments
        }

    async def _of_unit(self, unit_id: int, tallies: ByInstrument) -> dict[int, Spreads]:
        name = unit_id, self.period, self.formula
        known = {v: self.service.spread((*name, v), tally) for v, tally in tallies.items()}
        if None in known.values():
            days = await self._days(unit_id)
            # Also of questionnaires that are asked for next, as the days are read anyway.
            for version in days.keys() | tallies.keys():
                own = days.get(version, [])
                known[version] = made = self._spreads(version, own) if own else {}
                self.service.keep_spread((*name, version), tallies.get(version, sum(own)), made)
            await self.pace.rest()
        return {version: known[version] or {} for version in tallies}

    async def _days(self, unit_id: int) -> dict[int, list[int]]:
        """The unit's tallies by counter-day, by instrument."""
        rows = await reads.days_of_unit(self.service.store.reader, unit_id, self.period)
        found: dict[int, list[int]] = defaultdict(list)
        for counter in rows.values():
            for version, days in counter.items():
                if version in self.instruments:
                    found[version] += days
        return found

    def _spreads(self, version: int, days: Sequence[int]) -> Spreads:
        return spreads(self.instruments[version], days, self.formula, SHOWN_FROM)

    def _design(self, version: int, tally: int, found: Spreads) -> Design:
        return design(self.instruments[version], tally, found, self.formula, SHOWN_FROM)


def parts(whole: Designs, total: ByInstrument, part: ByInstrument) -> Designs:
    """The designs of a part of a group: one value of a dimension."""
    return {
        version: narrowed(whole[version], responses(tally) / responses(total[version]))
        for version, tally in part.items()
        if version in whole
    }
