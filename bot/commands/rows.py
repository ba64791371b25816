"""`motcua export --rows`: released responses row by row into a file."""

from __future__ import annotations

import getpass
from collections.abc import Collection
from pathlib import Path

import click

from bot.clock import utc_now
from bot.commands.session import with_store
from bot.keys import load_keys
from bot.own_files import own_file
from bot.settings import Settings
from bot.surveys import survey
from handlers.exports.groups import Groups
from handlers.exports.groups import export as exported
from handlers.exports.lines import Form, lines
from handlers.service import Service, State
from sipas.periods import PeriodError
from storage.directory import Unit
from storage.exporting import ReleasedRows
from storage.store import Store


def write_rows(file: Path, unit: str, period: str) -> None:
    """Write released responses into *file*, which ends in .csv or .ndjson."""
    if file.suffix.removeprefix(".") not in list(Form):
        raise click.UsageError(f"--rows: expected a name that ends in .csv or .ndjson, got {file}")
    settings = Settings()
    asked = survey(load_keys(settings.secret_key_file))

    async def written(store: Store) -> int:
        service = Service(store, asked, utc_now, settings.public_url, 0, settings.rate_per_minute)
        state = await service.state()
        units, who = _units(state, unit), getpass.getuser()
        try:
            found, days = await exported(service, state, units, period, who, unit or "all")
        except PeriodError as wrong:
            raise click.ClickException(f"period: {wrong}") from None
        return _write(file, ReleasedRows(store.address, days), found)

    click.echo(f"{with_store(written):,} bytes: {file}")


def _units(state: State, code: str) -> Collection[Unit]:
    if not code:
        return state.directory.units
    found = state.directory.unit(code)
    if found is None:
        raise click.ClickException(f"no unit has the code {code!r}")
    return state.directory.subtree(found)


def _write(file: Path, rows: ReleasedRows, found: Groups) -> int:
    with own_file(file) as out:
        return sum(out.write(part) for part in lines(rows, found, Form(file.suffix[1:])))
