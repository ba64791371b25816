"""How much the responses of a unit and period stand for: its data grade and what that rests on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from handlers.counted import told
from handlers.scores import Scores
from sipas.grades import Facts, Graded, few, graded, receipt_share, response_rate
from sipas.periods import Period, atom, half_month, is_whole
from sipas.workdays import workdays, workdays_before
from storage.directory import Counter, Unit
from storage.dossiers import EPOCH, Dossiers, counters_heard, days_heard, dossiers
from storage.numbering import STRATA

RECEIPT = STRATA.index("receipt")


@dataclass(frozen=True, slots=True)
class Coverage:
    """The grade with its facts.

    Attributes:
        window: the days from the first to the last half-month with dossiers, as far as it may be
            known how many responses came in them; everything but *silent* is counted in them, so
            that a feed that began late is compared with its own days. None where there are none.
        shown: the figures of all these days are shown, so that their counters and days may be too.
        silent: public counters that received nothing for *silent_days* working days.
    """

    facts: Facts
    graded: Graded
    window: Period | None
    shown: bool
    silent: tuple[Counter, ...]
    silent_days: int


async def coverage(scores: Scores, unit: Unit, period: Period) -> Coverage:
    """The data grade of a unit with everything published below it."""
    return (await coverages(scores, (unit,), period))[unit.code]


async def coverages(scores: Scores, units: Iterable[Unit], period: Period) -> dict[str, Coverage]:
    """The data grades of many units by code; what they have in common is read once."""
    wanted = tuple(units)
    known = await _known(scores, wanted, period)
    windows = {unit: await _window(scores, unit, known.of(unit)) for unit in wanted}
    came = {
        window: await _came(scores, [unit for unit in wanted if windows[unit] == window], window)
        for window in set(windows.values())
        if window
    }
    return {
        unit.code: await _covered(known, unit, window, came.get(window) if window else None)
        for unit, window in windows.items()
    }


def record(found: Coverage) -> dict[str, Any]:
    """The coverage as interfaces tell it; what would tell a number from one to nine is null."""
    facts, window = found.facts, found.window
    shown = found.shown and not few(facts.responses)
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


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read for all units that are asked about.

    Attributes:
        dossiers: events by unit row.
        standing: counters that stood open for the last working days, by unit row.
        lately: numbers of the counters that received something in them.
    """

    scores: Scores
    dossiers: Mapping[int, list[Dossiers]]
    standing: Mapping[int, list[Counter]]
    lately: set[int]

    def of(self, unit: Unit) -> list[Dossiers]:
        """The unit's dossier events, with those published below it."""
        return [row for each in _members(self.scores, unit) for row in self.dossiers.get(each, ())]

    def stood(self, unit: Unit) -> list[Counter]:
        """The unit's counters that stood open, with those published below it."""
        members = _members(self.scores, unit)
        return [each for member in members for each in self.standing.get(member, ())]


async def _known(scores: Scores, units: Iterable[Unit], period: Period) -> _Known:
    until = min(period.last, scores.asked.today())
    since = workdays_before(until, scores.asked.silent_days)
    standing: dict[int, list[Counter]] = defaultdict(list)
    for counter in scores.state.directory.counters:
        if _stood(counter, since, until):
            standing[counter.unit_id].append(counter)
    members = {each for unit in units for each in _members(scores, unit)}
    by_unit: dict[int, list[Dossiers]] = defaultdict(list)
    for row in await _dossiers(scores, members, period):
        by_unit[row.unit_id].append(row)
    lately = await counters_heard(scores.asked.store.reader, since, until)
    return _Known(scores, by_unit, standing, lately)


async def _dossiers(scores: Scores, members: set[int], period: Period) -> list[Dossiers]:
    """Dossier events; of weeks and day ranges, which are counted otherwise, none."""
    if not is_whole(period):
        return []
    return await dossiers(scores.asked.store.reader, members, period)


async def _window(scores: Scores, unit: Unit, rows: Collection[Dossiers]) -> Period | None:
    if not rows:
        return None
    known = {row.atom for row in rows}
    first, last = half_month(min(known)).first, half_month(max(known)).last
    return await scores.known_days(unit, Period(first, last, f"{first}..{last}"))


@dataclass(frozen=True, slots=True)
class _Came:
    """What came in within a window: counters, working days by unit row, numbers by code of unit."""

    workdays: int
    counters: set[int]
    days: Mapping[int, set[int]]
    received: Mapping[str, int]


async def _came(scores: Scores, units: Iterable[Unit], window: Period) -> _Came:
    until = min(window.last, scores.asked.today())
    working = {(day - EPOCH).days for day in workdays(window.first, until)}
    days: dict[int, set[int]] = defaultdict(set)
    for unit_id, day in await _heard(scores, window):
        if day in working:
            days[unit_id].add(day)
    return _Came(
        workdays=len(working),
        counters=await counters_heard(scores.asked.store.reader, window.first, until),
        days=days,
        received=await scores.received_each(units, window),
    )


async def _heard(scores: Scores, window: Period) -> dict[tuple[int, ...], int]:
    """Days with responses, kept until the next release, for an hour at most."""
    key = (scores.release, window, f"received {scores.asked.clock():%d %H}")
    if (known := scores.asked.kept.get(key)) is not None:
        return known
    found = await days_heard(scores.asked.store.reader, window)
    scores.asked.keep(key, found)
    return found


async def _covered(
    known: _Known, unit: Unit, window: Period | None, came: _Came | None
) -> Coverage:
    standing = known.stood(unit)
    silent = [each for each in standing if each.counter_id not in known.lately]
    facts = Facts(0, 0, 0, 0, 0, 0, 0, 0, len(standing), len(silent))
    if window and came:
        facts = await _facts(known, unit, window, came, facts)
    shown = tuple(counter for counter in silent if counter.public)
    whole = window is not None and await known.scores.is_whole(unit, window)
    return Coverage(facts, graded(facts), window, whole, shown, known.scores.asked.silent_days)


async def _facts(known: _Known, unit: Unit, window: Period, came: _Came, silent: Facts) -> Facts:
    scores = known.scores
    within = range(atom(window.first), atom(window.last) + 1)
    rows = [row for row in known.of(unit) if row.atom in within]
    heard = (came.days.get(member, set()) for member in _members(scores, unit))
    counters = _counters(scores, rows)
    receipts, released = await scores.share_of(unit, window, "stratum", RECEIPT)
    return replace(
        silent,
        dossiers=sum(row.n for row in rows),
        responses=came.received[unit.code],
        counters=len(counters),
        answering=len(counters & came.counters),
        workdays=came.workdays,
        days=len(set[int]().union(*heard)),
        released=released,
        receipts=receipts,
    )


def _counters(scores: Scores, rows: Iterable[Dossiers]) -> set[int]:
    """Counters with dossiers; where a unit's events name none, all that it has."""
    named = {row.unit_id: set[int]() for row in rows}
    for row in rows:
        named[row.unit_id] |= {row.counter_id} - {0}
    found = set().union(*named.values())
    unnamed = {unit_id for unit_id, counters in named.items() if not counters}
    if unnamed:
        own = scores.state.directory.counters
        found |= {each.counter_id for each in own if each.unit_id in unnamed}
    return found


def _members(scores: Scores, unit: Unit) -> set[int]:
    return {member.unit_id for member in scores.published(unit)}


def _stood(counter: Counter, since: date, until: date) -> bool:
    ended = counter.valid_to is not None and counter.valid_to < until.isoformat()
    return counter.valid_from <= since.isoformat() and not ended
