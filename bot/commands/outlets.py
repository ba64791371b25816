"""`motcua outlets`: newsrooms that read weekly packs before everybody."""

from __future__ import annotations

import getpass
import secrets

import click

from bot.clock import utc_now
from bot.commands.session import with_store
from bot.settings import Settings
from storage import packs
from storage.packs import NAME_MOST, Act, Outlet
from storage.store import Store


@click.group()
def outlets() -> None:
    """Newsrooms that read packs early, and their editors: add, list, bind, free, end."""


@outlets.command()
@click.option("--name", required=True, help="of the newsroom; no person's name")
def add(name: str) -> None:
    """Add a newsroom and print its link, once: only its hash is kept."""
    if not 0 < len(name.strip()) <= NAME_MOST or not name.isprintable():
        raise click.ClickException(f"--name needs 1 to {NAME_MOST} characters")
    secret = secrets.token_urlsafe(32)

    async def work(store: Store) -> int:
        return await store.write(packs.add_outlet, name.strip(), secret, _act())

    with_store(work)
    click.echo(f"{Settings().public_url}/early/{secret}/")
    click.echo("Shown once. A week's code is added to it, such as 2026-W47.", err=True)


@outlets.command("list")
def list_outlets() -> None:
    """Print every newsroom: number, name, since when, until when."""

    async def read(store: Store) -> list[Outlet]:
        return await store.look(packs.outlets)

    for each in with_store(read):
        until = f"ended {each.ended_on}" if each.ended_on else "active"
        click.echo(f"{each.outlet_id}\t{each.name}\t{each.created_on}\t{until}")


@outlets.command()
@click.argument("number", type=int)
@click.argument("name")
def bind(number: int, name: str) -> None:
    """Make the account NAME an editor of newsroom NUMBER, who reads what is its own."""
    _bound(name, number)


@outlets.command()
@click.argument("name")
def free(name: str) -> None:
    """Make the account NAME an editor of no newsroom: one of this installation."""
    _bound(name, None)


def _bound(name: str, number: int | None) -> None:
    known = name.strip().lower()

    async def work(store: Store) -> bool:
        return await store.write(packs.bind, known, number, _act())

    if not with_store(work):
        raise click.ClickException("no such account, or no active outlet; see motcua outlets list")
    click.echo(f"{known} {'is no newsroom' if number is None else f'is outlet {number}'}'s editor")


@outlets.command()
@click.argument("number", type=int)
def end(number: int) -> None:
    """End a newsroom's link at once, and close its editors' accounts."""

    async def work(store: Store) -> bool:
        return await store.write(packs.end_outlet, number, _act())

    if not with_store(work):
        raise click.ClickException(f"no active outlet {number}; see motcua outlets list")
    click.echo(f"outlet {number} ended")


def _act() -> Act:
    return Act(utc_now().isoformat(timespec="seconds"), getpass.getuser())
