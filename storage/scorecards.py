"""PAR INDEX scorecards as rows: a year's newest import is shown, the newest mapping holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple

from sipas.scorecard import Criterion, Line, Mapped, lines
from storage import registry
from storage.filing_rows import By
from storage.queries import write as sql
from storage.transaction import Transaction


class Imported(NamedTuple):
    """Which import of a year is shown, and whose."""

    year: int
    import_id: int
    at: str
    actor: str


class Said(NamedTuple):
    """A mapping with who made it and when."""

    mapped: Mapped
    at: str
    actor: str


def keep(tx: Transaction, criteria: Sequence[Criterion], by: By) -> list[int]:
    """Keep the scorecards of some years, and return those that are not what they were."""
    years = groupby(sorted(criteria, key=lambda each: each.year), lambda each: each.year)
    return [year for year, rows in years if _keep(tx, year, list(rows), by)]


def years(tx: Transaction) -> list[Imported]:
    """The years there are, the newest first."""
    return [Imported(*row) for row in sql.scorecard_years(tx.connection)]


def criteria(tx: Transaction, year: int) -> list[Criterion]:
    """The scorecard of a year, in the order of its file; nothing where there is none."""
    number = sql.last_scorecard(tx.connection, year=year)
    rows = sql.scorecard_rows(tx.connection, import_id=number or 0)
    return [_criterion(year, row) for row in rows]


def lines_of(tx: Transaction, year: int) -> tuple[Line, ...]:
    """The criteria of a year beside what they were in the year before."""
    return lines(criteria(tx, year), criteria(tx, year - 1), held(mappings(tx, year)))


def map_by_hand(tx: Transaction, mapped: Iterable[Mapped], by: By) -> int:
    """Keep what criteria were in the year before, and return how many are new or corrected.

    Raises:
        LookupError: a criterion is in no scorecard of its year, or of the year before.
    """
    return sum(_map(tx, each, by) for each in mapped)


def mappings(tx: Transaction, year: int) -> list[Said]:
    """Everything that was said about criteria of a year, oldest first."""
    return [
        Said(Mapped(of, code, earlier, bool(comparable), reason), at, actor)
        for of, code, earlier, comparable, reason, at, actor in sql.scorecard_mappings(
            tx.connection, year=year
        )
    ]


def held(said: Iterable[Said]) -> dict[str, Mapped]:
    """The mappings that hold, by code."""
    return {each.mapped.code: each.mapped for each in said}


def _keep(tx: Transaction, year: int, rows: Sequence[Criterion], by: By) -> bool:
    if criteria(tx, year) == rows:
        return False
    sql.add_scorecard(tx.connection, year=year, at=by.at, actor=by.actor)
    number = int(sql.last_scorecard(tx.connection, year=year))
    for place, row in enumerate(rows):
        sql.add_scorecard_row(tx.connection, import_id=number, place=place, **_row(row))
    registry.audit(tx, by.at, by.actor, "scorecard", str(year), f"{len(rows)} criteria")
    return True


def _map(tx: Transaction, mapped: Mapped, by: By) -> bool:
    _known(tx, mapped.year, mapped.code)
    if mapped.earlier:
        _known(tx, mapped.year - 1, mapped.earlier)
    if held(mappings(tx, mapped.year)).get(mapped.code) == mapped:
        return False
    row = {**mapped._asdict(), "comparable": int(mapped.comparable)}
    sql.add_scorecard_mapping(tx.connection, **row, at=by.at, actor=by.actor)
    detail = f"{mapped.earlier or 'new'} {'comparable' if mapped.comparable else 'apart'}"
    registry.audit(tx, by.at, by.actor, "scorecard map", f"{mapped.year} {mapped.code}", detail)
    return True


def _known(tx: Transaction, year: int, code: str) -> None:
    if code not in {each.code for each in criteria(tx, year)}:
        raise LookupError(f"there is no criterion {code} in the scorecard of {year}")


def _criterion(year: int, row: Sequence[Any]) -> Criterion:
    code, name, maximum, own, appraised, unit = row
    own, appraised = (Decimal(each) if each else None for each in (own, appraised))
    return Criterion(year, code, name, Decimal(maximum), own, appraised, unit)


def _row(row: Criterion) -> dict[str, str]:
    own, appraised = ["" if each is None else f"{each}" for each in (row.own, row.appraised)]
    return {
        "code": row.code,
        "name": row.name,
        "maximum": f"{row.maximum}",
        "own": own,
        "appraised": appraised,
        "unit_code": row.unit,
    }
