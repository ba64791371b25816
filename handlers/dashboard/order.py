"""Which tiles are shown, and in which order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any

from handlers.comparing import KINDS
from handlers.dashboard.tiles import Tile
from sipas.comparison import Verdict
from sipas.grades import Grade
from sipas.vietnamese import fold
from storage.directory import Directory


class Order(StrEnum):
    """What comes first."""

    ATTENTION = "attention"
    NAME = "name"
    GROUP = "group"
    VALUE = "value"
    CHANGE = "change"
    GRADE = "grade"


_FIRST = "commune"
_HEADED = (_FIRST, "department", "province")
_GROUPS = ("group.higher", "group.unclear", "group.lower", "group.none")
_GRADES = (Grade.D, Grade.C, Grade.B, Grade.A, Grade.UNKNOWN)
_VERDICTS = (Verdict.LOWER, Verdict.UNCLEAR, Verdict.HIGHER)


def _attention(tile: Tile) -> tuple[int, ...]:
    """Things to decide first, then clear falls, then clearly lower units, then silent counters."""
    alarming = sum(each.n or 1 for each in tile.concerns if each.sort != "flagged")
    falls = tile.turn is Verdict.LOWER, tile.group is Verdict.LOWER
    silent = len(tile.coverage.silent)
    return -alarming, -sum(falls), -falls[0], -silent, -len(tile.concerns)


def _value(tile: Tile) -> tuple[float, ...]:
    value = tile.figure.value if tile.figure else None
    return (1, 0) if value is None else (0, float(value))


def _change(tile: Tile) -> tuple[float, ...]:
    """What may be called a fall first, the deepest of them at the top."""
    value = tile.change.difference.value if tile.change else 0
    return _VERDICTS.index(tile.turn), value if tile.turn is not Verdict.UNCLEAR else 0


def _grade(tile: Tile) -> tuple[int, ...]:
    return (_GRADES.index(tile.coverage.graded.grade),)


_KEYS: Mapping[Order, Callable[[Tile], tuple[Any, ...]]] = {
    Order.ATTENTION: _attention,
    Order.NAME: lambda tile: (),
    Order.GROUP: _value,
    Order.VALUE: _value,
    Order.CHANGE: _change,
    Order.GRADE: _grade,
}


def ordered(tiles: Iterable[Tile], order: Order) -> list[Tile]:
    """*tiles* as asked; those that are alike stay in the order of their names."""
    return sorted(tiles, key=_KEYS[order])


def named_like(tiles: Iterable[Tile], directory: Directory, words: str) -> list[Tile]:
    """Tiles whose unit's name, or that of a former unit, holds *words* without their tones."""
    key = fold(words)
    former = {unit.code for unit in directory.search(key)}
    return [tile for tile in tiles if key in tile.unit.search_key or tile.unit.code in former]


def sections(tiles: Iterable[Tile], order: Order) -> list[tuple[str, list[Tile]]]:
    """Tiles under headings: the three groups of a comparison, else communes and other kinds."""
    if order is Order.GROUP:
        found = _by(tiles, lambda tile: f"group.{tile.group or 'none'}")
        return [(key, found[key]) for key in _GROUPS if key in found]
    by_kind = _by(tiles, _kind)
    return sorted(by_kind.items(), key=lambda each: (each[0] != f"kind.{_FIRST}", each[0]))


def _by(tiles: Iterable[Tile], key: Callable[[Tile], str]) -> dict[str, list[Tile]]:
    found: dict[str, list[Tile]] = defaultdict(list)
    for tile in tiles:
        found[key(tile)].append(tile)
    return found


def _kind(tile: Tile) -> str:
    own = (group for group, kinds in KINDS.items() if tile.unit.kind in kinds)
    kind = next(own, tile.unit.kind)
    return f"kind.{kind}" if kind in _HEADED else "kind.other"
