"""What stands in a filing's document: head, parts I to V, annex of figures, ledger; all as text.

Documents of the state are in Vietnamese. No number stands here without the id of its figure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from handlers.documents.wording import (
    TIED,
    VIETNAMESE,
    figure_text,
    local_time,
    n_told,
    whole_number,
    why_none,
)
from handlers.filings.figures import BREAKDOWNS, headline, lines, lowest, name, of_breakdown
from handlers.filings.types import TYPES
from handlers.messages import text
from handlers.pages import shown_percent
from handlers.plans.annex import plan_lines
from handlers.public import period_text
from handlers.service import Service, State
from sipas.filings import PARTS
from sipas.ledger import Record
from sipas.periods import Period, parse_period
from storage.directory import Unit
from storage.filing_rows import Entry, Whole

NUMERALS = ("I", "II", "III", "IV", "V")
_COMMUNES = frozenset({"xa", "phuong", "dac_khu"})
_QUARTER = re.compile(r"(20\d\d)-R([1-4])")
_told = partial(text, VIETNAMESE)
_percent = partial(shown_percent, VIETNAMESE)


@dataclass(frozen=True, slots=True)
class Part:
    """One of the parts I to V: what the product fills in, then the officer's own paragraphs."""

    numeral: str
    title: str
    lines: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A figure of the annex; *levels* are the counts of levels 1 to 5, or dashes."""

    name: str
    value: str
    interval: str
    n: str
    levels: tuple[str, ...]
    not_applicable: str
    id: str


@dataclass(frozen=True, slots=True)
class Table:
    """The figures of one breakdown."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """A line of the ledger."""

    version: int
    name: str
    before: str
    after: str
    reason: str
    at: str


@dataclass(frozen=True, slots=True)
class Report:
    """A document before it has a form; number, date, names and signature stay empty.

    Attributes:
        superior: the body above, or empty where the body stands alone.
        body: who issues it, in capitals, a line each.
    """

    superior: str
    body: tuple[str, ...]
    place: str
    year: int
    abstract: str
    days: str
    parts: tuple[Part, ...]
    method: str
    tables: tuple[Table, ...]
    changes: tuple[Changed, ...]


def report(asked: Service, state: State, whole: Whole) -> Report:
    """The document of a filing as it is stored now.

    Raises:
        LookupError: its unit is in no directory any more.
    """
    known = whole.filing
    unit, about = state.directory.unit(known.unit), state.directory.unit(known.about)
    if unit is None or about is None:
        raise LookupError(f"expected a unit that exists, got {known.unit!r}, {known.about!r}")
    period = parse_period(known.period)
    superior, body = head_of(state, unit)
    return Report(
        superior=superior,
        body=body,
        place=place_of(state, unit),
        year=period.last.year,
        abstract=f"{TYPES[known.type].title} {period_words(period).replace(' ', TIED)}",
        days=period_text(period),
        parts=_parts(asked, state, whole, about),
        method=_method(whole),
        tables=_tables(asked, state, whole.figures),
        changes=tuple(_changed(asked, state, whole.entries)),
    )


def period_words(period: Period) -> str:
    """The period as a document names it.

    >>> period_words(parse_period("2026-R1")), period_words(parse_period("2026-RY"))
    ('quý I năm 2026', 'năm 2026')
    """
    if found := _QUARTER.fullmatch(period.code):
        return _told("filings.doc.quarter", quarter=NUMERALS[int(found[2]) - 1], year=found[1])
    key = "half_year" if period.code.endswith("-R6M") else "year"
    return _told(f"filings.doc.{key}", year=period.last.year)


def head_of(state: State, unit: Unit) -> tuple[str, tuple[str, ...]]:
    """The superior body, empty where the body stands alone, and the body's lines in capitals."""
    committee = _told("filings.doc.committee")
    if unit.kind in _COMMUNES:
        return "", (committee, unit.name.upper())
    return f"{committee} {_root(state, unit).name.upper()}", (unit.name.upper(),)


def place_of(state: State, unit: Unit) -> str:
    """The place of issue: the commune's name, else the province's, without its kind."""
    of = unit if unit.kind in _COMMUNES else _root(state, unit)
    return of.name.split(" ", 1)[-1]


def _root(state: State, unit: Unit) -> Unit:
    above = state.directory.unit(unit.parent_code) if unit.parent_code else None
    return _root(state, above) if above else unit


def _parts(asked: Service, state: State, whole: Whole, about: Unit) -> tuple[Part, ...]:
    filled = {1: _measured(whole.figures, about), 3: _weakest(asked, state, whole.figures)}
    plans = plan_lines(asked, state, whole, about)
    return tuple(
        Part(
            NUMERALS[part - 1],
            _told(f"filings.part.{part}"),
            (*filled.get(part, ()), *plans.get(part, ())),
            paragraphs(whole.words[part]),
        )
        for part in PARTS
    )


def paragraphs(words: str) -> tuple[str, ...]:
    """What was typed, paragraph by paragraph: every line is one, empty lines are none.

    >>> paragraphs("một\\n\\nhai\\nba")
    ('một', 'hai', 'ba')
    """
    return tuple(line.strip() for line in words.split("\n") if line.strip())


def _measured(figures: Sequence[Record], about: Unit) -> tuple[str, ...]:
    main = headline(figures)
    if main is None:
        return (_told("filings.doc.nobody", unit=about.name),)
    return (_told("filings.doc.measured", unit=about.name, figure=figure_text(main)),)


def _weakest(asked: Service, state: State, figures: Sequence[Record]) -> tuple[str, ...]:
    found = lowest(figures)
    if not found:
        return ()
    called = partial(name, asked, state, language=VIETNAMESE, form=False)
    told = (f"- {called(each)}: {figure_text(each)}." for each in found)
    return (_told("filings.doc.lowest"), *told)


def _method(whole: Whole) -> str:
    main, known = headline(whole.figures), whole.filing
    return _told(
        "filings.doc.method",
        formula=main["formula"] if main else "–",
        form=", ".join(sorted({each["instrument"] for each in whole.figures})) or "–",
        version=known.version,
        release=known.release_id or 0,
        at=local_time(known.taken_at) if known.taken_at else "–",
    )


def _tables(asked: Service, state: State, figures: Sequence[Record]) -> tuple[Table, ...]:
    found = ((by, of_breakdown(figures, by)) for by in BREAKDOWNS)
    return tuple(
        Table(
            _told(f"filings.by.{by}"),
            tuple(
                _row(line.name, line.figure) for line in lines(asked, state, records, VIETNAMESE)
            ),
        )
        for by, records in found
        if records
    )


def _row(named: str, figure: Record) -> Row:
    shown = figure["value"] is not None
    return Row(
        name=named,
        value=f"{_percent(figure['value'])} %" if shown else why_none(figure),
        interval=f"{_percent(figure['low'])} – {_percent(figure['high'])} %" if shown else "–",
        n=whole_number(n_told(figure)),
        levels=tuple(map(whole_number, figure.get("levels") or ("–",) * 5)),
        not_applicable=whole_number(figure.get("not_applicable")),
        id=figure["id"],
    )


def _changed(asked: Service, state: State, entries: Sequence[Entry]) -> Iterator[Changed]:
    told = [entry.after or entry.before or {} for entry in entries]
    for line, entry in zip(lines(asked, state, told, VIETNAMESE), entries, strict=True):
        yield Changed(
            entry.version,
            line.name,
            figure_text(entry.before) if entry.before else "–",
            figure_text(entry.after) if entry.after else "–",
            entry.reason or "–",
            local_time(entry.at),
        )
