"""How figures, counts and moments are told in a document; Vietnamese unless somebody asks."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from handlers.messages import LANGUAGES, text
from handlers.pages import shown_percent
from handlers.service import VIETNAM
from sipas.figures import SHOWN_FROM
from sipas.ledger import Record

VIETNAMESE = LANGUAGES[0]
TIED = "\u00a0"  # a space at which no line ends


def figure_text(figure: Record, language: str = VIETNAMESE) -> str:
    """A figure in a sentence: value, interval, n and id, or why there is no value.

    >>> figure_text({"value": None, "n": None, "id": "ab"})
    'chưa đủ 30 phiếu để tính (n < 10; mã số liệu ab)'
    """
    told_in, percent = partial(text, language), partial(shown_percent, language)
    if figure.get("suppressed"):
        return told_in("filings.doc.hidden", id=figure["id"])
    if figure["value"] is None:
        return told_in(
            "filings.doc.too_few", least=SHOWN_FROM, n=_n(figure, language), id=figure["id"]
        )
    told = told_in(
        "filings.doc.figure",
        value=percent(figure["value"]),
        low=percent(figure["low"]),
        high=percent(figure["high"]),
        n=_n(figure, language),
        id=figure["id"],
    )
    return told.replace(" %", f"{TIED}%")  # a number and its sign stay on one line


def local_time(at: str) -> str:
    """A stored moment as clocks in Viet Nam show it.

    >>> local_time("2026-03-17T08:00:00+00:00")
    '15:00 17/3/2026'
    """
    there = datetime.fromisoformat(at).astimezone(VIETNAM)
    return f"{there:%H:%M} {there.day}/{there.month}/{there.year}"


def why_none(figure: Record, language: str = VIETNAMESE) -> str:
    """Why a figure has no value, in a cell of a table."""
    key = "figure.suppressed" if figure.get("suppressed") else "figure.too_few"
    return text(language, key)


def n_told(figure: Record) -> int | str:
    """How many answers a figure rests on, as far as that may be told."""
    if figure.get("suppressed"):
        return "–"
    return "< 10" if figure["n"] is None else int(figure["n"])


def _n(figure: Record, language: str) -> str:
    told = n_told(figure)
    return f"= {whole_number(told, language)}" if isinstance(told, int) else told


def whole_number(number: int | str | None, language: str = VIETNAMESE) -> str:
    """A count as the language parts thousands, or what stands in its place.

    >>> whole_number(12345), whole_number(None)
    ('12.345', '–')
    """
    if not isinstance(number, int):
        return number or "–"
    return f"{number:,}".replace(",", "." if language == VIETNAMESE else ",")
