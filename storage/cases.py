"""Cases as rows: opened in the transaction that closes a response, moved by one table.

A case holds facts and sealed words, and no way to a chat. Whoever holds the response code can read
what was answered; whoever erases the response destroys every word of its case, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sipas.case_opening import Cause, Desk, Place, desk_of, placed, raised
from sipas.cases import Act, Facts, Finding, Refusal, State, step
from storage import hooks, registry
from storage.case_rows import CLOCK, OPENED, RESPONDENT, Case, Done, New
from storage.filing_rows import By
from storage.hooks import Event
from storage.queries import write as sql
from storage.release import BATCH_LEAST
from storage.transaction import Transaction

_NOBODY = (RESPONDENT, CLOCK)
ANY = ""


class Wish(NamedTuple):
    """An act with what is said in it.

    Attributes:
        to: where a case is handed over to.
        inspection: code of the unit that inspects, for an escalation from the top.
    """

    act: Act
    words: str = ""
    finding: Finding | None = None
    to: Place | None = None
    inspection: str = ""


def open_case(tx: Transaction, new: New, inspection: str) -> int:
    """Open a case where its causes belong; returns its number."""
    line = _line(tx, str(sql.unit_code(tx.connection, unit_id=new.unit_id)))
    at = placed(line, desk_of(new.causes), _known(tx, inspection))
    row = new._asdict()
    comment, contact = row.pop("comment"), row.pop("contact")
    row["causes"] = ",".join(new.causes)
    number = int(sql.add_case(tx.connection, **row, state=State.NEW, desk=at.desk, body=at.body))
    if comment:
        sql.seal_case(tx.connection, case_id=number, sealed=_seal(tx, number, comment))
    if contact:
        remember_contact(tx, number, contact)
    _note(tx, number, new.opened_on, RESPONDENT, OPENED, State.NEW, at, None, "")
    return number


def cases(tx: Transaction, state: str = ANY) -> list[Case]:
    """Every case, or those in a state, oldest first."""
    return [_case(row) for row in sql.cases_like(tx.connection, case_id=0, state=state)]


def case(tx: Transaction, number: int) -> Case | None:
    """The case with this number."""
    rows = sql.cases_like(tx.connection, case_id=number, state=ANY)
    return next((_case(row) for row in rows if number), None)


def by_code(tx: Transaction, code_hash: int) -> Case | None:
    """The case of the response with this code hash."""
    found = sql.case_by_code(tx.connection, code_hash=code_hash)
    return case(tx, found) if found else None


def comment(tx: Transaction, number: int) -> str:
    """What the respondent wrote, for whoever works on the case; empty where nothing is left."""
    sealed = sql.case_words(tx.connection, case_id=number)
    return _open(tx, number, sealed)


def acts(tx: Transaction, number: int) -> list[Done]:
    """What was done to a case, oldest first."""
    return [
        Done(day, actor, act, State(state), Desk(desk), body, _finding(finding), words)
        for day, actor, act, state, desk, body, finding, sealed in sql.case_acts(
            tx.connection, case_id=number
        )
        for words in [_open(tx, number, sealed)]
    ]


def read(tx: Transaction, number: int, by: By) -> tuple[str, list[Done]]:
    """The words and acts of a case for who works on it; that they were read is in the audit."""
    registry.audit(tx, by.at, by.actor, "case read", str(number), "")
    return comment(tx, number), acts(tx, number)


def move(tx: Transaction, number: int, wish: Wish, by: By) -> State | Refusal:
    """Do an act: the case's new state, or why it stays as it is, and then nothing is written.

    Raises:
        LookupError: there is no such case.
    """
    known = case(tx, number)
    if known is None:
        raise LookupError(f"expected a case that exists, got {number}")
    after = step(known.state, wish.act, facts(known, acts(tx, number), wish, by.actor))
    if isinstance(after, Refusal):
        return after
    moved = _moved(tx, known, wish, after, by.day)
    save(tx, moved)
    at, words = moved.place, wish.words.strip()
    _note(tx, number, by.day, by.actor, wish.act, after, at, wish.finding, words)
    if after is State.CLOSED and known.state is not State.CLOSED:
        _tell_closed(tx, known.unit)
    if by.actor not in _NOBODY:
        registry.audit(tx, by.at, by.actor, f"case {wish.act}", str(number), f"{at.desk} {at.body}")
    return after


def _tell_closed(tx: Transaction, unit: str) -> None:
    """Tell other systems with every fifth closed case, of all units as one: never of a case."""
    closed = int(sql.closed_cases(tx.connection))
    if closed % BATCH_LEAST == 0:
        top = _line(tx, unit)[-1]
        hooks.tell(tx, Event.CASE, top, f"/units/{top}", "", closed=closed)


def facts(known: Case, done: Sequence[Done], wish: Wish, actor: str) -> Facts:
    """What an act on a case depends on besides its state."""
    judged = Act.VERIFY if wish.act is Act.DECIDE else Act.ANSWER
    kinds = {each.act for each in done}
    return Facts(
        words=wish.words,
        finding=wish.finding,
        extended=known.extended_on is not None,
        escalated=known.escalated,
        appealed=Act.APPEAL in kinds,
        decided=Act.DECIDE in kinds,
        same_person=actor in {each.actor for each in done if each.act == judged},
    )


def contact(tx: Transaction, number: int) -> str:
    """Where the respondent wished to be told, or empty."""
    sealed = sql.case_contact(tx.connection, case_id=number)
    return tx.cipher.open(sealed, _contact(number)) if sealed else ""


def remember_contact(tx: Transaction, number: int, where: str) -> None:
    """Keep where the respondent wishes to be told."""
    sealed = tx.cipher.seal(where, _contact(number))
    sql.add_case_contact(tx.connection, case_id=number, sealed=sealed)


def forget_contact(tx: Transaction, number: int) -> None:
    """The respondent can be told no more, or wishes it no more."""
    sql.drop_case_contact(tx.connection, case_id=number)


def appealed(tx: Transaction) -> frozenset[int]:
    """Numbers of the cases with an appeal about which nobody has decided."""
    return frozenset(number for (number,) in sql.appealed_cases(tx.connection))


def open_by_unit(tx: Transaction, before: str) -> dict[int, int]:
    """Cases opened before a day and not closed, counted by unit row."""
    return dict(sql.open_cases_by_unit(tx.connection, before=before))


def _moved(tx: Transaction, known: Case, wish: Wish, after: State, day: str) -> Case:
    """The case as it is after an act that is possible."""
    match wish.act:
        case Act.VERIFY | Act.DECIDE:
            return known._replace(state=after, finding=wish.finding)
        case Act.EXTEND:
            return known._replace(extended_on=day)
        case Act.ANSWER:
            return known._replace(state=after, answered_on=day)
        case Act.HAND_OVER:
            at = wish.to or known.place
            return known._replace(state=after, desk=at.desk, body=at.body)
        case _ if after is State.CLOSED and known.state is not State.CLOSED:
            return known._replace(state=after, outcome=wish.act, closed_on=day)
        case Act.UNSOLVED:
            line = _line(tx, known.body)
            at = raised(known.place, line, known.unit, _known(tx, wish.inspection))
            return known._replace(
                state=after, desk=at.desk, body=at.body, escalated=True, since=day
            )
        case _:
            return known._replace(state=after)


def save(tx: Transaction, moved: Case) -> None:
    """Store where a case stands."""
    sql.move_case(
        tx.connection,
        case_id=moved.case_id,
        state=moved.state,
        desk=moved.desk,
        body=moved.body,
        since=moved.since,
        finding=moved.finding,
        extended_on=moved.extended_on,
        escalated=int(moved.escalated),
        answered_on=moved.answered_on,
        outcome=moved.outcome,
        closed_on=moved.closed_on,
    )


def _note(
    tx: Transaction,
    number: int,
    day: str,
    actor: str,
    act: str,
    state: State,
    at: Place,
    finding: Finding | None,
    words: str,
) -> None:
    sql.add_case_act(
        tx.connection,
        case_id=number,
        on_day=day,
        actor=actor,
        act=act,
        state=state,
        desk=at.desk,
        body=at.body,
        finding=finding,
        sealed=_seal(tx, number, words) if words else None,
    )


def _known(tx: Transaction, code: str) -> str:
    """A unit's code, or nothing: what waits for a unit that does not exist waits for ever."""
    return code if sql.unit_exists(tx.connection, code=code) else ""


def _line(tx: Transaction, code: str) -> list[str]:
    """The unit and those above it, nearest first."""
    line: list[str] = []
    step_up: str | None = code
    while step_up and step_up not in line:
        line.append(step_up)
        step_up = sql.unit_line_step(tx.connection, code=step_up)
    return line


def _case(row: Sequence[Any]) -> Case:
    *told, causes, state, desk, body, finding, extended_on, escalated, answered, outcome, end = row
    because = tuple(map(Cause, filter(None, causes.split(","))))
    where = (State(state), Desk(desk), body, _finding(finding), extended_on, bool(escalated))
    return Case._make((*told, because, *where, answered, outcome, end))


def _finding(text: str | None) -> Finding | None:
    return Finding(text) if text else None


def _seal(tx: Transaction, number: int, words: str) -> bytes:
    return tx.cipher.seal(words, _words(number))


def _open(tx: Transaction, number: int, sealed: bytes | None) -> str:
    """The words, or nothing where there are none or the key they were sealed with is lost."""
    try:
        return tx.cipher.open(sealed, _words(number)) if sealed else ""
    except ValueError:
        return ""


def _words(number: int) -> bytes:
    return b"case:%d" % number


def _contact(number: int) -> bytes:
    return b"case-contact:%d" % number
