"""Corrective plans as rows: a criterion is listed once, and every act adds a line.

Nothing is ever changed: a plan is what its newest act says, and what it said on any earlier day
can be read too, as the documents of a filing need it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from sipas.plans import Act, Entered, Refusal, State, step
from storage import registry
from storage.filing_rows import By
from storage.plan_rows import Call, Done, Found, New, Plan, Unverified
from storage.queries import write as sql
from storage.transaction import Transaction

LISTED = "list"
NOW = "9999"
"""After every moment that is stored."""


def call(tx: Transaction, new: New, found: Iterable[Found], by: By) -> int:
    """Call for plans and return how many criteria were listed; a second call only moves the day."""
    made = sql.add_plan_call(
        tx.connection,
        kind=new.kind,
        period=new.period,
        against=new.against,
        release_id=new.release_id,
    )
    number = int(sql.plan_call(tx.connection, kind=new.kind, period=new.period))
    sql.add_plan_due(tx.connection, call_id=number, due=new.due, at=by.at, actor=by.actor)
    registry.audit(tx, by.at, by.actor, "plans due", f"{new.kind} {new.period}", new.due)
    return sum(_list(tx, number, each, by) for each in found) if made else 0


def calls(tx: Transaction) -> list[Call]:
    """Every call, the newest first."""
    return [Call(*row) for row in sql.plan_calls(tx.connection)]


def plans(tx: Transaction, unit: str = "", until: str = NOW) -> list[Plan]:
    """Every plan, or those of a unit, as they were at the moment *until*."""
    rows = sql.plans_as_of(tx.connection, plan_id=0, unit_code=unit, until=until)
    return [_plan(row) for row in rows]


def unverified(tx: Transaction) -> list[Unverified]:
    """The plans of all units that are not through, without what was written in them."""
    rows = sql.unverified_plans(tx.connection)
    return [Unverified(unit, State(state), *rest) for unit, state, *rest in rows]


def plan(tx: Transaction, plan_id: int) -> Plan | None:
    """The plan with this number."""
    rows = sql.plans_as_of(tx.connection, plan_id=plan_id, unit_code="", until=NOW)
    return next((_plan(row) for row in rows if plan_id), None)


def acts(tx: Transaction, plan_id: int) -> list[Done]:
    """What was done to a plan, oldest first."""
    return [
        Done(at, actor, act, State(state), Entered(*entered), note)
        for at, actor, act, state, *entered, note in sql.plan_acts(tx.connection, plan_id=plan_id)
    ]


def move(
    tx: Transaction,
    plan_id: int,
    act: Act,
    by: By,
    words: str = "",
    entered: Entered | None = None,
    revision: int | None = None,
) -> State | Refusal | None:
    """Do *act*: the plan's new state, or why it stays as it is, and then nothing is written.

    Args:
        entered: what the plan says from now on, for the act that writes it.
        revision: what the form was made from; None comes back when somebody did more since.

    Raises:
        LookupError: there is no such plan.
    """
    known = plan(tx, plan_id)
    if known is None:
        raise LookupError(f"expected a plan that exists, got {plan_id}")
    after = step(known.state, act, words)
    if isinstance(after, Refusal):
        return after
    if revision is not None and revision != known.revision:
        return None
    _note(tx, plan_id, act, after, entered or known.entered, by, words.strip())
    # What was written stays with the plan: the audit tells who did what.
    registry.audit(tx, by.at, by.actor, f"plan {act}", str(plan_id), known.unit)
    return after


def _list(tx: Transaction, call_id: int, found: Found, by: By) -> int:
    named = {"call_id": call_id, "unit_code": found.unit, "criterion": found.criterion}
    kept = json.dumps(dict(found.listed), ensure_ascii=False)
    sql.add_plan(tx.connection, **named, listed=kept)
    number = int(sql.plan_of(tx.connection, **named))
    _note(tx, number, LISTED, State.LISTED, Entered(), by)
    return 1


def _note(
    tx: Transaction, plan_id: int, act: str, state: State, entered: Entered, by: By, note: str = ""
) -> None:
    sql.add_plan_act(
        tx.connection,
        plan_id=plan_id,
        at=by.at,
        on_day=by.day,
        actor=by.actor,
        act=act,
        state=state,
        **asdict(entered),
        note=note,
    )


def _plan(row: Sequence[Any]) -> Plan:
    plan_id, call_id, kind, period, due, unit, criterion, listed, revision, state, *rest = row
    *entered, entered_on, done_on = rest
    listing = (plan_id, call_id, kind, period, due, unit, criterion, json.loads(listed))
    return Plan(*listing, revision, State(state), Entered(*entered), entered_on, done_on)
