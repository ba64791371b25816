"""Figures: every number that is shown, with its id, formula, n, interval and query.

The id is the hash of query, release and formula: the same question about the same state has the
same id, and a figure that changed has another one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

from sipas.clusters import INDEX, ONE_BY_ONE, Design, alone, interval, together
from sipas.composites import Measured, composite, measure
from sipas.formulas import formula
from sipas.items import Instrument
from sipas.scoring import LevelCounts, TooFew
from sipas.tally import level_counts, responses

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
        design_effect: how many times the variance of answers that stand alone this one's is.
        not_applicable, levels, design_effect: of figures that rest on one item.
        items, missing, n_min, n_max, responses: of composites; *missing* items had too few answers.
        partial: some items are missing, so it is compared over common items only.
        too_few: fewer answers than a value needs.
        suppressed: hidden because it would reveal another hidden cell.
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
    not_applicable: int | None = None
    levels: tuple[int, ...] | None = None
    items: tuple[str, ...] | None = None
    missing: tuple[str, ...] | None = None
    n_min: int | None = None
    n_max: int | None = None
    responses: int | None = None
    partial: bool = False
    too_few: bool = False
    suppressed: bool = False


_NUMBERS = tuple(name for name, least in Figure._field_defaults.items() if least is None)
_ALWAYS = (
    *("id", "unit", "key", "part", "period", "formula", "instrument"),
    *("n", "value", "low", "high", "not_applicable"),
)
_Numbers = Mapping[str, Any]


def figure_id(query: str, release: int, formula_id: str) -> str:
    """Twenty hexadecimal digits that stand for the answer to *query* at *release*.

    >>> figure_id("15448 2026-Q4 index", 7, "t2b.v1")
    '52e09abe4cbcc4d1d2c4'
    """
    text = f"{query}\n{release}\n{formula_id}"
    return hashlib.sha256(text.encode()).hexdigest()[:_ID_LENGTH]


def figures(
    instrument: Instrument,
    tally: int,
    query: Query,
    release: int,
    formula_id: str,
    parts: Iterable[Part] = tuple(Part),
    design: Design = ONE_BY_ONE,
    within: Collection[str] = (),
) -> tuple[Figure, ...]:
    """The figures of one tally: index, overall, factors and items, as *parts* says and orders.

    A questionnaire without index items has no index, one without `overall` no overall figure.

    Args:
        release: the last release, whose state the tally is.
        parts: what to compute; leave out what nobody will look at.
        design: how much the answers of a counter-day go together; without it, not at all.
        within: where not empty, composites are made of these items only, as a comparison needs.

    Raises:
        ValueError: there is no such formula.
    """
    read = _read(instrument, tally, formula_id, design, within)
    ref, made = instrument.ref, []
    start = "\t".join((query.unit, query.counter, query.period, query.role, query.only, ref))
    rows = chain.from_iterable(_ROWS[part](read) for part in parts)
    for part, key, source, numbers in rows:
        name = figure_id(f"{start}\t{part.value}\t{key}", release, formula_id)
        asked = (name, query.unit, query.counter, key, part, source, query.period, formula_id, ref)
        made.append(Figure(*asked, **numbers))
    return tuple(made)


def suppressed(figure: Figure) -> Figure:
    """*figure* without its numbers, because they would reveal those of a hidden cell."""
    hidden: dict[str, Any] = dict.fromkeys(_NUMBERS)
    return figure._replace(**hidden, partial=False, suppressed=True)


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


_Certain = Callable[[str, Sequence[str], _Numbers], _Numbers]


@dataclass(frozen=True, slots=True)
class _Read:
    """A tally read once for all its figures; *direct* holds what each item's figure shows."""

    instrument: Instrument
    measured: Measured
    direct: Mapping[str, _Numbers]
    responses: int
    certain: _Certain
    common: frozenset[str]


def _read(
    instrument: Instrument, tally: int, formula_id: str, design: Design, within: Collection[str]
) -> _Read:
    counts = level_counts(instrument, tally)
    levels = {key: item for key, (item, _) in counts.items()}
    measured = measure(levels, formula(formula_id), SHOWN_FROM)
    certain = partial(_certain, levels, design, formula_id)
    direct = {
        key: certain(key, (key,), _of_item(measured, key, aside))
        for key, (_, aside) in counts.items()
    }
    common = frozenset(within) or frozenset(levels)
    return _Read(instrument, measured, direct, responses(tally), certain, common)


def _certain(
    counts: Mapping[str, LevelCounts],
    design: Design,
    formula_id: str,
    key: str,
    items: Sequence[str],
    numbers: _Numbers,
) -> _Numbers:
    """*numbers* of a figure with the interval that the design gives them."""
    value = numbers.get("value")
    if key not in design or not value or value == 1:  # all alike: no variance to go by
        return numbers
    ratio, freedom = design[key]
    singly = together([alone(counts[item], formula_id) for item in items])
    if not singly:
        return numbers
    found = interval(value, singly * ratio, freedom, formula_id)
    effect = {"design_effect": ratio} if len(items) == 1 else {}
    return {**numbers, "low": found.low, "high": found.high, **effect}


_Row = tuple[Part, str, str, _Numbers]


def _index(read: _Read) -> Iterator[_Row]:
    if keys := read.instrument.index_items:
        yield Part.INDEX, "index", "items", _of_items(read, INDEX, keys)


def _overall(read: _Read) -> Iterator[_Row]:
    if OVERALL in read.direct:
        yield Part.OVERALL, "overall_direct", "direct", read.direct[OVERALL]


def _factors(read: _Read) -> Iterator[_Row]:
    for factor in read.instrument.factors:
        if factor.items == (factor.key,):
            yield Part.FACTOR, factor.key, "direct", read.direct[factor.key]
        else:
            yield Part.FACTOR, factor.key, "items", _of_items(read, factor.key, factor.items)


def _items(read: _Read) -> Iterator[_Row]:
    for key, numbers in read.direct.items():
        yield Part.ITEM, key, "direct", numbers


_ROWS = {
    Part.INDEX: _index,
    Part.OVERALL: _overall,
    Part.FACTOR: _factors,
    Part.ITEM: _items,
}


def _of_item(measured: Measured, key: str, not_applicable: int) -> _Numbers:
    counts = measured.counts[key]
    if key not in measured.estimates:
        return _of_too_few(counts.n)
    estimate = measured.estimates[key]
    return {
        "n": counts.n,
        "value": estimate.value,
        "low": estimate.low,
        "high": estimate.high,
        "not_applicable": not_applicable,
        "levels": counts.levels,
    }


def _of_items(read: _Read, key: str, keys: tuple[str, ...]) -> _Numbers:
    found = composite(read.measured, [item for item in keys if item in read.common])
    if isinstance(found, TooFew):
        return _of_too_few(found.n)
    numbers = {
        "n": found.n_min,
        "value": found.value,
        "low": found.low,
        "high": found.high,
        "items": found.items,
        "missing": found.missing,
        "n_min": found.n_min,
        "n_max": found.n_max,
        "responses": read.responses,
        "partial": found.partial,
    }
    return read.certain(key, found.items, numbers)


def _of_too_few(n: int) -> _Numbers:
    return {"too_few": True, "n": None if visible(n) is Visibility.NOTHING else n}
