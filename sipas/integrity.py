"""Whether a counter's half-month looks as if somebody had answered in citizens' place.

A *sign* is one thing that is unusual. Each has an innocent explanation, so none of them names
anybody: a counter is named where signs of two *roots* are there together, which have nothing to do
with each other in an honest half-month. Nothing is deleted, and no figure moves.

| Sign | Root | There is |
|---|---|---|
| `burst` | when | five flags or more of hours that are busy and far too alike |
| `service` | when | an hour with more responses than its officials can have served people |
| `straight` | how | far more questionnaires than usual with one level throughout, and no word |
| `speed` | how | far more than usual that were answered faster than anybody reads |
| `source` | who | far more than usual of one conversation, or with the same words |
| `contest` | told | more receipts than chance gives whose holder says that the use was not theirs |
| `reminder` | asked | answers after a reminder that are far too alike at the top |
| `composition` | mix | far more than usual that came by one way, receipts apart |
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import exp, fsum, lgamma
from types import MappingProxyType
from typing import NamedTuple

from sipas.stuffing import LINE, Day, alike

RESPONSES_LEAST = 30
"""Fewer at a counter in a half-month are never spoken of; see docs/suppression.md."""

FLAGS_LEAST = 5
REMINDED_LEAST = 10
ROOTS_LEAST = 2
MINUTES_EACH = 3
REMEMBERED = 60
"""How many responses the past of a counter weighs at most: a counter may change honestly."""


class Sign(StrEnum):
    """One thing that is unusual."""

    BURST = "burst"
    SERVICE = "service"
    STRAIGHT = "straight"
    SPEED = "speed"
    SOURCE = "source"
    CONTEST = "contest"
    REMINDER = "reminder"
    COMPOSITION = "composition"


ROOTS: Mapping[Sign, str] = MappingProxyType(
    {
        Sign.BURST: "when",
        Sign.SERVICE: "when",
        Sign.STRAIGHT: "how",
        Sign.SPEED: "how",
        Sign.SOURCE: "who",
        Sign.CONTEST: "told",
        Sign.REMINDER: "asked",
        Sign.COMPOSITION: "mix",
    }
)
"""What a sign looks at. Two of one root see the same thing, and count as one."""


NOBODY = Day(0, 0)


class Counted(NamedTuple):
    """So many of *n* responses."""

    k: int
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What is counted of a counter's half-month, and of the half-months before.

    Attributes:
        n, before: released responses of the half-month, and of those before.
        flags, flags_before: flags by check.
        ways, ways_before: responses by stratum and channel, those with a receipt left out.
        receipts: responses with a receipt.
        assisted: responses that somebody else keyed in; they reach us by the pile.
        hour: most responses that came in within one hour.
        officials: who serve at the counter.
        reminded: answers after a reminder, and those of them that were *very satisfied*.
        days: the counter's days before, as `sipas.stuffing` wants them.
    """

    n: int
    before: int = 0
    flags: Mapping[str, int] = field(default_factory=dict)
    flags_before: Mapping[str, int] = field(default_factory=dict)
    ways: Mapping[str, int] = field(default_factory=dict)
    ways_before: Mapping[str, int] = field(default_factory=dict)
    receipts: int = 0
    assisted: int = 0
    hour: int = 0
    officials: int = 1
    reminded: Day = NOBODY
    days: Sequence[Day] = ()


def signs(counts: Counts) -> tuple[Sign, ...]:
    """The signs that are there, in the order of `Sign`.

    >>> stuffed = Counts(n=60, before=400, flags={"burst": 12, "rate": 14})
    >>> [str(sign) for sign in signs(stuffed)]
    ['burst', 'source']
    """
    if counts.n < RESPONSES_LEAST:
        return ()
    return tuple(sign for sign in Sign if _LOOKS[sign](counts))


def named(found: Iterable[Sign]) -> bool:
    """Whether the signs are of enough roots for the counter to be named.

    >>> named([Sign.BURST, Sign.SERVICE]), named([Sign.BURST, Sign.SOURCE])
    (False, True)
    """
    return len({ROOTS[sign] for sign in found}) >= ROOTS_LEAST


def unusual(now: Counted, before: Counted, prior: tuple[float, float]) -> float:
    """Chance of so many, or more, if the share is what it was before.

    The share is not known but learned from *before*, which weighs no more than `REMEMBERED`
    responses: the number is beta-binomial, with wide tails.

    Args:
        prior: what is taken for known without any past: so many with, so many without.

    >>> round(unusual(Counted(5, 60), Counted(4, 400), (0.5, 9.5)), 3)
    0.024
    >>> unusual(Counted(0, 60), Counted(0, 400), (0.5, 9.5))
    1.0
    """
    weight = min(1.0, REMEMBERED / before.n) if before.n else 0.0
    hits = prior[0] + weight * before.k
    misses = prior[1] + weight * (before.n - before.k)
    below = [_exactly(k, now.n, hits, misses) for k in range(now.k)]
    return max(0.0, 1 - fsum(below))


def _exactly(k: int, n: int, hits: float, misses: float) -> float:
    """Of the beta-binomial distribution."""
    chosen = -_log_beta(k + 1, n - k + 1)  # n + 1 times too many
    return exp(chosen + _log_beta(hits + k, misses + n - k) - _log_beta(hits, misses)) / (n + 1)


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def _burst(counts: Counts) -> bool:
    """The past is not asked: who stuffs every month makes bursts usual."""
    return counts.flags.get("burst", 0) >= FLAGS_LEAST


def _service(counts: Counts) -> bool:
    """Three minutes are the least that a visit takes; what was keyed in came by the pile."""
    served = max(counts.officials, 1) * 60 / MINUTES_EACH
    return counts.hour - counts.assisted > served


def _straight(counts: Counts) -> bool:
    """Who is content answers like this too, so a counter's own share has to be known."""
    return counts.flags_before.get("straight", 0) > 0 and _more(counts, ("straight",), _HALF)


def _speed(counts: Counts) -> bool:
    return _more(counts, ("speed",), _RARE)


def _source(counts: Counts) -> bool:
    """An accountant with a dozen dossiers is one conversation too, and comes again."""
    return _more(counts, ("rate", "text"), _RARE)


def _more(counts: Counts, checks: Sequence[str], prior: tuple[float, float]) -> bool:
    k = sum(counts.flags.get(check, 0) for check in checks)
    past = sum(counts.flags_before.get(check, 0) for check in checks)
    now = Counted(min(k, counts.n), counts.n)
    before = Counted(min(past, counts.before), counts.before)
    return k >= FLAGS_LEAST and unusual(now, before, prior) <= LINE


def _contest(counts: Counts) -> bool:
    """People forget that they have answered; of a hundred, two are taken to."""
    disputed = Counted(min(counts.flags.get("contest", 0), counts.receipts), counts.receipts)
    return unusual(disputed, Counted(0, 0), _FORGETFUL) <= LINE


def _reminder(counts: Counts) -> bool:
    return counts.reminded.n >= REMINDED_LEAST and alike(counts.days, counts.reminded, "5") <= LINE


def _composition(counts: Counts) -> bool:
    """A way is a stratum on a channel. What was never asked for before is no comparison."""
    if counts.before < RESPONSES_LEAST:
        return False
    line = LINE / max(len(counts.ways), 1)
    pairs = ((k, counts.ways_before.get(way, 0)) for way, k in counts.ways.items())
    return any(
        unusual(Counted(k, counts.n), Counted(past, counts.before), _HALF) <= line
        for k, past in pairs
    )


_RARE = (0.5, 9.5)
_HALF = (1.0, 1.0)
_FORGETFUL = (2.0, 98.0)
_LOOKS: Mapping[Sign, Callable[[Counts], bool]] = MappingProxyType(
    {
        Sign.BURST: _burst,
        Sign.SERVICE: _service,
        Sign.STRAIGHT: _straight,
        Sign.SPEED: _speed,
        Sign.SOURCE: _source,
        Sign.CONTEST: _contest,
        Sign.REMINDER: _reminder,
        Sign.COMPOSITION: _composition,
    }
)
