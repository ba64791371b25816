"""How much the responses of a unit and period stand for: its data grade and what that rests on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from handlers.counted import told
from handlers.scores import Scores
from sipas.grades import Facts, Graded, few, graded, receipt_share, response_rate
from sipas.periods import Period, PeriodError, half_month
from sipas.workdays import workdays, workdays_before
from storage.directory import Counter, Unit
from storage.dossiers import EPOCH, Dossiers, counters_heard, days_heard, dossiers
from storage.numbering import STRATA

RECEIPT = STRATA.index("receipt")


@dataclass(frozen=True, slots=True)
class Coverage:
    """The grade with its facts.

    Attributes:
        window: the days from the first to the last half-month with dossiers; everything but
            *silent* is counted in them, so that a feed that began late is compared with its own
            days. None where no dossier is known.
        silent: public counters that received nothing for *silent_days* working days.
    """

    facts: Facts
    graded: Graded
    window: Period | None
    silent: tuple[Counter, ...]
    silent_days: int


async def coverage(scores: Scores, unit: Unit, period: Period) -> Coverage:
    """The data grade of a unit with everything published below it."""
    silent, standing = await _silent(scores, unit, period)
    rows = await _dossiers(scores, unit, period)
    days = scores.asked.silent_days
    shown = tuple(counter for counter in silent if counter.public)
    if not rows:
        none = Facts(0, 0, 0, 0, 0, 0, 0, 0, standing, len(silent))
        return Coverage(none, graded(none), None, shown, days)
    window = _window(rows)
    facts = await _facts(scores, unit, rows, window, (standing, len(silent)))
    return Coverage(facts, graded(facts), window, shown, days)


def record(found: Coverage) -> dict[str, Any]:
    """The coverage as interfaces tell it; what would tell a number from one to nine is null."""
    facts, window = found.facts, found.window
    shown = window is not None and not few(facts.responses)
    share = receipt_share(facts)
    return {
        "grade": str(found.graded.grade),
        "held_back_by": [str(condition) for condition in found.graded.held_back_by],
        "known_from": window.first.isoformat() if window else None,
        "known_to": window.last.isoformat() if window else None,
        "dossiers": told(facts.dossiers) if window else None,
        "response_rate": _rate(facts),
        "counters": facts.counters if window else None,
        "counters_answering": facts.answering if shown else None,
        "working_days": facts.workdays if window else None,
        "days_answered": facts.days if shown else None,
        "receipt_share": None if share is None else float(share),
        "silent_days": found.silent_days,
        "silent_counters": [counter.code for counter in found.silent],
    }


def _rate(facts: Facts) -> dict[str, Any] | None:
    rate = response_rate(facts)
    if rate is None:
        return None
    return {
        "n": rate.n,
        "value": float(rate.value),
        "low": rate.interval.low if rate.interval else None,
        "high": rate.interval.high if rate.interval else None,
    }


async def _dossiers(scores: Scores, unit: Unit, period: Period) -> list[Dossiers]:
    """Dossier events; of weeks and day ranges, which are counted otherwise, none."""
    try:
        return await dossiers(scores.asked.store.reader, _members(scores, unit), period)
    except PeriodError:
        return []


def _window(rows: Iterable[Dossiers]) -> Period:
    known = {row.atom for row in rows}
    first, last = half_month(min(known)).first, half_month(max(known)).last
    return Period(first, last, f"{first}..{last}")


async def _facts(
    scores: Scores, unit: Unit, rows: list[Dossiers], window: Period, silent: tuple[int, int]
) -> Facts:
    members = _members(scores, unit)
    until = min(window.last, scores.asked.today())
    heard = await _heard(scores, window)
    own = {day for unit_id, day in heard if unit_id in members}
    working = {(day - EPOCH).days for day in workdays(window.first, until)}
    counters = _counters(scores, rows)
    answering = counters & await counters_heard(scores.asked.store.reader, window.first, until)
    receipts, released = await scores.share_of(unit, window, "stratum", RECEIPT)
    return Facts(
        dossiers=sum(row.n for row in rows),
        responses=await scores.received(unit, window),
        counters=len(counters),
        answering=len(answering),
        workdays=len(working),
        days=len(working & own),
        released=released,
        receipts=receipts,
        open_counters=silent[0],
        silent=silent[1],
    )


def _members(scores: Scores, unit: Unit) -> set[int]:
    return {member.unit_id for member in scores.published(unit)}


async def _heard(scores: Scores, window: Period) -> dict[tuple[int, ...], int]:
    """Days with responses, kept until the next release, for an hour at most."""
    key = (scores.release, window.code, f"received {scores.asked.clock():%d %H}")
    if (known := scores.asked.kept.get(key)) is not None:
        return known
    found = await days_heard(scores.asked.store.reader, window)
    scores.asked.keep(key, found)
    return found


def _counters(scores: Scores, rows: Iterable[Dossiers]) -> set[int]:
    """Counters with dossiers; where a unit's events name none, all that it has."""
    named = {row.unit_id: set[int]() for row in rows}
    for row in rows:
        named[row.unit_id] |= {row.counter_id} - {0}
    found = set().union(*named.values())
    for counter in scores.state.directory.counters:
        if named.get(counter.unit_id) == set():
            found.add(counter.counter_id)
    return found


async def _silent(scores: Scores, unit: Unit, period: Period) -> tuple[tuple[Counter, ...], int]:
    """Counters that stood open for the last working days and received nothing, and how many did."""
    until = min(period.last, scores.asked.today())
    since = workdays_before(until, scores.asked.silent_days)
    members = _members(scores, unit)
    standing = [
        counter
        for counter in scores.state.directory.counters
        if counter.unit_id in members and _stood(counter, since, until)
    ]
    heard = await counters_heard(scores.asked.store.reader, since, until)
    silent = tuple(counter for counter in standing if counter.counter_id not in heard)
    return silent, len(standing)


def _stood(counter: Counter, since: date, until: date) -> bool:
    ended = counter.valid_to is not None and counter.valid_to < until.isoformat()
    return counter.valid_from <= since.isoformat() and not ended
