"""`motcua doctor`: says what is wrong with an installation and what to do."""

from __future__ import annotations

import click

from bot.commands.session import with_store
from bot.recounting import recounted
from storage.recount import Difference
from storage.store import Store


@click.command()
@click.option("--recount", "counting", is_flag=True, help="count every rollup again")
def doctor(counting: bool) -> None:
    """Check the database; with --recount compare every rollup with the responses themselves."""
    differences = with_store(_recounted if counting else _looked_at)
    for difference in differences:
        click.echo(str(difference))
    if differences:
        raise SystemExit(1)
    click.echo("ok: every rollup equals its recount" if counting else "ok: the database opens")


async def _recounted(store: Store) -> list[Difference]:
    return await recounted(store.address)


async def _looked_at(store: Store) -> list[Difference]:
    await store.write(lambda tx: tx.connection.execute("select 1"))
    return []
