"""An instrument prepared for conversations: what may be asked next, given the answers so far.

Answers are one string, a character per question in asking order, as in packed answers:
``-`` not shown, ``o`` shown and not answered, a level, a letter, ``n``, ``s`` or ``r``. While a
response is open, ``.`` is an item that was not drawn for this respondent; it is kept as not shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from sipas.items import GIVEN, LETTERS, Instrument, Item, Kind
from sipas.packing import LEVELS, NOT_APPLICABLE, NOT_SHOWN, REFUSED, SKIPPED, UNANSWERED
from sipas.session import MOST_FIELDS, Place

OPEN = NOT_SHOWN + UNANSWERED
NOT_DRAWN = "."
HIDDEN = NOT_SHOWN + NOT_DRAWN
_ABSENT = -1


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """The questions of an instrument by number, with the answers each one depends on.

    Attributes:
        position: number of a question by its key.
        codes: the option codes of each question.
        rules: for each question pairs of an earlier question and the answers that allow it.
        gates: questions that others depend on.
        index: items of the index, which may be drawn from.
        more: number of "more?", or -1 where the instrument has no such question.
        stage: likewise for the stage of the dossier.
        field: likewise for the field of procedure.
    """

    instrument: Instrument
    questions: tuple[Item, ...]
    position: Mapping[str, int]
    codes: tuple[tuple[str, ...], ...]
    rules: tuple[tuple[tuple[int, str], ...], ...]
    gates: tuple[int, ...]
    packed: tuple[int, ...]
    index: tuple[int, ...]
    more: int
    stage: int
    field: int

    def fitted(self, place: Place) -> Place:
        """The place with only those facts that the instrument can use."""
        known = self.stage == _ABSENT or place.stage in self.codes[self.stage]
        stage = place.stage if known else ""
        return place._replace(fields=place.fields[:MOST_FIELDS], stage=stage)

    def opening(self, place: Place, draw: int = 0) -> str:
        """Answers at the start: the first question shown, known facts filled in.

        Args:
            draw: a number that nobody can foresee, if the place asks some items of each only.
        """
        answers = [NOT_SHOWN] * len(self.questions)
        for number in _left_out(self.index, place.split, draw):
            answers[number] = NOT_DRAWN
        answers[0] = UNANSWERED
        if place.stage and self.stage != _ABSENT:
            answers[self.stage] = LETTERS[self.codes[self.stage].index(place.stage)]
        if len(place.fields) == 1 and self.field != _ABSENT:
            answers[self.field] = LETTERS[0]
        return "".join(answers)

    def drawn(self, place: Place, answers: str) -> tuple[str, ...]:
        """Keys of the items drawn for this respondent; none where all are asked."""
        kept = [at for at in self.index if answers[at] != NOT_DRAWN] if place.split else []
        return tuple(self.questions[at].key for at in kept)

    def asked(self, place: Place, answers: str, number: int) -> bool:
        """Whether the question is one for this place and these answers."""
        if (number == self.stage and place.stage) or (
            number == self.field and len(place.fields) < 2
        ):
            return False
        return all(answers[gate] in allowed for gate, allowed in self.rules[number])

    def following(self, place: Place, answers: str) -> int | None:
        """The first question still to be answered."""
        for number, answer in enumerate(answers):
            if answer in OPEN and self.asked(place, answers, number):
                return number
        return None

    def preceding(self, place: Place, answers: str, number: int) -> int | None:
        """The last question shown before this one."""
        for earlier in range(number - 1, -1, -1):
            if answers[earlier] not in HIDDEN and self.asked(place, answers, earlier):
                return earlier
        return None

    def pruned(self, answers: str) -> str:
        """The answers without those that the others no longer allow."""
        kept = list(answers)
        for number, rules in enumerate(self.rules):
            open_ = all(kept[gate] in allowed for gate, allowed in rules)
            if not open_ and kept[number] != NOT_DRAWN:
                kept[number] = NOT_SHOWN
        return "".join(kept)

    def progress(self, place: Place, answers: str, number: int) -> tuple[int, int]:
        """The question's place among all that may come, and their number; 0, 0 up to "more?"."""
        if number <= self.more:
            return 0, 0
        gates = "".join([answers[gate] for gate in self.gates])
        never = frozenset(at for at in self.index if answers[at] == NOT_DRAWN)
        never |= {self.stage} if place.stage else set()
        never |= set() if len(place.fields) > 1 else {self.field}
        ahead = _ahead(self, gates, never)
        return ahead[number], ahead[-1]

    def options(self, place: Place, number: int) -> tuple[str, ...]:
        """The codes one may choose from, the place's own fields included."""
        codes = self.codes[number]
        return tuple(field[0] for field in place.fields) + codes if number == self.field else codes

    def read(self, place: Place, number: int, value: str) -> str | None:
        """The answer's character for a button's value; None where there is no such answer."""
        item = self.questions[number]
        if value in _CONTROLS:
            kinds, character = _CONTROLS[value]
            fine = item.kind in kinds and (character != REFUSED or item.may_refuse)
            return character if fine else None
        if item.kind is Kind.SCALE:
            return value if len(value) == 1 and value in LEVELS else None
        codes = self.options(place, number)
        return LETTERS[codes.index(value)] if value in codes else None

    def chosen(self, place: Place, answers: str, number: int) -> str:
        """The value answered so far: a level, an option's code, or empty."""
        answer = answers[number]
        if answer in LETTERS:
            codes = self.options(place, number)
            return codes[LETTERS.index(answer)] if codes else GIVEN
        return answer if answer in LEVELS else ""

    def told(self, place: Place, answers: str, key: str) -> str:
        """What was answered to the question with this key; empty when it was not asked."""
        number = self.position.get(key)
        return "" if number is None else self.chosen(place, answers, number)


_ALL = frozenset(Kind)
_CONTROLS = {
    ".skip": (_ALL, SKIPPED),
    ".na": (frozenset({Kind.SCALE, Kind.EVENT}), NOT_APPLICABLE),
    ".refuse": (_ALL, REFUSED),
}


@lru_cache(maxsize=64)
def plan(instrument: Instrument) -> Plan:
    """The instrument's plan, made once."""
    questions = instrument.questions
    position = {item.key: number for number, item in enumerate(questions)}
    rules = tuple(tuple(_rules(instrument, position, item)) for item in questions)
    return Plan(
        instrument=instrument,
        questions=questions,
        position=position,
        codes=tuple(tuple(option.code for option in item.options) for item in questions),
        rules=rules,
        gates=tuple(sorted({gate for rule in rules for gate, _ in rule})),
        packed=tuple(position[item.key] for item in instrument.items),
        index=tuple(position[key] for key in instrument.index_items),
        more=position.get("more", _ABSENT),
        stage=position.get("stage", _ABSENT),
        field=position.get("field", _ABSENT),
    )


def _left_out(index: tuple[int, ...], most: int, draw: int) -> list[int]:
    """What is left of *index* when *most* items are drawn, each set as likely; none without."""
    left = list(index) if most else []
    for _ in range(min(most, len(left))):
        draw, at = divmod(draw, len(left))
        del left[at]
    return left


@lru_cache(maxsize=4096)
def _ahead(plan: Plan, gates: str, never: frozenset[int]) -> tuple[int, ...]:
    """How many questions may be asked up to each one, while gates still open may open."""
    answers = dict(zip(plan.gates, gates, strict=True))
    possible: list[bool] = []
    for number, rules in enumerate(plan.rules):
        may = all(
            answers[gate] in allowed or (answers[gate] in OPEN and possible[gate])
            for gate, allowed in rules
        )
        possible.append(may and number not in never)
    return tuple(
        accumulate(int(may and number != plan.more) for number, may in enumerate(possible))
    )


def _rules(
    instrument: Instrument, position: Mapping[str, int], item: Item
) -> Iterator[tuple[int, str]]:
    for condition in item.when:
        gate = instrument.item(condition.question)
        letters = {option.code: option.letter for option in gate.options}
        letters[GIVEN] = LETTERS[0]
        allowed = "".join(letters.get(value, value) for value in condition.values)
        yield position[gate.key], allowed
