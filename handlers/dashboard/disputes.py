"""What a unit's rating can be without the answers that receipts' holders dispute."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from handlers.dashboard.asking import Seen
from sipas.disputes import Without, without
from sipas.figures import OVERALL, Figure
from sipas.openings import STEP
from storage.directory import Unit
from storage.receipts import disputed_by_unit


@dataclass(frozen=True, slots=True)
class Disputes:
    """The rating with all answers, and between which values it lies without the disputed ones.

    Attributes:
        n: how many are disputed at least: tens; None where there are fewer than ten.
    """

    n: int | None
    figure: Figure
    without: Without


async def disputes(known: Seen, unit: Unit, figures: Iterable[Figure]) -> Disputes | None:
    """None where nothing is disputed, or where the rating itself is not shown."""
    rating = next((each for each in figures if each.key == OVERALL), None)
    if rating is None or rating.value is None or rating.n is None:
        return None
    first = date.fromisoformat(rating.first) if rating.first else known.period.first
    last = date.fromisoformat(rating.last) if rating.last else known.period.last
    found = await disputed_by_unit(known.asked.store.reader, first, last)
    n = sum(found.get(each.unit_id, 0) for each in known.state.directory.subtree(unit))
    tens = n // STEP * STEP
    # The most there can be of what is told: the bounds must not tell what the number hides.
    bounds = without(rating.value, rating.n, tens + STEP - 1) if n else None
    return Disputes(tens or None, rating, bounds) if bounds else None
