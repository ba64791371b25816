"""Two figures side by side: two periods of a unit, or two units in a period; and a unit's rank."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest

from handlers.breaks import breaks
from handlers.scores import By, Scores
from sipas.breaks import Break
from sipas.comparison import Difference, Known, difference
from sipas.figures import Figure, Part
from sipas.periods import Period
from sipas.pooling import Pulled, pulled
from sipas.ranks import Ranked, ranked
from storage.directory import Unit

KINDS: Mapping[str, frozenset[str]] = {"commune": frozenset({"xa", "phuong", "dac_khu"})}
"""Groups of kinds of units that are ranked together; every other kind by itself."""

REMEMBERED = 64
ranked_once, _pulled = lru_cache(REMEMBERED)(ranked), lru_cache(REMEMBERED)(pulled)
"""Every unit with every other: made once, as the same figures are looked at again and again."""

RANKS_FROM = 3
"""Fewer units than that are compared two by two."""

Name = tuple[str, Part, str]
"""Instrument, part and key of a figure."""


@dataclass(frozen=True, slots=True)
class Side:
    """A unit in a period."""

    unit: Unit
    period: Period


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure of one side and the same of the other, with the difference: one less other."""

    one: Figure
    other: Figure
    difference: Difference


@dataclass(frozen=True, slots=True)
class Placed:
    """A unit among those it is ranked with; *pulled* is its value pulled towards their mean."""

    unit: Unit
    figure: Figure
    rank: Ranked
    pulled: Pulled | None


async def compared(scores: Scores, one: Side, other: Side) -> list[Compared]:
    """Every figure that both sides show; composites over the items that both have.

    Nothing where a change of the unit lies between its two periods (`refused`).
    """
    if refused(scores, one, other):
        return []
    sides = [_named(await scores.kept(side.unit, side.period)) for side in (one, other)]
    if common := _partly(*sides):
        sides = [
            _named(await scores.of_unit(side.unit, side.period, within=common))
            for side in (one, other)
        ]
    both = (
        side_by_side(figure, sides[1][name])
        for name, figure in sides[0].items()
        if name in sides[1]
    )
    return [each for each in both if each is not None]


def refused(scores: Scores, one: Side, other: Side) -> tuple[Break, ...]:
    """Changes of the unit between its two periods, over which they are not compared.

    What changed between units below it stays within it.
    """
    if one.unit.code != other.unit.code:
        return ()
    first = min(one.period.first, other.period.first)
    last = max(one.period.last, other.period.last)
    found = breaks(scores, one.unit, Period(first, last, ""), None, ())
    return tuple(each for each in found if one.unit.code in each.old + each.new)


def overall(figures: Iterable[tuple[str, Figure]]) -> dict[str, Figure]:
    """The overall rating of each unit by code, of the questionnaire it uses most that shows one."""
    found: dict[str, Figure] = {}
    for _, figure in figures:
        if figure.part is Part.OVERALL:
            known = found.setdefault(figure.unit, figure)
            if known.value is None and figure.value is not None:
                found[figure.unit] = figure
    return found


async def changes(scores: Scores, root: Unit, now: Period, then: Period) -> dict[str, Compared]:
    """How the overall rating of each unit below *root* differs from what it was, by code.

    Left out is a unit of which either is not shown, or that was another one in between.
    """
    ratings = overall(await scores.asked_for(root, now, By.UNIT))
    before = {
        (figure.unit, figure.instrument): figure
        for _, figure in await scores.asked_for(root, then, By.UNIT)
        if figure.part is Part.OVERALL
    }
    found: dict[str, Compared] = {}
    for unit in scores.published(root):
        one = ratings.get(unit.code)
        other = before.get((unit.code, one.instrument)) if one else None
        both = side_by_side(one, other) if one and other else None
        if both and not refused(scores, Side(unit, now), Side(unit, then)):
            found[unit.code] = both
    return found


def side_by_side(one: Figure, other: Figure) -> Compared | None:
    """Two figures side by side, if both are shown."""
    known, theirs = known_of(one), known_of(other)
    return Compared(one, other, difference(known, theirs)) if known and theirs else None


async def placed(scores: Scores, root: Unit, period: Period, kind: str) -> list[Placed]:
    """The published units of a *kind* below *root* that show an overall rating, highest first.

    Only units with the questionnaire that most of them use are ranked: other words, other answers.
    """
    kinds = KINDS.get(kind, {kind})
    members = {unit.code: unit for unit in scores.published(root) if unit.kind in kinds}
    overall = [
        figure
        for _, figure in await scores.asked_for(root, period, By.UNIT)
        if figure.part is Part.OVERALL and figure.unit in members and known_of(figure)
    ]
    used = Counter(figure.instrument for figure in overall).most_common(1)
    found = [figure for figure in overall if used and figure.instrument == used[0][0]]
    if len(found) < RANKS_FROM:
        return []
    known = tuple(each for figure in found if (each := known_of(figure)) is not None)
    places = ranked_once(known, tuple(figure.n or 0 for figure in found))
    rows = [
        Placed(members[figure.unit], figure, place, own)
        for figure, place, own in zip_longest(found, places, _pulled(known))
    ]
    return sorted(rows, key=lambda row: (row.rank.best + row.rank.worst, row.unit.name))


def ranked_kinds(units: Iterable[Unit]) -> list[str]:
    """The kinds and groups of kinds that have enough units to be ranked, communes first."""
    groups = {kind: group for group, kinds in KINDS.items() for kind in kinds}
    found = Counter(groups.get(unit.kind, unit.kind) for unit in units if unit.valid_to is None)
    return sorted(
        (kind for kind, n in found.items() if n >= RANKS_FROM),
        key=lambda kind: (kind not in KINDS, kind),
    )


def known_of(figure: Figure) -> Known | None:
    """The value with its interval, if the figure is shown."""
    if figure.value is None or figure.low is None or figure.high is None:
        return None
    return Known(float(figure.value), figure.low, figure.high)


def _named(figures: Iterable[Figure]) -> dict[Name, Figure]:
    return {(figure.instrument, figure.part, figure.key): figure for figure in figures}


def _partly(one: Mapping[Name, Figure], other: Mapping[Name, Figure]) -> frozenset[str]:
    """The items that both sides have, if the composites of one rest on others than the other's."""
    if all(figure.items == other[name].items for name, figure in one.items() if name in other):
        return frozenset()
    sides = [
        {each.key for each in side.values() if each.part is Part.ITEM and each.value is not None}
        for side in (one, other)
    ]
    return frozenset(sides[0] & sides[1])
