"""`motcua user`: accounts for the people who work with the figures."""

from __future__ import annotations

import csv
import getpass
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import click

from bot.clock import utc_now
from bot.commands.session import with_store
from bot.settings import Settings
from bot.sheets import Sheet, write_sheets
from handlers.passwords import hash_password, one_time_password
from handlers.rights import Role
from storage import registry, staff
from storage.staff import Grant, Staff
from storage.store import Store
from storage.transaction import Transaction

ROLE = click.Choice([role.value for role in Role])
COLUMNS = ("name", "full_name", "role", "unit")
SHEETS = click.Path(dir_okay=False, path_type=Path)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to be given an account."""

    name: str
    full_name: str
    grants: tuple[Grant, ...]


@click.group()
def user() -> None:
    """Accounts of staff: add, import, list, disable. Respondents never have one."""


@user.command("list")
def list_people() -> None:
    """Print every account: name, full name, roles, whether it is disabled."""

    async def read(store: Store) -> list[Staff]:
        return await staff.everybody(store.reader)

    for person in with_store(read):
        roles = " ".join(f"{grant.role}:{grant.unit}" for grant in person.grants)
        state = "disabled" if person.disabled else "active"
        click.echo(f"{person.name}\t{person.full_name}\t{roles}\t{state}")


@user.command()
@click.argument("name")
@click.option("--full-name", default="", help="as it stands on documents")
@click.option("--role", "roles", type=ROLE, multiple=True, required=True)
@click.option("--unit", required=True, metavar="CODE", help="the roles hold there and below")
def add(name: str, full_name: str, roles: tuple[str, ...], unit: str) -> None:
    """Add an account and print its one-time password."""
    grants = tuple(Grant(role, unit) for role in roles)
    (sheet,) = _added([Person(name.strip().lower(), full_name or name, grants)])
    click.echo(f"{sheet.name}\t{sheet.password}\t(once; sign in at {sheet.address})")


@user.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--sheets", type=SHEETS, default="logins.pdf", show_default=True)
def import_people(file: Path, sheets: Path) -> None:
    """Add accounts from a CSV file (name,full_name,role,unit) and print a login sheet for each."""
    people, refused = read_people(file.read_text("utf-8-sig"))
    for line in refused:
        click.echo(line, err=True)
    made = _added(people)
    write_sheets(made, sheets)
    click.echo(f"{len(made)} accounts added, {len(refused)} rows refused; sheets: {sheets}")


@user.command()
@click.argument("name")
@click.option("--again", is_flag=True, help="open it again")
def disable(name: str, again: bool) -> None:
    """Close an account at once; it stays in the audit for ever."""

    async def work(store: Store) -> None:
        person = await _known(store, name)
        await store.write(staff.disable, person.person_id, not again)
        await store.write(_record, "account opened" if again else "account disabled", name)

    with_store(work)
    click.echo(f"{name} {'active' if again else 'disabled'}")


@user.command()
@click.argument("name")
def reset(name: str) -> None:
    """Give a new one-time password and take the second factor away."""
    password = one_time_password()

    async def work(store: Store) -> None:
        person = await _known(store, name)
        await store.write(staff.set_totp, person.person_id, None)
        await store.write(staff.set_password, person.person_id, hash_password(password), True)
        await store.write(_record, "account reset", name)

    with_store(work)
    click.echo(f"{name}\t{password}\t(once)")


def read_people(text: str) -> tuple[list[Person], list[str]]:
    """The accounts that a CSV file asks for, and why rows were refused; roles of a name add up."""
    rows = csv.DictReader(text.splitlines())
    if tuple(rows.fieldnames or ()) != COLUMNS:
        raise click.ClickException(f"expected the columns {','.join(COLUMNS)}")
    found: dict[str, Person] = {}
    refused = []
    for number, row in enumerate(rows, 2):
        name = (row["name"] or "").strip().lower()
        if not name or row["role"] not in set(Role):
            refused.append(f"line {number}: name or role is not known")
            continue
        grants = found[name].grants if name in found else ()
        grant = Grant(row["role"], (row["unit"] or "").strip())
        found[name] = Person(name, (row["full_name"] or name).strip(), (*grants, grant))
    return list(found.values()), refused


def _added(people: Iterable[Person]) -> list[Sheet]:
    """The accounts that could be added, each with its one-time password."""
    address = Settings().public_url + "/login"
    given = [(person, one_time_password()) for person in people]

    async def work(store: Store) -> list[bool]:
        return [await store.write(_add, person, hash_password(word)) for person, word in given]

    done = zip(given, with_store(work), strict=True)
    return [
        Sheet(person.name, person.full_name, word, address) for (person, word), ok in done if ok
    ]


def _add(tx: Transaction, person: Person, password: str) -> bool:
    for grant in person.grants:
        if not registry.unit_exists(tx, grant.unit):
            raise click.ClickException(f"{person.name}: no unit {grant.unit!r}")
    person_id = staff.add(tx, person.name, person.full_name, person.grants, _now())
    if person_id is None:
        click.echo(f"{person.name}: the name is taken", err=True)
        return False
    staff.set_password(tx, person_id, password, must_change=True)
    _record(tx, "account added", person.name)
    return True


async def _known(store: Store, name: str) -> Staff:
    person = await staff.by_name(store.reader, name.strip().lower())
    if person is None:
        raise click.ClickException(f"no account {name}; see motcua user list")
    return person


def _record(tx: Transaction, act: str, subject: str) -> None:
    registry.audit(tx, _now(), getpass.getuser(), act, subject)


def _now() -> str:
    return utc_now().isoformat(timespec="seconds")
