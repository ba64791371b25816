"""`motcua channels`: the bots and Official Accounts of the province and of its units."""

from __future__ import annotations

import asyncio
import getpass

import click

from bot.channels.capabilities import ZALO_OA
from bot.channels.channel import Channel, Surroundings
from bot.channels.opening import MAKERS, SECRETS, opened_channel, public_id
from bot.channels.outcomes import Outcome
from bot.channels.zalo_oa.access import authorise
from bot.clock import utc_now
from bot.commands.session import with_store
from bot.keys import load_keys
from bot.settings import Settings
from bot.surveys import survey
from storage import accounts, registry
from storage.accounts import ChannelAccount
from storage.store import Store
from storage.transaction import Transaction

CHANNEL = click.Choice(list(MAKERS))


@click.group()
def channels() -> None:
    """List, add, test and pause channel accounts; a server learns of it at its next start."""


@channels.command("list")
def list_channels() -> None:
    """Print every account: channel, public id, state, the units it serves."""
    for row in with_store(_rows):
        state = "paused" if row.paused else "active"
        click.echo(f"{row.channel}\t{row.name}\t{state}\t{' '.join(row.units) or 'all units'}")


@channels.command()
@click.argument("channel", type=CHANNEL)
@click.option(
    "--unit", "units", multiple=True, metavar="CODE", help="a unit it serves (default all)"
)
def add(channel: str, units: tuple[str, ...]) -> None:
    """Add an account, or give a known one new secrets, which are asked for and never shown."""
    secrets = {name: click.prompt(name, hide_input=True).strip() for name in SECRETS[channel]}
    name = public_id(channel, secrets)

    def store_it(tx: Transaction) -> None:
        unknown = [code for code in units if not registry.unit_exists(tx, code)]
        if unknown:
            raise click.ClickException(f"no unit {', '.join(unknown)}; see motcua units list")
        accounts.add_account(tx, channel, name, secrets, units)
        _record(tx, "channel added", channel, name)

    async def work(store: Store) -> None:
        await store.write(store_it)

    with_store(work)
    click.echo(f"{channel} {name} added; try it with: motcua channels test {channel} {name}")


@channels.command()
@click.argument("channel", type=CHANNEL)
@click.argument("name", metavar="ID")
def test(channel: str, name: str) -> None:
    """Ask the platform who the account is."""

    async def work(store: Store) -> str:
        row = await _row(store, channel, name)
        return await _asked(opened_channel(row, _surroundings(store)))

    try:
        click.echo(with_store(work))
    except Outcome as error:
        raise click.ClickException(f"{channel} {name}: {error}") from None


@channels.command()
@click.argument("channel", type=CHANNEL)
@click.argument("name", metavar="ID")
@click.option("--resume", is_flag=True, help="switch it on again")
def pause(channel: str, name: str, resume: bool) -> None:
    """Switch an account off: nothing is received or sent by it; what waits stays."""

    async def work(store: Store) -> None:
        row = await _row(store, channel, name)
        await store.write(accounts.pause, row.account_id, not resume)
        await store.write(_record, "channel resumed" if resume else "channel paused", channel, name)

    with_store(work)
    click.echo(f"{channel} {name} {'active' if resume else 'paused'}")


@channels.command()
@click.argument("channel", type=click.Choice([ZALO_OA.channel]))
@click.argument("name", metavar="ID")
@click.option("--code", is_flag=True, help="bring an authorization code instead of a refresh token")
def authorize(channel: str, name: str, code: bool) -> None:
    """Give an Official Account new tokens from Zalo's console; a running server takes them up."""
    wanted = ("code", "code_verifier") if code else ("refresh_token",)
    brought = {each: click.prompt(each, hide_input=True).strip() for each in wanted}

    async def work(store: Store) -> str:
        row = await _row(store, channel, name)
        told = await authorise(row, _surroundings(store), brought)
        await store.write(_record, "channel authorised", channel, name)
        return told

    try:
        click.echo(f"{channel} {name} authorised: {with_store(work)}")
    except Outcome as error:
        raise click.ClickException(f"{channel} {name}: {error}") from None


def _surroundings(store: Store) -> Surroundings:
    settings = Settings()
    keys = load_keys(settings.secret_key_file)
    return Surroundings(
        settings, keys, store, survey(keys, inspection=settings.inspection), utc_now
    )


async def _asked(channel: Channel) -> str:
    try:
        return await asyncio.wait_for(channel.introduces_itself(), 30)
    except TimeoutError:
        raise click.ClickException("no answer in 30 s") from None


async def _rows(store: Store) -> list[ChannelAccount]:
    return await store.write(accounts.accounts)


async def _row(store: Store, channel: str, name: str) -> ChannelAccount:
    for row in await _rows(store):
        if (row.channel, row.name) == (channel, name):
            return row
    raise click.ClickException(f"no account {channel} {name}; see motcua channels list")


def _record(tx: Transaction, act: str, channel: str, name: str) -> None:
    at = utc_now().isoformat(timespec="seconds")
    registry.audit(tx, at, getpass.getuser(), act, f"{channel} {name}")
