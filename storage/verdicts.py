"""Flags beside responses: the short-lived marks that checks need, the codes kept, the decisions.

Nothing here leads from a response to a person: a mark is a keyed hash that names no response and
goes within 48 hours, and a flag names a response by its random number and nobody else.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sipas import tally
from sipas.figures import OVERALL
from sipas.instrument import Instrument
from sipas.packing import LEVELS, day_of
from sipas.periods import Period, atom
from sipas.stuffing import Day
from sipas.verdicts import BURST_LEAST, Verdict
from storage.engine import Connection, Reader
from storage.numbering import CHECKS, DECISIONS, RANDOM_BITS, REASONS, half_day_of, row_id
from storage.queries import read
from storage.queries import write as sql
from storage.transaction import Transaction

USUAL_HOURS = 28 * 24
USUAL_DAYS = 56
UNDECIDED, KEPT, SET_ASIDE = range(len(DECISIONS))

Place = tuple[int, int, int]
"""A row of `flagged`: unit, half-month, decision."""


@dataclass(frozen=True, slots=True)
class Flags:
    """How many released responses carry a flag, by what a person has decided about them."""

    undecided: int
    kept: int
    set_aside: int

    def __add__(self, other: Flags) -> Flags:
        """Those of both."""
        return Flags(
            self.undecided + other.undecided,
            self.kept + other.kept,
            self.set_aside + other.set_aside,
        )


NO_FLAGS = Flags(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Flagged:
    """A released response with a flag, as the person who decides sees it.

    Attributes:
        response: its number.
        day: ISO day of its first level.
        counter: six digits, empty where it joined its unit's month.
        levels: packed answers.
        reasons: ``check: reason``, in the order of the checks.
        decision: keep, set-aside, or empty.
    """

    response: int
    day: str
    counter: str
    levels: str
    reasons: tuple[str, ...]
    decision: str


def flagged_days(connection: Connection, check_id: int) -> set[tuple[str, int]]:
    """Counters with the days, since 1970-01-01, on which a released response has this flag."""
    rows = connection.execute(
        sql.flagged_half_days.sql, {"check_id": check_id, "half_day": 1 << RANDOM_BITS}
    )
    return {(counter, half_day >> 1) for counter, half_day in rows}


def closed_today(tx: Transaction, conversation: bytes, day: int) -> int:
    """How many responses the conversation has closed on *day*, the present one included.

    The mark is another one every day, so that no two days of a person can be laid side by side.
    """
    return _seen(tx, f"day {day} {conversation.hex()}", (day + 1) * 24)


def times_left(tx: Transaction, counter_id: int, words: str, hour: int) -> int:
    """How often *words* were left at the counter within 48 hours, this time included."""
    return _seen(tx, f"text {counter_id} {words}", hour + 47)


def _seen(tx: Transaction, what: str, until: int) -> int:
    n: int = sql.count_mark(tx.connection, mark=tx.cipher.mark(what), until=until)
    return n


def hour_of_counter(tx: Transaction, counter_id: int, hour: int) -> tuple[int, float]:
    """Responses that came in at the counter in *hour*, and where many, its usual number."""
    waiting = tx.counts.waiting("add_arrivals", counter_id=counter_id, hour=hour)
    if waiting > BURST_LEAST:
        tx.counts.write()
        waiting = 0
    row = sql.hour_of_counter(
        tx.connection,
        counter_id=counter_id,
        hour=hour,
        since=hour - USUAL_HOURS,
        least=BURST_LEAST - waiting,
    )
    return (int(row[0]) + waiting, float(row[1])) if row else (waiting, 0.0)


def days_at_level(
    tx: Transaction, instrument: Instrument, counter_id: int, day: int, level: int
) -> list[Day]:
    """The released answers of the counter's days before *day*, and how many were at *level*."""
    return list(_released(tx, instrument, counter_id, (day - USUAL_DAYS, day - 1), level).values())


def day_at_level(
    tx: Transaction, instrument: Instrument, counter_id: int, day: int, level: int
) -> Day:
    """The same of *day* itself, closed responses that wait for release included."""
    released = _released(tx, instrument, counter_id, (day, day), level).get(day, Day(0, 0))
    place = [item.key for item in instrument.items].index(OVERALL)
    found = [
        levels[place]
        for (levels,) in sql.closed_levels(
            tx.connection,
            counter_id=counter_id,
            instrument_id=tx.instrument_id(instrument.ref),
            first=row_id(2 * day, 0),
            last=row_id(2 * day + 2, 0),
        )
        if levels[place] in LEVELS
    ]
    return Day(released.n + len(found), released.very + found.count(str(level)))


def _released(
    tx: Transaction, instrument: Instrument, counter_id: int, days: tuple[int, int], level: int
) -> dict[int, Day]:
    """By day: answers to the overall question, and those at *level*."""
    sums: dict[int, int] = defaultdict(int)
    for day, stored in sql.days_of_counter(
        tx.connection,
        counter_id=counter_id,
        instrument_id=tx.instrument_id(instrument.ref),
        first=days[0],
        last=days[1],
    ):
        sums[day] += tally.from_bytes(stored)
    counts = {
        day: tally.item_counts(instrument, each, OVERALL).levels for day, each in sums.items()
    }
    return {day: Day(each.n, each.levels[level - 1]) for day, each in counts.items() if each}


def keep(tx: Transaction, response_id: int, flags: Iterable[Verdict], duration: int | None) -> None:
    """Store the flags of a closing response and, where it has one, its duration class."""
    if duration is not None:
        sql.add_duration(tx.connection, response_id=response_id, duration=duration)
    for flag in flags:
        sql.add_verdict(
            tx.connection,
            response_id=response_id,
            check_id=CHECKS.index(flag.check),
            reason=REASONS.index(flag.reason),
        )


def add(tx: Transaction, response_id: int, flag: Verdict) -> None:
    """Store a flag that comes after the response has closed; a released one is counted at once."""
    unit_id = sql.released_unit(tx.connection, response_id=response_id)
    if unit_id is not None and not sql.is_flagged(tx.connection, response_id=response_id):
        _add(tx, (int(unit_id), _atom_of(response_id), UNDECIDED), 1)
    keep(tx, response_id, [flag], None)


def count_released(tx: Transaction, released: Iterable[tuple[int, int]]) -> None:
    """Count those of the responses (id, unit) released now that carry a flag."""
    places = Counter(
        (unit_id, _atom_of(response_id), UNDECIDED)
        for response_id, unit_id in released
        if sql.is_flagged(tx.connection, response_id=response_id)
    )
    for place, n in sorted(places.items()):
        _add(tx, place, n)


def decide(tx: Transaction, response_id: int, decision: str, actor: str, at: str, day: int) -> bool:
    """Store what a person decided about a flagged response; False if that is decided already.

    Nothing is deleted and no figure moves: decisions are rows beside the response.

    Raises:
        LookupError: no released response with a flag has this number.
    """
    unit_id = sql.released_unit(tx.connection, response_id=response_id)
    if unit_id is None or not sql.is_flagged(tx.connection, response_id=response_id):
        raise LookupError(f"no released response with a flag has the number {response_id}")
    number, before = sql.last_decision(tx.connection, response_id=response_id) or (0, UNDECIDED)
    code = DECISIONS.index(decision)
    if code == before:
        return False
    sql.add_decision(
        tx.connection, response_id=response_id, number=number + 1, decision=code, day=day
    )
    place = int(unit_id), _atom_of(response_id)
    sql.take_flagged(tx.connection, unit_id=place[0], atom=place[1], decision=before)
    _add(tx, (*place, code), 1)
    sql.add_audit(
        tx.connection, at=at, actor=actor, act="verdict", subject=str(response_id), detail=decision
    )
    return True


def flagged_places(
    connection: Connection, mine: Mapping[str, int]
) -> tuple[dict[Place, int], dict[Place, int]]:
    """The counts of flagged responses as stored, and counted again from flags and decisions."""
    stored = {
        (unit, half_month, decision): n
        for unit, half_month, decision, n in connection.execute(sql.all_flagged.sql, mine)
    }
    rows = connection.execute(sql.all_flagged_responses.sql, mine)
    return stored, Counter((unit, _atom_of(key), decision) for key, unit, decision in rows)


async def flags_of_unit(connection: Reader, unit_id: int, period: Period) -> Flags:
    """One unit's released responses with a flag."""
    rows = await connection.execute_fetchall(
        read.flagged_of_unit.sql, {"unit_id": unit_id, **_atoms(period)}
    )
    return _by_unit(rows).get(unit_id, NO_FLAGS)


async def flags_by_unit(connection: Reader, period: Period) -> dict[int, Flags]:
    """Every unit's released responses with a flag; units without one are left out."""
    return _by_unit(await connection.execute_fetchall(read.flagged_by_unit.sql, _atoms(period)))


async def flagged_of(connection: Reader, unit_id: int) -> list[Flagged]:
    """The unit's released responses with a flag, in the order of their numbers."""
    rows = await connection.execute_fetchall(read.flags_of_unit.sql, {"unit_id": unit_id})
    return list(_responses(rows))


def _responses(rows: Iterable[Any]) -> Iterator[Flagged]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(row)
    for key, flags in found.items():
        _, counter, levels, _, _, decision = flags[0]
        yield Flagged(
            response=key,
            day=day_of(half_day_of(key)).isoformat(),
            counter=counter or "",
            levels=levels,
            reasons=tuple(f"{CHECKS[check]}: {REASONS[why]}" for *_, check, why, _ in flags),
            decision=DECISIONS[decision],
        )


def _by_unit(rows: Iterable[Any]) -> dict[int, Flags]:
    counts: dict[int, list[int]] = defaultdict(lambda: [0] * len(DECISIONS))
    for unit_id, decision, n in rows:
        counts[unit_id][decision] = int(n)
    return {unit_id: Flags(*each) for unit_id, each in counts.items()}


def _add(tx: Transaction, place: Place, n: int) -> None:
    unit_id, half_month, decision = place
    sql.add_flagged(tx.connection, unit_id=unit_id, atom=half_month, decision=decision, n=n)


def _atom_of(response_id: int) -> int:
    return atom(day_of(half_day_of(response_id)))


def _atoms(period: Period) -> dict[str, int]:
    return {"first": atom(period.first), "last": atom(period.last)}
