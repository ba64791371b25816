"""What a difference or a rank says, in one plain sentence or paragraph that can be printed."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from handlers.comparing import Compared, Placed, Side
from handlers.messages import LANGUAGES, text
from handlers.pages import shown_percent
from sipas.comparison import Verdict
from sipas.figures import record
from sipas.periods import Period
from sipas.scoring import half_up
from storage.directory import Unit

_ROMAN = ("", "I", "II", "III", "IV")
_NAMED = {
    "year": r"(?P<year>\d{4})",
    "half.1": r"(?P<year>\d{4})-H1",
    "half.2": r"(?P<year>\d{4})-H2",
    "quarter": r"(?P<year>\d{4})-Q(?P<n>\d)",
    "month": r"(?P<year>\d{4})-(?P<n>\d{2})",
    "report.quarter": r"(?P<year>\d{4})-R(?P<n>\d)",
    "report.half": r"(?P<year>\d{4})-R6M",
    "report.year": r"(?P<year>\d{4})-RY",
    "week": r"(?P<year>\d{4})-W(?P<n>\d{2})",
}


def of_difference(found: Compared, one: Side, other: Side, language: str) -> str:
    """How far the two sides are apart, and whether that may be called a difference."""
    apart = found.difference
    what = "periods" if one.unit.code == other.unit.code else "units"
    return text(
        language,
        "compare.sentence",
        one=shown_percent(language, found.one.value),
        other=shown_percent(language, found.other.value),
        difference=points(apart.value, language),
        low=points(apart.low, language),
        high=points(apart.high, language),
        verdict=text(language, f"compare.{what}.{apart.verdict}"),
    )


def of_rank(placed: Placed, among: int, language: str) -> str:
    """Between which ranks a unit lies, of how many, and in which of the three groups."""
    figure, (best, worst, group) = placed.figure, placed.rank
    return text(
        language,
        "ranks.one" if best == worst else "ranks.paragraph",
        unit=name_of(placed.unit, language),
        value=shown_percent(language, figure.value),
        low=shown_percent(language, figure.low),
        high=shown_percent(language, figure.high),
        n=whole(figure.n, language),
        among=among,
        best=best,
        worst=worst,
        group=text(language, f"ranks.group.{group}"),
    )


def told_difference(found: Compared, one: Side, other: Side) -> dict[str, Any]:
    """A comparison as interfaces tell it, with both figures and the sentence."""
    return {
        "part": str(found.one.part),
        "key": found.one.key,
        "instrument": found.one.instrument,
        "figure": found.one.id,
        "other": found.other.id,
        "items": list(found.one.items or (found.one.key,)),
        "value": found.one.value and float(found.one.value),
        "other_value": found.other.value and float(found.other.value),
        "difference": found.difference.value,
        "low": found.difference.low,
        "high": found.difference.high,
        "verdict": str(found.difference.verdict),
        "sentence": {each: of_difference(found, one, other, each) for each in LANGUAGES},
    }


def told_rank(placed: Placed, among: int) -> dict[str, Any]:
    """A unit's place as interfaces tell it, with its figure and the paragraph."""
    return {
        "unit": placed.unit.code,
        "best": placed.rank.best,
        "worst": placed.rank.worst,
        "group": str(placed.rank.group),
        "figure": record(placed.figure),
        "pooled": placed.pulled and placed.pulled._asdict(),
        "paragraph": {each: of_rank(placed, among, each) for each in LANGUAGES},
    }


def points(value: float, language: str) -> str:
    """A difference of shares in percentage points, with its sign.

    >>> points(-0.0123, "vi"), points(0.05, "en"), points(0.0001, "en")
    ('-1,2', '+5.0', '0.0')
    """
    shown = half_up(100 * value, 1)
    signed = shown if shown.startswith("-") or not float(shown) else f"+{shown}"
    return signed.replace(".", ",") if language == LANGUAGES[0] else signed


def whole(number: int | None, language: str) -> str:
    """A number as people read it; nothing of one that is not shown.

    >>> whole(12345, "vi"), whole(12345, "en"), whole(None, "en")
    ('12.345', '12,345', '')
    """
    shown = "" if number is None else f"{number:,}"
    return shown.replace(",", ".") if language == LANGUAGES[0] else shown


def groups() -> tuple[Verdict, ...]:
    """The three groups, the highest first."""
    return Verdict.HIGHER, Verdict.UNCLEAR, Verdict.LOWER


def name_of(unit: Unit, language: str) -> str:
    """The unit's name in the reader's language, where there is one."""
    return unit.name if language == LANGUAGES[0] else unit.name_en or unit.name


def period_name(language: str, period: Period) -> str:
    """What people call the period; its days where they have no word for it.

    >>> first, last = date(2026, 7, 1), date(2026, 9, 30)
    >>> period_name("vi", Period(first, last, "2026-Q3"))
    'Quý III/2026'
    >>> period_name("vi", Period(first, last, "2026-07..2026-09"))
    '1/7/2026 – 30/9/2026'
    """
    for key, form in _NAMED.items():
        if found := re.fullmatch(form, period.code):
            year, n = found["year"], int(found.groupdict().get("n", 0))
            roman = _ROMAN[n] if n < len(_ROMAN) else ""
            return text(language, f"period.{key}", year=year, n=n, roman=roman)
    return period_text(period)


def week_number(code: str) -> str:
    """A week as people count it.

    >>> week_number("2026-W07")
    '7/2026'
    """
    year, number = code.split("-W")
    return f"{int(number)}/{year}"


def period_text(period: Period) -> str:
    """The period's days, both included.

    >>> period_text(Period(date(2026, 11, 1), date(2026, 11, 30), "2026-11"))
    '1/11/2026 – 30/11/2026'
    """
    return f"{_day(period.first)} – {_day(period.last)}"


def _day(day: date) -> str:
    return f"{day.day}/{day.month}/{day.year}"
