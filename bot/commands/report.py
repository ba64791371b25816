"""How commands print what they refused."""

from __future__ import annotations

from collections.abc import Iterable

import click

from sipas.csv_rows import Refusal


def refused_rows(refused: Iterable[Refusal]) -> None:
    """One line per refused row, on standard error."""
    for row in refused:
        click.echo(f"line {row.line}: {row.column} {row.value!r}: {row.reason}", err=True)
