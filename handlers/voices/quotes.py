"""Released quotes of a unit and a period, for pages and media: drawn by a seed that is shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from handlers.media.week import settled_month
from handlers.scores import Scores
from handlers.service import Service
from sipas.earlier import Against, earlier
from sipas.figures import OVERALL, Part
from sipas.instrument import Instrument
from sipas.packing import unpack
from sipas.periods import Period, atom, quarter_of, settled_before
from sipas.quotes import Mood, draw, mood, seats
from storage import voices
from storage.directory import Unit
from storage.voices import Quotable

MOST = 50


@dataclass(frozen=True, slots=True)
class Quotes:
    """What was drawn, and how: anybody with the same quotes draws the same.

    Attributes:
        texts: released, without personal data, in the order of the draw.
        wanted: how many each mood has of the places; more than was drawn where an editor has
            released too few.
    """

    seed: str
    texts: tuple[str, ...] = ()
    wanted: Mapping[Mood, int] | None = None


async def released_quotes(
    asked: Service, unit: Unit, period: Period, limit: int, seed: str = ""
) -> Quotes:
    """At most *limit* released quotes of a unit and everything published below it.

    None where the unit's own figure of the period is not shown: with few answers, words tell who
    gave which. The seed is unit and period unless another is given.
    """
    seed = seed or f"{unit.code} {period.code}"
    state = await asked.state()
    scores = Scores(asked, state)
    if not unit.published or not await is_shown(scores, unit, period):
        return Quotes(seed)
    ids = [each.unit_id for each in scores.published(unit)]
    rows = await asked.store.look(voices.quotable, ids, period.first, period.last)
    return _drawn(rows, asked.survey.instruments, min(limit, MOST), seed)


def settled_quarter(today: date) -> Period:
    """The newest quarter that takes no more responses.

    >>> [settled_quarter(date(2027, 1, day)).code for day in (4, 5)]
    ['2026-Q3', '2026-Q4']
    """
    month = settled_month(today)
    quarter = quarter_of(month.first)
    before = earlier(quarter, Against.BEFORE)
    return quarter if month.last == quarter.last or before is None else before


def is_settled_quarter(period: Period, today: date) -> bool:
    """Whether *period* is a quarter that takes no more responses.

    >>> is_settled_quarter(quarter_of(date(2026, 8, 1)), date(2026, 10, 5))
    True
    """
    return quarter_of(period.first) == period and atom(period.last) < settled_before(today)


async def is_shown(scores: Scores, unit: Unit, period: Period) -> bool:
    """Whether enough people answered for words to tell nobody who wrote them."""
    figures = await scores.of_unit(unit, period, (Part.OVERALL,))
    return any(figure.value is not None for figure in figures)


def _drawn(
    rows: Collection[Quotable], instruments: Mapping[str, Instrument], limit: int, seed: str
) -> Quotes:
    moods = {row.number: _mood(row, instruments) for row in rows}
    sizes = Counter(each for each in moods.values() if each)
    texts = {row.number: row.text for row in rows if row.released}
    pools = {each: [number for number in texts if moods[number] is each] for each in Mood}
    drawn = draw(pools, sizes, limit, seed)
    return Quotes(seed, tuple(texts[number] for number in drawn), seats(sizes, limit))


def _mood(row: Quotable, instruments: Mapping[str, Instrument]) -> Mood | None:
    instrument = instruments.get(row.instrument)
    marks = unpack(instrument, row.levels) if instrument else {}
    return mood(marks.get(OVERALL, ""))
