"""`motcua receipts`: one-time codes for dossiers' slips."""

from __future__ import annotations

import getpass
import secrets
from datetime import date, datetime, timedelta
from pathlib import Path

import click

from bot.clock import utc_now
from bot.commands.posters import written
from bot.commands.session import with_store
from bot.keys import load_keys
from bot.settings import Settings
from bot.slips import Printed, printed, slips_csv, slips_pdf
from handlers.privacy.retention import HOURS
from handlers.service import VIETNAM
from sipas.dossiers import STAGES
from sipas.receipts import Slip
from storage import registry
from storage.directory import Directory, load_directory
from storage.receipts import Wanted, mint, without_counter
from storage.store import Store
from storage.transaction import Transaction

OLDEST = HOURS["minted"] // 24  # of what was before, nobody knows any more who has a receipt
DAY = click.DateTime(["%Y-%m-%d"])
WRITERS = {".pdf": slips_pdf, ".csv": slips_csv}


@click.group()
def receipts() -> None:
    """One-time codes that are handed out with dossiers."""


@receipts.command("mint")
@click.option("--unit", required=True, metavar="CODE", help="the unit that hands them out")
@click.option("--stage", type=click.Choice(STAGES), required=True, help="what was done that day")
@click.option("--since", type=DAY, help="first day of the dossier events  [default: --until]")
@click.option("--until", type=DAY, help="their last day  [default: today]")
@click.option(
    "--days", type=click.IntRange(1, 180), default=60, show_default=True, help="how long they work"
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE",
    help="slips to cut (.pdf), or a table for the software that prints your own (.csv)",
)
def mint_receipts(
    unit: str, stage: str, since: datetime | None, until: datetime | None, days: int, output: Path
) -> None:
    """Give each dossier of a stage its receipt, once; a second run does those that came since."""
    if output.suffix not in WRITERS:
        raise click.ClickException(f"--output needs a name that ends in .pdf or .csv, got {output}")
    today = utc_now().astimezone(VIETNAM).date()
    last = until.date() if until else today
    if (today - (since.date() if since else last)).days > OLDEST:
        raise click.ClickException(f"--since: events of the last {OLDEST} days can have receipts")
    span = since.date() if since else last, last, today + timedelta(days)
    # Before anything is minted: a receipt that cannot be written would be lost.
    with written(output, own=True) as part:
        slips, unknown = with_store(lambda store: _minted(store, unit, stage, span))
        if not slips:
            raise click.ClickException(f"no new dossiers with a counter in {unit}{_told(unknown)}")
        part.write(WRITERS[output.suffix](slips))
    click.echo(f"{len(slips)} receipts, until {span[2]}: {output}{_told(unknown)}")


async def _minted(
    store: Store, unit: str, stage: str, span: tuple[date, date, date]
) -> tuple[list[Printed], int]:
    """The slips in words, and how many events could have none."""
    directory = await load_directory(store.reader)
    found = directory.unit(unit)
    if found is None:
        raise click.ClickException(f"no unit has the code {unit!r}")
    wanted = Wanted(found.unit_id, stage, *span)
    slips: list[Slip] = []
    while some := await store.write(mint, wanted, secrets.randbits):
        slips += some
    await store.write(_record, unit, stage, len(slips))
    return _in_words(slips, directory), await store.write(without_counter, wanted)


def _in_words(slips: list[Slip], directory: Directory) -> list[Printed]:
    settings = Settings()
    mac = load_keys(settings.secret_key_file).receipt_mac
    return [printed(slip, directory, settings.public_url, mac) for slip in slips]


def _record(tx: Transaction, unit: str, stage: str, n: int) -> None:
    at = utc_now().isoformat(timespec="seconds")
    registry.audit(tx, at, getpass.getuser(), "receipts", unit, f"{n} minted for {stage}")


def _told(unknown: int) -> str:
    return f" ({unknown} without a counter are left out)" if unknown else ""
