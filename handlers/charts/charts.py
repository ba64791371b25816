"""What each chart shows: the figures of the table beside it, in words and points."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial

from handlers.api import published_unit
from handlers.charts.drawing import Drawing, Form
from handlers.charts.specs import (
    FRAMES,
    Bar,
    Point,
    Size,
    Spec,
    Words,
    compared,
    levels,
    trend,
)
from handlers.comparing import placed
from handlers.distribution import level_rows
from handlers.explaining import Where, figures_at
from handlers.messages import text
from handlers.pages import shown_percent
from handlers.public import Row, figure_names, period_text, trend_rows
from handlers.scores import HEADLINES, Scores
from handlers.sentences import groups, name_of, whole
from sipas.figures import Figure, Part
from sipas.periods import Period


class Kind(StrEnum):
    """What a chart shows around its figure."""

    TREND = "trend"
    FACTORS = "factors"
    LEVELS = "levels"
    UNITS = "units"


Drawn = Callable[[Words, list[Point], Size], Spec]


@dataclass(frozen=True, slots=True)
class Chart:
    """The words of a chart, and its Vega-Lite specification in every size."""

    words: Words
    spec: Callable[[Size], Spec]

    def drawing(self, size: Size, form: Form) -> Drawing:
        """What is to be drawn."""
        return Drawing(json.dumps(self.spec(size), ensure_ascii=False), form, FRAMES[size].scale)


@dataclass(frozen=True, slots=True)
class Teller:
    """Who is told, and of what: the words of one chart.

    Attributes:
        simulated: whether the installation's responses are, which every picture must say.
        source: a line for pictures that leave the site.
    """

    scores: Scores
    where: Where
    figure: Figure
    language: str
    simulated: bool
    among: str = "commune"
    source: str = ""

    def words(self, kind: Kind, points: Sequence[Point] = ()) -> Words:
        """Title, notes and description."""
        tell, where = partial(text, self.language), self.where
        place = where.counter.name if where.counter else name_of(where.unit, self.language)
        part = self.figure.part if kind is Kind.TREND else kind
        named = {"among": tell(f"ranks.kind.{self.among}")} if kind is Kind.UNITS else {}
        title = tell(f"charts.title.{part}", place=place, **named)
        n = whole(self.figure.n, self.language)
        # A trend and units have points of their own days; the others are all of the same.
        days = period_text(where.period)
        if kind in (Kind.FACTORS, Kind.LEVELS):
            days = days_shown(self.figure, where.period)
        notes = [tell("charts.of", period=days, n=n)]
        notes += [tell("charts.units")] * (kind is Kind.UNITS)
        notes += [tell("charts.interval")] * (kind is not Kind.LEVELS)
        notes += [tell("charts.breaks")] * any(each.breaks for each in points)
        notes += [tell("site.demo")] * self.simulated
        notes += [self.source] * bool(self.source)
        return Words(title, tuple(notes), f"{title}. {self._extremes(points)}{notes[0]}")

    def _shown(self, figure: Figure) -> str:
        if figure.value is None:
            return ""
        return f"{shown_percent(self.language, figure.value)} %"

    def _extremes(self, points: Iterable[Point]) -> str:
        """The lowest and the highest value, in a sentence."""
        shown = sorted((each for each in points if each.shown), key=lambda each: each.value or 0)
        if not shown:
            return ""
        low, high = shown[0], shown[-1]
        words = {"low": low.shown, "lowest": low.name, "high": high.shown, "highest": high.name}
        return text(self.language, "charts.extremes", of=len(shown), **words) + " "

    def point(self, row: Row) -> Point:
        """A line of the table as a point."""
        of = row.figure
        return Point(
            name=row.name,
            shown=self._shown(of),
            count=whole(of.n, self.language),
            n=of.n,
            value=None if of.value is None else float(of.value),
            low=of.low,
            high=of.high,
            id=of.id,
            group=row.group,
            marked=of.id == self.figure.id,
            breaks=bool(row.breaks),
        )


def days_shown(figure: Figure, period: Period) -> str:
    """The days that a figure is of: those of the period, or fewer where the rest stays hidden."""
    if not figure.first:
        return period_text(period)
    first, last = map(date.fromisoformat, (figure.first, figure.last))
    return period_text(Period(first, last, ""))


async def chart(tell: Teller, kind: Kind) -> Chart | None:
    """The chart of a figure, or None where there is nothing to draw."""
    makers = {
        Kind.TREND: _trend,
        Kind.FACTORS: _factors,
        Kind.LEVELS: _levels,
        Kind.UNITS: _units,
    }
    return await makers[kind](tell)


async def _trend(tell: Teller) -> Chart | None:
    scores, where, part = tell.scores, tell.where, tell.figure.part
    if where.counter is not None or part not in HEADLINES:
        return None
    rows = await trend_rows(scores, where.unit, where.period, tell.language, part)
    return _of(tell, Kind.TREND, rows, trend)


async def _factors(tell: Teller) -> Chart | None:
    names, own = figure_names(tell.scores.asked, tell.language), tell.figure.instrument
    rows = [
        Row(names[f"{own} {each.key}"], each)
        for each in await figures_at(tell.scores, tell.where)
        if each.instrument == own and each.part is Part.FACTOR and each.value is not None
    ]
    return _of(tell, Kind.FACTORS, rows, compared)


async def _units(tell: Teller) -> Chart | None:
    root, among = published_unit(tell.scores.state, ""), tell.among
    found = {str(group): text(tell.language, f"ranks.heading.{group}") for group in groups()}
    rows = [
        Row(name_of(row.unit, tell.language), row.figure, group=found[row.rank.group])
        for row in await placed(tell.scores, root, tell.where.period, among)
    ]
    return _of(tell, Kind.UNITS, rows, partial(compared, groups=found))


async def _levels(tell: Teller) -> Chart | None:
    figure = tell.figure
    labels = tell.scores.asked.survey.instruments[figure.instrument].levels[tell.language]
    bars = [
        Bar(each.name, f"{each.share} %", each.count, each.count / (figure.n or 1))
        for each in level_rows(figure, labels, tell.language)
    ]
    if not bars:
        return None
    words = tell.words(Kind.LEVELS)
    return Chart(words, partial(levels, words, bars))


def _of(tell: Teller, kind: Kind, rows: Iterable[Row], drawn: Drawn) -> Chart | None:
    points = [tell.point(row) for row in rows]
    if not any(each.shown for each in points):
        return None
    words = tell.words(kind, points)
    return Chart(words, partial(drawn, words, points))
