"""The crosswalk of the national forms: which items may be set side by side, and why others not.

It groups content. A group is never a series: across generations of the form even items about the
same thing were asked of other people, in other words.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from sipas.checked import Checked
from sipas.items import InstrumentError, Texts


class Reason(StrEnum):
    """Why two items are not compared."""

    UNKNOWN = "unknown"
    NO_COUNTERPART = "no_counterpart"
    DIFFERENT = "different"
    ONE_SERIES = "one_series"


@dataclass(frozen=True, slots=True)
class Row:
    """One group of content; numbers are those of each form.

    Attributes:
        items: keys of our items; *numbers*: the forms' own numbers, by form.
        nd61: points of article 31.1 of Nghị định 61/2018.
        tt01: indicators of Thông tư 01/2018.
        events: facts that respondents tell beside it.
    """

    items: tuple[str, ...]
    numbers: Mapping[str, tuple[int, ...]]
    nd61: tuple[str, ...]
    tt01: tuple[int, ...]
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SideBySide:
    """These numbers of the first form may stand beside those of the second, as two figures."""

    one: tuple[int, ...]
    other: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """They may not, and why."""

    reason: Reason
    texts: Texts


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """All groups, the two forms they are of, and the reasons in words."""

    forms: tuple[str, str]
    rows: tuple[Row, ...]
    reasons: Mapping[Reason, Texts]

    def row(self, form: str, number: int) -> Row | None:
        """The group with this number of *form*, or None."""
        return next((row for row in self.rows if number in row.numbers.get(form, ())), None)

    def compared(self, one: tuple[str, int], other: tuple[str, int]) -> SideBySide | Refused:
        """Whether two numbered items, each (form, number), may be set side by side.

        The answer names the whole group of each form: one criterion of 2017 may have become two.
        """
        row, theirs = self.row(*one), self.row(*other)
        if row is None or theirs is None:
            return self._refused(Reason.UNKNOWN)
        if not (row.numbers.get(other[0]) and theirs.numbers.get(one[0])):
            return self._refused(Reason.NO_COUNTERPART)
        if row is not theirs:
            return self._refused(Reason.DIFFERENT)
        return SideBySide(row.numbers[one[0]], row.numbers[other[0]])

    def series(self, forms: Iterable[str]) -> Refused | None:
        """None if all figures of a series are of one form; else why they are no series."""
        return self._refused(Reason.ONE_SERIES) if len(set(forms)) > 1 else None

    def _refused(self, reason: Reason) -> Refused:
        return Refused(reason, self.reasons[reason])


def parse(text: str, name: str) -> Crosswalk:
    """The crosswalk a TOML *text* describes.

    Raises:
        InstrumentError: the file cannot be used; the message names file, key and reason.

    >>> parse("rows = 1", "bad.toml")
    Traceback (most recent call last):
    sipas.items.InstrumentError: bad.toml: g1: expected at most 24 of a-z 0-9 _ + -, got None
    """
    file = Checked(name, ("vi", "en"))
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as wrong:
        raise InstrumentError(f"{name}: file: not TOML: {wrong}") from wrong
    forms = (file.code(table.get("g1"), "g1"), file.code(table.get("g2"), "g2"))
    declared = table.get("rows")
    file.need(isinstance(declared, list), "rows", "expected a list of tables")
    rows = tuple(_row(file, forms, each) for each in declared or ())
    _need_once(file, rows, forms)
    reasons = file.table(table.get("reasons"), "reasons")
    named = {each: file.texts(reasons.get(each), f"reasons.{each}") for each in Reason}
    return Crosswalk(forms, rows, MappingProxyType(named))


def _row(file: Checked, forms: tuple[str, str], fields: Any) -> Row:
    table = file.table(fields, "rows")
    place = f"rows.{table.get('items')}"

    def strings(key: str) -> tuple[str, ...]:
        return file.strings(table.get(key, []), f"{place}.{key}")

    def numbers(key: str) -> tuple[int, ...]:
        value = table.get(key, [])
        file.need(isinstance(value, list), f"{place}.{key}", "expected a list of numbers")
        return tuple(file.number(each, f"{place}.{key}") for each in value)

    by_form = MappingProxyType(dict(zip(forms, map(numbers, ("g1", "g2")), strict=True)))
    return Row(strings("items"), by_form, strings("nd61"), numbers("tt01"), strings("events"))


def _need_once(file: Checked, rows: tuple[Row, ...], forms: tuple[str, str]) -> None:
    """No number stands in two groups: a group would not be the answer then."""
    for form in forms:
        every = [number for row in rows for number in row.numbers[form]]
        file.need(len(set(every)) == len(every), f"rows.{form}", "a number stands twice")
