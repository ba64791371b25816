"""A plan as people read it: what it is about, why it was listed, and what later figures say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from handlers.comparing import Side, compared
from handlers.filings.figures import name
from handlers.messages import text
from handlers.pages import shown_percent
from handlers.plans.desk import stands
from handlers.plans.scorecards import way_text
from handlers.scores import Scores
from handlers.sentences import name_of, points
from handlers.service import Service, State
from sipas.comparison import Difference
from sipas.declining import criterion
from sipas.earlier import later
from sipas.figures import Figure
from sipas.ledger import Record
from sipas.periods import parse_period
from sipas.plans import Standing
from storage import scorecards
from storage.plan_rows import FIGURE, Plan


@dataclass(frozen=True, slots=True)
class Told:
    """A plan with its names in the reader's language."""

    plan: Plan
    unit: str
    criterion: str
    standing: Standing
    why: str
    change: str


@dataclass(frozen=True, slots=True)
class Result:
    """What a later period says of a criterion.

    Attributes:
        apart: whether all of the period lies after the measures were reported as done.
    """

    period: str
    before: Figure
    after: Figure
    difference: Difference
    apart: bool


def told(asked: Service, state: State, plan: Plan, language: str) -> Told:
    """The plan in words."""
    unit = state.directory.unit(plan.unit)
    return Told(
        plan,
        name_of(unit, language) if unit else plan.unit,
        criterion_name(asked, state, plan, language),
        stands(plan, asked.today()),
        "; ".join(text(language, f"plans.sign.{sign}") for sign in plan.listed["signs"]),
        change(plan.listed, language),
    )


def criterion_name(asked: Service, state: State, plan: Plan, language: str) -> str:
    """What the plan is about: a part of our questionnaire, or a criterion of PAR INDEX."""
    if plan.kind == FIGURE:
        return name(asked, state, plan.listed["now"], language=language)
    return f"PAR INDEX {plan.criterion} · {plan.listed['name']}"


def change(listed: Record, language: str) -> str:
    """From what to what it went: figures with their difference, or points of the maximum."""
    if "maximum" in listed:
        return _points(listed, language)
    now, before = listed["now"], listed["before"]
    if before is None:
        return text(language, "plans.value", now=_share(now, language), n=now["n"])
    return text(
        language,
        "plans.change",
        before=_share(before, language),
        period=before["period"],
        now=_share(now, language),
        points=_apart(listed, "value", language),
        low=_apart(listed, "low", language),
        high=_apart(listed, "high", language),
    )


async def result(asked: Service, state: State, plan: Plan) -> Result | None:
    """The newest later period of the same kind that shows the criterion; None where none does."""
    unit = state.directory.unit(plan.unit)
    if plan.kind != FIGURE or unit is None:
        return None
    scores = Scores(asked, state, own=frozenset({unit.code}))
    listed = Side(unit, parse_period(plan.period))
    for period in later(listed.period, asked.today()):
        for row in await compared(scores, Side(unit, period), listed):
            if "|".join(criterion(row.one)) == plan.criterion:
                apart = bool(plan.done_on) and period.first > date.fromisoformat(plan.done_on or "")
                return Result(period.code, row.other, row.one, row.difference, apart)
    return None


async def points_since(asked: Service, plan: Plan, language: str) -> str:
    """What became of a criterion of PAR INDEX in the year after; empty where that is not known."""
    if plan.kind == FIGURE:
        return ""
    year = int(plan.period) + 1
    lines = await asked.store.look(scorecards.lines_of, year)
    after = (each for each in lines if each.before and each.before.code == plan.criterion)
    return next((f"{year}: {way_text(each, language)}" for each in after), "")


def said(found: Result | None, language: str) -> str:
    """The result in one sentence, which never says that the measures were the cause."""
    if found is None:
        return text(language, "plans.result.none")
    return text(
        language,
        "plans.result.apart" if found.apart else "plans.result.beside",
        before=shown_percent(language, found.before.value),
        after=shown_percent(language, found.after.value),
        period=found.period,
        verdict=text(language, f"plans.result.{found.difference.verdict}"),
    )


def counted(stand: Sequence[Standing]) -> dict[Standing, int]:
    """How many stand how, the most urgent first."""
    return {each: n for each in Standing if (n := stand.count(each))}


def _apart(listed: Record, key: str, language: str) -> str:
    """A difference with a sign at which no line ends."""
    return points(listed["difference"][key], language).replace("-", "\N{MINUS SIGN}")


def _share(figure: Record, language: str) -> str:
    return shown_percent(language, figure["value"])


def _points(listed: Record, language: str) -> str:
    now, before = listed["now"], listed["before"]
    params = {"now": now, "maximum": listed["maximum"], "lost": listed["lost"]}
    if before is None:
        return text(language, "plans.points", **params)
    return text(language, "plans.points_change", before=before, most=listed["most"], **params)
