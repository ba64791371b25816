"""What the checks say of a response that closes: pass, flag or reject, each with its reason.

A flag is a question to a person, never an answer: the response stays in every figure. Only what no
conversation of ours can have produced is rejected.

| Check | Looks at | Can say |
|---|---|---|
| `form` | the packed answers | reject: they are no answers to this questionnaire |
| `speed` | how long all answers took together | flag: under a second each, eight or more |
| `straight` | the levels | flag: four or more, all the same, and not a word beside them |
| `rate` | the conversation's responses of the day | flag: more than ten |
| `burst` | the counter's hour and day against its usual | flag: far more, and far more alike |
| `text` | the comment at this counter in two days | flag: twelve letters or more, three times |
| `contest` | the receipt's later use | flag: who holds it says that the answer is not theirs |
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import sqrt
from types import MappingProxyType
from typing import NamedTuple

from sipas.items import Instrument, Kind
from sipas.packing import LEVELS, NOT_SHOWN, alphabet
from sipas.session import Stratum
from sipas.vietnamese import fold

TICK_S = 2
"""An open response remembers when its first level came in steps of so many seconds, no finer."""

DURATIONS_S = (5, 10, 20, 30, 60, 300, 1800)
"""A duration class is the first of these that was not exceeded, or the one after the last."""

ANSWERS_LEAST = 8
SCALES_LEAST = 4
CLOSED_MOST = 10
BURST_LEAST = 12
ALIKE = 0.0001
TEXT_LEAST = 12
SAME_TEXT_LEAST = 3


class Outcome(StrEnum):
    """What follows from a check."""

    PASS = "pass"  # noqa: S105 - an outcome, no password
    FLAG = "flag"
    REJECT = "reject"


class Reason(StrEnum):
    """Why a check did not let a response pass."""

    NONE = ""
    MALFORMED = "malformed"
    UNDER_A_SECOND_EACH = "under_a_second_each"
    ALL_EQUAL = "all_equal"
    MANY_IN_A_DAY = "many_in_a_day"
    BUSY_HOUR = "busy_hour"
    SAME_TEXT = "same_text"
    DISPUTED = "disputed"


class Verdict(NamedTuple):
    """What one check says."""

    check: str
    outcome: Outcome
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a response in the moment it closes, and nothing about who gave it.

    Attributes:
        fits: the packed answers are ones to their questionnaire; see `fits`.
        levels: the levels given, one character each; see `given_levels`.
        answers: how many items were answered, facts and choices included.
        stratum: how the respondent came.
        worded: a comment or a reason was given.
        duration: class of the time from the first level to the end; see `duration_class`.
        closed_today: responses that this conversation closed today, this one included.
        arrived: responses that came in at the counter in the hour of this one, it included.
        usual: how many come in there in an hour that has any.
        alike: chance of so many answers at this one's level that day; asked in a busy hour only.
        text_seen: how often the comment's words were left at the counter lately, this included.
    """

    fits: bool = True
    levels: str = ""
    answers: int = 1
    stratum: Stratum = Stratum.OPEN
    worded: bool = False
    duration: int = len(DURATIONS_S)
    closed_today: int = 1
    arrived: int = 1
    usual: float = 1.0
    alike: float = 1.0
    text_seen: int = 0


Found = tuple[Outcome, Reason]
PASSED: Found = (Outcome.PASS, Reason.NONE)


def judge(facts: Facts) -> tuple[Verdict, ...]:
    """What every check says, in the order of `CHECKS`.

    >>> {str(verdict.outcome) for verdict in judge(Facts(levels="5"))}
    {'pass'}
    >>> [str(verdict.reason) for verdict in flags(judge(Facts(levels="5555", answers=4)))]
    ['all_equal']
    """
    return tuple(Verdict(check, *look(facts)) for check, look in CHECKS.items())


def flags(verdicts: Iterable[Verdict]) -> tuple[Verdict, ...]:
    """Those that ask a person to look.

    >>> flags(judge(Facts()))
    ()
    """
    return tuple(verdict for verdict in verdicts if verdict.outcome is Outcome.FLAG)


def duration_class(began: int, ended: int) -> int:
    """Class of the time between two ticks, taken as long as it can have been.

    >>> [duration_class(100, 100), duration_class(100, 102), duration_class(100, 111)]
    [0, 1, 3]
    >>> duration_class(0, 100_000) == len(DURATIONS_S)
    True
    """
    longest_s = (ended - began + 1) * TICK_S
    return next((number for number, most in enumerate(DURATIONS_S) if longest_s <= most), _LONG)


def busy_from(usual: float) -> float:
    """How many responses an hour may bring before it is remarked on.

    Four standard deviations of a Poisson number above twice the usual, because a good hour easily
    brings twice the mean; even then chance passes the line about once in 7,000 hours. A milder line
    floods everybody: a check at p < 0.05 a day remarks on two counters in three within a year.

    >>> busy_from(0.5), busy_from(8)
    (12, 32.0)
    """
    busy = 2 * usual
    return max(BURST_LEAST, busy + 4 * sqrt(busy))


def is_busy(arrived: int, usual: float) -> bool:
    """Whether an hour with so many is worth a second look.

    The least is ours: below a dozen, whoever looks into it finds nothing to compare.
    """
    return arrived > busy_from(usual)


def comparable(text: str) -> str:
    """A comment's words without case, tones and spacing; "" where too short to tell anything.

    "Cảm ơn" is everybody's; only a sentence that comes again and again is worth a look.

    >>> comparable("Cán bộ rất  TẬN TÌNH!")
    'can bo rat tan tinh'
    >>> comparable("Rất tốt.")
    ''
    """
    words = " ".join(_WORD.findall(fold(text)))
    return words if len(words) >= TEXT_LEAST else ""


def given_levels(instrument: Instrument, levels: str) -> str:
    """The levels given, of the items that ask for one.

    >>> from types import SimpleNamespace as Item
    >>> items = (Item(kind=Kind.SCALE), Item(kind=Kind.EVENT), Item(kind=Kind.SCALE))
    >>> given_levels(Item(items=items), "5A4"), given_levels(Item(items=items), "5An")
    ('54', '5')
    """
    pairs = zip(instrument.items, levels, strict=False)
    return "".join(mark for item, mark in pairs if item.kind is Kind.SCALE and mark in LEVELS)


def fits(instrument: Instrument, levels: str) -> bool:
    """Whether *levels* are answers to the questionnaire, every character one its item can hold.

    >>> empty = type("Empty", (), {"items": ()})
    >>> fits(empty, ""), fits(empty, "5")
    (True, False)
    """
    return _shape(instrument).fullmatch(levels) is not None


@lru_cache(maxsize=64)
def _shape(instrument: Instrument) -> re.Pattern[str]:
    return re.compile("".join(f"[{alphabet(item)}{NOT_SHOWN}]" for item in instrument.items))


def _form(facts: Facts) -> Found:
    """Answers that no conversation of ours can have led to."""
    return PASSED if facts.fits else (Outcome.REJECT, Reason.MALFORMED)


def _speed(facts: Facts) -> Found:
    """Less than a second for each of many answers: nobody reads that fast.

    Not asked of a kiosk or of paper, whose answers reach us in one go.

    Source: Wood, Harms, Lowman, DeSimone (2017), Response speed and response consistency as
    mutually validating indicators of data quality, Soc. Psych. Pers. Sci. 8, 454-464: one second
    an item. Huang et al. (2012), J. Bus. Psych. 27, 99-114, ask for two; the milder is taken.
    """
    if facts.answers < ANSWERS_LEAST or facts.stratum in _AT_ONCE or facts.duration >= _LONG:
        return PASSED
    fast = DURATIONS_S[facts.duration] <= facts.answers
    return (Outcome.FLAG, Reason.UNDER_A_SECOND_EACH) if fast else PASSED


def _straight(facts: Facts) -> Found:
    """The same level throughout, and no word or reason: content, or not looking.

    Source: Curran (2016), Methods for the detection of carelessly invalid responses, J. Exp. Soc.
    Psych. 66, 4-19, on long strings, and on why that index alone never decides: who is content
    with everything answers like this too.
    """
    equal = len(facts.levels) >= SCALES_LEAST and len(set(facts.levels)) == 1
    return (Outcome.FLAG, Reason.ALL_EQUAL) if equal and not facts.worded else PASSED


def _rate(facts: Facts) -> Found:
    """One conversation, many responses in a day.

    The number is ours: a family's phone gives a few, an accountant perhaps a dozen.
    """
    often = facts.closed_today > CLOSED_MOST and facts.stratum not in _SHARED
    return (Outcome.FLAG, Reason.MANY_IN_A_DAY) if often else PASSED


def _burst(facts: Facts) -> Found:
    """An hour unlike the counter's others in which answers are more alike than chance makes them.

    Many alone are an honest campaign's too. Paper is keyed in by the pile and not looked at.
    """
    found = is_busy(facts.arrived, facts.usual) and facts.alike <= ALIKE
    asked = facts.stratum is not Stratum.ASSISTED
    return (Outcome.FLAG, Reason.BUSY_HOUR) if found and asked else PASSED


def _text(facts: Facts) -> Found:
    """The same words at the same counter again and again."""
    return (Outcome.FLAG, Reason.SAME_TEXT) if facts.text_seen >= SAME_TEXT_LEAST else PASSED


CHECKS: Mapping[str, Callable[[Facts], Found]] = MappingProxyType(
    {
        "form": _form,
        "speed": _speed,
        "straight": _straight,
        "rate": _rate,
        "burst": _burst,
        "text": _text,
    }
)

# Answers that were given elsewhere and reach us together.
_AT_ONCE = frozenset((Stratum.KIOSK, Stratum.ASSISTED))
# One conversation stands for everybody who passes.
_SHARED = _AT_ONCE
_LONG = len(DURATIONS_S)
_WORD = re.compile(r"\w+")
