"""Responses as lines of CSV or NDJSON, a hundred thousand a second."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from itertools import chain, islice
from operator import itemgetter
from typing import Any

from handlers.audit import harmless
from handlers.exports.groups import Group, Groups
from sipas.packing import NOT_SHOWN
from storage.exporting import Row, bounds

COLUMNS = ("unit", "first", "last", "questionnaire")
WITHHELD = "*"
"""The answer to an item of which no value is shown."""
ABSENT = "."
"""The answer to an item that was not asked: a cell of CSV must not begin with a dash."""
AT_ONCE = 4_000
MARK = "\ufeff"  # by which spreadsheets know UTF-8


class Form(StrEnum):
    """What an export is."""

    CSV = "csv"
    NDJSON = "ndjson"


def lines(rows: Iterable[Row], groups: Groups, form: Form) -> Iterator[bytes]:
    """The export, some thousand lines at a time."""
    columns = list(dict.fromkeys(chain.from_iterable(each.items for each in groups.values())))
    if form is Form.CSV:
        yield (MARK + ",".join((*COLUMNS, *columns)) + "\r\n").encode()
    told = _told(rows, groups, form, columns)
    while some := "".join(islice(told, AT_ONCE)):
        yield some.encode()


def _told(rows: Iterable[Row], groups: Groups, form: Form, columns: list[str]) -> Iterator[str]:
    line = _csv if form is Form.CSV else _ndjson
    known = {
        key: (*bounds(group.period), line(group, columns), _answers(group, columns))
        for key, group in groups.items()
    }
    nobody = (0, 0, "", str)
    for unit, version, response, levels in rows:
        first, before, pattern, answers = known.get((unit, version), nobody)
        if first <= response < before:
            yield pattern % answers(levels.replace(NOT_SHOWN, ABSENT) + WITHHELD)


def _answers(group: Group, columns: list[str]) -> Callable[[str], Any]:
    """Takes the answers of the columns that the questionnaire has from its levels."""
    places = {item.key: at for at, item in enumerate(group.instrument.items)}
    own = set(group.items)
    return itemgetter(
        *(-1 if key in group.hidden else places[key] for key in columns if key in own)
    )


def _head(group: Group) -> tuple[str, ...]:
    first, last = group.period.first.isoformat(), group.period.last.isoformat()
    return group.unit, first, last, group.instrument.ref


def _csv(group: Group, columns: list[str]) -> str:
    own = set(group.items)
    cells = [_cell(harmless(cell)) for cell in _head(group)]
    return ",".join(cells + ["%s" if key in own else "" for key in columns]) + "\r\n"


def _cell(text: str) -> str:
    quoted = '"' + text.replace('"', '""') + '"' if set(text) & set('",\r\n') else text
    return quoted.replace("%", "%%")


def _ndjson(group: Group, columns: list[str]) -> str:
    own = set(group.items)
    told = json.dumps(dict(zip(COLUMNS, _head(group), strict=True)), ensure_ascii=False)
    answers = ", ".join(f'{json.dumps(key)}: "%s"' for key in columns if key in own)
    return told.replace("%", "%%")[:-1] + f', "answers": {{{answers}}}}}\n'
