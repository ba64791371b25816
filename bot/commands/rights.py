"""`motcua rights`: what respondents asked about their own responses, and when it was due."""

from __future__ import annotations

import click

from bot.commands.session import with_store
from sipas.packing import day_of
from storage.rights import Request
from storage.rights import requests as asked
from storage.store import Store


@click.command()
def rights() -> None:
    """List requests by response code: day, due day, right, channel, outcome, how many.

    Each was carried out on its day; who asked is kept nowhere.
    """

    async def read(store: Store) -> list[Request]:
        return await store.look(asked)

    for each in with_store(read):
        days = "\t".join(day_of(2 * day).isoformat() for day in (each.day, each.due))
        click.echo(f"{days}\t{each.request}\t{each.channel}\t{each.outcome}\t{each.n}")
