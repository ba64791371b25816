"""`motcua migrate`: a whole installation into another database, and a proof that it is the same."""

from __future__ import annotations

import shutil
from contextlib import closing

import click

from bot.instruments import shipped
from bot.keys import Keys, load_keys
from bot.ledger import ledger
from bot.settings import Settings
from storage import moving
from storage.engine import Connection, Engine
from storage.engines import engine_of
from storage.recount import recount
from storage.transaction import Transaction


@click.command()
@click.option("--to", "address", required=True, help="postgresql://user@host/database, empty")
def migrate(address: str) -> None:
    """Move everything into another database; stop the server first.

    Interrupted, the same command goes on where it was. At the end every row of both is compared;
    the old database stays as it is.
    """
    settings = Settings()
    other = Settings.model_validate({**settings.model_dump(), "database": address})
    if other.database == settings.database:
        raise click.UsageError("--to: this is MOTCUA_DATABASE")
    keys = load_keys(settings.secret_key_file)
    old, new = engine_of(settings.database), engine_of(address)
    for engine in (old, new):
        engine.migrate()
    with closing(old.connect()) as source, closing(new.connect()) as target:
        source.execute(old.begin(alone=True))  # as long as this lasts nobody else writes there
        _move(source, target, new, keys)
        target.execute("begin")
        wrong = [*_compared(source, target), *_proven(source, target, keys)]
        target.execute("rollback")
        source.execute("rollback")
        if wrong:
            raise click.ClickException("\n".join(wrong))
        moving.end(Transaction(target, keys))
    _take_ledger(settings, other)
    click.echo(f"equal; now set MOTCUA_DATABASE={other.database_name} and start")


def _move(source: Connection, target: Connection, new: Engine, keys: Keys) -> None:
    try:
        moving.begin(Transaction(target, keys))
    except ValueError as wrong:
        raise click.ClickException(f"--to: {wrong}") from None
    for table in moving.tables(source):
        if n := sum(moving.move(source, target, table)):
            click.echo(f"{table.name}: {n:,} rows")
    new.renumber(target)


def _compared(source: Connection, target: Connection) -> list[str]:
    """What differs, row by row."""
    found = [moving.compared(source, target, table) for table in moving.tables(source)]
    click.echo(f"compared: {len(found)} tables, {sum(n for n, _ in found):,} rows")
    return [str(difference) for _, difference in found if difference]


def _proven(source: Connection, target: Connection, keys: Keys) -> list[str]:
    """What the moved figures and the moved log say of themselves."""
    wrong = [f"there {difference}" for difference in recount(target, shipped())]
    here, there = (moving.root(Transaction(each, keys)) for each in (source, target))
    if here != there or (there and not there.holds):
        wrong.append(f"the log: root {here} here, {there} there")
    elif there:
        click.echo(f"log: root {there.number} over {there.size:,} entries is {there.root}")
    if not wrong:
        click.echo("figures: every rollup equals its recount")
    return wrong


def _take_ledger(old: Settings, new: Settings) -> None:
    """The ledger goes with the database, where it has no place of its own."""
    from_file, to_file = ledger(old).path, ledger(new).path
    if from_file.exists() and not to_file.exists():
        shutil.copy2(from_file, to_file)
        click.echo(f"ledger of erasures: {to_file}")
