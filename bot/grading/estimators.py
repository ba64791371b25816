"""The product's statements about one unit's quarter, as a reader of its pages gets them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from bot.grading.quarters import UnitQuarter
from sipas.figures import Part, Query, figures

FORMULA, PERIOD = "t2b.v1", "2026-Q3"
NAMES = {Part.ITEM: "share", Part.FACTOR: "factor", Part.INDEX: "index"}


class Estimated(NamedTuple):
    """A figure with its interval, the items it stands for and the answers it is worth."""

    kind: str
    items: tuple[str, ...]
    value: float
    low: float
    high: float
    effective: float


def estimates(unit: UnitQuarter) -> Iterator[Estimated]:
    """Every figure of the quarter that is shown."""
    asked, summed = Query(unit.unit, PERIOD), sum(unit.days.values())
    for figure in figures(unit.instrument, summed, asked, 0, FORMULA, tuple(NAMES)):
        if figure.value is None or figure.low is None or figure.high is None or not figure.n:
            continue
        yield Estimated(
            NAMES[figure.part],
            figure.items or (figure.key,),
            float(figure.value),
            figure.low,
            figure.high,
            figure.n,
        )
