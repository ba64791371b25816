"""Who may see, write and decide which filing, and who is expected to file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import sipas
from handlers.rights import Right, Signed
from handlers.service import Service, State
from sipas import filings
from sipas.filing_types import About, FilingType, before, begun, due, is_over, parse, period_of
from sipas.filings import Act, Standing, possible, standing
from sipas.periods import Period, parse_period
from storage.directory import Directory, Unit
from storage.filing_rows import Filing

_FILE = Path(sipas.__file__).parent / "filings.toml"
TYPES = parse(_FILE.read_text("utf-8"), _FILE.name)
DRAFTING = (Act.FREEZE, Act.SUBMIT)
_ON_SHEET = frozenset({Act.SCORE, Act.APPRAISE})
DECIDING = (Act.ACCEPT, Act.RETURN, Act.PUBLISH, Act.RESTATE)


@dataclass(frozen=True, slots=True)
class Due:
    """A report that somebody waits for; *filing* is None where nobody has begun it."""

    unit: Unit
    day: date
    standing: Standing
    filing: Filing | None
    may_open: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """What one person may do with filings, in one state of the installation."""

    asked: Service
    state: State
    signed: Signed

    @property
    def directory(self) -> Directory:
        """The tree of units."""
        return self.state.directory

    def sees(self, filing: Filing) -> bool:
        """Whether both who files and whom it is about are the person's to see."""
        return self.signed.covers(self.directory, Right.SEE, (filing.unit, filing.about))

    def writes(self, kind: FilingType, unit: str, about: str) -> bool:
        """Whether the person may write the unit's filing of this type."""
        return self.signed.covers(self.directory, Right.DRAFT, (unit, about), kind.roles)

    def decides(self, filing: Filing) -> bool:
        """Whether the person receives the filing."""
        return self.signed.covers(self.directory, Right.DECIDE, (filing.unit, filing.about))

    def acts(self, filing: Filing) -> tuple[Act, ...]:
        """What this person may do with the filing as it stands today."""
        kind, period = TYPES[filing.type], parse_period(filing.period)
        now = possible(filings.State(filing.state), is_over(kind, period, self.asked.today()))
        mine = {Act.WRITE, Act.SCORE, *DRAFTING}
        if not self.writes(kind, filing.unit, filing.about):
            mine = set()
        if self.decides(filing):
            mine |= {Act.APPRAISE, *DECIDING}
        return tuple(act for act in now if act in mine and (kind.sheet or act not in _ON_SHEET))

    def about(self, kind: FilingType, unit: Unit) -> Unit:
        """Whose figures the unit's filing of this type holds."""
        while kind.about is About.PROVINCE and unit.parent_code:
            above = self.directory.unit(unit.parent_code)
            if above is None:
                break
            unit = above
        return unit

    def expected(self, kind: FilingType, period: Period) -> Iterator[Unit]:
        """The units that are to file, by name."""
        for unit in self.directory.units:
            there = unit.valid_from <= f"{period.last}" <= (unit.valid_to or "9999")
            if there and (unit.code in kind.units if kind.units else unit.parent_code):
                yield unit

    def reception(self, kind: FilingType, period: Period, known: dict[str, Filing]) -> list[Due]:
        """How the reports of one type and period stand, as far as they are the person's to see.

        Args:
            known: filings of this type and period, by unit.
        """
        day = due(kind, period)
        rows = [
            self._due(kind, unit, day, known.get(unit.code))
            for unit in self.expected(kind, period)
            if self._sees(kind, unit)
        ]
        order = (Standing.MISSING, Standing.RETURNED, Standing.LATE, Standing.AWAITED)
        ranks = {each: rank for rank, each in enumerate((*order, Standing.FILED))}
        return sorted(rows, key=lambda row: (ranks[row.standing], row.unit.sort_key))

    def offers(self, kind: FilingType) -> bool:
        """Whether any report of this type is the person's to see."""
        newest = begun(kind, self.asked.today(), 1)
        return any(self._sees(kind, unit) for each in newest for unit in self.expected(kind, each))

    def _sees(self, kind: FilingType, unit: Unit) -> bool:
        both = (unit.code, self.about(kind, unit).code)
        return self.signed.covers(self.directory, Right.SEE, both)

    def _due(self, kind: FilingType, unit: Unit, day: date, filing: Filing | None) -> Due:
        day = date.fromisoformat(filing.due) if filing else day
        first = filing.submitted_on if filing else None
        submitted = date.fromisoformat(first) if first else None
        state = filing.state if filing else None
        stands = standing(state, submitted, day, self.asked.today())
        may = filing is None and self.writes(kind, unit.code, self.about(kind, unit).code)
        return Due(unit, day, stands, filing, may)

    def predecessor(self, filing: Filing, known: Iterable[Filing]) -> Filing | None:
        """The unit's newest earlier filing of the same type, if it is the person's to see."""
        kind = TYPES[filing.type]
        codes = [each.code for each in before(kind, parse_period(filing.period))]
        own = {
            each.period: each
            for each in known
            if (each.type, each.unit) == (filing.type, filing.unit) and self.sees(each)
        }
        return next((own[code] for code in codes if code in own), None)

    def opening(self, kind: str, unit: str, period: str) -> tuple[FilingType, Unit, Period] | None:
        """Type, unit and period of a filing that may be opened; None where there is no such."""
        found = TYPES.get(kind)
        days = period_of(found, period) if found else None
        if found is None or days is None or days.first > self.asked.today():
            return None
        known = (each for each in self.expected(found, days) if each.code == unit)
        one = next(known, None)
        return (found, one, days) if one else None
