"""How cases end without anybody's act: by time, or because the response was erased."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from sipas.cases import Act, State, lapses
from storage.case_rows import ERASED
from storage.cases import Wish, by_code, move, save
from storage.filing_rows import By
from storage.queries import write as sql
from storage.transaction import Transaction


def lapse(tx: Transaction, by: By) -> list[int]:
    """Close what was answered so long ago that nobody will say whether it is solved."""
    today = date.fromisoformat(by.day)
    rows = list(sql.answered_cases(tx.connection))
    late = [number for number, day in rows if lapses(date.fromisoformat(day)) < today]
    for number in late:
        move(tx, number, Wish(Act.LAPSE), by)
    return late


def erase(tx: Transaction, code_hash: int, *, withdrawn: bool = False) -> None:
    """Destroy every word of a response's case, and its answers where they were withdrawn.

    It is closed without a day: when somebody erased is nobody's business.
    """
    found = by_code(tx, code_hash)
    if found is None:
        return
    _blank(tx, found.case_id)
    if withdrawn:
        sql.blank_case(tx.connection, case_id=found.case_id)
    if found.state is not State.CLOSED:
        save(tx, found._replace(state=State.CLOSED, outcome=ERASED))


def purge(tx: Transaction, today: date, kept: Mapping[str, int]) -> None:
    """Destroy what closed cases need no more: where to tell, then the words and the code.

    Args:
        kept: for how many hours after the end each may stay.
    """
    contacts, words = (_before(today, kept[what]) for what in ("case_contacts", "case_words"))
    sql.purge_case_contacts(tx.connection, before=contacts)
    for (number,) in list(sql.ended_cases(tx.connection, before=words)):
        _blank(tx, number)


def _before(today: date, hours: int) -> str:
    return (today - timedelta(hours=hours)).isoformat()


def _blank(tx: Transaction, number: int) -> None:
    tx.traces = True
    for drop in (sql.erase_case, sql.erase_case_acts, sql.drop_case_contact):
        drop(tx.connection, case_id=number)
