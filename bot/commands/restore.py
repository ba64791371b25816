"""`motcua restore`: the database of a backup, without what was erased since."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

import click

from bot.backups import ONLY_FILES, Head, unseal
from bot.keys import BACKUP, Keys, beside, load_keys, read_secret
from bot.ledger import ledger
from bot.settings import Settings
from storage.backup import Held, held
from storage.catching_up import CaughtUp
from storage.store import Store

LOST = """The secret key of this backup is not here ({file}). Without it are lost, for good:
- every comment that is kept, and the words of paper forms;
- response codes: nobody can look up, erase or take back a response by the code they hold;
- dossier codes: dossiers told before are not known again, and count twice if told again;
- receipts that were printed and not used yet;
- secrets of channels (to be entered again: motcua channels add) and second factors of staff.
Levels, figures, roots, filings and accounts of staff stay. To go on without it: --without-secret"""


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--without-secret", is_flag=True, help="go on without what only the key opens")
def restore(file: Path, without_secret: bool) -> None:
    """Put the database of the backup FILE where the settings say; none may be there.

    Needs the key of backups, and the ledger of erasures as it was last: what was erased or taken
    back after the backup was made is erased again, before the database is put in its place.
    """
    settings = Settings()
    if not settings.on_sqlite:
        raise click.ClickException(ONLY_FILES)
    path = settings.database_path
    backup_key_file = beside(settings.secret_key_file, BACKUP)
    if not backup_key_file.exists():
        raise click.ClickException(f"no backup can be opened without its key, {backup_key_file}")
    for there in (path, path.with_name(path.name + "-wal")):
        if there.exists():
            raise click.ClickException(f"{there} exists; stop the server and move it away")
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        plain = Path(folder) / "opened.db"
        head = unseal(file, plain, read_secret(backup_key_file))
        keys = _keys(settings, head, without_secret)
        caught_up, found = asyncio.run(_caught_up(plain, keys, settings))
        plain.rename(path)
    _tell(head, caught_up, found)


def _keys(settings: Settings, head: Head, without_secret: bool) -> Keys:
    """The secret key that belongs to the backup, or a new one where that is wanted."""
    file = settings.secret_key_file
    known = file.exists() and load_keys(file).name == head.secret
    if not known and not without_secret:
        raise click.ClickException(LOST.format(file=file))
    return load_keys(file)


async def _caught_up(plain: Path, keys: Keys, settings: Settings) -> tuple[CaughtUp, Held]:
    """Erase in the copy what the ledger says; closing it leaves nothing beside the file."""
    before = held(plain)
    store = await Store(plain, keys, ledger=ledger(settings)).open()
    await store.close()
    store.checkpoint()
    return store.caught_up, before


def _tell(head: Head, caught_up: CaughtUp, found: Held) -> None:
    click.echo(f"backup of {head.made}: {found.released} released, {found.waiting} that wait")
    click.echo(f"erased again: {caught_up.done} of {caught_up.told} acts in the ledger since then")
    if caught_up.missing:
        click.echo(
            f"WARNING: the ledger lacks {caught_up.missing} acts that the backup knows: it is not "
            "the newest. Find that one before serving; what was erased since may be back.",
            err=True,
        )
