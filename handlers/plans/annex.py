"""Plans as rows of documents, in Vietnamese: the annex, and lines of a filing's report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial
from typing import NamedTuple

from handlers.messages import LANGUAGES, text
from handlers.plans.told import Told, told
from handlers.service import Service, State
from sipas.periods import Period, parse_period
from sipas.plans import State as PlanState
from storage.directory import Unit
from storage.filing_rows import Whole
from storage.plan_rows import Plan

VIETNAMESE = LANGUAGES[0]
_told = partial(text, VIETNAMESE)


class Row(NamedTuple):
    """A plan as documents show it, all as text."""

    unit: str
    criterion: str
    why: str
    change: str
    causes: str
    measures: str
    deadline: str
    post: str
    standing: str
    due: str


def of_filing(state: State, plans: Sequence[Plan], about: Unit) -> list[Plan]:
    """The plans that a filing about this unit tells: its own, and those of published units below.

    So a published filing shows nothing of a unit that is not published.
    """
    below = {each.code for each in state.directory.subtree(about) if each.published}
    return [each for each in plans if each.unit in below | {about.code}]


def plan_lines(
    asked: Service, state: State, whole: Whole, about: Unit
) -> dict[int, tuple[str, ...]]:
    """What parts III and IV of a filing's report say of plans."""
    known = of_filing(state, whole.plans, about)
    listed = listed_lines(asked, state, known, parse_period(whole.filing.period))
    return {3: listed, 4: task_lines(asked, state, known)}


def rows(asked: Service, state: State, plans: Iterable[Plan]) -> list[Row]:
    """The plans as rows, in their order."""
    return [_row(told(asked, state, each, VIETNAMESE)) for each in plans]


def listed_lines(
    asked: Service, state: State, plans: Sequence[Plan], period: Period
) -> tuple[str, ...]:
    """Lines of part III: the criteria listed for *period* or a part of it, with their causes."""
    days = [(each, parse_period(each.period)) for each in plans]
    mine = [each for each, of in days if period.first <= of.first and of.last <= period.last]
    told_rows = rows(asked, state, mine)
    lines = (
        _told("plans.doc.cause" if row.causes else "plans.doc.no_plan", **row._asdict())
        for row in told_rows
    )
    return (_told("plans.doc.listed"), *lines) if told_rows else ()


def task_lines(asked: Service, state: State, plans: Sequence[Plan]) -> tuple[str, ...]:
    """Lines of part IV: what is still to be done, until when, and by which post."""
    waiting = (PlanState.OPEN, PlanState.RETURNED, PlanState.DONE)
    mine = rows(asked, state, [each for each in plans if each.state in waiting])
    lines = (_told("plans.doc.task", **row._asdict()) for row in mine)
    return (_told("plans.doc.tasks"), *lines) if mine else ()


def _row(of: Told) -> Row:
    entered = of.plan.entered
    return Row(
        of.unit,
        of.criterion,
        of.why,
        of.change,
        entered.causes,
        entered.measures,
        _day(entered.deadline),
        entered.post,
        _told(f"plans.standing.{of.standing}"),
        _day(of.plan.due),
    )


def _day(told_day: str) -> str:
    """A stored day as documents write it."""
    if not told_day:
        return ""
    day = date.fromisoformat(told_day)
    return f"{day.day}/{day.month}/{day.year}"
