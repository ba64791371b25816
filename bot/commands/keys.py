"""`motcua keys`: API keys for the systems that may call."""

from __future__ import annotations

import getpass
import secrets

import click

from bot.clock import utc_now
from bot.commands.session import with_store
from bot.period_keys import PeriodKeys, rotate
from bot.settings import Settings
from storage import api_keys
from storage.api_keys import NAME_MOST, SCOPES, Act, ApiKey
from storage.store import Store


@click.group()
def keys() -> None:
    """API keys of other systems: add, list, revoke; and the keys of receipts: rotate."""


@keys.command()
@click.option("--scope", type=click.Choice(SCOPES), required=True, help="what the key opens")
@click.option("--name", required=True, help="which system it is for; no person's name")
def add(scope: str, name: str) -> None:
    """Add a key and print it, once: only its hash is kept."""
    if not 0 < len(name.strip()) <= NAME_MOST or not name.isprintable():
        raise click.ClickException(f"--name needs 1 to {NAME_MOST} characters")

    async def work(store: Store) -> str:
        secret = secrets.token_urlsafe(32)
        return await store.write(api_keys.add_key, name.strip(), scope, secret, _act())

    click.echo(with_store(work))
    click.echo("Shown once. Send it as: Authorization: Bearer …", err=True)


@keys.command("list")
def list_keys() -> None:
    """Print every key: number, scope, name, since when, until when."""

    async def read(store: Store) -> list[ApiKey]:
        return await api_keys.all_keys(store.reader)

    for key in with_store(read):
        until = f"revoked {key.revoked_on}" if key.revoked_on else "active"
        click.echo(f"{key.key_id}\t{key.scope}\t{key.name}\t{key.created_on}\t{until}")


@keys.command()
@click.argument("number", type=int)
def revoke(number: int) -> None:
    """End a key at once."""

    async def work(store: Store) -> bool:
        return await store.write(api_keys.revoke_key, number, _act())

    if not with_store(work):
        raise click.ClickException(f"no active key {number}; see motcua keys list")
    click.echo(f"key {number} revoked")


@keys.command("rotate")
def rotate_keys() -> None:
    """Destroy the keys of receipts of months that have ended; the server does so every hour."""
    periods = PeriodKeys(Settings().secret_key_file)

    async def work(store: Store) -> list[str]:
        return await rotate(store, periods, utc_now())

    destroyed = with_store(work)
    click.echo(f"destroyed: {', '.join(destroyed) or 'none'}")


def _act() -> Act:
    return Act(utc_now().isoformat(timespec="seconds"), getpass.getuser())
