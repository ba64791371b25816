"""What a centre shows: the nation from its provinces, and a province from its units.

Ratings are of one questionnaire, period and formula: what is told by others is shown by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.comparing import KINDS, RANKS_FROM, known_of, ranked_once
from handlers.counted import FORMULA
from handlers.service import VIETNAM, Service
from sipas.figures import Figure, Part, figure_id, narrowed_to
from sipas.nation import Rating, together
from sipas.periods import Period, parse_period
from sipas.ranks import Ranked
from sipas.vietnamese import sort_key
from storage import nation
from storage.nation import Cell, Place, Province, Reason, Told

STALE_AFTER = timedelta(hours=36)
_KEY = "overall_direct"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which ratings are asked for, and which there are."""

    period: Period
    instrument: str
    told: Sequence[Told]

    @property
    def periods(self) -> list[str]:
        """Every period that is told, the newest first."""
        found = {each.period for each in self.told}
        return sorted(found, key=lambda code: (parse_period(code).first, code), reverse=True)

    @property
    def instruments(self) -> list[str]:
        """The questionnaires of the period, the one with most answers first."""
        return [each.instrument for each in self.told if each.period == self.period.code]


@dataclass(frozen=True, slots=True)
class Line:
    """A province or a unit with its rating; no rank where it is not ranked with others."""

    place: Place
    figure: Figure | None
    rank: Ranked | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What is known of a province beside its figures.

    Attributes:
        stale: it has not been heard since `STALE_AFTER`, or never.
        refused: why the last that came was refused; empty where it was not.
    """

    province: Province
    stale: bool
    refused: str

    @property
    def heard_on(self) -> str:
        """The day in Viet Nam on which it was last heard; empty before."""
        at = self.province.heard_at
        return f"{datetime.fromisoformat(at).astimezone(VIETNAM):%Y-%m-%d}" if at else ""


async def asked_for(service: Service, period: str, instrument: str) -> Asked:
    """The period and questionnaire asked for, else the present year and the most used one.

    Raises:
        PeriodError: there is no such period.
    """
    told = await nation.told(service.store.reader, FORMULA)
    year = str(service.today().year)
    known = {each.period: each.instrument for each in reversed(told)}
    code = period or (year if year in known or not told else told[0].period)
    return Asked(parse_period(code), instrument or known.get(code, ""), told)


async def provinces(service: Service) -> list[Heard]:
    """Every province, by name."""
    now = service.clock()
    found = await nation.known(service.store.reader)
    return sorted(
        (Heard(each, is_stale(each, now), _refused(each)) for each in found),
        key=lambda each: sort_key(each.province.name or each.province.code),
    )


async def of_nation(
    service: Service, asked: Asked, known: Iterable[Heard]
) -> tuple[Figure | None, list[Line]]:
    """The rating of all provinces together, and the lines of each."""
    reader = service.store.reader
    cells = await nation.of_provinces(reader, asked.period.code, FORMULA, asked.instrument)
    places = [
        Place(each.province.code, "province", each.province.name, each.province.name_en)
        for each in known
    ]
    return _whole(asked, cells), _lines(asked, places, cells)


async def of_province(
    service: Service, asked: Asked, province: Province
) -> tuple[Line, list[Line], list[Line]]:
    """A province's own line, the ranked lines of its communes, and those of other units."""
    reader, number = service.store.reader, province.province_id
    cells = await nation.of_units(reader, number, asked.period.code, FORMULA, asked.instrument)
    found = await nation.places(reader, number)
    places = sorted(found, key=lambda each: sort_key(each.name))
    communes = [each for each in places if each.kind in KINDS["commune"]]
    others = [
        each for each in places if each.kind not in KINDS["commune"] and each.code != province.code
    ]
    own = Place(province.code, "province", province.name, province.name_en)
    figures = _figures(asked, cells)
    return (
        Line(own, figures.get(province.code)),
        _lines(asked, communes, cells),
        [Line(each, figures.get(each.code)) for each in others],
    )


def _whole(asked: Asked, cells: Sequence[Cell]) -> Figure | None:
    if not cells:
        return None
    # A sum is known by what it is the sum of: no other answer has the same number.
    parts = "\n".join(sorted(each.figure_id for each in cells))
    query = f"nation\t{asked.period.code}\t{asked.instrument}\t{_KEY}\n{parts}"
    rating = together([each.counted for each in cells])
    return _figure(asked, "nation", figure_id(query, 0, FORMULA), rating)


def _lines(asked: Asked, places: Sequence[Place], cells: Sequence[Cell]) -> list[Line]:
    """A line for each place, the highest rank first, then those without a rating."""
    figures = _figures(asked, cells)
    rated = [each for each in places if each.code in figures]
    shown = [figures[each.code] for each in rated]
    known = tuple(each for figure in shown if (each := known_of(figure)))
    answers = tuple(each.n or 0 for each in shown)
    ranks = ranked_once(known, answers) if len(known) >= RANKS_FROM else []
    lines = [
        Line(place, figure, ranks[at] if ranks else None)
        for at, (place, figure) in enumerate(zip(rated, shown, strict=True))
    ]
    lines.sort(key=lambda each: each.rank.best + each.rank.worst if each.rank else 0)
    return lines + [Line(each, None) for each in places if each.code not in figures]


def _figures(asked: Asked, cells: Iterable[Cell]) -> Mapping[str, Figure]:
    """The figures by unit; each has the id that its province gave it."""
    return {
        each.unit: _dated(_figure(asked, each.unit, each.figure_id, together([each.counted])), each)
        for each in cells
    }


def _dated(figure: Figure, cell: Cell) -> Figure:
    """A figure with the days it is of, where its province shows fewer than were asked for."""
    if not (cell.first and cell.last):
        return figure
    first, last = (datetime.fromisoformat(day).date() for day in (cell.first, cell.last))
    return narrowed_to(figure, Period(first, last, figure.period))


def _figure(asked: Asked, unit: str, name: str, rating: Rating) -> Figure:
    return Figure(
        name,
        unit,
        "",
        _KEY,
        Part.OVERALL,
        "direct",
        asked.period.code,
        FORMULA,
        asked.instrument,
        n=rating.n,
        value=rating.value,
        low=rating.low,
        high=rating.high,
        levels=rating.levels,
    )


def is_stale(province: Province, now: datetime) -> bool:
    """Whether the province was not heard for too long, or never."""
    if province.heard_at is None:
        return True
    return now - datetime.fromisoformat(province.heard_at) > STALE_AFTER


def _refused(province: Province) -> str:
    return province.trouble if province.trouble in list(Reason) else ""
