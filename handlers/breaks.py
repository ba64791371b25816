"""Breaks in a series, found in the directory and the figures, and told in words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from handlers.messages import LANGUAGES, text
from handlers.scores import By, Scores
from sipas.breaks import Break, Cause, Span, boundary_breaks, instrument_breaks, split_breaks
from sipas.figures import Figure
from sipas.periods import Period, parse_period
from storage.directory import Directory, Unit

NAMED_MOST = 6


def breaks(
    scores: Scores, unit: Unit, period: Period, by: By | None, figures: Iterable[Figure]
) -> tuple[Break, ...]:
    """Where the unit's figures of *period* are about something else before and after.

    Between months the questionnaire may have changed too; elsewhere each has figures of its own.
    """
    directory = scores.state.directory
    codes = {member.code for member in scores.published(unit)}
    spans = [_span(row) for row in directory.units if row.code in codes]
    found = boundary_breaks(spans, directory.lineage, period)
    found += split_breaks(directory.askings_in(codes), period)
    if by is By.MONTH:
        found += instrument_breaks(_by_month(figures), period)
    return tuple(sorted(found, key=lambda each: each.on))


def record(directory: Directory, found: Break) -> dict[str, Any]:
    """A break as interfaces tell it, with its reason in every language."""
    return {
        "on": found.on.isoformat(),
        "cause": str(found.cause),
        "old": list(found.old),
        "new": list(found.new),
        "reason": {language: reason(directory, found, language) for language in LANGUAGES},
    }


def reason(directory: Directory, found: Break, language: str) -> str:
    """A break in one sentence."""
    old, new = found.old, found.new
    if found.cause is Cause.INSTRUMENT:
        words = {"old": ", ".join(old), "new": ", ".join(new)}
    elif found.cause is Cause.SPLIT:
        words = {"old": _asked(old, language), "new": _asked(new, language)}
    else:
        words = {
            "old": _named(directory, old, found.on - timedelta(days=1), language),
            "new": _named(directory, new, found.on, language),
        }
    return text(language, f"break.{_key(found)}", on=_day(found.on, language), **words)


def marked(
    scores: Scores, series: Iterable[Break], ordered: Iterable[Figure], language: str
) -> list[tuple[Figure, tuple[str, ...]]]:
    """Figures in order, each with the breaks that stand before its period's end, in words."""
    waiting, found = list(series), list[tuple[Figure, tuple[str, ...]]]()
    for figure in ordered:
        last = parse_period(figure.period).last
        due = [each for each in waiting if each.on <= last]
        waiting = waiting[len(due) :]
        words = tuple(reason(scores.state.directory, each, language) for each in due)
        found.append((figure, words))
    return found


def _key(found: Break) -> str:
    if found.old and found.new:
        return str(found.cause)
    return "began" if found.new else "ended"


def _span(row: Unit) -> Span:
    last = date.fromisoformat(row.valid_to) if row.valid_to else None
    return Span(row.code, date.fromisoformat(row.valid_from), last)


def _by_month(figures: Iterable[Figure]) -> dict[date, str]:
    """The questionnaire most used in each month: its figures come first."""
    found: dict[date, str] = {}
    for figure in figures:
        found.setdefault(parse_period(figure.period).first, figure.instrument)
    return found


def _named(directory: Directory, codes: tuple[str, ...], on: date, language: str) -> str:
    """Units by the names they had on a day; many by their number."""
    if len(codes) > NAMED_MOST:
        return text(language, "break.units", n=len(codes))
    return ", ".join(_name(directory, code, on.isoformat(), language) for code in codes)


def _name(directory: Directory, code: str, on: str, language: str) -> str:
    rows = (row for row in directory.units if row.code == code)
    then = (row for row in rows if row.valid_from <= on <= (row.valid_to or on))
    row = next(then, directory.unit(code))
    if row is None:
        return code
    return row.name if language == LANGUAGES[0] else row.name_en or row.name


def _asked(numbers: tuple[str, ...], language: str) -> str:
    """How many items of the index each respondent is asked."""
    return ", ".join(
        text(language, "break.drawn", n=n) if int(n) else text(language, "break.all")
        for n in numbers
    )


def _day(day: date, language: str) -> str:
    vietnamese = language == LANGUAGES[0]
    return f"{day.day}/{day.month}/{day.year}" if vietnamese else day.isoformat()
