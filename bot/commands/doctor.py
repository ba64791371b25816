"""`motcua doctor`: says what is wrong with an installation and what to do."""

from __future__ import annotations

from collections.abc import Sequence

import click

from bot.clock import utc_now
from bot.commands.session import with_store
from bot.examining import LATE, faults
from bot.recounting import recounted
from bot.settings import Settings
from storage.examining import state
from storage.store import Store


@click.command()
@click.option("--recount", "counting", is_flag=True, help="count every rollup again")
def doctor(counting: bool) -> None:
    """Say what is wrong, and what to do; with --recount count every rollup again instead."""
    wrong = with_store(_recounted if counting else _examined)
    for each in wrong:
        click.echo(str(each))
    if wrong:
        raise SystemExit(1)
    click.echo("ok: every rollup equals its recount" if counting else "ok: nothing is wrong")


async def _recounted(store: Store) -> Sequence[object]:
    return await recounted(store.address)


async def _examined(store: Store) -> Sequence[object]:
    await store.write(lambda tx: tx.connection.execute("select 1"))
    now = utc_now()
    found = await store.look(state, int((now - LATE).timestamp()))
    return list(faults(Settings(), store.shared, found, now))
