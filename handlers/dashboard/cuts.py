"""The ways to look into a unit's figures: by one dimension at a time, by month, by week."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from urllib.parse import quote

from handlers.breaks import breaks, marked
from handlers.messages import catalogue, text
from handlers.public import Row, trend_rows
from handlers.scores import ALL_PARTS, HEADLINES, By, Scores
from sipas.figures import Figure, Part
from sipas.periods import Period, is_whole, parse_period, trailing_year
from sipas.preceding import preceding
from storage.directory import Directory, Unit

WEEKS = 13


class Cut(StrEnum):
    """What a unit's figures are cut by."""

    MONTH = "month"
    WEEK = "week"
    FIELD = "field"
    STAGE = "stage"
    KIND = "kind"
    STRATUM = "stratum"
    CHANNEL = "channel"


SERIES = (Cut.MONTH, Cut.WEEK)


@dataclass(frozen=True, slots=True)
class Shown:
    """A cut as rows.

    Attributes:
        empty: periods without any figure: nothing came, or nothing is settled yet.
    """

    rows: Sequence[Row]
    empty: Sequence[str] = ()

    @property
    def hidden(self) -> int:
        """How many rows may not show a value."""
        return sum(row.figure.value is None for row in self.rows)


async def shown(
    scores: Scores, unit: Unit, period: Period, cut: Cut, language: str, link: str
) -> Shown:
    """The overall rating of *unit*, cut; a value's row leads to *link* with its code."""
    today = scores.asked.today()
    if cut is Cut.MONTH:
        return Shown(await trend_rows(scores, unit, trailing_year(today), language))
    if cut is Cut.WEEK:
        return await _weekly(scores, unit, weeks(min(today, period.last)), language)
    if not is_whole(period):
        return Shown(())
    found = await scores.by_value(unit, period, By(cut))
    first = {value: figure for value, figure in reversed(found) if figure.part is Part.OVERALL}
    tree = scores.state.directory
    return Shown(
        [
            Row(value_name(tree, cut, value, language), figure, link + quote(value))
            for value, figure in first.items()
        ]
    )


async def within(scores: Scores, unit: Unit, period: Period, cut: Cut, value: str) -> list[Figure]:
    """All figures of one value of a dimension."""
    if cut in SERIES or not is_whole(period):
        return []
    found = await scores.by_value(unit, period, By(cut), ALL_PARTS)
    return [figure for of, figure in found if of == value]


def weeks(last: date) -> list[Period]:
    """The thirteen weeks up to that of the day *last*, the oldest first.

    >>> [each.code for each in weeks(date(2026, 1, 7))][-2:]
    ['2026-W01', '2026-W02']
    """
    week = last.isocalendar()
    found = [parse_period(f"{week.year}-W{week.week:02}")]
    while len(found) < WEEKS:
        found.append(preceding(found[-1]))
    return found[::-1]


async def _weekly(scores: Scores, unit: Unit, those: Sequence[Period], language: str) -> Shown:
    found = [await _rating(scores, unit, week) for week in those]
    series = breaks(scores, unit, Period(those[0].first, those[-1].last, ""), None, ())
    told = marked(scores, series, (figure for figure in found if figure), language)
    rows = [Row(figure.period, figure, breaks=words) for figure, words in told]
    pairs = zip(those, found, strict=True)
    return Shown(rows, empty=[week.code for week, figure in pairs if figure is None])


async def _rating(scores: Scores, unit: Unit, period: Period) -> Figure | None:
    figures: Iterable[Figure] = await scores.of_unit(unit, period, HEADLINES)
    return next((figure for figure in figures if figure.part is Part.OVERALL), None)


def value_name(directory: Directory, cut: Cut, value: str, language: str) -> str:
    """A value of a dimension in words."""
    if cut is Cut.FIELD:
        field = next((each for each in directory.fields if each.code == value), None)
        if field:
            return (field.name_en if language == "en" else "") or field.name
    known = catalogue(language)
    return known.get(f"{cut}.{value}") or text(language, "dashboard.unknown")
