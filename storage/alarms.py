"""Alarms beside the figures: the watch of every counter, what it raised, what a person decided.

The watch reads stored rollups of days that have ended, each answer once: `alarm_seen` holds how
many of a day it has seen, so a second look on the same day finds nothing new. No answer is copied.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from sipas import alarms, stuffing, tally
from sipas.instrument import Instrument
from storage.engine import Reader
from storage.numbering import ALARM_DECISIONS, ALARMS
from storage.queries import read
from storage.queries import write as sql
from storage.release import instruments_by_id
from storage.transaction import Transaction

ITEM = "overall"
"""The item that is watched: the first of every questionnaire, and all that one tap answers."""

MAY_GROW_DAYS = 62
DROP, STUFFING = range(1, len(ALARMS))
OPEN, REAL, EXPLAINED = range(len(ALARM_DECISIONS))

_EPOCH = date(1970, 1, 1)
_DECIDED = ALARM_DECISIONS


class Desk(NamedTuple):
    """What is watched: a counter under one questionnaire, as levels of two are not compared."""

    counter_id: int
    instrument_id: int


class Count(NamedTuple):
    """Answers to `ITEM`: all, levels 4 and 5, level 5."""

    n: int
    satisfied: int
    very: int


Days = dict[int, Count]
Fresh = dict[Desk, Days]
"""The days of each desk that have grown since they were last seen, as they are now."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm as staff see it; *k* of *n* answers since *began*, *usual_share* before."""

    alarm_id: int
    counter: str
    unit: str
    why: str
    raised: date
    began: date
    n: int
    k: int
    usual_share: float
    decision: str


def fresh(tx: Transaction, instruments: Mapping[str, Instrument], today: int) -> Fresh:
    """What the watch has not seen of the days before *today*; it only reads."""
    last = sql.last_seen(tx.connection)
    since = 0 if last is None else last - MAY_GROW_DAYS
    known = instruments_by_id(tx.connection, instruments)
    found: dict[Desk, dict[int, Count]] = defaultdict(dict)
    for counter, version, day, vector in sql.alarm_days(tx.connection, since=since, until=today):
        if version not in known:
            continue
        days = found[Desk(counter, version)]
        days[day] = _plus(days.get(day), _count(known[version], vector))
    for counter, version, day, *numbers in sql.days_seen(tx.connection, since=since):
        days = found.get(Desk(counter, version), {})
        if days.get(day) == tuple(numbers):
            del days[day]
    return {desk: days for desk, days in found.items() if days}


def _count(instrument: Instrument, vector: bytes) -> Count:
    levels = tally.item_counts(instrument, tally.from_bytes(vector), ITEM).levels
    return Count(levels.n, levels.top2, levels.levels[-1]) if levels else Count(0, 0, 0)


def _plus(one: Count | None, other: Count) -> Count:
    return Count(*map(int.__add__, one, other)) if one else other


class Fact(NamedTuple):
    """What an alarm says: *k* of *n* since *began*, and the share that is usual."""

    began: int
    n: int
    k: int
    usual_share: float


@dataclass(frozen=True, slots=True)
class Followed:
    """A desk's watch gone on with; *before* is the stored one that it goes on from."""

    desk: Desk
    before: bytes | None
    state: alarms.Watch
    days: Days
    stuffed: tuple[Fact, ...]


def follow(tx: Transaction, grown: Fresh, today: int) -> list[Followed]:
    """Go on with the watch of each desk by its days, oldest first; it only reads."""
    return [_followed(tx, desk, days, today) for desk, days in grown.items()]


def _followed(tx: Transaction, desk: Desk, days: Days, today: int) -> Followed:
    seen = _seen(tx, desk)
    before: bytes | None = sql.watch_of(tx.connection, **desk._asdict())
    state = alarms.load(before) if before else alarms.begin(_year(min(days)))
    for day, count in sorted(days.items()):
        state = _advanced(state, day, seen.get(day, Count(0, 0, 0)), count)
    suspected = {day for (day,) in sql.stuffed_days(tx.connection, **desk._asdict())}
    recent = sorted(day for day in days if day >= today - MAY_GROW_DAYS)
    stuffed = tuple(_stuffed(seen | days, recent, suspected))
    return Followed(desk, before, state, days, stuffed)


def _advanced(state: alarms.Watch, day: int, old: Count, new: Count) -> alarms.Watch:
    """The watch after what the day has gained; what was taken back is left alone."""
    n, satisfied = max(new.n - old.n, 0), max(new.satisfied - old.satisfied, 0)
    return alarms.watched(state, _year(day), n, min(satisfied, n))


def _stuffed(days: Days, recent: Iterable[int], suspected: set[int]) -> Iterator[Fact]:
    """The *recent* days that look stuffed; a suspected day is no measure for those after it."""
    for day in recent:
        since = day - 2 * MAY_GROW_DAYS
        honest = sorted(d for d in days if since <= d < day and d not in suspected)
        before, count = [_top(days[each]) for each in honest], days[day]
        if day not in suspected and stuffing.stuffed(before, _top(count)):
            suspected.add(day)
            yield Fact(day, count.n, count.very, stuffing.usual(before))


def keep(tx: Transaction, followed: Iterable[Followed], today: int) -> None:
    """Store watches and stuffed days, unless an alarm was closed meanwhile: then tomorrow."""
    for each in followed:
        if sql.watch_of(tx.connection, **each.desk._asdict()) != each.before:
            continue
        for day, count in each.days.items():
            sql.save_seen(tx.connection, **each.desk._asdict(), day=day, **count._asdict())
        _save(tx, each.desk, each.state)
        for fact in each.stuffed:
            _raise(tx, each.desk, STUFFING, today, fact)


def forget(tx: Transaction, today: int) -> None:
    """Drop what was seen of days too old to matter."""
    sql.drop_seen(tx.connection, before=today - 2 * MAY_GROW_DAYS)


def _top(count: Count) -> stuffing.Day:
    return stuffing.Day(count.n, count.very)


def raise_drops(tx: Transaction, today: int, day: str) -> int:
    """Ask all watched counters together whether any has fallen; return how many alarms are new."""
    evidences = {
        Desk(counter, version): evidence
        for counter, version, evidence in sql.evidences(tx.connection)
    }
    desks = list(evidences)
    numbered = dict(enumerate(evidences.values()))
    watched = max(int(sql.watched_counters(tx.connection, day=day)), len(desks))
    named = sorted(alarms.raised(numbered, watched))
    for place in named:
        desk = desks[place]
        _raise(tx, desk, DROP, today, _fall(tx, desk))
    return len(named)


def _fall(tx: Transaction, desk: Desk) -> Fact:
    state = _watch_of(tx, desk)
    assert state is not None, "a desk with evidence has a watch"  # noqa: S101 - for the type checker
    levels = alarms.levels(state)
    seen = _seen(tx, desk)
    days, counts = list(seen), [(count.n, count.satisfied) for count in seen.values()]
    first = alarms.began(counts, levels)
    before, (n, k) = _sum(counts[:first]), _sum(counts[first:])
    return Fact(days[first], n, k, before[1] / before[0] if before[0] else levels.before)


def _sum(counts: Sequence[tuple[int, int]]) -> tuple[int, int]:
    return sum(n for n, _ in counts), sum(k for _, k in counts)


def _raise(tx: Transaction, desk: Desk, why: int, today: int, fact: Fact) -> None:
    sql.raise_alarm(tx.connection, **desk._asdict(), why=why, raised=today, **fact._asdict())


def close(tx: Transaction, alarm_id: int, decision: str, actor: str, at: str, today: int) -> None:
    """Close an open alarm as *real* or *explained*; no figure moves.

    After a real drop the counter's new level is learned afresh from where it began; after an
    explained one the level before stays the measure.

    Raises:
        LookupError: no open alarm has this number.
    """
    row = sql.alarm(tx.connection, alarm_id=alarm_id)
    if row is None:
        raise LookupError(f"no open alarm has the number {alarm_id}")
    desk, why, began = Desk(row[0], row[1]), row[2], row[3]
    code = ALARM_DECISIONS.index(decision)
    sql.close_alarm(tx.connection, alarm_id=alarm_id, decision=code, closed=today)
    sql.add_audit(
        tx.connection, at=at, actor=actor, act="alarm", subject=str(alarm_id), detail=decision
    )
    state = _watch_of(tx, desk)
    if why == DROP and state is not None:
        _save(tx, desk, _again(tx, desk, began) if code == REAL else alarms.calmed(state))


def _again(tx: Transaction, desk: Desk, began: int) -> alarms.Watch:
    state = alarms.begin(_year(began))
    for day, count in _seen(tx, desk).items():
        if day >= began:
            state = alarms.watched(state, _year(day), count.n, count.satisfied)
    return alarms.calmed(state)


def all_alarms(tx: Transaction) -> list[Alarm]:
    """Every alarm, oldest first."""
    return [
        Alarm(number, code, unit, ALARMS[why], _day(on), _day(began), n, k, usual, _DECIDED[done])
        for number, code, unit, why, on, began, n, k, usual, done in sql.all_alarms(tx.connection)
    ]


def open_alarms(tx: Transaction) -> int:
    """How many wait for a decision."""
    return int(sql.open_alarms(tx.connection))


async def open_by_unit(connection: Reader) -> dict[int, int]:
    """How many wait for a decision, by unit row; units without one are left out."""
    rows = await connection.execute_fetchall(read.open_alarms_by_unit.sql)
    return {int(unit_id): int(n) for unit_id, n in rows}


def portions(grown: Fresh, size: int) -> Iterable[Fresh]:
    """*grown* in parts of *size* desks, so that no write takes long."""
    desks: Sequence[Desk] = list(grown)
    for at in range(0, len(desks), size):
        yield {desk: grown[desk] for desk in desks[at : at + size]}


def _seen(tx: Transaction, desk: Desk) -> Days:
    rows = sql.days_seen_of(tx.connection, **desk._asdict())
    return {day: Count(*numbers) for day, *numbers in rows}


def _watch_of(tx: Transaction, desk: Desk) -> alarms.Watch | None:
    stored = sql.watch_of(tx.connection, **desk._asdict())
    return alarms.load(stored) if stored else None


def _save(tx: Transaction, desk: Desk, state: alarms.Watch) -> None:
    sql.save_watch(
        tx.connection,
        **desk._asdict(),
        evidence=alarms.evidence(state),
        watch=alarms.dump(state),
    )


def _year(day: int) -> int:
    return _day(day).year


def _day(day: int) -> date:
    return _EPOCH + timedelta(days=day)
