"""Counters that were named because two signs were there, and what people do about it.

What is counted is counted of released responses; a finding names a counter's half-month and no
response. No figure depends on any of it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from sipas.findings import Act, Facts, Refusal, State, step
from sipas.instrument import Instrument
from sipas.integrity import NOBODY, REMINDED_LEAST, Counts, Sign, named, signs
from sipas.periods import atom, half_month
from sipas.session import Stratum
from sipas.stuffing import Day
from storage import registry, verdicts
from storage.engine import Reader
from storage.filing_rows import By
from storage.numbering import CHANNELS, CHECKS, STRATA, row_id
from storage.queries import read
from storage.queries import write as sql
from storage.release import EPOCH
from storage.transaction import Transaction

PAST_ATOMS = 8
"""Half-months before, by which is known what is usual."""

_VERY = 5
_ByCounter = dict[int, Counter[str]]


class Named(NamedTuple):
    """A counter with the signs that are there, and how many of its responses are flagged."""

    counter_id: int
    signs: tuple[Sign, ...]
    flagged: int


@dataclass(frozen=True, slots=True)
class Finding:
    """A counter's half-month that was named; *raised* is the ISO day."""

    finding_id: int
    counter: str
    unit: str
    atom: int
    raised: str
    signs: tuple[Sign, ...]
    flagged: int
    state: State


class Done(NamedTuple):
    """What somebody did about a finding, and why."""

    at: str
    actor: str
    act: Act
    words: str


class Whole(NamedTuple):
    """A finding with what was done about it, in order."""

    finding: Finding
    done: list[Done]


class _Span(NamedTuple):
    """What is counted of some days, by counter."""

    flags: _ByCounter
    ways: _ByCounter


def look(tx: Transaction, instruments: Mapping[str, Instrument], number: int) -> list[Named]:
    """The counters to be named of the half-month *number*; it only reads."""
    flagged = dict(sql.flagged_of_counters(tx.connection, **_ids(number, number)))
    there = {each: signs(counts) for each, counts in _counts(tx, instruments, number)}
    return [
        Named(each, found, flagged.get(each, 0)) for each, found in there.items() if named(found)
    ]


def _counts(
    tx: Transaction, instruments: Mapping[str, Instrument], number: int
) -> Iterator[tuple[int, Counts]]:
    """What is counted of every counter that has released responses of the half-month."""
    now, before = _span(tx, number, number), _span(tx, number - PAST_ATOMS, number - 1)
    hours, reminded = _hours(tx, number), _reminded(tx, number)
    for each, ways in sorted(now.ways.items()):
        officials, hour = hours.get(each, (1, 0))
        came = reminded.get(each, NOBODY)
        yield (
            each,
            Counts(
                n=ways.total(),
                before=before.ways[each].total(),
                flags=now.flags[each],
                flags_before=before.flags[each],
                ways=_without_receipts(ways),
                ways_before=before.ways[each],
                receipts=_of_stratum(ways, Stratum.RECEIPT),
                assisted=_of_stratum(ways, Stratum.ASSISTED),
                hour=hour,
                officials=officials,
                reminded=came,
                days=_days(tx, instruments, each, number) if came.n >= REMINDED_LEAST else (),
            ),
        )


def keep(tx: Transaction, number: int, found: Iterable[Named], today: str) -> None:
    """Store who was named of the half-month *number*; who was named before, with what is new."""
    for each in found:
        sql.save_finding(
            tx.connection,
            counter_id=each.counter_id,
            atom=number,
            raised=today,
            signs=" ".join(each.signs),
            flagged=each.flagged,
        )


def _span(tx: Transaction, first: int, last: int) -> _Span:
    flags, ways = defaultdict[int, Counter[str]](Counter), defaultdict[int, Counter[str]](Counter)
    for counter_id, check, n in sql.flags_of_counters(tx.connection, **_ids(first, last)):
        flags[counter_id][CHECKS[check]] += n
    for counter_id, stratum, channel, n in sql.ways_of_counters(tx.connection, **_ids(first, last)):
        ways[counter_id][f"{STRATA[stratum]} {CHANNELS[channel]}"] += n
    return _Span(flags, ways)


def _of_stratum(ways: Counter[str], stratum: Stratum) -> int:
    return sum(n for way, n in ways.items() if way.startswith(f"{stratum} "))


def _without_receipts(ways: Counter[str]) -> dict[str, int]:
    return {way: n for way, n in ways.items() if not way.startswith(f"{Stratum.RECEIPT} ")}


def _hours(tx: Transaction, number: int) -> dict[int, tuple[int, int]]:
    first, last = _bounds(number, number)
    rows = sql.busiest_hours(tx.connection, first=24 * first, last=24 * last)
    return {counter_id: (officials, n) for counter_id, officials, n in rows}


def _reminded(tx: Transaction, number: int) -> dict[int, Day]:
    rows = sql.after_reminders(tx.connection, atom=number)
    return {counter_id: Day(n, very) for counter_id, n, very in rows}


def _days(
    tx: Transaction, instruments: Mapping[str, Instrument], counter_id: int, number: int
) -> list[Day]:
    """The counter's days before, of the questionnaire that it uses."""
    ref = str(sql.instrument_of_counter(tx.connection, counter_id=counter_id))
    first, _ = _bounds(number, number)
    return verdicts.days_at_level(tx, instruments[ref], counter_id, first, _VERY)


def _ids(first: int, last: int) -> dict[str, int]:
    """The numbers of responses of half-months from *first* to *last*."""
    begin, end = _bounds(first, last)
    return {"first": row_id(2 * begin, 0), "last": row_id(2 * end, 0)}


def _bounds(first: int, last: int) -> tuple[int, int]:
    """The first day of half-month *first*, and the one after the last of *last*."""
    days = (half_month(first).first, half_month(last).last)
    return (days[0] - EPOCH).days, (days[1] - EPOCH).days + 1


def count_after_reminder(
    tx: Transaction, conversation: bytes, counter_id: int, number: int, *, very: bool
) -> None:
    """Count the response that closes if its conversation had been reminded; it is not named."""
    if sql.was_reminded(tx.connection, conversation=conversation):
        sql.count_after_reminder(tx.connection, counter_id=counter_id, atom=number, very=int(very))


def purge(tx: Transaction, today: date, kept: Mapping[str, int]) -> None:
    """Drop the counts of answers after a reminder once nobody looks at them any more.

    Args:
        kept: for how many hours they may stay.
    """
    before = atom(today - timedelta(hours=kept["after_reminders"]))
    sql.purge_after_reminders(tx.connection, before=before)


def findings(tx: Transaction) -> list[Finding]:
    """Everything that was named, the newest first."""
    return [_finding(row) for row in sql.all_findings(tx.connection)]


def finding(tx: Transaction, number: int) -> Whole | None:
    """A finding with what was done about it."""
    row = sql.finding(tx.connection, finding_id=number)
    if row is None:
        return None
    acts = sql.finding_acts(tx.connection, finding_id=number)
    done = [Done(at, actor, Act(act), words) for at, actor, act, words in acts]
    return Whole(_finding(row), done)


def _finding(row: tuple[Any, ...]) -> Finding:
    number, counter, unit, half, raised, told, flagged, state = row
    there = tuple(Sign(each) for each in told.split())
    return Finding(number, counter, unit, half, raised, there, flagged, State(state))


def do(tx: Transaction, number: int, act: Act, by: By, facts: Facts) -> State | Refusal:
    """Move a finding by the table of states, with who did it and why.

    Raises:
        LookupError: there is no such finding.
    """
    row = sql.finding(tx.connection, finding_id=number)
    if row is None:
        raise LookupError(f"no finding has the number {number}")
    found = step(_finding(row).state, act, facts)
    if isinstance(found, State):
        sql.move_finding(tx.connection, finding_id=number, state=found)
        sql.add_finding_act(
            tx.connection, finding_id=number, at=by.at, actor=by.actor, act=act, words=facts.reason
        )
        registry.audit(tx, by.at, by.actor, f"finding {act}", str(number), "")
    return found


async def open_by_unit(connection: Reader) -> dict[int, int]:
    """How many wait for an appeal or a decision, by unit row; units without one are left out."""
    rows = await connection.execute_fetchall(read.open_findings_by_unit.sql)
    return {int(unit_id): int(n) for unit_id, n in rows}


async def upheld(connection: Reader, unit_id: int, first: int) -> list[tuple[str, int]]:
    """Counters of the unit and half-months from *first* on of which a finding was upheld."""
    asked = {"unit_id": unit_id, "first": first}
    rows = await connection.execute_fetchall(read.upheld_of_unit.sql, asked)
    return [(str(code), int(number)) for code, number in rows]
