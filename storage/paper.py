"""Batches of paper forms: printed, keyed, spot-checked, closed.

What was keyed stays sealed, by the form's number, only until its batch is closed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sipas.paper import Check
from sipas.session import Field
from storage.queries import write as sql
from storage.transaction import Transaction

KEYING, CHECKING, CHECKED, CLOSED = STATES = ("keying", "checking", "checked", "closed")


class Batch(NamedTuple):
    """A printed batch; *fields* are codes joined by commas, *spoiled* counts once it is closed."""

    batch_id: int
    code: str
    counter_id: int
    counter: str
    counter_name: str
    unit_id: int
    unit: str
    unit_name: str
    instrument: str
    fields: str
    consent: int
    forms: int
    printed_on: str
    printed_by: str
    state: str
    round: int
    keyed: int
    spoiled: int | None


class Printed(NamedTuple):
    """A batch about to be printed."""

    code: str
    counter_id: int
    instrument: str
    fields: str
    consent: int
    forms: int
    printed_on: str
    printed_by: str


class Form(NamedTuple):
    """A keyed form; *again* is the second keying as long as its *differences* are not settled."""

    number: int
    device_id: int
    drawn: bool
    keyed: str
    again: str | None
    differences: int | None


class Checked(NamedTuple):
    """How the spot check of one round ended."""

    round: int
    keyed: int
    drawn: int
    check: Check


def add_batch(tx: Transaction, printed: Printed) -> bool:
    """Remember a batch; False when its code is taken."""
    added: int = sql.add_paper_batch(
        tx.connection,
        code=printed.code,
        counter_id=printed.counter_id,
        instrument_id=tx.instrument_id(printed.instrument),
        fields=printed.fields,
        consent=printed.consent,
        forms=printed.forms,
        printed_on=printed.printed_on,
        printed_by=printed.printed_by,
    )
    return added == 1


def batches(tx: Transaction) -> list[Batch]:
    """Every batch, the newest first."""
    return [Batch(*row) for row in sql.paper_batches(tx.connection, code="")]


def batch(tx: Transaction, code: str) -> Batch | None:
    """The batch with this code."""
    found = [Batch(*row) for row in sql.paper_batches(tx.connection, code=code)] if code else []
    return found[0] if found else None


def forms(tx: Transaction, batch_id: int) -> list[Form]:
    """The keyed forms of a batch by number; none once it is closed."""
    return [_form(tx, batch_id, *row) for row in sql.paper_forms(tx.connection, batch_id=batch_id)]


def _form(
    tx: Transaction,
    batch_id: int,
    number: int,
    device_id: int,
    drawn: int,
    keyed: bytes,
    again: bytes | None,
    differences: int | None,
) -> Form:
    context = _context(batch_id, number)
    second = None if again is None else tx.cipher.open(again, context)
    first = tx.cipher.open(keyed, context)
    return Form(number, device_id, bool(drawn), first, second, differences)


def key(tx: Transaction, batch_id: int, number: int, device_id: int, keyed: str) -> bool:
    """Keep a form; False when its number was keyed before."""
    added: int = sql.key_paper_form(
        tx.connection,
        batch_id=batch_id,
        number=number,
        device_id=device_id,
        keyed=tx.cipher.seal(keyed, _context(batch_id, number)),
    )
    return added == 1


def unkey(tx: Transaction, batch_id: int, number: int) -> bool:
    """Drop a keyed form so that it can be keyed again; False when there was none."""
    dropped: int = sql.drop_paper_form(tx.connection, batch_id=batch_id, number=number)
    return dropped == 1


def draw(tx: Transaction, batch_id: int, numbers: Iterable[int]) -> None:
    """The batch is being checked from now on: these forms are keyed again, none is added."""
    for number in numbers:
        sql.draw_paper_form(tx.connection, batch_id=batch_id, number=number)
    sql.set_paper_state(tx.connection, batch_id=batch_id, state=CHECKING)


def keyed_again(tx: Transaction, batch_id: int, number: int, again: str, differences: int) -> None:
    """Keep how often the second keying differs, and the keying itself only while it does."""
    sealed = tx.cipher.seal(again, _context(batch_id, number)) if differences else None
    sql.check_paper_form(
        tx.connection, batch_id=batch_id, number=number, again=sealed, differences=differences
    )


def settle(tx: Transaction, batch_id: int, number: int, keyed: str) -> None:
    """Replace both keyings by what the paper says."""
    sealed = tx.cipher.seal(keyed, _context(batch_id, number))
    sql.settle_paper_form(tx.connection, batch_id=batch_id, number=number, keyed=sealed)


def finish_check(tx: Transaction, of: Batch, found: Checked) -> None:
    """Keep how the check ended; a batch that failed loses its keyed forms and begins again."""
    sql.add_paper_check(
        tx.connection,
        batch_id=of.batch_id,
        round=found.round,
        keyed=found.keyed,
        drawn=found.drawn,
        marks=found.check.marks,
        differences=found.check.differences,
    )
    if found.check.passed:
        sql.set_paper_state(tx.connection, batch_id=of.batch_id, state=CHECKED)
    else:
        sql.drop_paper_forms(tx.connection, batch_id=of.batch_id)
        sql.next_paper_round(tx.connection, batch_id=of.batch_id)


def checks(tx: Transaction, batch_id: int) -> list[Checked]:
    """How the spot checks of a batch ended, round by round."""
    return [_checked(*row) for row in sql.paper_checks(tx.connection, batch_id=batch_id)]


def _checked(number: int, keyed: int, drawn: int, marks: int, differences: int) -> Checked:
    return Checked(number, keyed, drawn, Check(marks, differences))


def fields(tx: Transaction, codes: str) -> tuple[Field, ...]:
    """The fields of procedure printed on a form, in the printed order."""
    known = {
        code: (code, name, english) for _, code, name, english in sql.all_fields(tx.connection)
    }
    return tuple(known[code] for code in codes.split(",") if code in known)


def close(tx: Transaction, batch_id: int, keyed: int, spoiled: int) -> None:
    """Close a batch: from here on no form's number leads to anything that was marked."""
    sql.drop_paper_forms(tx.connection, batch_id=batch_id)
    sql.close_paper_batch(tx.connection, batch_id=batch_id, keyed=keyed, spoiled=spoiled)


def note(tx: Transaction, actor: str, act: str, subject: str, detail: str, at: str) -> None:
    """A line in the audit."""
    sql.add_audit(tx.connection, at=at, actor=actor, act=act, subject=subject, detail=detail)


def _context(batch_id: int, number: int) -> bytes:
    return b"paper:%d:%d" % (batch_id, number)
