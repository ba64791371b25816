"""The PAR INDEX scorecard as people read it, and the criteria of it for which plans are asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from handlers.messages import LANGUAGES, text
from handlers.sentences import points
from sipas.scorecard import UNMAPPED, Criterion, Line, Way, leaves
from storage import scorecards
from storage.plan_rows import Found
from storage.scorecards import Imported, Said
from storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Year:
    """A year's scorecard with everything that belongs to it."""

    years: Sequence[Imported]
    criteria: Sequence[Criterion]
    earlier: Sequence[Criterion]
    lines: Sequence[Line]
    said: Sequence[Said]


def year(tx: Transaction, asked: int) -> Year:
    """The scorecard of a year, by default the newest."""
    years = scorecards.years(tx)
    of = asked or (years[0].year if years else 0)
    return Year(
        years,
        scorecards.criteria(tx, of),
        leaves(scorecards.criteria(tx, of - 1)),
        scorecards.lines_of(tx, of),
        scorecards.mappings(tx, of),
    )


def found_of(lines: Iterable[Line]) -> list[Found]:
    """The criteria that fell or lost points, as far as a unit answers for them."""
    return [
        Found(line.now.unit, line.now.code, kept(line))
        for line in lines
        if line.now.unit and signs(line)
    ]


def signs(line: Line) -> list[str]:
    """Why the criterion is on the list: it fell, or the appraisal did not give all points."""
    lost = line.now.lost
    checked = (("fell", line.way is Way.FELL), ("lost", bool(lost)))
    return [sign for sign, is_so in checked if is_so]


def kept(line: Line) -> dict[str, Any]:
    """A listed criterion as it is stored; points are text, as they were told."""
    before = line.before if line.share is not None else None
    return {
        "signs": signs(line),
        "name": line.now.name,
        "maximum": f"{line.now.maximum}",
        "lost": f"{line.now.lost}",
        "now": f"{line.now.appraised}",
        "before": before and f"{before.appraised}",
        "most": before and f"{before.maximum}",
    }


def to_map(lines: Iterable[Line]) -> list[Line]:
    """The criteria about which somebody has to say what they were."""
    return [line for line in lines if line.way in UNMAPPED]


def way_text(line: Line, language: str) -> str:
    """What became of a criterion, in words: points over one maximum, else shares of it."""
    words = text(language, f"scorecard.way.{line.way}")
    if line.share is None or line.way is Way.SAME:
        return words
    if line.points is not None:
        return f"{words} ({_signed(line.points, language)})"
    shares = text(language, "scorecard.shares", points=points(float(line.share), language))
    return f"{words} ({shares})"


def number(told: Decimal | None, language: str) -> str:
    """Points as a reader writes them."""
    shown = "–" if told is None else f"{told.normalize():f}"
    return shown.replace(".", ",") if language == LANGUAGES[0] else shown


def _signed(told: Decimal, language: str) -> str:
    return number(told, language) if told < 0 else f"+{number(told, language)}"
