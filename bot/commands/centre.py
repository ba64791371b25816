"""`motcua centre`: an installation that shows several provinces, each of which it pulls from."""

from __future__ import annotations

import asyncio
import getpass
import re

import click

from bot.clock import utc_now
from bot.commands.session import with_store
from bot.federation.pulling import Pulling
from bot.outgoing.guarding import Refused, checked
from bot.settings import Settings
from storage import nation
from storage.api_keys import Act
from storage.nation import Province
from storage.store import Store

_CODE = re.compile(r"[\w.-]{1,64}")
_KEY = re.compile(r"[0-9a-f]{64}")


@click.group()
def centre() -> None:
    """Provinces that this installation pulls signed aggregates from: add, list, remove, pull."""


@centre.command()
@click.option("--province", "code", required=True, help="code of its highest unit, as 38")
@click.option("--key", required=True, help="the key of its log, from its /log/roots")
@click.argument("address")
def add(code: str, key: str, address: str) -> None:
    """Pull the province at ADDRESS (its public address, https) every hour from now on.

    Have the key from the province by another way than this address: it is what is believed.
    """
    key = key.replace(" ", "").lower()
    if not _KEY.fullmatch(key):
        raise click.ClickException("--key: expected 64 hexadecimal digits, as /log/roots shows")
    if not _CODE.fullmatch(code):
        raise click.ClickException("--province: expected the code of a unit")
    address = address.rstrip("/")
    try:
        asyncio.run(checked(address, Settings().centre_inside))
    except Refused as error:
        raise click.ClickException(f"{error}. See docs/operations.md#many-provinces") from None
    except OSError:
        raise click.ClickException("the host of this address cannot be looked up") from None

    async def work(store: Store) -> bool:
        return await store.write(nation.add, code, address, bytes.fromhex(key), _act())

    if not with_store(work):
        raise click.ClickException(f"province {code} is there already; remove it first")
    click.echo(f"{code}\t{address}")


@centre.command("list")
def list_provinces() -> None:
    """Print every province: code, address, newest root, when it was heard, what went wrong."""

    async def read(store: Store) -> list[Province]:
        return await store.look(nation.provinces)

    for each in with_store(read):
        root = f"root {each.root.number} of {each.root.day}" if each.root else "no root"
        heard = f"heard {each.heard_at}" if each.heard_at else "never heard"
        click.echo("\t".join((each.code, each.address, root, heard, each.trouble or "ok")))


@centre.command()
@click.argument("code")
def remove(code: str) -> None:
    """Forget the province CODE and all that it told."""

    async def work(store: Store) -> bool:
        return await store.write(nation.remove, code, _act())

    if not with_store(work):
        raise click.ClickException(f"there is no province {code}; see motcua centre list")
    click.echo(f"province {code} removed")


@centre.command()
def pull() -> None:
    """Ask every province now; exit with 1 where one was not heard or was refused."""

    async def work(store: Store) -> list[str]:
        return await Pulling(store, utc_now, Settings().centre_inside).pull()

    if wrong := with_store(work):
        raise click.ClickException("\n".join(wrong))
    click.echo("ok")


def _act() -> Act:
    return Act(utc_now().isoformat(timespec="seconds"), getpass.getuser())
