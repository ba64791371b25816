"""`motcua backup`: the database in a sealed file that was opened once, to see that it can be."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from bot.backups import BackupError, fresh_head, seal, unseal
from bot.clock import utc_now
from bot.keys import BACKUP, beside, load_keys, read_secret
from bot.settings import Settings
from storage.backup import Held, copy, held
from storage.writer import StorageUnavailable


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """Write the database, sealed, to the new FILE; the server may go on meanwhile.

    The key of backups is made on first use, beside the secret key. FILE is opened again before
    this ends, and deleted if that fails.
    """
    settings = Settings()
    if settings.on_sqlite and not settings.database_path.exists():
        raise click.ClickException(f"there is no database {settings.database_path}")
    keys = load_keys(settings.secret_key_file)
    backup_key = read_secret(beside(settings.secret_key_file, BACKUP))
    head = fresh_head(utc_now().isoformat(timespec="seconds"), keys.name)
    # Beside the database: what lies there in plain form lies there anyway.
    with tempfile.TemporaryDirectory(dir=settings.database_path.parent) as folder:
        plain = Path(folder) / "copy.db"
        copy(settings.database, plain, keys)
        try:
            seal(plain, file, backup_key, head)
        except OSError as error:
            raise click.ClickException(f"cannot write {file}: {error.strerror}") from None
        found = _opened(file, Path(folder) / "opened.db", backup_key)
    click.echo(f"{file}: {found.released} released responses, {found.waiting} that wait; opened")


def _opened(file: Path, target: Path, backup_key: bytes) -> Held:
    try:
        unseal(file, target, backup_key)
        return held(target)
    except (BackupError, StorageUnavailable):
        file.unlink()
        raise
