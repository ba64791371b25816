"""A filing on one page, in plain sentences: to print, to hang up, to hand to a newsroom."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import segno

from handlers.documents.sheets import band_of, sum_of
from handlers.documents.wording import figure_text, n_told, whole_number, why_none
from handlers.filings.figures import TOTAL, headline, lowest, name
from handlers.filings.figures import whole as made_whole
from handlers.filings.types import TYPES
from handlers.messages import text
from handlers.pages import shown_percent
from handlers.public import period_text
from handlers.sentences import name_of
from handlers.service import Service, State
from sipas import filings as law
from sipas.figures import Part
from sipas.ledger import Record
from sipas.periods import parse_period
from sipas.quarter_sheet import Side, total
from storage.filing_rows import Whole

_MOST = 12  # rows that leave room for everything else on the page
_PUBLIC = frozenset({law.State.PUBLISHED, law.State.RESTATED})
_LINES = (Part.INDEX, Part.OVERALL, Part.FACTOR)


class SummaryRow(NamedTuple):
    """A figure by its name."""

    name: str
    value: str
    interval: str
    n: str
    id: str


@dataclass(frozen=True, slots=True)
class Summary:
    """One page.

    Attributes:
        address: where everybody finds the published filing; empty before that.
        qr: the address as SVG.
    """

    language: str
    title: str
    unit: str
    days: str
    state: str
    sentences: tuple[str, ...]
    caption: str
    heads: tuple[str, ...]
    rows: tuple[SummaryRow, ...]
    method: str
    address: str
    find: str
    qr: str


def summary(asked: Service, state: State, whole: Whole, language: str) -> Summary:
    """The page of a filing as it is stored now."""
    known, told = whole.filing, partial(text, language)
    about = state.directory.unit(known.about)
    address = f"{asked.public_url}/reports/{known.filing_id}" if known.state in _PUBLIC else ""
    return Summary(
        language=language,
        title=TYPES[known.type].name[language],
        unit=name_of(about, language) if about else known.about,
        days=f"{known.period}: {period_text(parse_period(known.period))}",
        state=told(f"filings.state.{known.state}"),
        sentences=tuple(_sentences(asked, state, whole, language)),
        caption=told("sheets.one.caption"),
        heads=(*(told(f"table.{each}") for each in ("what", "value", "interval")), "n"),
        rows=_rows(asked, state, whole.figures, language),
        method=told("sheets.one.method", release=known.release_id or "–", version=known.version),
        address=address,
        find=told("sheets.one.find") if address else told("sheets.one.draft"),
        qr=_qr(address) if address else "",
    )


def summary_pdf(of: Summary) -> bytes:
    """The page as tagged PDF."""
    from handlers.documents.pdf import pdf_of  # when first needed: it loads slowly

    return pdf_of("summary", of)


def _sentences(asked: Service, state: State, whole: Whole, language: str) -> Iterator[str]:
    told, main = partial(text, language), headline(whole.figures)
    yield (
        told("sheets.one.index", figure=figure_text(main, language))
        if main
        else told("filings.nobody")
    )
    called = partial(name, asked, state, language=language, form=False)
    weak = [
        f"{called(each)} ({shown_percent(language, each['value'])} %)"
        for each in lowest(whole.figures)
    ]
    if weak:
        yield told("sheets.one.lowest", names=", ".join(weak))
    appraised = whole.scored(Side.APPRAISED).given
    if TYPES[whole.filing.type].sheet and appraised:
        found = total(appraised)
        points, band = sum_of(found, appraised), band_of(found, language)
        yield told("sheets.one.points", points=points, band=band)
    changed = [each for each in whole.entries if each.version == whole.filing.version]
    if changed:
        yield told("sheets.one.changed", n=len(changed), reason=changed[0].reason or "–")


def _rows(
    asked: Service, state: State, figures: Sequence[Record], language: str
) -> tuple[SummaryRow, ...]:
    """The index, the overall level and the factors of the questionnaire most used."""
    main = headline(figures)
    own = [
        made_whole(each)
        for each in figures
        if main and (each["by"], each["instrument"]) == (TOTAL, main["instrument"])
    ]
    lines = [each for part in _LINES for each in own if each["part"] == part]
    called = partial(name, asked, state, language=language, form=False)
    return tuple(_row(called(each), each, language) for each in lines[:_MOST])


def _row(called: str, figure: Record, language: str) -> SummaryRow:
    n, percent = whole_number(n_told(figure), language), partial(shown_percent, language)
    if figure["value"] is None:
        return SummaryRow(called, why_none(figure, language), "–", n, figure["id"])
    span = f"{percent(figure['low'])} – {percent(figure['high'])} %"
    return SummaryRow(called, f"{percent(figure['value'])} %", span, n, figure["id"])


def _qr(address: str) -> str:
    sink = io.BytesIO()
    segno.make(address, error="m").save(
        sink, kind="svg", xmldecl=False, svgns=True, scale=4, border=2, dark="#000", light="#fff"
    )
    return sink.getvalue().decode()
