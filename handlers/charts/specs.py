"""Charts as Vega-Lite specifications: marks, axes and colours, with the values in them.

Values are shares in [0, 1]; every text is ready to be shown. A share is a point on a line that
does not begin at nought, so that its interval can be seen; only bars begin at nought.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from textwrap import wrap
from typing import Any, NamedTuple

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
FONT = "Be Vietnam Pro"
INK, QUIET, LINE, TEAL = "#14272b", "#48605f", "#dfe9e6", "#0b5c5e"
AMBER, RUST = "#f2a541", "#9c3a12"
LEVELS = (TEAL, "#3f8f8b", "#b9c4bb", "#dd9a55", RUST)
COLOURS = {"higher": TEAL, "unclear": QUIET, "lower": RUST}
SHAPES = {"higher": "triangle-up", "unclear": "circle", "lower": "triangle-down"}
NAMED_MOST = 12
"""More units than that stand in a row without their names."""
SPAN = 0.2
"""The least stretch of shares on an axis: small changes must not look large."""

Spec = dict[str, Any]
NO_GROUPS: Mapping[str, str] = {}


class Frame(NamedTuple):
    """Outer measures of a drawing in pixels, and how many pixels of a PNG each is."""

    width: int
    height: int
    scale: int = 1


class Size(StrEnum):
    """How large a chart is wanted: for pages, phones, shared posts, print."""

    WIDE = "wide"
    NARROW = "narrow"
    SHARE = "share"
    PRINT = "print"


FRAMES = {
    Size.WIDE: Frame(720, 340, 2),
    Size.NARROW: Frame(360, 360, 2),
    Size.SHARE: Frame(600, 315, 2),
    Size.PRINT: Frame(600, 315, 4),
}


@dataclass(frozen=True, slots=True)
class Words:
    """What stands around a chart and is read out for it."""

    title: str
    notes: tuple[str, ...]
    description: str


@dataclass(frozen=True, slots=True)
class Point:
    """A share on a chart with its interval; without a value it is a gap.

    Attributes:
        shown, count: the value and its n as people read them.
        group: how it stands to the others, in words; of units compared.
        marked: the one that the chart is about.
        breaks: whether a break of the series lies before it.
    """

    name: str
    shown: str
    count: str
    n: int | None
    value: float | None
    low: float | None
    high: float | None
    id: str
    group: str = ""
    marked: bool = False
    breaks: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """One of the five levels with its share of the answers."""

    name: str
    shown: str
    count: int
    share: float


def trend(words: Words, points: Sequence[Point], size: Size) -> Spec:
    """Months in their order; the line stops at a gap and at a break."""
    floor = _floor(points)
    month = "slice(datum.value, 5) + '/' + slice(datum.value, 2, 4)"
    axis = {"labelExpr": month, "labelAngle": 0, "labelOverlap": "parity", "title": None}
    line = {"y": _share("value"), "detail": {"field": "segment"}}
    layers = [
        *_intervals("y", floor),
        _layer("line", line, color=TEAL, strokeWidth=2),
        _layer("text", {"y": {"datum": floor}, "text": {"value": "–"}}, "!datum.shown", dy=-8),
        _layer("rule", {}, "datum.breaks", strokeDash=[4, 3], color=RUST),
        _layer("text", {"y": {"value": 0}, "text": {"value": "◆"}}, "datum.breaks", color=RUST),
    ]
    for each in layers[-2:]:  # a break lies before its month, not within
        each["encoding"]["x"] = {"field": "name", "type": "ordinal", "bandPosition": 0}
    if size is not Size.NARROW:
        layers.append(_layer("text", {"y": _share("high"), "text": {"field": "shown"}}, dy=-9))
    rows = _segments(points)
    return _spec(words, size, rows, {"layer": layers, "encoding": {"x": _names(rows, axis)}})


def compared(
    words: Words, points: Sequence[Point], size: Size, groups: Mapping[str, str] = NO_GROUPS
) -> Spec:
    """Figures side by side in the order given: factors, or units of one kind in three *groups*."""
    many = len(points) > NAMED_MOST
    along, across = ("y", "x") if many else ("x", "y")
    layers = _intervals(along, _floor(points), groups, thin=many)
    if many:
        here = {along: _share("high"), "text": {"value": "▼"}}
        layers.append(_layer("text", here, "datum.marked", dy=-9, fontSize=13))
    else:
        above = {along: {"value": "width"}, "text": {"field": "told"}}
        layers.append(_layer("text", above, dy=-13, align="right"))
    letters = FRAMES[size].width // 20
    rows = [_row(each) | {"name": "\n".join(wrap(each.name, letters))} for each in points]
    axis = None if many else {"labelExpr": "split(datum.label, '\\n')", "title": None}
    return _spec(words, size, rows, {"layer": layers, "encoding": {across: _names(rows, axis)}})


def levels(words: Words, bars: Sequence[Bar], size: Size) -> Spec:
    """The five levels, the best on top; bars begin at nought."""
    names = [bar.name for bar in bars]
    most = max((bar.share for bar in bars), default=1)
    axis = _AXIS | {"grid": False, "tickCount": 5}
    share = _share("share") | {"axis": axis, "scale": {"domain": [0, min(1, most * 1.3)]}}
    colors = {"domain": names, "range": list(LEVELS)}
    color = {"field": "name", "type": "nominal", "scale": colors, "legend": None}
    layers = [
        _layer("bar", {"x": share, "color": color}, "true", height={"band": 0.7}),
        _layer("text", {"x": share, "text": {"field": "shown"}}, "true", dx=6, align="left"),
    ]
    rows = [{"name": b.name, "shown": b.shown, "n": b.count, "share": b.share} for b in bars]
    y = _names(rows, {"title": None})
    return _spec(words, size, rows, {"layer": layers, "encoding": {"y": y}})


_AXIS: Spec = {"labelExpr": "format(datum.value * 100, '.0f') + ' %'", "title": None}


def _share(field: str) -> Spec:
    return {"field": field, "type": "quantitative"}


def _names(rows: Sequence[Spec], axis: Spec | None) -> Spec:
    """Names in the order of the rows, those without a value too."""
    domain = {"domain": list(dict.fromkeys(row["name"] for row in rows))}
    return {"field": "name", "type": "ordinal", "scale": domain, "axis": axis}


def _layer(mark: str, encoding: Spec, when: str = "datum.shown", **looks: Any) -> Spec:
    """One mark for each row for which *when* is true."""
    marked = {"type": mark, "aria": False, **looks}
    return {"mark": marked, "encoding": encoding, "transform": [{"filter": when}]}


def _intervals(
    along: str, floor: float, groups: Mapping[str, str] = NO_GROUPS, *, thin: bool = False
) -> list[Spec]:
    """Intervals with a point each; groups differ by colour and by shape."""
    scale = {"domain": [floor, 1], "zero": False}
    low = _share("low") | {"scale": scale, "axis": _AXIS | {"tickCount": 5}}
    ends = {along: low, f"{along}2": {"field": "high"}}
    value = {along: _share("value"), **_grouped(groups)}
    return [
        _layer("rule", ends, color=AMBER, strokeWidth=2.5 if thin else 9),
        _layer("point", value, color=TEAL, filled=True, size=30 if thin else 55, opacity=1),
    ]


def _grouped(groups: Mapping[str, str]) -> Spec:
    legend = {"title": None, "orient": "bottom", "direction": "vertical"}
    return {
        channel: {
            "field": "group",
            "type": "nominal",
            "scale": {"domain": list(groups.values()), "range": [kinds[key] for key in groups]},
            "legend": legend,
        }
        for channel, kinds in (("color", COLOURS), ("shape", SHAPES))
        if groups
    }


def _floor(points: Sequence[Point]) -> float:
    """Where the axis of shares begins: at a whole tenth below everything that is drawn."""
    least = min((each.low for each in points if each.low is not None), default=0)
    return max(0.0, min(math.floor(least * 10) / 10, 1 - SPAN))


def _segments(points: Sequence[Point]) -> list[Spec]:
    """Rows with the number of their stretch: a break or a gap begins another one."""
    rows, segment = [], 0
    for each in points:
        segment += each.breaks or each.value is None
        rows.append(_row(each) | {"segment": segment, "breaks": each.breaks})
    return rows


def _row(point: Point) -> Spec:
    return {
        "name": point.name,
        "shown": point.shown,
        "told": f"{point.shown} · n = {point.count}",
        "n": point.n,
        "value": point.value,
        "low": point.low,
        "high": point.high,
        "id": point.id,
        "group": point.group,
        "marked": point.marked,
    }


def _spec(words: Words, size: Size, rows: Sequence[Spec], drawn: Spec) -> Spec:
    """The whole specification, as large as its frame on the outside."""
    frame = FRAMES[size]
    notes = [line for note in words.notes for line in wrap(note, frame.width // 6)]
    title = {
        "text": wrap(words.title, frame.width // 9),
        "subtitle": notes,
        "anchor": "start",
        "frame": "bounds",
    }
    return {
        "$schema": SCHEMA,
        "title": title,
        "description": words.description,
        "width": frame.width,
        "height": frame.height,
        "autosize": {"type": "fit", "contains": "padding"},
        "padding": 12,
        "data": {"values": list(rows)},
        "config": _LOOK,
        **drawn,
    }


_LOOK: Spec = {
    "font": f"{FONT}, Noto Sans, Liberation Sans, sans-serif",
    "background": "#ffffff",
    "view": {"stroke": None},
    "title": {"fontSize": 15, "color": INK, "subtitleColor": QUIET, "subtitleFontSize": 12},
    "axis": {
        "labelColor": INK,
        "labelFontSize": 12,
        "labelLimit": 280,
        "gridColor": LINE,
        "domainColor": QUIET,
        "tickColor": QUIET,
    },
    "legend": {"labelFontSize": 12, "labelColor": INK, "labelLimit": 300},
    "text": {"fontSize": 11.5, "color": INK},
}
