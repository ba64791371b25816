"""A paper form: what is printed of a questionnaire, and what its keys become.

A form is keyed as one text, one character per printed question from top to bottom: the number of
the marked box (a level, or an option's place), ``n`` not applicable, ``r`` prefers not to say,
``x`` two marks or illegible, ``s`` no mark. What the conversation would not have asked is dropped,
so that a response means the same on paper and in a chat.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import NamedTuple

from sipas.codes import check_digit, is_code
from sipas.events import Closed, Moment
from sipas.flow import Talk, closed
from sipas.items import LETTERS, Item, Kind
from sipas.packing import INVALID, LEVELS, NOT_APPLICABLE, NOT_SHOWN, REFUSED, SKIPPED
from sipas.plan import Plan
from sipas.scoring import Interval, wilson
from sipas.session import Place, Session, Stratum

MARKED = (Kind.SCALE, Kind.EVENT, Kind.CONTEXT)  # one mark answers; reasons and texts need a pen
DRAWN = Fraction(1, 20)
TOLERATED = Fraction(1, 50)
CHANCE_BITS = 64

_DIGITS = "123456789"
_SAME = str.maketrans("0NRXS-", "nnrxss")
_BATCH = re.compile(r"P?([0-9]{6})")


class Line(NamedTuple):
    """A printed question: its number in the plan, its item, the characters it may be keyed as."""

    number: int
    item: Item
    keys: str


class Paper(NamedTuple):
    """A form as printed: the questionnaire's plan, the counter, the notice's version, the lines."""

    plan: Plan
    place: Place
    notice: str
    lines: tuple[Line, ...]


class Check(NamedTuple):
    """A spot check: how many *marks* were keyed twice, and how many came out differently.

    >>> Check(marks=42, differences=0).passed, Check(42, 1).passed, Check(100, 2).passed
    (True, False, True)
    """

    marks: int
    differences: int

    @property
    def share(self) -> Fraction:
        """The error rate."""
        return Fraction(self.differences, self.marks)

    @property
    def interval(self) -> Interval:
        """Its Wilson interval, every mark taken for itself."""
        return wilson(self.differences, self.marks)

    @property
    def passed(self) -> bool:
        """Whether the first keying may stand; every difference is an error, whosever it was."""
        return self.share <= TOLERATED


def paper(chosen: Plan, place: Place, notice: str) -> Paper:
    """The form of a questionnaire for a counter.

    Left out are "more?", what depends on something left out, the field of procedure where the
    counter has fewer than two, and the wish for an answer, since nobody could read it.
    """
    lines: list[Line] = []
    place = chosen.fitted(place)
    left_out = {chosen.more, chosen.position.get("reply")}
    left_out |= set() if len(place.fields) > 1 else {chosen.field}
    for number, item in enumerate(chosen.questions):
        printed = {line.number for line in lines}
        gates = {gate for gate, _ in chosen.rules[number]}
        if item.kind in MARKED and number not in left_out and gates <= printed:
            lines.append(Line(number, item, _keys(chosen, place, number)))
    return Paper(chosen, place, notice, tuple(lines))


def _keys(chosen: Plan, place: Place, number: int) -> str:
    item = chosen.questions[number]
    boxes = LEVELS if item.kind is Kind.SCALE else _DIGITS[: len(chosen.options(place, number))]
    # As in the conversation, the first question has no "not applicable".
    passes = NOT_APPLICABLE if number > 0 and item.kind is not Kind.CONTEXT else ""
    return boxes + passes + REFUSED * item.may_refuse + INVALID + SKIPPED


def read(form: Paper, typed: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """The keyed text of a form, and the keys of the questions that cannot hold what was *typed*.

    0 is "not applicable", - or an empty field no mark; capitals do not matter.
    """
    found = [(line, _read(typed.get(line.item.key, ""))) for line in form.lines]
    wrong = tuple(line.item.key for line, key in found if key not in line.keys)
    return "".join(key if key in line.keys else SKIPPED for line, key in found), wrong


def _read(typed: str) -> str:
    found = typed.strip().translate(_SAME)
    return (found or SKIPPED) if len(found) < 2 else "?"


def is_spoiled(keyed: str) -> bool:
    """Whether the form has no valid overall mark; it is counted with its batch, and no response.

    >>> is_spoiled("x135"), is_spoiled("5135")
    (True, False)
    """
    return keyed[0] not in LEVELS


def response(form: Paper, keyed: str, half_day: int) -> Closed | None:
    """What the conversation would keep of the same answers; None for a spoiled form.

    Raises:
        ValueError: *keyed* is not of this form.
    """
    if len(keyed) != len(form.lines) or any(
        key not in line.keys for line, key in zip(form.lines, keyed, strict=True)
    ):
        raise ValueError(f"expected {len(form.lines)} keys of the form, got {keyed!r}")
    if is_spoiled(keyed):
        return None
    session = Session(
        place=form.place,
        stratum=Stratum.ASSISTED,
        notice=form.notice,
        answers=_answers(form, keyed),
    )
    talk = Talk(form.plan, session, form.place, Moment(half_day, "", form.notice))
    return closed(talk, half_day, complete=True)


def _answers(form: Paper, keyed: str) -> str:
    """The answers as the conversation holds them, without those it would not have asked for."""
    opening = form.plan.opening(form.place)
    answers = [NOT_SHOWN, *opening[1:]]
    for line, key in zip(form.lines, keyed, strict=True):
        chosen = line.item.kind is not Kind.SCALE and key in _DIGITS
        answers[line.number] = LETTERS[int(key) - 1] if chosen else key
    return form.plan.pruned("".join(answers))


def differing(form: Paper, first: str, second: str) -> tuple[str, ...]:
    """The keys of the questions that two people keyed differently."""
    pairs = zip(form.lines, first, second, strict=True)
    return tuple(line.item.key for line, one, other in pairs if one != other)


def drawn(numbers: Iterable[int], chance: Callable[[int], int]) -> list[int]:
    """The forms to be keyed a second time: 5 % of *numbers*, rounded up, drawn by *chance*.

    Args:
        numbers: the forms keyed.
        chance: random bits, as `secrets.randbits`; nobody can foresee what it draws.

    >>> drawn([], lambda bits: 0), len(drawn(range(50), lambda bits: 0))
    ([], 3)
    """
    lots = sorted((chance(CHANCE_BITS), number) for number in numbers)
    many = -(-len(lots) * DRAWN.numerator // DRAWN.denominator)
    return sorted(number for _, number in lots[:many])


def batch_code(five: str) -> str:
    """The code printed on the forms of a batch: P, five digits and their check digit.

    >>> batch_code("38120")
    'P381207'
    """
    return f"P{five}{check_digit(five)}"


def read_batch(text: str) -> str | None:
    """The batch code meant by what somebody typed, or None.

    >>> read_batch(" p381 207"), read_batch("P381208")
    ('P381207', None)
    """
    found = _BATCH.fullmatch(re.sub(r"[\s-]", "", text.upper()))
    return f"P{found[1]}" if found and is_code(found[1]) else None
