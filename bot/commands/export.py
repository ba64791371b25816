"""`motcua export`: the packages that verify.py checks, and released responses one by one."""

from __future__ import annotations

from pathlib import Path

import click

from bot.commands.rows import write_rows
from bot.commands.session import noted, with_store
from bot.own_files import own_file
from bot.sealing import load_signer
from bot.settings import Settings
from handlers.log import package
from storage.store import Store
from storage.transaction import Transaction


@click.command()
@click.option(
    "--public", type=click.Path(path_type=Path), help="folder for what everybody may have"
)
@click.option("--audit", type=click.Path(path_type=Path), help="zip file with every response")
@click.option(
    "--rows", type=click.Path(path_type=Path, dir_okay=False), help=".csv or .ndjson file"
)
@click.option("--unit", default="", help="of --rows: with all below; all units if left out")
@click.option("--period", default="", help="of --rows: the past twelve months if left out")
def export(
    public: Path | None, audit: Path | None, rows: Path | None, unit: str, period: str
) -> None:
    """Write the public package to a folder, the audit package or released responses to a file.

    The packages are as of the last seal. The audit package (mode 0600) holds every response with
    its salt: give it to an auditor, to nobody else. The rows are those of Home Affairs.
    """
    if public is None and audit is None and rows is None:
        raise click.UsageError("expected --public FOLDER, --audit FILE or --rows FILE")
    if rows is not None:
        write_rows(rows, unit, period)
    if public is not None:
        public.mkdir(parents=True, exist_ok=True)
        files = _files(package.public)
        for name, text in {**files, "package.zip": package.zipped(files)}.items():
            (public / name).write_bytes(text)
        click.echo(f"{public}: check it with python3 {public}/verify.py {public}/package.zip")
    if audit is not None:
        files = _files(package.audit)
        with_store(lambda store: store.write(noted("every response exported", audit.name, _none)))
        with own_file(audit) as file:
            file.write(package.zipped(files))
        click.echo(f"{audit}: every response is in it; check it with motcua verify {audit}")


def _files(made: package.Make) -> package.Files:
    key = load_signer(Settings().secret_key_file).public

    async def read(store: Store) -> package.Files | None:
        return await store.look(made, key)

    found = with_store(read)
    if found is None:
        raise click.ClickException("nothing has been sealed yet; a server seals once a day")
    return found


def _none(tx: Transaction) -> None:
    """Nothing changes but the audit."""
