"""What staff do with a batch of paper forms: key, take back, check, settle, close.

Each is one plain function in one transaction; what it cannot do it says by a message key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from datetime import datetime
from typing import NamedTuple

from handlers.cases.opening import open_case
from handlers.receive import Survey, hour_of
from sipas import paper as form_of
from sipas.events import Closed
from sipas.packing import half_day
from sipas.paper import Check, Line, Paper
from sipas.plan import plan
from sipas.session import Place
from storage import paper
from storage.numbering import RANDOM_BITS, row_id
from storage.paper import Batch, Checked, Form
from storage.transaction import ClosedRow, Transaction

# The numbering of channels has no code for paper: docs/decisions/0014-paper-is-web-assisted.md.
CHANNEL = "web"


Typed = Mapping[str, str]


class Refused(NamedTuple):
    """Why something was not done: the end of a message key, and the questions that are wrong."""

    why: str
    wrong: tuple[str, ...] = ()


class Sheet(NamedTuple):
    """A batch with its form as printed, what is keyed of it, and how its checks ended."""

    batch: Batch
    form: Paper
    forms: tuple[Form, ...]
    checks: tuple[Checked, ...]

    def keyed(self, number: int) -> Form | None:
        """The form with this number, if it is keyed."""
        return next((each for each in self.forms if each.number == number), None)

    def next_number(self, after: int = 0) -> int | None:
        """The number to key next: the first free one after *after*, else the first free one."""
        taken = {each.number for each in self.forms}
        free = [number for number in range(1, self.batch.forms + 1) if number not in taken]
        return next((number for number in free if number > after), free[0] if free else None)

    def keyed_by(self, device: int) -> bool:
        """Whether the device keyed any of the forms."""
        return any(each.device_id == device for each in self.forms)

    @property
    def drawn(self) -> tuple[Form, ...]:
        """The forms to be keyed a second time."""
        return tuple(each for each in self.forms if each.drawn)

    @property
    def to_check(self) -> Form | None:
        """The drawn form to look for now: one whose differences are open comes first."""
        unsettled = (each for each in self.drawn if each.again is not None)
        blind = (each for each in self.drawn if each.differences is None)
        return next(unsettled, None) or next(blind, None)

    def differing(self, form: Form) -> tuple[tuple[Line, str, str], ...]:
        """The questions that two people keyed differently, with what each keyed."""
        again = form.again or form.keyed
        triples = zip(self.form.lines, form.keyed, again, strict=True)
        return tuple(triple for triple in triples if triple[1] != triple[2])


Work = Callable[[Transaction, Sheet], Refused | None]


def sheet(tx: Transaction, survey: Survey, code: str) -> Sheet | None:
    """The batch with this code, or None."""
    found = paper.batch(tx, form_of.read_batch(code) or "")
    if found is None:
        return None
    return Sheet(
        found,
        paper_of(tx, survey, found),
        tuple(paper.forms(tx, found.batch_id)),
        tuple(paper.checks(tx, found.batch_id)),
    )


def acted(
    tx: Transaction, survey: Survey, code: str, units: Set[int], work: Work
) -> tuple[Sheet, Refused | None] | None:
    """Let *work* act on a batch of these units; the batch as it is then, and why nothing was done.

    None when these units have no such batch.
    """
    at = sheet(tx, survey, code)
    if at is None or at.batch.unit_id not in units:
        return None
    refused = work(tx, at)
    return (at if refused else sheet(tx, survey, code) or at), refused


def paper_of(tx: Transaction, survey: Survey, of: Batch) -> Paper:
    """The form as it was printed."""
    fields = paper.fields(tx, of.fields)
    place = Place(of.counter, of.counter_name, of.unit_name, of.instrument, fields)
    return form_of.paper(plan(survey.instruments[of.instrument]), place, str(of.consent))


def enter(tx: Transaction, at: Sheet, device: int, number: int, typed: Typed) -> Refused | None:
    """Keep a form that was keyed for the first time."""
    if at.batch.state != paper.KEYING:
        return Refused("frozen")
    if not 1 <= number <= at.batch.forms:
        return Refused("no_number")
    keyed = _read(at, typed)
    if isinstance(keyed, Refused):
        return keyed
    return None if paper.key(tx, at.batch.batch_id, number, device, keyed) else Refused("twice")


def _read(at: Sheet, typed: Typed) -> str | Refused:
    """The keyed text; an overall mark left out is said as such, so that no Enter slips through."""
    overall = at.form.lines[0].item.key
    if not typed.get(overall, ""):
        return Refused("overall", (overall,))
    keyed, wrong = form_of.read(at.form, typed)
    return Refused("wrong", wrong) if wrong else keyed


def take_back(tx: Transaction, at: Sheet, number: int) -> Refused | None:
    """Drop a keyed form so that it can be keyed again."""
    if at.batch.state != paper.KEYING:
        return Refused("frozen")
    return None if paper.unkey(tx, at.batch.batch_id, number) else Refused("no_number")


def begin_check(
    tx: Transaction, at: Sheet, chance: Callable[[int], int], device: int
) -> Refused | None:
    """Draw the forms to be keyed again; nobody, the server included, knew them before."""
    if at.keyed_by(device):
        return Refused("same_device")
    if at.batch.state != paper.KEYING or not at.forms:
        return Refused("nothing_to_check")
    numbers = [each.number for each in at.forms]
    paper.draw(tx, at.batch.batch_id, form_of.drawn(numbers, chance))
    return None


def check(tx: Transaction, at: Sheet, device: int, number: int, typed: Typed) -> Refused | None:
    """Compare a second, blind keying with the first."""
    if at.keyed_by(device):
        return Refused("same_device")
    found = at.to_check
    if found is None or found.number != number or found.again is not None:
        return Refused("not_this_one")
    again = _read(at, typed)
    if isinstance(again, Refused):
        return again
    differences = len(form_of.differing(at.form, found.keyed, again))
    paper.keyed_again(tx, at.batch.batch_id, number, again, differences)
    return None


def settle(tx: Transaction, at: Sheet, device: int, number: int, typed: Typed) -> Refused | None:
    """Take what the paper says where two keyings of a form differ."""
    if at.keyed_by(device):
        return Refused("same_device")
    found = at.to_check
    if found is None or found.number != number or found.again is None:
        return Refused("not_this_one")
    asked = [line.item.key for line, _, _ in at.differing(found)]
    missing = tuple(key for key in asked if not typed.get(key))
    first = {line.item.key: key for line, key in zip(at.form.lines, found.keyed, strict=True)}
    keyed, wrong = form_of.read(at.form, first | {key: typed.get(key, "") for key in asked})
    if wrong or missing:
        return Refused("wrong", wrong + missing)
    paper.settle(tx, at.batch.batch_id, number, keyed)
    return None


def checking(tx: Transaction, at: Sheet, work: Work, actor: str, now: datetime) -> Refused | None:
    """Do *work* of a check, and end the check when nothing of it is left to do."""
    refused = work(tx, at)
    at = at._replace(forms=tuple(paper.forms(tx, at.batch.batch_id)))
    if refused is None and at.to_check is None:
        _end_check(tx, at, actor, now)
    return refused


def _end_check(tx: Transaction, at: Sheet, actor: str, now: datetime) -> None:
    drawn = at.drawn
    differences = sum(each.differences or 0 for each in drawn)
    found = Check(len(drawn) * len(at.form.lines), differences)
    ended = Checked(at.batch.round, len(at.forms), len(drawn), found)
    paper.finish_check(tx, at.batch, ended)
    act = "paper checked" if found.passed else "paper to be keyed again"
    detail = f"round {at.batch.round}: {found.differences} of {found.marks} marks differ"
    paper.note(tx, actor, act, at.batch.code, detail, now.isoformat(timespec="seconds"))


def close(tx: Transaction, at: Sheet, survey: Survey, actor: str, now: datetime) -> Refused | None:
    """Make responses of the forms of a checked batch, and forget which form was which.

    They count on the day of closing, so that no day that is over changes.
    """
    if at.batch.state != paper.CHECKED:
        return Refused("not_checked")
    half = half_day(now)
    found = [form_of.response(at.form, each.keyed, half) for each in at.forms]
    whole = [each for each in found if each is not None]
    ids = at.batch.unit_id, at.batch.counter_id, None
    for each in whole:
        tx.close(_row(at, each, survey.chance(RANDOM_BITS)))
        open_case(tx, survey, each, ids, now)
    tx.arrive(at.batch.counter_id, hour_of(now), len(whole))
    paper.close(tx, at.batch.batch_id, len(found), len(found) - len(whole))
    detail = f"{len(whole)} responses, {len(found) - len(whole)} spoiled forms"
    at_s = now.isoformat(timespec="seconds")
    paper.note(tx, actor, "paper closed", at.batch.code, detail, at_s)
    return None


def _row(at: Sheet, found: Closed, chance: int) -> ClosedRow:
    """A response as it waits for release; its id is chance, and nobody was given a code."""
    return ClosedRow(
        response_id=row_id(found.half_day, chance),
        counter_id=at.batch.counter_id,
        unit_id=at.batch.unit_id,
        instrument=found.instrument,
        levels=found.levels,
        tags=found.tags,
        stage=found.stage,
        stratum=found.stratum,
        channel=CHANNEL,
        kind=found.kind,
        field=found.field,
        consent=int(found.consent),
        code_hash=None,
    )
