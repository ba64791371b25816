"""What a unit's rating can be without the answers that receipts' holders dispute."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from handlers.counted import told
from handlers.dashboard.asking import Seen
from sipas.disputes import Without, without
from sipas.figures import OVERALL, Figure
from sipas.openings import N_FROM
from storage.directory import Unit
from storage.receipts import disputed_by_unit


@dataclass(frozen=True, slots=True)
class Disputes:
    """The rating with all answers, and between which values it lies without the disputed ones.

    Attributes:
        n: how many are disputed; None where that would tell one from one to nine.
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
    # One to nine are taken for nine: the bounds must not tell what the number hides.
    bounds = without(rating.value, rating.n, max(n, N_FROM - 1)) if n else None
    return Disputes(told(n), rating, bounds) if bounds else None
