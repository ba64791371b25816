"""The page of a filing's quarterly sheet: a form for whoever may give points now."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import NamedTuple

from fastapi import Request, Response

from handlers.documents.sheets import band_of, shown, sum_of
from handlers.filings.desk import Desk
from handlers.filings.types import TYPES
from handlers.pages import language_of, page
from handlers.public import period_text
from handlers.sentences import name_of
from sipas.filings import Act
from sipas.periods import parse_period
from sipas.quarter_sheet import Given, Side, total
from sipas.tt01_totals import UNIT
from storage.filing_rows import Whole

Kept = Mapping[int, tuple[str, str]]


class Line(NamedTuple):
    """An indicator on the page; *field* is what stands in the form's two fields."""

    number: int
    offer: Given
    own: str
    appraised: str
    notes: tuple[str, ...]
    field: tuple[str, str]


def sheet_page(
    request: Request,
    desk: Desk,
    whole: Whole,
    offers: Mapping[int, Given],
    fault: str = "",
    typed: Kept | None = None,
) -> Response:
    """The sheet; *fault* says why nothing was saved, *typed* is kept when it could not be."""
    language, known = language_of(request), whole.filing
    side = _side(desk, whole)
    own, appraised = whole.scored(Side.SELF), whole.scored(Side.APPRAISED)
    fields = typed or _fields(whole, side, offers)
    unit = desk.directory.unit(known.unit)
    return page(
        request,
        "filings/sheet.html",
        language,
        HTTPStatus.CONFLICT if fault else HTTPStatus.OK,
        signed=desk.signed,
        filing=known,
        kind=TYPES[known.type],
        unit=name_of(unit, language) if unit else known.unit,
        days=period_text(parse_period(known.period)),
        fault=fault,
        side=side,
        sides=Side,
        revision=whole.scored(side).revision if side else 0,
        lines=[_line(number, whole, offers, fields) for number in UNIT],
        sums=[sum_of(total(each.given), each.given) for each in (own, appraised)],
        band=band_of(total(appraised.given), language),
        shown=shown,
        saved=[each for each in (own, appraised) if each.revision],
    )


def _side(desk: Desk, whole: Whole) -> Side | None:
    """Whose points this person may give now; never both, by the table of states."""
    acts = desk.acts(whole.filing)
    if Act.SCORE in acts:
        return Side.SELF
    return Side.APPRAISED if Act.APPRAISE in acts else None


def _fields(whole: Whole, side: Side | None, offers: Mapping[int, Given]) -> Kept:
    """What was saved; before the unit's first saving, what is computed is there to be kept."""
    if side is None:
        return dict.fromkeys(UNIT, ("", ""))
    saved = whole.scored(side)
    given = offers if side is Side.SELF and not saved.revision else saved.given
    return {number: _field(given.get(number, Given())) for number in UNIT}


def _field(given: Given) -> tuple[str, str]:
    return "" if given.points is None else shown(given.points), given.note


def _line(number: int, whole: Whole, offers: Mapping[int, Given], fields: Kept) -> Line:
    own, appraised = (whole.scored(side).given.get(number, Given()) for side in Side)
    notes = tuple(each.note for each in (own, appraised) if each.note)
    offer = offers.get(number, Given())
    points = shown(own.points), shown(appraised.points)
    return Line(number, offer, *points, notes, fields[number])
