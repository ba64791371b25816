"""Who may see, write and decide which filing, and who is expected to file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from handlers.filings.owed import Owed, expected, owed, stands
from handlers.filings.types import TYPES
from handlers.rights import Right
from handlers.seat import Seat
from sipas import filings
from sipas.filing_types import About, FilingType, before, begun, is_over, period_of
from sipas.filings import Act, Standing, possible
from sipas.periods import Period, parse_period
from storage.directory import Unit
from storage.filing_rows import Filing

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
class Desk(Seat):
    """What one person may do with filings, in one state of the installation."""

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

    def reception(self, kind: FilingType, period: Period, known: dict[str, Filing]) -> list[Due]:
        """How the reports of one type and period stand, as far as they are the person's to see.

        Args:
            known: filings of this type and period, by unit.
        """
        rows = [
            self._due(kind, unit, period, known.get(unit.code))
            for unit in expected(self.directory, kind, period)
            if self._sees(kind, unit)
        ]
        order = (Standing.MISSING, Standing.RETURNED, Standing.LATE, Standing.AWAITED)
        ranks = {each: rank for rank, each in enumerate((*order, Standing.FILED))}
        return sorted(rows, key=lambda row: (ranks[row.standing], row.unit.sort_key))

    def offers(self, kind: FilingType) -> bool:
        """Whether any report of this type is the person's to see."""
        newest = begun(kind, self.asked.today(), 1)
        return any(
            self._sees(kind, unit)
            for each in newest
            for unit in expected(self.directory, kind, each)
        )

    def _sees(self, kind: FilingType, unit: Unit) -> bool:
        both = (unit.code, self.about(kind, unit).code)
        return self.signed.covers(self.directory, Right.SEE, both)

    def _due(self, kind: FilingType, unit: Unit, period: Period, filing: Filing | None) -> Due:
        day, how = stands(kind, period, filing, self.asked.today())
        may = filing is None and self.writes(kind, unit.code, self.about(kind, unit).code)
        return Due(unit, day, how, filing, may)

    def reminders(self, known: Iterable[Filing]) -> list[Owed]:
        """The reports that this person owes: not those of whoever files to them."""
        every = owed(self.directory, known, self.asked.today())
        return [each for each in every if self._owes(each.kind, each.unit)]

    def _owes(self, kind: FilingType, unit: Unit) -> bool:
        about = self.about(kind, unit).code
        receives = self.signed.covers(self.directory, Right.DECIDE, (unit.code, about))
        return self.writes(kind, unit.code, about) and (bool(kind.units) or not receives)

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
        known = (each for each in expected(self.directory, found, days) if each.code == unit)
        one = next(known, None)
        return (found, one, days) if one else None
