"""`motcua devices`: enrol, list and end the devices of an office."""

from __future__ import annotations

import secrets

import click

from bot.clock import utc_now
from bot.commands.session import noted, with_store
from bot.settings import Settings
from handlers.service import VIETNAM
from sipas.codes import CHANCE_BITS, grouped, response_code
from storage import devices as enrolled
from storage.devices import KIOSK, PURPOSES, Device, Enrolment
from storage.directory import Directory, load_directory
from storage.store import Store

NAME_MOST = 60


@click.group()
def devices() -> None:
    """Enrol, list and end the devices of an office."""


@devices.command()
@click.option("--purpose", type=click.Choice(PURPOSES), required=True, help="what it may do")
@click.option("--unit", metavar="CODE", help="for paper: its unit; units below are included")
@click.option("--counter", metavar="CODE", help="for a kiosk: the counter at which it stands")
@click.option("--name", required=True, help="what staff call it; no person's name")
def enrol(purpose: str, unit: str | None, counter: str | None, name: str) -> None:
    """Print a code that opens one device, once, within an hour."""
    if not 0 < len(name.strip()) <= NAME_MOST:
        raise click.ClickException(f"--name needs 1 to {NAME_MOST} characters")
    if bool(unit) == bool(counter) or (purpose == KIOSK) != bool(counter):
        raise click.ClickException("a kiosk needs --counter, a device for paper --unit")
    now = utc_now()
    day = now.astimezone(VIETNAM).date().isoformat()
    code = response_code(secrets.randbits(10), secrets.randbits(CHANCE_BITS))

    async def add(store: Store) -> None:
        directory = await load_directory(store.reader)
        place = _place(directory, unit, counter)
        new = Enrolment(purpose, place, name.strip(), day, counter or "")
        given = new, code, int(now.timestamp())
        await store.write(noted("device enrolled", place, enrolled.enrol, *given))

    with_store(add)
    click.echo(f"On the device open {Settings().staff_address}/device and type {grouped(code)}")
    click.echo("The code works once, within an hour.")


def _place(directory: Directory, unit: str | None, counter: str | None) -> str:
    """The code of the unit that the device belongs to."""
    found = directory.counter(counter) if counter else None
    if counter and found is None:
        raise click.ClickException(f"no counter has the code {counter!r}")
    known = directory.unit_by_id(found.unit_id) if found else directory.unit(unit or "")
    if known is None:
        raise click.ClickException(f"no unit has the code {unit!r}")
    return known.code


@devices.command("list")
def list_devices() -> None:
    """Print every device: number, purpose, unit, name, day, state."""

    async def read(store: Store) -> list[Device]:
        return await store.look(enrolled.devices)

    for each in with_store(read):
        state = "open" if each.opened else "waits for its code"
        place = each.counter or each.unit
        click.echo(
            f"{each.device_id}\t{each.purpose}\t{place}\t{each.name}\t{each.enrolled_on}\t"
            f"{f'ended {each.ended_on}' if each.ended_on else state}"
        )


@devices.command()
@click.argument("number", type=int)
def end(number: int) -> None:
    """End a device: it is refused from the next request on."""
    day = utc_now().astimezone(VIETNAM).date().isoformat()

    async def act(store: Store) -> bool:
        return await store.write(noted("device ended", str(number), enrolled.end, number, day))

    if not with_store(act):
        raise click.ClickException(f"no device {number} is enrolled")
    click.echo(f"device {number} ended")
