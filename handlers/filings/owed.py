"""Who owes which report, from some working days before it is due until it is handed in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from handlers.filings.types import TYPES
from sipas.filing_types import FilingType, begun, due
from sipas.filings import Standing, standing
from sipas.periods import Period
from sipas.workdays import workdays_before
from storage.directory import Directory, Unit
from storage.filing_rows import Filing

REMINDED = 5  # working days before the due date: one on a day of rest is told of sooner
_PERIODS = 2  # the one that is due, and the one before it where nobody filed
_OPEN = frozenset({Standing.MISSING, Standing.RETURNED, Standing.AWAITED})


class Owed(NamedTuple):
    """A report that is not handed in; *filing* is None where nobody has begun it."""

    kind: FilingType
    period: Period
    unit: Unit
    day: date
    standing: Standing
    filing: Filing | None


def expected(directory: Directory, kind: FilingType, period: Period) -> Iterator[Unit]:
    """The units that are to file, by name."""
    for unit in directory.units:
        there = unit.valid_from <= f"{period.last}" <= (unit.valid_to or "9999")
        if there and (unit.code in kind.units if kind.units else unit.parent_code):
            yield unit


def stands(
    kind: FilingType, period: Period, filing: Filing | None, today: date
) -> tuple[date, Standing]:
    """When a report is due, and how it stands."""
    if filing is None:
        day = due(kind, period)
        return day, standing(None, None, day, today)
    day, first = date.fromisoformat(filing.due), filing.submitted_on
    submitted = date.fromisoformat(first) if first else None
    return day, standing(filing.state, submitted, day, today)


def owed(directory: Directory, known: Iterable[Filing], today: date) -> list[Owed]:
    """Every report of the newest periods that is due soon, overdue or returned, oldest first."""
    filed = {(each.type, each.period, each.unit): each for each in known}
    found = (each for kind in TYPES.values() for each in _of_type(directory, kind, filed, today))
    return sorted(found, key=lambda each: (each.day, each.kind.key, each.unit.sort_key))


def _of_type(
    directory: Directory,
    kind: FilingType,
    filed: Mapping[tuple[str, str, str], Filing],
    today: date,
) -> Iterator[Owed]:
    for period in _told_of(kind, today):
        for unit in expected(directory, kind, period):
            filing = filed.get((kind.key, period.code, unit.code))
            day, how = stands(kind, period, filing, today)
            if how in _OPEN:
                yield Owed(kind, period, unit, day, how, filing)


def _told_of(kind: FilingType, today: date) -> list[Period]:
    """The newest periods whose reports are due soon, or were."""
    found = begun(kind, today, _PERIODS + 1)
    return [each for each in found if today >= _reminded(kind, each)][:_PERIODS]


def _reminded(kind: FilingType, period: Period) -> date:
    return workdays_before(due(kind, period) - timedelta(days=1), REMINDED)
