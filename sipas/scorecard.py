"""The PAR INDEX scorecard: criteria with maximum, self-assessed and appraised points by year.

The table of criteria and points is data, brought by whoever holds it; nothing here knows a true
one. Points of two years are subtracted only where the criterion is the same by code, name and
maximum, or where a person has mapped it by hand. It never meets our own index.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import partial
from typing import NamedTuple

from sipas.csv_rows import Refusal, Row, Wrong, code_in, read_csv

COLUMNS = ("year", "code", "name", "maximum", "self", "appraised")
MAPPING_COLUMNS = ("year", "code", "earlier", "comparable", "reason")

_YEAR = re.compile(r"20[0-9]{2}")
_CODE = re.compile(r"[0-9]{1,2}(\.[0-9]{1,2}){0,4}")
_POINTS = re.compile(r"[0-9]{1,3}([.,][0-9]{1,4})?")
_NAME_MOST = 300
_YES, _NO = ("yes", "1", "có"), ("no", "0", "không")


@dataclass(frozen=True, slots=True)
class Criterion:
    """One row of a year's scorecard; parts of 1.2 are 1.2.1, 1.2.2, …

    Attributes:
        own: the points of the self-assessment; *appraised* those of the appraisal, None if unknown.
        unit: code of the unit that answers for it; empty if none was named.
    """

    year: int
    code: str
    name: str
    maximum: Decimal
    own: Decimal | None
    appraised: Decimal | None
    unit: str = ""

    @property
    def lost(self) -> Decimal | None:
        """Points that the appraisal did not give."""
        return None if self.appraised is None else self.maximum - self.appraised


class Mapped(NamedTuple):
    """What a person says a criterion was in the year before.

    Attributes:
        earlier: its code then; empty where there was no such criterion.
        comparable: whether its points then may be set against those of now.
    """

    year: int
    code: str
    earlier: str
    comparable: bool
    reason: str


class Way(StrEnum):
    """What became of a criterion since the year before."""

    FELL = "fell"
    SAME = "same"
    ROSE = "rose"
    UNKNOWN = "unknown"  # a year has no appraised points of it, or is not there
    APART = "apart"  # mapped as new, or as not comparable
    RENAMED = "renamed"  # the code had another name: map it by hand
    RESCORED = "rescored"  # the code had another maximum: map it by hand
    ADDED = "added"  # there was no such code: map it by hand


UNMAPPED = (Way.RENAMED, Way.RESCORED, Way.ADDED)
"""Somebody has to say what these were."""


class Line(NamedTuple):
    """A criterion beside what it was.

    Attributes:
        points: appraised points, now less before; None over another maximum.
        share: the same of the shares of the maximum.
    """

    now: Criterion
    before: Criterion | None
    way: Way
    points: Decimal | None = None
    share: Fraction | None = None


def read_scorecard(
    raw: bytes, units: Collection[str] = ()
) -> tuple[tuple[Criterion, ...], tuple[Refusal, ...]]:
    """Criteria of a CSV with `COLUMNS` and, if wanted, unit; and what is wrong with it.

    Args:
        units: codes of the units there are; without any nobody looks whether a unit exists.

    >>> head = b"year,code,name,maximum,self,appraised\\n"
    >>> read_scorecard(head + b"2026,1,Direction,2.5,2.6,\\n")[1][0].reason
    'is more than the maximum'
    """
    accepted, refused = read_csv(raw, COLUMNS, partial(_criterion, units))
    seen: dict[tuple[int, str], Criterion] = {}
    for line, row in accepted:
        if (row.year, row.code) in seen:
            refused.append(Refusal(line, "code", row.code, "the same criterion twice"))
        seen.setdefault((row.year, row.code), row)
    # Sums are looked at only where every row could be read: else a part may be missing.
    refused += () if refused else _unsound(accepted, seen)
    return tuple(seen.values()), tuple(sorted(refused, key=lambda each: each.line))


def read_mappings(raw: bytes) -> tuple[tuple[Mapped, ...], tuple[Refusal, ...]]:
    """Mappings of a CSV with `MAPPING_COLUMNS`, and the rows refused.

    >>> read_mappings(b"year,code,earlier,comparable,reason\\n2026,1.1,1.2,yes,renamed\\n")[0][0]
    Mapped(year=2026, code='1.1', earlier='1.2', comparable=True, reason='renamed')
    """
    accepted, refused = read_csv(raw, MAPPING_COLUMNS, _mapped)
    return tuple(row for _, row in accepted), tuple(refused)


def leaves(criteria: Sequence[Criterion]) -> tuple[Criterion, ...]:
    """The criteria without parts: those that points are given for.

    >>> rows = [Criterion(2026, code, "x", Decimal(1), None, None) for code in ("1", "1.1")]
    >>> leaves(rows)[0].code
    '1.1'
    """
    parents = {_parent(each.code) for each in criteria}
    return tuple(each for each in criteria if each.code not in parents)


def lines(
    now: Sequence[Criterion], before: Sequence[Criterion], mapped: Mapping[str, Mapped]
) -> tuple[Line, ...]:
    """Every criterion without parts beside what it was in the year before.

    Args:
        mapped: what people said, by code of now; it goes before what code and name say.

    >>> then = Criterion(2025, "1", "Plans", Decimal(4), None, Decimal(1))
    >>> now = Criterion(2026, "1", "Plans", Decimal(4), None, Decimal(2))
    >>> lines([now], [then], {})[0].way
    <Way.ROSE: 'rose'>
    """
    was = {each.code: each for each in leaves(before)}
    return tuple(_line(each, was, mapped.get(each.code)) for each in leaves(now))


def _line(now: Criterion, was: Mapping[str, Criterion], mapped: Mapped | None) -> Line:
    before = was.get(mapped.earlier if mapped else now.code)
    if mapped is not None:
        return _compared(now, before) if before and mapped.comparable else _apart(now, before)
    if not was:
        return Line(now, None, Way.UNKNOWN)
    if before is None:
        return Line(now, None, Way.ADDED)
    if _plain(now.name) != _plain(before.name):
        return Line(now, before, Way.RENAMED)
    if now.maximum != before.maximum:
        return Line(now, before, Way.RESCORED)
    return _compared(now, before)


def _apart(now: Criterion, before: Criterion | None) -> Line:
    return Line(now, before, Way.APART)


def _compared(now: Criterion, before: Criterion) -> Line:
    """Shares of the maximum decide: with one maximum they order as the points do."""
    if now.appraised is None or before.appraised is None:
        return Line(now, before, Way.UNKNOWN)
    pairs = ((now.appraised, now.maximum), (before.appraised, before.maximum))
    one, other = (Fraction(given) / Fraction(most) for given, most in pairs)
    points = now.appraised - before.appraised if now.maximum == before.maximum else None
    way = Way.SAME if one == other else Way.ROSE if one > other else Way.FELL
    return Line(now, before, way, points, one - other)


def _plain(name: str) -> str:
    """A name as far as it tells criteria apart: no case, no double spaces, one way of accents."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def _parent(code: str) -> str:
    return code.rpartition(".")[0]


def _unsound(
    accepted: Iterable[tuple[int, Criterion]], seen: Mapping[tuple[int, str], Criterion]
) -> list[Refusal]:
    """Parts without their whole, and wholes that are not the sum of their parts."""
    found, parts = [], dict[tuple[int, str], list[Criterion]]()
    for line, row in accepted:
        parent = _parent(row.code)
        parts.setdefault((row.year, parent), []).append(row)
        if parent and (row.year, parent) not in seen:
            found.append(Refusal(line, "code", row.code, f"there is no row {parent} above it"))
    for line, row in accepted:
        if own := parts.get((row.year, row.code)):
            found += _not_the_sum(line, row, own)
    return found


def _not_the_sum(line: int, row: Criterion, parts: Sequence[Criterion]) -> list[Refusal]:
    columns = (
        ("maximum", row.maximum, [each.maximum for each in parts]),
        ("self", row.own, [each.own for each in parts]),
        ("appraised", row.appraised, [each.appraised for each in parts]),
    )
    return [
        Refusal(line, column, f"{told}", f"its parts add up to {total}")
        for column, told, values in columns
        if told is not None and told != (total := sum(value or 0 for value in values))
    ]


def _criterion(units: Collection[str], row: Row) -> Criterion:
    maximum = _points(row, "maximum")
    if not maximum:
        raise Wrong("maximum", row["maximum"], "expected points above 0")
    own, appraised = _points(row, "self"), _points(row, "appraised")
    for column, points in (("self", own), ("appraised", appraised)):
        if points is not None and points > maximum:
            raise Wrong(column, row[column], "is more than the maximum")
    if not 0 < len(row["name"]) <= _NAME_MOST:
        raise Wrong("name", row["name"], f"expected a name of at most {_NAME_MOST} letters")
    unit = code_in(row, "unit") if row.get("unit") else ""
    if unit and units and unit not in units:
        raise Wrong("unit", unit, "there is no such unit")
    code = _fitting(row, "code", _CODE, "expected a code like 1.2.3")
    return Criterion(_year(row), code, row["name"], maximum, own, appraised, unit)


def _mapped(row: Row) -> Mapped:
    told = row["comparable"].lower()
    if told not in _YES + _NO:
        raise Wrong("comparable", told, "expected yes or no")
    if not row["reason"]:
        raise Wrong("reason", "", "expected a reason")
    code = _fitting(row, "code", _CODE, "expected a code like 1.2.3")
    earlier = row["earlier"] and _fitting(row, "earlier", _CODE, "expected a code like 1.2.3")
    return Mapped(_year(row), code, earlier, told in _YES and bool(earlier), row["reason"])


def _year(row: Row) -> int:
    return int(_fitting(row, "year", _YEAR, "expected a year like 2026"))


def _points(row: Row, column: str) -> Decimal | None:
    if not row[column]:
        return None
    reason = "expected points with at most four decimals"
    return Decimal(_fitting(row, column, _POINTS, reason).replace(",", "."))


def _fitting(row: Row, column: str, pattern: re.Pattern[str], reason: str) -> str:
    if not pattern.fullmatch(row[column]):
        raise Wrong(column, row[column], reason)
    return row[column]
