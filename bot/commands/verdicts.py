"""`motcua verdicts`: look through flagged responses and decide about them."""

from __future__ import annotations

import getpass
from datetime import date

import click

from bot.clock import utc_now
from bot.commands.session import with_store
from handlers.service import VIETNAM
from storage.directory import load_directory
from storage.numbering import DECISIONS
from storage.store import Store
from storage.verdicts import Flagged, decide, flagged_of

_EPOCH = date(1970, 1, 1)


@click.group()
def verdicts() -> None:
    """Look through flagged responses and decide about them."""


@verdicts.command("list")
@click.option("--unit", required=True, metavar="CODE", help="the unit whose responses to list")
@click.option("--all", "everything", is_flag=True, help="decided ones too")
def list_flagged(unit: str, everything: bool) -> None:
    """Print released responses with a flag: number, day, counter, answers, why, decision."""

    async def read(store: Store) -> list[Flagged]:
        found = (await load_directory(store.reader)).unit(unit)
        if found is None:
            raise click.ClickException(f"no unit has the code {unit!r}")
        return await flagged_of(store.reader, found.unit_id)

    for each in with_store(read):
        if everything or not each.decision:
            click.echo(_line(each))


@verdicts.command("decide")
@click.argument("response", type=int)
@click.argument("decision", type=click.Choice(DECISIONS[1:]))
def decide_on(response: int, decision: str) -> None:
    """Store a decision about a flagged RESPONSE; nothing is deleted and no figure moves."""
    now = utc_now()
    day = (now.astimezone(VIETNAM).date() - _EPOCH).days
    at = now.isoformat(timespec="seconds")

    async def act(store: Store) -> bool:
        try:
            return await store.write(decide, response, decision, getpass.getuser(), at, day)
        except LookupError as unknown:
            raise click.ClickException(str(unknown)) from None

    click.echo(f"{response}\t{decision}" if with_store(act) else f"{response}\talready {decision}")


def _line(each: Flagged) -> str:
    why = "; ".join(each.reasons)
    parts = (str(each.response), each.day, each.counter or "-", each.levels, why, each.decision)
    return "\t".join(part or "-" for part in parts)
