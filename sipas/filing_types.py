"""Types of filings as data: who files what about which period, and when it is due at the latest."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sipas.checked import Checked
from sipas.items import InstrumentError, Texts
from sipas.periods import Period, PeriodError, parse_period
from sipas.workdays import is_workday, workdays_before

_LAST_DUE_DAY = 28  # every month has it
_KEYS = frozenset(
    {"name", "title", "units", "about", "roles", "windows", "due_day", "sheet"}
    | {"lead_workdays", "least_workdays", "delay_days"}
)


class About(StrEnum):
    """Whose figures a filing holds."""

    UNIT = "unit"
    PROVINCE = "province"


@dataclass(frozen=True, slots=True)
class FilingType:
    """One kind of report, as `filings.toml` describes it.

    Attributes:
        title: of the document, which is Vietnamese.
        units: codes of who files; empty means every body below the province.
        windows: codes of its periods with {year} and {before} for years.
        sheet: whether it comes with the quarterly sheet of nine indicators.
    """

    key: str
    name: Texts
    title: str
    units: tuple[str, ...]
    about: About
    roles: tuple[str, ...]
    windows: tuple[str, ...]
    due_day: int
    lead_workdays: int
    least_workdays: int
    delay_days: int
    sheet: bool


def parse(text: str, name: str) -> Mapping[str, FilingType]:
    """The types that a TOML *text* describes, by key.

    Raises:
        InstrumentError: the file cannot be used; the message names file, key and reason.

    >>> parse("[x]", "bad.toml")
    Traceback (most recent call last):
    sipas.items.InstrumentError: bad.toml: x.name: no text in 'vi'
    """
    file = Checked(name, ("vi", "en"))
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as wrong:
        raise InstrumentError(f"{name}: file: not TOML: {wrong}") from wrong
    return {key: _type(file, key, file.table(fields, key)) for key, fields in table.items()}


def _type(file: Checked, key: str, fields: dict[str, Any]) -> FilingType:
    for field in fields:
        file.need(field in _KEYS, f"{key}.{field}", "there is no such setting")
    about, title = fields.get("about"), fields.get("title")
    names = file.texts(fields.get("name"), f"{key}.name")
    file.need(about in tuple(About), f"{key}.about", f"expected unit or province, got {about!r}")
    file.need(isinstance(title, str) and bool(title), f"{key}.title", "expected a text")
    return FilingType(
        key=file.code(key, key),
        name=names,
        title=str(title),
        units=file.strings(fields.get("units"), f"{key}.units"),
        about=About(str(about)),
        roles=file.strings(fields.get("roles"), f"{key}.roles"),
        windows=_windows(file, key, fields),
        due_day=_days(file, key, fields, "due_day", 1),
        lead_workdays=_days(file, key, fields, "lead_workdays", 0),
        least_workdays=_days(file, key, fields, "least_workdays", 1),
        delay_days=_days(file, key, fields, "delay_days", 0),
        sheet=_switch(file, key, fields, "sheet"),
    )


def _windows(file: Checked, key: str, fields: dict[str, Any]) -> tuple[str, ...]:
    windows = file.strings(fields.get("windows"), f"{key}.windows")
    file.need(bool(windows), f"{key}.windows", "expected at least one")
    for window in windows:
        try:
            _period(window, 2026)
        except (PeriodError, KeyError, ValueError, IndexError) as wrong:
            raise InstrumentError(f"{file.name}: {key}.windows: {wrong}") from wrong
    return windows


def _days(file: Checked, key: str, fields: dict[str, Any], field: str, least: int) -> int:
    found = fields.get(field)
    fine = isinstance(found, int) and least <= found <= _LAST_DUE_DAY
    file.need(fine, f"{key}.{field}", f"expected {least} to {_LAST_DUE_DAY}, got {found!r}")
    return int(str(found))


def _switch(file: Checked, key: str, fields: dict[str, Any], field: str) -> bool:
    found = fields.get(field, False)
    file.need(isinstance(found, bool), f"{key}.{field}", f"expected true or false, got {found!r}")
    return bool(found)


def _period(window: str, year: int) -> Period:
    return parse_period(window.format(year=year, before=year - 1))


def periods(kind: FilingType, year: int) -> tuple[Period, ...]:
    """The periods on which the type reports in *year*."""
    return tuple(_period(window, year) for window in kind.windows)


def period_of(kind: FilingType, code: str) -> Period | None:
    """The period with this code, if the type reports on it."""
    try:
        found = parse_period(code)
    except PeriodError:
        return None
    known = (each for year in (found.last.year,) for each in periods(kind, year))
    return next((each for each in known if each.code == code), None)


def before(kind: FilingType, period: Period) -> tuple[Period, ...]:
    """The type's periods of the two years before *period*, the newest first."""
    years = range(period.last.year - 2, period.last.year + 1)
    found = [each for year in years for each in periods(kind, year) if each.last < period.first]
    return tuple(sorted(found, key=lambda each: each.last, reverse=True))


def begun(kind: FilingType, today: date, most: int = 6) -> tuple[Period, ...]:
    """The type's periods that have begun, the newest first."""
    years = range(today.year - 1, today.year + 2)
    found = [each for year in years for each in periods(kind, year) if each.first <= today]
    return tuple(sorted(found, key=lambda each: each.last, reverse=True)[:most])


def due(kind: FilingType, period: Period) -> date:
    """The last day on which the report on *period* is in time; it may be a day of rest.

    What others build on is due some working days sooner, but there is time to write it.
    """
    last = _next(period.last, kind.due_day)
    if not kind.lead_workdays:
        return last
    sooner = workdays_before(last - timedelta(days=1), kind.lead_workdays)
    return max(sooner, _workday_after(period.last, kind.least_workdays))


def _next(day: date, due_day: int) -> date:
    """The first day from *day* on with this number in its month."""
    same = day.replace(day=due_day)
    return same if same >= day else (day.replace(day=28) + timedelta(days=4)).replace(day=due_day)


def _workday_after(day: date, count: int) -> date:
    while count:
        day += timedelta(days=1)
        count -= is_workday(day)
    return day


def is_over(kind: FilingType, period: Period, today: date) -> bool:
    """Whether the figures of *period* may be frozen: it ended, and late answers had their days."""
    return today > period.last + timedelta(days=kind.delay_days)
