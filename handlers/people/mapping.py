"""Which roles a person has by what the identity provider says of them: a table of the operator."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from handlers.rights import Role
from storage.staff import Grant

COLUMNS = ("value", "role", "unit")
REST = "*"


class Rule(NamedTuple):
    """Who has *value* among their groups holds *role* for *unit*.

    A value that ends in `*` stands for all that begin so; where the unit is `*`, it is the rest.
    """

    value: str
    role: str
    unit: str


def read_rules(text: str, name: str) -> tuple[Rule, ...]:
    """The table in a CSV file.

    Raises:
        ValueError: with file, line and reason.

    >>> read_rules("value,role,unit\\nmotcua-head-*,unit_head,*\\n", "roles.csv")
    (Rule(value='motcua-head-*', role='unit_head', unit='*'),)
    """
    rows = csv.DictReader(text.splitlines())
    try:
        if tuple(rows.fieldnames or ()) == COLUMNS:
            return tuple(_rule(row, f"{name}, line {rows.line_num}") for row in rows)
    except csv.Error as wrong:
        raise ValueError(f"{name}, line {rows.line_num}: {wrong}") from wrong
    raise ValueError(f"{name}: expected the columns {','.join(COLUMNS)}")


def grants(rules: Sequence[Rule], groups: Iterable[str]) -> tuple[Grant, ...]:
    """The roles of somebody in these groups, each once, in the order of the table.

    >>> rules = (Rule("motcua-head-*", "unit_head", "*"), Rule("admins", "system", "38"))
    >>> grants(rules, ["motcua-head-15448", "printers"])
    (Grant(role='unit_head', unit='15448'),)
    """
    named = list(groups)
    found = (_granted(rule, each) for rule in rules for each in named)
    return tuple(dict.fromkeys(grant for grant in found if grant))


def _rule(row: dict[str, str], where: str) -> Rule:
    value, role, unit = ((row[column] or "").strip() for column in COLUMNS)
    if not value.rstrip(REST) or not unit or role not in set(Role):
        raise ValueError(f"{where}: needs a value, a known role and a unit")
    if unit == REST and not value.endswith(REST):
        raise ValueError(f"{where}: a unit of * is the rest of a value that ends in *")
    return Rule(value, role, unit)


def _granted(rule: Rule, group: str) -> Grant | None:
    if not rule.value.endswith(REST):
        return Grant(rule.role, rule.unit) if group == rule.value else None
    before = rule.value.removesuffix(REST)
    if not group.startswith(before) or group == before:
        return None
    rest = group.removeprefix(before)
    return Grant(rule.role, rest if rule.unit == REST else rule.unit)
