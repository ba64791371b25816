"""`motcua paper`: print batches of forms, list them, report on one."""

from __future__ import annotations

import getpass
import secrets
from pathlib import Path

import click

from bot.clock import utc_now
from bot.commands.posters import open_counter, written
from bot.commands.session import with_store
from bot.instruments import shipped
from handlers.privacy.notices import IN_FORCE
from handlers.service import VIETNAM
from sipas.items import Instrument
from sipas.paper import Paper, batch_code, read_batch
from sipas.paper import paper as form_of
from sipas.plan import plan
from sipas.scoring import percent
from sipas.session import Place
from storage import paper as batches
from storage.directory import Counter, load_directory
from storage.paper import Batch, Checked, Printed
from storage.store import Store
from storage.transaction import Transaction

MOST_FORMS = 999


@click.group()
def paper() -> None:
    """Print batches of paper forms, list them, report on one."""


@paper.command("print")
@click.option("--counter", "code", required=True, metavar="CODE", help="the counter")
@click.option("--forms", type=click.IntRange(1, MOST_FORMS), default=50, show_default=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    metavar="FILE",
    help="the PDF to write",
)
def print_batch(code: str, forms: int, out: Path) -> None:
    """Make a PDF of numbered A5 forms with a new batch number."""
    from bot.forms.form import pdf, sheet  # typst is large, and the other commands need none

    with written(out) as part:
        batch, form, unit_en = with_store(lambda store: _added(store, code, forms))
        part.write(pdf(sheet(form, unit_en, batch, forms)))
    click.echo(f"batch {batch}: {forms} forms in {out}")


async def _added(store: Store, code: str, forms: int) -> tuple[str, Paper, str]:
    """Remember a batch under a new code; the form as it is now is the one that stays."""
    directory = await load_directory(store.reader)
    counter = open_counter(directory, code)
    unit = directory.unit_by_id(counter.unit_id)
    instrument = _instrument(counter)

    def add(tx: Transaction) -> tuple[str, Paper, str]:
        found = tx.counter(counter.code, "")
        fields = found.fields if found else ()
        place = Place(counter.code, counter.name, unit.name, counter.instrument, fields)
        form = form_of(plan(instrument), place, str(IN_FORCE))
        return _new_batch(tx, counter, form, forms), form, unit.name_en

    return await store.write(add)


def _instrument(counter: Counter) -> Instrument:
    return shipped()[counter.instrument]


def _new_batch(tx: Transaction, counter: Counter, form: Paper, forms: int) -> str:
    """A code that no batch has yet, by chance: nobody learns from it how many there are."""
    fields = ",".join(code for code, _, _ in form.place.fields)
    now, who = utc_now(), getpass.getuser()
    day, at = now.astimezone(VIETNAM).date().isoformat(), now.isoformat(timespec="seconds")
    kept = (counter.counter_id, counter.instrument, fields, int(form.notice), forms, day, who)
    code = _code()
    while not batches.add_batch(tx, Printed(code, *kept)):
        code = _code()
    batches.note(tx, who, "paper printed", code, f"{forms} forms, counter {counter.code}", at)
    return code


def _code() -> str:
    return batch_code(f"{secrets.randbelow(100_000):05}")


@paper.command("list")
def list_batches() -> None:
    """Print every batch: code, counter, day, forms, keyed, state."""

    async def read(store: Store) -> list[Batch]:
        return await store.look(batches.batches)

    for each in with_store(read):
        click.echo(
            f"{each.code}\t{each.counter}\t{each.printed_on}\t{each.forms} forms\t"
            f"{each.keyed} keyed\t{each.state}"
        )


@paper.command()
@click.argument("batch")
def report(batch: str) -> None:
    """Print how a batch was keyed and checked, with n and interval of the error rate."""
    code = read_batch(batch)
    if code is None:
        raise click.ClickException(f"{batch!r} is no batch number: P and six digits are expected")

    async def read(store: Store) -> tuple[Batch | None, list[Checked]]:
        return await store.look(_reported, code)

    found, checks = with_store(read)
    if found is None:
        raise click.ClickException(f"no batch has the number {code}")
    spoiled = "" if found.spoiled is None else f", {found.spoiled} of them spoiled"
    click.echo(f"{code}\tcounter {found.counter}\tprinted {found.printed_on}\t{found.state}")
    click.echo(f"{found.forms} forms printed, {found.keyed} keyed{spoiled}")
    for each in checks:
        click.echo(told(each))
    if not checks:
        click.echo("no spot check has ended yet")


def _reported(tx: Transaction, code: str) -> tuple[Batch | None, list[Checked]]:
    found = batches.batch(tx, code)
    return found, batches.checks(tx, found.batch_id) if found else []


def told(ended: Checked) -> str:
    """A round's spot check in one line."""
    check, interval = ended.check, ended.check.interval
    low, high = percent(interval.low, 1), percent(interval.high, 1)
    return (
        f"round {ended.round}: {ended.drawn} of {ended.keyed} forms keyed again, "
        f"{check.differences} of {check.marks} marks differ: {percent(check.share, 1)} % "
        f"(95 %: {low}-{high}), {'passed' if check.passed else 'to be keyed again wholly'}"
    )
