"""The quarterly sheets of Thanh Hóa as text: 02 of a unit, 01 with a line for each dossier.

What nobody gave stays a dash: no blank is read as points, and a sum with a gap has no class.
Answers carry no dossier's code, so satisfaction stands below sheet 01, never in a dossier's line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import NamedTuple

import sipas
from handlers.documents.report import head_of, period_words, place_of
from handlers.documents.wording import VIETNAMESE, whole_number, why_none
from handlers.filings.figures import overall
from handlers.messages import text
from handlers.public import period_text
from handlers.service import State
from sipas.described import parse
from sipas.ledger import Record
from sipas.periods import parse_period
from sipas.quarter_sheet import Boxes, Given, Side, boxes, total
from sipas.scoring import half_up
from sipas.tt01_dossiers import Dossier, dossier_points
from sipas.tt01_totals import HIGHEST, UNIT, Total, official_total
from sipas.tt01_units import Line, Sheet
from storage.filing_rows import Whole
from storage.tt01 import Ended

NONE = "–"
ON_SHEET_01 = (1, 2, 3, 4, 6, 7)
# Dates say nothing about complaints, so of a single dossier indicator 7 stays open as well.
_FROM_DATES = frozenset({1, 2})
_told = partial(text, VIETNAMESE)
_FILE = Path(sipas.__file__).parent / "formulas.toml"
_NAMED = parse(_FILE.read_text("utf-8"), _FILE.name)


class Head(NamedTuple):
    """What stands above and below both sheets."""

    body: tuple[str, ...]
    unit: str
    quarter: str
    days: str
    place: str
    year: int


class IndicatorRow(NamedTuple):
    """An indicator of sheet 02."""

    number: int
    name: str
    highest: int
    self_given: str
    appraised: str
    note: str


@dataclass(frozen=True, slots=True)
class UnitSheet:
    """Sheet 02.

    Attributes:
        forms: how many forms the boxes are of, as far as that may be told.
        boxes: shares of not satisfied, neutral, satisfied, very satisfied; dashes if too few.
    """

    head: Head
    forms: str
    rows: tuple[IndicatorRow, ...]
    self_sum: str
    appraised_sum: str
    band: str
    boxes: tuple[str, ...]
    figure: str


class DossierRow(NamedTuple):
    """A line of sheet 01, or one of those that close it."""

    number: str
    code: str
    points: tuple[str, ...]
    total: str
    band: str
    satisfied: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DossierSheet:
    """Sheet 01."""

    head: Head
    rows: tuple[DossierRow, ...]
    closing: tuple[DossierRow, ...]
    figure: str


def unit_sheet_of(state: State, whole: Whole) -> UnitSheet:
    """Sheet 02 of a filing, as its points and figures are stored now.

    Raises:
        LookupError: its unit is in no directory any more.
    """
    own, appraised = whole.scored(Side.SELF).given, whole.scored(Side.APPRAISED).given
    figure = overall(whole.figures)
    sums = total(own), total(appraised)
    return UnitSheet(
        head=_head(state, whole),
        forms=forms(figure),
        rows=tuple(_indicator(number, own, appraised) for number in UNIT),
        self_sum=sum_of(sums[0], own),
        appraised_sum=sum_of(sums[1], appraised),
        band=band_of(sums[1]),
        boxes=box_shares(figure),
        figure=figure["id"] if figure else NONE,
    )


def dossier_sheet_of(
    state: State, whole: Whole, ended: Iterable[Ended], computed: Sheet
) -> DossierSheet:
    """Sheet 01 of a filing.

    Args:
        computed: the unit's scores of what is stored, for the closing line.

    Raises:
        LookupError: the filing's unit is in no directory any more.
    """
    rows = tuple(_dossier(number, each) for number, each in enumerate(ended, 1))
    figure = overall(whole.figures)
    no, neutral, yes, very = box_shares(figure)
    scores = tuple(shown(computed.lines[number].score) for number in ON_SHEET_01)
    blank = (NONE,) * len(ON_SHEET_01)
    closing = (
        DossierRow("", _told("sheets.count", n=whole_number(len(rows))), blank, "", "", ("",) * 4),
        DossierRow("", _told("sheets.mean"), scores, "", "", ("",) * 4),
        DossierRow("", _told("sheets.satisfied"), ("",) * 6, "", "", (no, neutral, yes, very)),
    )
    return DossierSheet(_head(state, whole), rows, closing, figure["id"] if figure else NONE)


def shown(points: Decimal | None) -> str:
    """Points with a comma, or a dash where nobody gave any.

    >>> shown(Decimal("1.5")), shown(None)
    ('1,5', '–')
    """
    return NONE if points is None else f"{points:.1f}".replace(".", ",")


def sum_of(found: Total, given: Mapping[int, Given]) -> str:
    """The sum of nine, or reached / possible where one is missing; a dash of none at all.

    >>> sum_of(total({1: Given(Decimal("1.5"))}), {1: Given(Decimal("1.5"))})
    '1,5/2'
    """
    if all(each.points is None for each in given.values()):
        return NONE
    return found.shown.replace(".", ",") if found.missing else shown(found.points)


def band_of(found: Total, language: str = VIETNAMESE) -> str:
    """The class by name, or why there is none."""
    if found.band is None:
        return text(language, "sheets.no_class")
    return _NAMED.classes[found.band][language]


def offered(line: Line) -> Given:
    """A computed score and where it comes from, in a document's words, to be kept or changed."""
    if line.score is None:
        return Given()
    source = _told(f"sheets.source.{line.source}", n=whole_number(line.scored))
    return Given(
        line.score, "; ".join((source, *(_NAMED.notes[n][VIETNAMESE] for n in line.notes)))
    )


def box_shares(figure: Record | None) -> tuple[str, ...]:
    """The four boxes in percent with one decimal; dashes where the figure may not be told."""
    if figure is None or figure["value"] is None or not figure.get("levels"):
        return (NONE,) * len(Boxes._fields)
    found = boxes(figure["levels"])
    return tuple(f"{half_up(Fraction(100 * n, found.n), 1)} %".replace(".", ",") for n in found)


def forms(figure: Record | None) -> str:
    """How many forms the boxes are of."""
    if figure is None:
        return _told("sheets.nobody")
    told = "< 10" if figure["n"] is None else whole_number(figure["n"])
    return told if figure["value"] is not None else f"{told} ({why_none(figure)})"


def _head(state: State, whole: Whole) -> Head:
    known, period = whole.filing, parse_period(whole.filing.period)
    unit = state.directory.unit(known.unit)
    if unit is None:
        raise LookupError(f"expected a unit that exists, got {known.unit!r}")
    superior, body = head_of(state, unit)
    lines = (superior, *body) if superior else body
    quarter = period_words(period)
    return Head(
        body=lines,
        unit=unit.name,
        quarter=quarter[0].upper() + quarter[1:],
        days=period_text(period),
        place=place_of(state, unit),
        year=period.last.year,
    )


def _indicator(
    number: int, own: Mapping[int, Given], appraised: Mapping[int, Given]
) -> IndicatorRow:
    both = own.get(number, Given()), appraised.get(number, Given())
    notes = "; ".join(each.note for each in both if each.note)
    given, seen = (shown(each.points) for each in both)
    return IndicatorRow(number, _told(f"sheets.indicator.{number}"), HIGHEST, given, seen, notes)


def _dossier(number: int, ended: Ended) -> DossierRow:
    found = dossier_points(Dossier(reached=ended.reached))
    known = {each: found[each].value for each in _FROM_DATES}
    points: Sequence[int | None] = [known.get(each) for each in ON_SHEET_01]
    scores = {each: None if p is None else Decimal(p) for each, p in known.items()}
    reached = official_total(scores)
    return DossierRow(
        number=str(number),
        code=f"…{ended.last_four}",
        points=tuple(NONE if each is None else str(each) for each in points),
        total=reached.shown.replace(".", ",") if reached.highest else NONE,
        band=NONE,
        satisfied=(NONE,) * len(Boxes._fields),
    )
