"""What a rating can be without answers that are in doubt: disputed ones, or flagged ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from handlers.dashboard.asking import Seen
from sipas.disputes import Without, around, without
from sipas.figures import OVERALL, Figure
from sipas.openings import STEP
from sipas.scoring import Interval
from storage.directory import Unit
from storage.receipts import disputed_by_unit


@dataclass(frozen=True, slots=True)
class Doubted:
    """The rating with all answers, and between which values it lies without the doubted ones.

    Attributes:
        n: how many are in doubt at least: tens; None where there are fewer than ten.
        left: answers that are left at least.
        interval: of the rating without them, whatever they were.
    """

    n: int | None
    figure: Figure
    without: Without
    left: int
    interval: Interval


async def disputes(known: Seen, unit: Unit, figures: Iterable[Figure]) -> Doubted | None:
    """None where nothing is disputed, or where the rating itself is not shown."""
    rating = rating_of(figures)
    if rating is None:
        return None
    first = date.fromisoformat(rating.first) if rating.first else known.period.first
    last = date.fromisoformat(rating.last) if rating.last else known.period.last
    found = await disputed_by_unit(known.asked.store.reader, first, last)
    n = sum(found.get(each.unit_id, 0) for each in known.state.directory.subtree(unit))
    return doubted(rating, n)


def rating_of(figures: Iterable[Figure]) -> Figure | None:
    """The rating of the visit as a whole, where it is shown."""
    found = next((each for each in figures if each.key == OVERALL), None)
    return found if found and found.value is not None and found.n is not None else None


def doubted(rating: Figure, n: int) -> Doubted | None:
    """A shown rating beside what it can be without *n* of its answers; None without any."""
    if not n or rating.value is None or rating.n is None:
        return None
    tens = n // STEP * STEP
    # The most there can be of what is told: the bounds must not tell what the number hides.
    most = tens + STEP - 1
    bounds, left = without(rating.value, rating.n, most), rating.n - most
    if bounds is None:
        return None
    interval = around(bounds, left / (rating.design_effect or 1))
    return Doubted(tens or None, rating, bounds, left, interval)
