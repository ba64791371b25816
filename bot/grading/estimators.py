"""The product's statements about one unit's quarter, as a reader of its pages gets them."""

from __future__ import annotations

from typing import NamedTuple

from bot.grading.quarters import UnitQuarter
from sipas.clusters import design, spreads
from sipas.comparison import Known
from sipas.computed import figures
from sipas.figures import SHOWN_FROM, Figure, Part, Query

FORMULA, PERIOD = "t2b.v1", "2026-Q3"
NAMES = {Part.ITEM: "share", Part.FACTOR: "factor", Part.INDEX: "index"}

Name = tuple[str, str]
"""Kind and key of a figure."""


class Estimated(NamedTuple):
    """A figure with its interval, the items it stands for and the answers it is worth."""

    items: tuple[str, ...]
    known: Known
    effective: float


def estimates(unit: UnitQuarter) -> dict[Name, Estimated]:
    """Every figure of the quarter that is shown."""
    days, asked = list(unit.days.values()), Query(unit.unit, PERIOD)
    found = spreads(unit.instrument, days, FORMULA, SHOWN_FROM)
    certain = design(unit.instrument, sum(days), found, FORMULA, SHOWN_FROM)
    shown = figures(unit.instrument, sum(days), asked, 0, FORMULA, tuple(NAMES), certain)
    return {
        (NAMES[figure.part], figure.key): _estimated(figure, found[figure.key].variance)
        for figure in shown
        if not figure.too_few
    }


def _estimated(figure: Figure, variance: float) -> Estimated:
    if figure.value is None or figure.low is None or figure.high is None or not figure.n:
        raise ValueError(f"{figure.key} is shown without its numbers")
    value = float(figure.value)
    worth = value * (1 - value) / variance if variance else figure.n
    items = figure.items or (figure.key,)
    return Estimated(items, Known(value, figure.low, figure.high), worth)
