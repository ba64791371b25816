"""The data grade: how much the responses of a unit and period can stand for its dossiers.

It grades the data, never the service. The rules are one table, `RULES`; what cannot be measured
does not hold. The thresholds are ours, and stand in docs/statistics.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from sipas.figures import Visibility, visible
from sipas.scoring import Interval, wilson


class Grade(StrEnum):
    """From data that can carry a comparison down to data that cannot; unknown without dossiers."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    UNKNOWN = "unknown"


class Condition(StrEnum):
    """What a grade asks for."""

    RESPONSES = "responses"
    RATE = "response_rate"
    COUNTERS = "counters"
    DAYS = "days"
    RECEIPTS = "receipts"
    SILENT = "silent"
    PLAUSIBLE = "plausible"


class Rule(NamedTuple):
    """What a grade needs at least; of silent counters the share it bears at most."""

    grade: Grade
    responses: int
    rate: Fraction
    counters: Fraction
    days: Fraction
    receipts: Fraction
    silent: Fraction
    plausible: bool


def _share(percent: int) -> Fraction:
    return Fraction(percent, 100)


RULES = (
    Rule(Grade.A, 100, _share(20), _share(90), _share(80), _share(20), _share(0), True),
    Rule(Grade.B, 30, _share(10), _share(75), _share(60), _share(0), _share(25), True),
    Rule(Grade.C, 30, _share(3), _share(50), _share(40), _share(0), _share(50), False),
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a unit over the days for which dossiers are known.

    Attributes:
        dossiers: dossier events (a dossier at a stage on a day): chances to answer.
        responses: how many responses came in, as far as that may be told: in tens.
        counters: those with dossiers; *answering*: those of them with a response.
        workdays: working days so far; *days*: those of them with a response.
        released: responses released; *receipts*: those of them with a receipt.
        open_counters: that take ratings now; *silent*: those of them without a response lately.
    """

    dossiers: int
    responses: int
    counters: int
    answering: int
    workdays: int
    days: int
    released: int
    receipts: int
    open_counters: int
    silent: int


@dataclass(frozen=True, slots=True)
class Graded:
    """A grade, and what keeps it from the next better one."""

    grade: Grade
    held_back_by: tuple[Condition, ...] = ()


def graded(facts: Facts) -> Graded:
    """The best grade all of whose conditions hold.

    >>> str(graded(Facts(1000, 150, 2, 2, 60, 55, 140, 0, 2, 0)).grade)
    'B'
    >>> graded(Facts(1000, 150, 2, 2, 60, 55, 140, 0, 2, 0)).held_back_by
    (<Condition.RATE: 'response_rate'>, <Condition.RECEIPTS: 'receipts'>)
    """
    if facts.dossiers == 0:
        return Graded(Grade.UNKNOWN)
    held: tuple[Condition, ...] = ()
    for rule in RULES:
        failed = tuple(_failed(rule, facts))
        if not failed:
            return Graded(rule.grade, held)
        held = failed
    return Graded(Grade.D, held)


def _failed(rule: Rule, facts: Facts) -> Iterator[Condition]:
    if few(facts.responses):  # which other conditions hold would tell how many they are
        yield Condition.RESPONSES
        return
    receipts = 0 if hidden(facts.receipts) else facts.receipts
    shares = (
        (Condition.RATE, facts.responses, facts.dossiers, rule.rate),
        (Condition.COUNTERS, facts.answering, facts.counters, rule.counters),
        (Condition.DAYS, facts.days, facts.workdays, rule.days),
        (Condition.RECEIPTS, receipts, facts.released, rule.receipts),
    )
    if facts.responses < rule.responses:
        yield Condition.RESPONSES
    for condition, part, whole, least in shares:
        # Multiplied out: a share of nothing is no share, and holds only where none is asked for.
        if part < least * whole or (whole == 0 and least > 0):
            yield condition
    if facts.silent > rule.silent * facts.open_counters:
        yield Condition.SILENT
    if rule.plausible and facts.responses > facts.dossiers:
        yield Condition.PLAUSIBLE


class Rate(NamedTuple):
    """Responses per dossier event; no interval where there are more responses than dossiers."""

    n: int
    value: Fraction
    interval: Interval | None


def response_rate(facts: Facts) -> Rate | None:
    """The response rate, or None where it would tell a small number or nothing is known.

    >>> response_rate(Facts(100, 9, 1, 1, 20, 5, 9, 0, 1, 0)) is None
    True
    """
    if facts.dossiers == 0 or hidden(facts.dossiers) or few(facts.responses):
        return None
    whole = facts.responses <= facts.dossiers
    interval = wilson(facts.responses, facts.dossiers) if whole else None
    return Rate(facts.dossiers, Fraction(facts.responses, facts.dossiers), interval)


def receipt_share(facts: Facts) -> Fraction | None:
    """The share of responses with a receipt; None where either part is one to nine.

    >>> receipt_share(Facts(100, 40, 1, 1, 20, 5, 40, 10, 1, 0))
    Fraction(1, 4)
    """
    rest = facts.released - facts.receipts
    if facts.released == 0 or hidden(facts.receipts) or hidden(rest):
        return None
    return Fraction(facts.receipts, facts.released)


def few(responses: int) -> bool:
    """Whether so few responses came in that nothing is told of them, not even that there is none.

    >>> [few(n) for n in (0, 9, 10)]
    [True, True, False]
    """
    return visible(responses) is Visibility.NOTHING


def hidden(n: int) -> bool:
    """Whether *n* is too small to be told: one to nine.

    >>> [hidden(n) for n in (0, 1, 9, 10)]
    [False, True, True, False]
    """
    return n > 0 and visible(n) is Visibility.NOTHING
