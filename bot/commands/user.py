"""`motcua user`: accounts for the people who work with the figures."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from pathlib import Path

import click

from bot.clock import utc_now
from bot.commands.session import with_store
from bot.settings import Settings
from bot.sheets import write_sheets
from handlers.messages import text
from handlers.passwords import hash_password, one_time_password
from handlers.people import adding
from handlers.people.adding import Fault, Person
from handlers.people.sheet import Sheet
from handlers.rights import Role
from storage import registry, staff
from storage.api_keys import Act
from storage.directory import load_directory
from storage.staff import Grant, Staff
from storage.store import Store
from storage.transaction import Transaction

ROLE = click.Choice([role.value for role in Role])
SHEETS = click.Path(dir_okay=False, path_type=Path)


@click.group()
def user() -> None:
    """Accounts of staff: add, import, list, disable. Respondents never have one."""


@user.command("list")
def list_people() -> None:
    """Print every account: name, full name, roles, whether it is disabled."""

    async def read(store: Store) -> list[Staff]:
        return await staff.everybody(store.reader)

    for person in with_store(read):
        roles = staff.told_grants(person.grants)
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
    if fault := adding.name_fault(name.strip(), full_name, roles[0]):
        _refuse([Fault(name, fault)])
    (sheet,) = _added([Person(name.strip().lower(), full_name or name, grants)])
    click.echo(f"{sheet.name}\t{sheet.password}\t(once; sign in at {sheet.address})")


@user.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--sheets", type=SHEETS, default="logins.pdf", show_default=True)
def import_people(file: Path, sheets: Path) -> None:
    """Add accounts from a CSV file (name,full_name,role,unit) and print a login sheet for each."""
    try:
        people, refused = adding.read_people(file.read_text("utf-8-sig"))
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    _refuse(refused)
    made = _added(people)
    write_sheets(made, sheets)
    click.echo(f"{len(made)} accounts added; sheets: {sheets}")


@user.command()
@click.option("--role", type=ROLE, default=Role.UNIT_HEAD.value, show_default=True)
def template(role: str) -> None:
    """Print a file for `import` with a line for each unit where nobody has the role yet."""

    async def read(store: Store) -> str:
        directory = await load_directory(store.reader)
        return adding.template(directory, await staff.everybody(store.reader), role)

    click.echo(with_store(read), nl=False)


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
        await store.write(staff.reset, person, hash_password(password))
        await store.write(_record, "account reset", name)

    with_store(work)
    click.echo(f"{name}\t{password}\t(once)")


@user.command()
@click.argument("name")
@click.argument("subject")
def link(name: str, subject: str) -> None:
    """Let SUBJECT of the identity provider open the account; "-" lets nobody of it any more."""
    issuer = Settings().oidc_issuer
    if not issuer:
        raise click.ClickException("MOTCUA_OIDC_ISSUER is not set: there is no identity provider")
    told = None if subject == "-" else f"{issuer} {subject}"

    async def work(store: Store) -> None:
        person = await _known(store, name)
        await store.write(staff.link, person.person_id, told)
        await store.write(_record, "account linked" if told else "account unlinked", person.name)

    with_store(work)
    click.echo(f"{name} {'opens by single sign-on' if told else 'opens by password only'}")


def _added(people: Sequence[Person]) -> list[Sheet]:
    """The new accounts, each with its one-time password; all of them or none."""

    async def look(store: Store) -> list[Fault]:
        return await store.look(adding.faults, people, lambda unit: True)

    _refuse(with_store(look))  # before the hashes, which take their time
    address = Settings().staff_address + "/login"
    words = [one_time_password() for _ in people]
    hashes = list(map(hash_password, words))

    async def work(store: Store) -> None:
        await store.write(adding.add_all, people, hashes, Act(_now(), getpass.getuser()))

    with_store(work)
    both = zip(people, words, strict=True)
    return [Sheet(person.name, person.full_name, word, address) for person, word in both]


def _refuse(faults: Sequence[Fault]) -> None:
    """Tell what is wrong with each account that cannot be; none is added then."""
    for fault in faults:
        click.echo(f"{fault.where}: {text('en', f'people.fault.{fault.key}')}", err=True)
    if faults:
        raise click.ClickException(text("en", "people.fault.none_added").rstrip(":"))


async def _known(store: Store, name: str) -> Staff:
    person = await staff.by_name(store.reader, name.strip().lower())
    if person is None:
        raise click.ClickException(f"no account {name}; see motcua user list")
    return person


def _record(tx: Transaction, act: str, subject: str) -> None:
    registry.audit(tx, _now(), getpass.getuser(), act, subject)


def _now() -> str:
    return utc_now().isoformat(timespec="seconds")
