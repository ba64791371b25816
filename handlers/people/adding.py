"""New accounts, from a form, a file or the terminal: each with a password that works once."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from handlers.rights import Role
from storage import registry, staff
from storage.api_keys import Act
from storage.directory import Directory
from storage.staff import Grant, Staff
from storage.transaction import Transaction

COLUMNS = ("name", "full_name", "role", "unit")
NAME_MOST = 60
PEOPLE_MOST = 500  # each password takes a twentieth of a second to hash


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to be given an account."""

    name: str
    full_name: str
    grants: tuple[Grant, ...]


class Fault(NamedTuple):
    """Why an account cannot be: where it was asked for, and the message's key."""

    where: str
    key: str


Mine = Callable[[str], bool]


def read_people(text: str) -> tuple[list[Person], list[Fault]]:
    """The accounts that a CSV file asks for, and which rows are refused; roles of a name add up.

    Raises:
        ValueError: the columns are other ones, or there are too many lines.
    """
    rows = _rows(text)
    if len(rows) > PEOPLE_MOST:
        raise ValueError(f"expected at most {PEOPLE_MOST} lines, got {len(rows)}")
    found: dict[str, Person] = {}
    refused = []
    for number, (name, full_name, role, unit) in enumerate(rows, 2):
        if fault := name_fault(name, full_name, role):
            refused.append(Fault(str(number), fault))
            continue
        before = found.get(name.lower(), Person(name.lower(), full_name or name, ()))
        grants = (*before.grants, Grant(role, unit))
        found[before.name] = Person(before.name, before.full_name, grants)
    return list(found.values()), refused


def _rows(text: str) -> list[list[str]]:
    lines = text.splitlines()
    # A Vietnamese Excel parts the columns of its CSV with semicolons.
    rows = csv.DictReader(lines, delimiter=";" if lines and ";" in lines[0] else ",")
    try:
        if tuple(rows.fieldnames or ()) == COLUMNS:
            return [[(row[column] or "").strip() for column in COLUMNS] for row in rows]
    except csv.Error as wrong:  # a quotation mark that is never closed makes one endless cell
        raise ValueError(f"expected a CSV file: {wrong}") from wrong
    raise ValueError(f"expected the columns {','.join(COLUMNS)}")


def name_fault(name: str, full_name: str, role: str) -> str:
    """The key of what is wrong with a row, or nothing.

    >>> name_fault("lan.nv", "Nguyễn Vân Lan", "leader"), name_fault("lan nv", "", "leader")
    ('', 'name')
    """
    plain = name and name.isprintable() and " " not in name and "," not in name
    if not plain or len(name) > NAME_MOST or not full_name.isprintable() or len(full_name) > 200:
        return "name"
    return "" if role in set(Role) else "role"


def faults(tx: Transaction, people: Iterable[Person], mine: Mine) -> list[Fault]:
    """Which of these accounts cannot be: taken names, units that are not there or not *mine*."""
    return [fault for person in people for fault in _faults(tx, person, mine)]


def _faults(tx: Transaction, person: Person, mine: Mine) -> Iterator[Fault]:
    if staff.number_of(tx, person.name) is not None:
        yield Fault(person.name, "taken")
    for grant in person.grants:
        if not registry.unit_exists(tx, grant.unit) or not mine(grant.unit):
            yield Fault(f"{person.name}, {grant.unit}", "unit")


def add_all(tx: Transaction, people: Sequence[Person], passwords: Sequence[str], act: Act) -> None:
    """Add every account with the hash of its one-time password; all of them or none.

    Raises:
        LookupError: a name was taken in between.
    """
    for person, password in zip(people, passwords, strict=True):
        number = staff.add(tx, person.name, person.full_name, person.grants, act.at)
        if number is None:
            raise LookupError(person.name)
        staff.set_password(tx, number, password, must_change=True)
        told = staff.told_grants(person.grants)
        registry.audit(tx, act.at, act.actor, "account added", person.name, told)


def template(
    directory: Directory, everybody: Sequence[Staff], role: str, mine: Mine = lambda unit: True
) -> str:
    """A file for `read_people`: a line for each of the units that nobody has the role for yet."""
    held = {grant.unit for each in everybody for grant in each.grants if grant.role == role}
    taken = {each.name for each in everybody}
    sink = io.StringIO()
    rows = csv.writer(sink, lineterminator="\n")
    rows.writerow(COLUMNS)
    for unit in sorted(directory.units, key=lambda unit: unit.sort_key):
        present = unit.valid_to is None and unit.parent_code is not None
        missing = unit.code not in held and f"dv.{unit.code}" not in taken
        if present and missing and mine(unit.code):
            rows.writerow((f"dv.{unit.code}", unit.name, role, unit.code))
    return sink.getvalue()
