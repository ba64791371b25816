"""Figures: every number that is shown, with its id, formula, n, interval and query.

The id is the hash of query, release and formula: the same question about the same state has the
same id, and a figure that changed has another one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any, NamedTuple

from sipas.periods import Period, parse_period

OVERALL = "overall"  # the item that asks for the whole visit at once
_ID_LENGTH = 20


class Visibility(StrEnum):
    """How much of a cell with n answers may be shown."""

    NOTHING = "nothing"
    N_ONLY = "n_only"
    ALL = "all"


# One table for everything that is shown, staff's pages and exports included: from n on.
VISIBILITY = ((30, Visibility.ALL), (10, Visibility.N_ONLY), (0, Visibility.NOTHING))
SHOWN_FROM = VISIBILITY[0][0]


def visible(n: int) -> Visibility:
    """How much of a cell with *n* answers may be shown.

    >>> [str(visible(n)) for n in (9, 10, 29, 30)]
    ['nothing', 'n_only', 'n_only', 'all']
    """
    return next(what for least, what in VISIBILITY if n >= least)


class Part(StrEnum):
    """Which part of the questionnaire a figure is about."""

    INDEX = "index"
    OVERALL = "overall"
    FACTOR = "factor"
    ITEM = "item"


@dataclass(frozen=True, slots=True)
class Query:
    """What was asked for; *only* narrows to one value of one dimension, as ``stratum=receipt``."""

    unit: str
    period: str
    counter: str = ""
    role: str = "receiving"
    only: str = ""


class Figure(NamedTuple):
    """One published number; what may not be shown is None and is in no other field either.

    A named tuple, because a province has thousands and a frozen dataclass takes five times as long.

    Attributes:
        key: `index`, `overall_direct`, a factor or an item; *part* tells which.
        source: `direct` where one item asks for it, `items` where it is averaged from several.
        n: answers; of a composite the fewest of its items, or the most where none has enough.
        value, low, high: within [0, 1]; the value is exact.
        design_effect: how many times the variance of answers that stand alone this one's is; of a
            composite, that of items which besides move as one.
        freedom: degrees of freedom of that variance; None where they were assumed to be infinite.
        not_applicable, levels: of figures that rest on one item.
        satisfied: how many of n chose 4 or 5, where the levels are hidden.
        items, missing, n_min, n_max, responses: of composites; *missing* items had too few answers.
        partial: some items are missing, so it is compared over common items only.
        too_few: fewer answers than a value needs.
        suppressed: hidden because it would reveal another hidden cell. Where n is hidden too, both
            are true: which of them it is would tell about how many answers there are.
        levels_hidden: the levels, not the share, would reveal where somebody's rare answer is.
        first, last: the days that are shown where the rest of the period would reveal such a cell.
    """

    id: str
    unit: str
    counter: str
    key: str
    part: Part
    source: str
    period: str
    formula: str
    instrument: str
    n: int | None = None
    value: Fraction | None = None
    low: float | None = None
    high: float | None = None
    design_effect: float | None = None
    freedom: float | None = None
    not_applicable: int | None = None
    levels: tuple[int, ...] | None = None
    satisfied: int | None = None
    items: tuple[str, ...] | None = None
    missing: tuple[str, ...] | None = None
    n_min: int | None = None
    n_max: int | None = None
    responses: int | None = None
    partial: bool = False
    too_few: bool = False
    suppressed: bool = False
    levels_hidden: bool = False
    first: str = ""
    last: str = ""


_NUMBERS = tuple(name for name, least in Figure._field_defaults.items() if least is None)
_ALWAYS = (
    *("id", "unit", "key", "part", "period", "formula", "instrument"),
    *("n", "value", "low", "high", "not_applicable"),
)


def figure_id(query: str, release: int, formula_id: str) -> str:
    """Twenty hexadecimal digits that stand for the answer to *query* at *release*.

    >>> figure_id("15448 2026-Q4 index", 7, "t2b.v1")
    '52e09abe4cbcc4d1d2c4'
    """
    text = f"{query}\n{release}\n{formula_id}"
    return hashlib.sha256(text.encode()).hexdigest()[:_ID_LENGTH]


def narrowed_to(figure: Figure, period: Period) -> Figure:
    """*figure* with the days it is of, where they are not all days of the period asked for."""
    whole = parse_period(figure.period)
    if (whole.first, whole.last) == (period.first, period.last):
        return figure
    return figure._replace(first=period.first.isoformat(), last=period.last.isoformat())


def suppressed(figure: Figure) -> Figure:
    """*figure* without its numbers, because they would reveal those of a hidden cell."""
    hidden: dict[str, Any] = dict.fromkeys(_NUMBERS)
    return figure._replace(**hidden, partial=False, suppressed=True, levels_hidden=False)


def record(figure: Figure) -> dict[str, Any]:
    """*figure* as interfaces tell it: what it has no place for is left out, values are floats."""
    return {
        name: _plain(told)
        for name, told in figure._asdict().items()
        if name in _ALWAYS or not (told is None or told is False or told == "")
    }


def _plain(told: Any) -> object:
    convert = _PLAIN.get(type(told))
    return convert(told) if convert else told


_PLAIN: Mapping[type, Callable[[Any], object]] = {Fraction: float, tuple: list, Part: str}
