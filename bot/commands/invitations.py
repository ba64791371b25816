"""`motcua invitations`: ask people to rate, by Zalo's template messages."""

from __future__ import annotations

from pathlib import Path

import click

from bot.channels.capabilities import ZALO_OA
from bot.channels.channel import Surroundings
from bot.channels.outcomes import Outcome
from bot.channels.zalo_oa.access import opened_calls
from bot.channels.zalo_oa.invitations import (
    Campaign,
    Invitee,
    Message,
    is_night,
    read_invitees,
)
from bot.channels.zalo_oa.journal import ASKED, NOT_SENT, Journal
from bot.clock import utc_now
from bot.commands.session import noted, with_store
from bot.keys import load_keys
from bot.settings import Settings
from bot.surveys import survey
from storage import accounts
from storage.accounts import ChannelAccount
from storage.store import Store

MOST_IDS = 100_000

Counts = dict[str, int]


@click.group()
def invitations() -> None:
    """Ask people to rate after their dossier's result, by Zalo template messages."""


@invitations.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--template", required=True, metavar="ID", help="the rating template's id")
@click.option("--account", default="", metavar="ID", help="the Official Account, if several")
@click.option("--hashed", is_flag=True, help="send the SHA-256 of numbers instead of numbers")
@click.option("--trial", is_flag=True, help="Zalo delivers to administrators only")
def send(file: Path, template: str, account: str, hashed: bool, trial: bool) -> None:
    """Invite everybody in a CSV file with columns phone, counter and the template's own fields.

    Numbers are not kept. What became of each line is in FILE.sent; a second run goes on there.
    """
    if is_night(utc_now()):
        raise click.ClickException("not between 22:00 and 06:00 in Viet Nam")
    invitees, bad = read_invitees(file.read_bytes())
    for words in bad:
        click.echo(words, err=True)
    message = Message(template, hashed, trial)

    async def work(store: Store) -> Counts:
        around = _surroundings(store)
        row = await _account(store, account)
        async with opened_calls(row, around) as calls:
            campaign = Campaign(around, row.account_id, calls, message)
            await store.write(noted("invitations sent", template, lambda _: len(invitees)))
            return await _sent(campaign, invitees, journal)

    try:
        with Journal(file.with_name(file.name + ".sent")) as journal:
            counts = with_store(work)
    except Outcome as error:
        raise click.ClickException(f"stopped: {error}. The rest was not sent; run again.") from None
    told = ", ".join(f"{number} {words}" for words, number in counts.items()) or "nothing to send"
    click.echo(f"{told}; {len(bad)} lines refused")


@invitations.command()
@click.option("--counter", required=True, metavar="CODE", help="the counter to rate")
@click.option("--template", required=True, metavar="ID", help="the rating template's id")
@click.option("--account", default="", metavar="ID", help="the Official Account, if several")
@click.option("--count", "number", type=click.IntRange(1, MOST_IDS), default=1, show_default=True)
def issue(counter: str, template: str, account: str, number: int) -> None:
    """Print tracking ids for a system that sends the invitations itself."""

    async def work(store: Store) -> list[str]:
        around = _surroundings(store)
        row = await _account(store, account)
        async with opened_calls(row, around) as calls:
            campaign = Campaign(around, row.account_id, calls, Message(template))
            ids = [await campaign.issue(counter) for _ in range(number)]
            await store.write(noted("invitations issued", counter, lambda _: number))
            return ids

    try:
        ids = with_store(work)
    except LookupError:
        raise click.ClickException(f"no counter {counter}; see motcua counters list") from None
    click.echo("\n".join(ids))


async def _sent(campaign: Campaign, invitees: list[Invitee], journal: Journal) -> Counts:
    """Invite those whom no run has tried, each written down before and after."""
    counts: Counts = {}
    for invitee in journal.left(invitees):
        journal.write(invitee.line, ASKED)
        try:
            words = await campaign.send(invitee)
        except LookupError:
            words = "failed: no such counter"
        except Outcome:
            journal.write(invitee.line, NOT_SENT)
            raise
        journal.write(invitee.line, words)
        counts[words] = counts.get(words, 0) + 1
    return counts


async def _account(store: Store, name: str) -> ChannelAccount:
    rows = await store.write(accounts.accounts)
    own = [row for row in rows if row.channel == ZALO_OA.channel and name in ("", row.name)]
    if len(own) != 1:
        found = "no Official Account" if not own else "several Official Accounts"
        raise click.ClickException(f"{found}; see motcua channels list and --account")
    return own[0]


def _surroundings(store: Store) -> Surroundings:
    settings = Settings()
    keys = load_keys(settings.secret_key_file)
    return Surroundings(
        settings, keys, store, survey(keys, inspection=settings.inspection), utc_now
    )
