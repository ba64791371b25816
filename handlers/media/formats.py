"""The open data as files that spreadsheets and statistics programs read."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from typing import Any

from handlers.media.licence import LICENCE
from handlers.media.table import COLUMNS, Cell, Table
from handlers.messages import text
from sipas.figures import Part

MEASURES = ("value", "low", "high", "n")
_BOM = "\ufeff"  # without it a Vietnamese Excel shows the letters wrong


def as_csv(table: Table) -> bytes:
    """One figure a line, with a byte-order mark; an empty cell is nothing that is shown."""
    sink = io.StringIO()
    writer = csv.writer(sink)
    writer.writerow(COLUMNS)
    writer.writerows(map(_written, row) for row in table.rows)
    return (_BOM + sink.getvalue()).encode()


def _written(cell: Cell) -> Cell:
    return str(cell).lower() if isinstance(cell, bool) else cell


def as_xlsx(table: Table) -> bytes:
    """The same as typed cells, and a sheet that says what they are."""
    from openpyxl import Workbook  # when first needed: half a second and 30 MB
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet(text(table.language, "data.sheet"))
    sheet.freeze_panes = "A2"

    def typed(row: Iterable[Cell]) -> list[Any]:
        cells = [WriteOnlyCell(sheet, each) for each in row]
        for cell in cells:
            if isinstance(cell.value, str):
                cell.data_type = "s"  # never a formula, whatever it begins with
        return cells

    sheet.append(typed(text(table.language, f"data.column.{name}") for name in COLUMNS))
    for row in table.rows:
        sheet.append(typed(row))
    about = book.create_sheet(text(table.language, "data.about"))
    for line in notes(table):
        about.append(typed([line]))
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def notes(table: Table) -> list[str]:
    """What every file that has room for it says of itself."""
    say = table.language
    lines = [text(say, "data.words"), text(say, "data.sealed", number=table.number, day=table.day)]
    lines += [text(say, "site.demo")] * table.simulated
    address = f"{table.site}/data/"
    return [*lines, text(say, "data.licence", licence=LICENCE.name, address=address)]


def as_jsonstat(table: Table) -> bytes:
    """JSON-stat 2.0: a cube of units, periods, figures and measures."""
    found = {_at(each): each for each in table.records}
    axes = [list(dict.fromkeys(at[axis] for at in found)) for axis in range(3)]
    units, periods, keys = axes
    cells = [found.get((u, p, k)) for u in units for p in periods for k in keys]
    told = {
        "version": "2.0",
        "class": "dataset",
        "href": f"{table.site}/data/figures.json",
        "label": text(table.language, "data.title"),
        "source": table.site,
        "updated": table.day,
        "note": notes(table),
        "extension": {"license": LICENCE.address},
        "id": ["unit", "period", "figure", "measure"],
        "size": [*map(len, axes), len(MEASURES)],
        "role": {"geo": ["unit"], "time": ["period"], "metric": ["measure"]},
        "dimension": _dimensions(table, axes),
        "value": [each and each.get(m) for each in cells for m in MEASURES],
        "status": _statuses(cells),
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _at(figure: Mapping[str, Any]) -> tuple[str, str, str]:
    return figure["unit"], figure["period"], f"{figure['instrument']} {figure['key']}"


def _statuses(cells: Iterable[Mapping[str, Any] | None]) -> dict[str, str]:
    """Why a value is missing, by its place in the list of all values."""
    read, found = COLUMNS["status"].read, dict[str, str]()
    for number, each in enumerate(cells):
        why = str(read(each)) if each else "absent"
        if why != "shown":
            found[str(number * len(MEASURES))] = why
    return found


def _dimensions(table: Table, axes: list[list[str]]) -> dict[str, Any]:
    named = {each["unit"]: each["unit_name"] for each in table.records}
    figures = {_at(each)[2]: _named(table, each) for each in table.records}
    labels: tuple[Mapping[str, str], ...] = (
        named,
        {},
        figures,
        {m: text(table.language, f"data.column.{m}") for m in MEASURES},
    )
    names = ("unit", "period", "figure", "measure")
    return {
        name: {
            "label": text(table.language, f"data.axis.{name}"),
            "category": {"index": codes, **({"label": label} if label else {})},
        }
        for name, codes, label in zip(names, [*axes, list(MEASURES)], labels, strict=True)
    }


def _named(table: Table, figure: Mapping[str, Any]) -> str:
    """A figure as people know it, and the questionnaire that asks for it."""
    own = f"{figure['instrument']} {figure['key']}"
    part = figure["part"]
    name = table.names[own] if part == Part.FACTOR else text(table.language, f"filings.{part}")
    return f"{name} · {figure['instrument']}"
