"""The figures of one tally, computed: index, overall, factors and items with their intervals."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

from sipas.clusters import INDEX, ONE_BY_ONE, Design, alone, interval, together
from sipas.composites import Measured, composite, measure
from sipas.figures import OVERALL, SHOWN_FROM, Figure, Part, Query, Visibility, figure_id, visible
from sipas.formulas import formula, needs_levels
from sipas.items import Instrument
from sipas.scoring import LevelCounts, TooFew
from sipas.tally import level_counts, responses

_Numbers = Mapping[str, Any]


class Hiding(NamedTuple):
    """Items of which no value may be shown, not even n, and no levels but a share of satisfied."""

    values: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    levels: frozenset[str] = frozenset()

    def by(self, formula_id: str) -> frozenset[str]:
        """The items of which no value by a formula may be shown."""
        return self.values | self.levels if needs_levels(formula_id) else self.values


NOTHING_HIDDEN = Hiding()


def figures(
    instrument: Instrument,
    tally: int,
    query: Query,
    release: int,
    formula_id: str,
    parts: Iterable[Part] = tuple(Part),
    design: Design = ONE_BY_ONE,
    within: Collection[str] = (),
    hiding: Hiding = NOTHING_HIDDEN,
) -> tuple[Figure, ...]:
    """The figures of one tally: index, overall, factors and items, as *parts* says and orders.

    A questionnaire without index items has no index, one without `overall` no overall figure.

    Args:
        release: the last release, whose state the tally is.
        parts: what to compute; leave out what nobody will look at.
        design: how much the answers of a counter-day go together; without it, not at all.
        within: where not empty, composites are made of these items only, as a comparison needs.
        hiding: the items that would tell a hidden cell of some other table.

    Raises:
        ValueError: there is no such formula.
    """
    read = _read(instrument, tally, formula_id, design, within, hiding)
    ref, made = instrument.ref, []
    start = "\t".join((query.unit, query.counter, query.period, query.role, query.only, ref))
    rows = chain.from_iterable(_ROWS[part](read) for part in parts)
    for part, key, source, numbers in rows:
        name = figure_id(f"{start}\t{part.value}\t{key}", release, formula_id)
        asked = (name, query.unit, query.counter, key, part, source, query.period, formula_id, ref)
        made.append(Figure(*asked, **numbers))
    return tuple(made)


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
    hiding: Hiding


def _read(
    instrument: Instrument,
    tally: int,
    formula_id: str,
    design: Design,
    within: Collection[str],
    hiding: Hiding,
) -> _Read:
    counts = level_counts(instrument, tally)
    levels = {key: item for key, (item, _) in counts.items()}
    measured = _without(measure(levels, formula(formula_id), SHOWN_FROM), hiding.by(formula_id))
    certain = partial(_certain, levels, design, formula_id)
    direct = {
        key: certain(key, (key,), _of_item(measured, key, aside, hiding))
        for key, (_, aside) in counts.items()
    }
    common = frozenset(within) or frozenset(levels)
    return _Read(instrument, measured, direct, responses(tally), certain, common, hiding)


def _without(measured: Measured, hidden: Collection[str]) -> Measured:
    """Hidden items count as answered by too few: composites leave them out and name them."""
    kept = {key: each for key, each in measured.estimates.items() if key not in hidden}
    return Measured(measured.counts, measured.minimum, kept)


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
    ratio, freedom = design[key].told()
    singly = together([alone(counts[item], formula_id) for item in items])
    if not singly:
        return numbers
    found = interval(value, singly * ratio, freedom, formula_id)
    told = None if math.isinf(freedom) else freedom
    return {
        **numbers,
        "low": found.low,
        "high": found.high,
        "design_effect": ratio,
        "freedom": told,
    }


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


def _of_item(measured: Measured, key: str, not_applicable: int, hiding: Hiding) -> _Numbers:
    counts = measured.counts[key]
    if key not in measured.estimates:
        return _of_too_few(counts.n, key in hiding.numbers)
    estimate = measured.estimates[key]
    return {
        "n": counts.n,
        "value": estimate.value,
        "low": estimate.low,
        "high": estimate.high,
        "not_applicable": not_applicable,
        **_answers(counts, key in hiding.levels),
    }


def _answers(counts: LevelCounts, hidden: bool) -> _Numbers:
    """How many chose each level, or how many of them were satisfied where that would tell more."""
    return (
        {"satisfied": counts.top2, "levels_hidden": True} if hidden else {"levels": counts.levels}
    )


def _of_items(read: _Read, key: str, keys: tuple[str, ...]) -> _Numbers:
    used = [item for item in keys if item in read.common]
    found = composite(read.measured, used)
    if isinstance(found, TooFew):
        return _of_too_few(found.n, not read.hiding.numbers.isdisjoint(used))
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


def _of_too_few(n: int, hidden: bool) -> _Numbers:
    if hidden:  # whether it has too few itself, or would tell of another, bounds how many they are
        return {"too_few": True, "suppressed": True, "n": None}
    few = {"suppressed": True} if n >= SHOWN_FROM else {"too_few": True}
    return {**few, "n": None if visible(n) is Visibility.NOTHING else n}
