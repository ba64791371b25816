"""How many answered what: five levels, or who was satisfied and who was not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from handlers.messages import text
from handlers.pages import shown_percent
from sipas.figures import Figure


@dataclass(frozen=True, slots=True)
class Level:
    """One of the five levels, or several of them together, with count, share and colour."""

    name: str
    count: int
    share: str
    colour: int


def level_rows(of: Figure | None, labels: tuple[str, ...], language: str) -> list[Level]:
    """The five levels of a figure that rests on one item, the best first."""
    if of is None or of.levels is None:
        return []
    rows = zip(range(1, 6), labels, of.levels, strict=True)
    named = [(f"{level} · {label}", count, level) for level, label, count in rows]
    return _shares(named[::-1], language)


def satisfied_rows(of: Figure | None, language: str) -> list[Level]:
    """Who was satisfied and who was not, of a figure whose levels are hidden."""
    if of is None or of.satisfied is None or of.n is None:
        return []
    yes, no = (text(language, f"unit.satisfied.{each}") for each in ("yes", "no"))
    return _shares([(yes, of.satisfied, 5), (no, of.n - of.satisfied, 2)], language)


def _shares(rows: Iterable[tuple[str, int, int]], language: str) -> list[Level]:
    counted = tuple(rows)
    total = sum(count for _, count, _ in counted)
    return [
        Level(name, count, shown_percent(language, Fraction(count, total)), colour)
        for name, count, colour in counted
    ]
