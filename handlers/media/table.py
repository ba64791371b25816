"""The open data: every figure of public periods as one table, as it was sealed last."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from handlers.public import figure_names
from handlers.sentences import name_of
from handlers.service import Service, State
from sipas.ledger import Record
from storage import sealing
from storage.transaction import Transaction

Cell = str | int | float | bool | None
Row = tuple[Cell, ...]
Read = Callable[[Record], Cell]


class Column(NamedTuple):
    """A column with its type, which Data Package and CSVW call by the same word."""

    name: str
    type: str
    read: Read


def _level(number: int) -> Read:
    return lambda figure: figure["levels"][number] if "levels" in figure else None


def _status(figure: Record) -> str:
    """Why there is no value, or that there is one."""
    hidden = next((each for each in ("suppressed", "too_few") if figure.get(each)), "")
    return hidden or "shown"


def _plain(name: str, type: str, field: str = "") -> Column:
    return Column(name, type, lambda figure: figure.get(field or name))


_FIGURES = (
    _plain("period", "string"),
    _plain("first", "date"),
    _plain("last", "date"),
    _plain("unit", "string"),
    _plain("unit_name", "string"),
    _plain("instrument", "string"),
    _plain("part", "string"),
    _plain("key", "string"),
    _plain("formula", "string"),
    _plain("n", "integer"),
    _plain("value", "number"),
    _plain("low", "number"),
    _plain("high", "number"),
    *(Column(f"level_{number + 1}", "integer", _level(number)) for number in range(5)),
    _plain("not_applicable", "integer"),
    Column("status", "string", _status),
    _plain("figure", "string", "id"),
    _plain("release", "integer"),
    _plain("simulated", "boolean"),
)
COLUMNS: Mapping[str, Column] = {each.name: each for each in _FIGURES}
KEY = "figure"
"""The column that no two rows share."""


@dataclass(frozen=True, slots=True)
class Table:
    """All figures, with what their descriptions need.

    Attributes:
        number, day: of the root under which they are sealed.
        names: of factors, by questionnaire and key.
    """

    records: list[dict[str, Any]]
    number: int
    day: str
    language: str
    site: str
    simulated: bool
    names: Mapping[str, str]

    @property
    def rows(self) -> Iterator[Row]:
        """The cells of each figure, in the order of `COLUMNS`."""
        return (tuple(column.read(each) for column in _FIGURES) for each in self.records)

    def span(self) -> tuple[str, str]:
        """The first and the last day that any figure is of."""
        firsts, lasts = [[each[at] for each in self.records] for at in ("first", "last")]
        return min(firsts, default=self.day), max(lasts, default=self.day)


async def table(asked: Service, state: State, language: str, simulated: bool) -> Table | None:
    """What was sealed last; None while nothing is."""
    found = await asked.store.look(_sealed)
    if found is None:
        return None
    root, records = found
    units = {each.code: name_of(each, language) for each in state.directory.units if each.published}
    shown = [
        {**each, "unit_name": units[each["unit"]], "simulated": simulated}
        for each in records
        if each["unit"] in units
    ]
    names = figure_names(asked, language)
    return Table(shown, root.number, root.day, language, asked.public_url, simulated, names)


def _sealed(tx: Transaction) -> tuple[sealing.Root, list[dict[str, Any]]] | None:
    root, stated = sealing.last_root(tx), sealing.statement(tx)
    if root is None or stated is None:
        return None
    return root, [json.loads(line) for line in stated.files["figures.jsonl"].splitlines()]
