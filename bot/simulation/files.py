"""A simulated year as a file: one response a line, CSV or NDJSON, without what is true of it."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, TextIO

from bot.simulation.world import EPOCH, World

COLUMNS = (
    *("day", "hour", "counter", "unit", "instrument", "levels", "stage", "stratum", "channel"),
    *("kind", "field", "reasons"),
)


def rows(world: World) -> Iterator[tuple[Any, ...]]:
    """Every response by the columns; *levels* holds a character per item of the questionnaire."""
    for each in world.draw():
        counter = world.desks[each.desk].counter
        day, fields = (EPOCH + timedelta(days=each.day)).isoformat(), counter.fields
        for levels, stage, stratum, channel, kind, reasons, hour, pick in each.answers:
            field = fields[pick % len(fields)] if fields and pick >= 0 else ""
            yield (
                *(day, hour, counter.code, counter.unit, counter.instrument),
                *(levels, stage, stratum, channel, kind, field, " ".join(reasons)),
            )


def write(path: Path, world: World) -> int:
    """Write the year; a name that ends in .csv makes CSV, any other NDJSON. Return how many."""
    with path.open("w", encoding="utf-8", newline="") as out:
        return sum(map(_lines(path, out), rows(world)))


def _lines(path: Path, out: TextIO) -> Callable[[tuple[Any, ...]], bool]:
    if path.suffix == ".csv":
        lines = csv.writer(out)
        lines.writerow(COLUMNS)
        return lambda row: bool(lines.writerow(row))
    return lambda row: bool(out.write(json.dumps(dict(zip(COLUMNS, row, strict=True))) + "\n"))
