"""`motcua hooks`: other systems that are told what is published."""

from __future__ import annotations

import asyncio
import base64
import getpass
import secrets
from urllib.parse import urlsplit

import click

from bot.clock import utc_now
from bot.commands.session import with_store
from bot.outgoing.guarding import Refused, checked
from bot.settings import Settings
from storage import hooks as kept
from storage.hooks import NAME_MOST, Act, Hook
from storage.store import Store


@click.group()
def hooks() -> None:
    """Webhooks of other systems: add, list, end."""


@hooks.command()
@click.option("--name", required=True, help="which system it is; no person's name")
@click.argument("address")
def add(name: str, address: str) -> None:
    """Tell the system at ADDRESS (https) every event, and print its secret, once."""
    if not 0 < len(name.strip()) <= NAME_MOST or not name.isprintable():
        raise click.ClickException(f"--name needs 1 to {NAME_MOST} characters")
    try:
        asyncio.run(checked(address, Settings().hooks_test_host))
    except Refused as error:
        raise click.ClickException(f"{error}. See docs/operations.md#webhooks") from None
    except OSError:
        raise click.ClickException("the host of this address cannot be looked up") from None
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()

    async def work(store: Store) -> int:
        return await store.write(kept.add, name.strip(), address, secret, _act())

    click.echo(f"{with_store(work)}\t{secret}")
    click.echo("Shown once. Check signatures with it (standardwebhooks.com).", err=True)


@hooks.command("list")
def list_hooks() -> None:
    """Print every system: number, name, host, since when, until when, what waits and failed."""

    async def read(store: Store) -> list[Hook]:
        return await store.look(kept.hooks)

    for each in with_store(read):
        until = f"ended {each.ended_on}" if each.ended_on else "active"
        went = f"waiting {each.waiting}, given up {each.failed}"
        host = urlsplit(each.address).hostname  # the path may be a secret
        click.echo(f"{each.hook_id}\t{each.name}\t{host}\t{each.created_on}\t{until}\t{went}")


@hooks.command()
@click.argument("number", type=int)
def end(number: int) -> None:
    """Tell a system nothing more, what waits for it included."""

    async def work(store: Store) -> bool:
        return await store.write(kept.end, number, _act())

    if not with_store(work):
        raise click.ClickException(f"no active webhook {number}; see motcua hooks list")
    click.echo(f"webhook {number} ended")


def _act() -> Act:
    return Act(utc_now().isoformat(timespec="seconds"), getpass.getuser())
