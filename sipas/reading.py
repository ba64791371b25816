"""Reading what people type: levels, choices, commands and counter codes; never a guess.

Only a whole text is an answer. A number inside a sentence is none ("chờ 3 tiếng"), nor are two
numbers, another scale ("8/10") or praise that names no level ("tốt").
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sipas.commands import Command, read_command
from sipas.spoken import flowing, meant, phrases, same, typed
from sipas.vietnamese import fold

__all__ = [
    "Command",
    "read_choice",
    "read_choices",
    "read_command",
    "read_counter",
    "read_scale",
]

_DIGITS = {str(level): level for level in range(1, 6)}
_STARS = re.compile("⭐{1,5}|🌟{1,5}|★{1,5}")
_NUMBERS = phrases(
    (
        (1, "một|một sao|one"),
        (2, "hai|hai sao|two"),
        (3, "ba|ba sao|three"),
        (4, "bốn|tư|bốn sao|four"),
        (5, "năm|năm sao|five"),
    )
)

# The patterns below meet folded text: no case, no tones.
_WHO = "(?:toi|minh|em|anh|chi|chau|con|co|chu|bac|ba con) "
_POLITE = "(?:,? (?:a|ah|ak|nhe|nha|ne|luon|thoi)(?: (?:ban|em|anh|chi|ad))?)*"
_BETWEEN = r"[ )\](\[·=:.,–—-]*"
_SCALE_NUMBER = re.compile(
    rf"(?:da,? )?(?:cau nay )?(?:(?:{_WHO})?(?:chon|danh gia) )?(?:la )?(?:muc (?:do )?)?(?:so )?"
    rf"(?:(?:{_WHO})?cho (?=[1-5] ?(?:sao|diem)))?"  # "cho 3" alone may be "chờ 3 tiếng"
    r"[(\[]?([1-5])[)\]]?(?: ?(?:/|tren|out of) ?5)?"
    rf"(?: ?(?:sao|diem|stars?|points?|[*⭐★🌟]))?{_POLITE}"
)
_SCALE_LABEL = re.compile(
    rf"(?:(?:muc )?[(\[]?(?P<before>[1-5]){_BETWEEN})?"
    rf"(?:da,? )?(?:{_WHO}|i'?m |i am |we are )?(?:cam thay |thay |danh gia |chon )?(?:la )?"
    r"(?:(?P<l1>rat khong hai long|very (?:dis|un)satisfied)"
    r"|(?P<l2>(?:khong|chua) hai long|(?:dis|un|not )satisfied)"
    r"|(?P<l3>b(?:inh )?thuong|b(?:inh )?thg|bt|neutral|neither(?: satisfied nor dissatisfied)?)"
    r"|(?P<l4>hai long|satisfied)"
    r"|(?P<l5>rat hai long|very satisfied))"
    rf"(?:{_BETWEEN}(?P<after>[1-5])[)\]]?)?(?: roi)?{_POLITE}"
)
_CHOICE_NUMBER = re.compile(
    rf"(?:da,? )?(?:(?:{_WHO})?chon )?(?:dap an |lua chon |so |muc |y )?"
    rf"[(\[]?([0-9]{{1,2}})[)\]]?{_POLITE}"
)
_NUMBERED_LABEL = re.compile(rf"[(\[]?([0-9]{{1,2}}){_BETWEEN}(\D.*)")
_SEVERAL = re.compile(r"(?:chon )?(?:so |cau )?([0-9(\[].*?)(?:,? (?:a|nhe|nha))?")
_AND = re.compile(r"(?:(?<=[ 0-9])(?:va|voi|and)(?=[ 0-9])|[ .,;:+&()\[\]])+")
_COUNTER = re.compile(
    r"(?:/?start |(?:ma|code|counter|(?:ma )?quay)(?: so)?(?: la)?:? ?)?(?:# ?)?"
    r"([0-9]{3})[ .-]?([0-9]{3})"
)
_ENDING = re.compile(",? (?:ạ|a|nhé|nhe|nha)$")


def read_scale(text: str) -> int | None:
    """The level 1-5 meant by *text*; None when it is not plainly one.

    >>> read_scale("５"), read_scale("rất ko hài lòng"), read_scale("8/10"), read_scale("quầy số 3")
    (5, 1, None, None)
    """
    if text in _DIGITS:
        return _DIGITS[text]
    words = typed(text)
    stars = words.replace(" ", "")
    if _STARS.fullmatch(stars):
        return len(stars)
    plain = fold(words)
    number = _SCALE_NUMBER.fullmatch(plain)
    return int(number[1]) if number else _labelled_level(plain) or meant(_NUMBERS, words)


def _labelled_level(plain: str) -> int | None:
    """The level of a label, unless a number beside it says another."""
    found = _SCALE_LABEL.fullmatch(plain)
    if not found:
        return None
    level = next(level for level in _DIGITS.values() if found[f"l{level}"])
    beside = {int(digit) for digit in found.group("before", "after") if digit}
    return level if beside <= {level} else None


def read_choice(text: str, count: int, labels: Sequence[str]) -> int | None:
    """The choice 1-*count* meant by *text*: its number, its whole label, or both.

    >>> labels = ["Sớm hơn hẹn", "Đúng hẹn", "Trễ hẹn"]
    >>> read_choice("3", 3, labels), read_choice("dung hen", 3, labels)
    (3, 2)
    """
    words = typed(text)
    number = _CHOICE_NUMBER.fullmatch(fold(words))
    if number:
        return _within(int(number[1]), count)
    labelled = _labelled_choice(words, labels)
    if labelled:
        return _within(labelled, count)
    both = _NUMBERED_LABEL.fullmatch(words)
    if both and _labelled_choice(both[2], labels) == int(both[1]):
        return _within(int(both[1]), count)
    return None


def _labelled_choice(words: str, labels: Sequence[str]) -> int | None:
    """The one choice whose label is said; between labels that differ in tones, the exact one."""
    said = flowing(_ENDING.sub("", words))
    known = {place: flowing(typed(label)) for place, label in enumerate(labels, 1)}
    alike = [place for place, label in known.items() if label and same(said, label)]
    exact = [place for place in alike if known[place] == said]
    found = exact or alike
    return found[0] if len(found) == 1 else None


def _within(number: int, count: int) -> int | None:
    return number if 1 <= number <= count else None


def read_choices(text: str, count: int) -> tuple[int, ...] | None:
    """Several choices typed as numbers, in the order typed; None when anything else is there.

    >>> read_choices("1, 3 và 4", 15), read_choices("1 16", 15)
    ((1, 3, 4), None)
    """
    several = _SEVERAL.fullmatch(fold(typed(text)))
    parts = [part for part in _AND.split(several[1]) if part] if several else []
    if not parts or not all(re.fullmatch("[0-9]{1,2}", part) for part in parts):
        return None
    chosen = tuple(dict.fromkeys(map(int, parts)))
    return chosen if all(1 <= number <= count for number in chosen) else None


def says_counter(text: str) -> bool:
    """Whether *text* calls its six digits a counter's, in so many words or by a "#".

    >>> says_counter("#381207"), says_counter("mã 381207"), says_counter("381207")
    (True, True, False)
    """
    return read_counter(text) is not None and not text.strip()[0].isdecimal()


def read_counter(text: str) -> str | None:
    """The six digits of a counter code; whether the code exists is not known here.

    >>> read_counter("mã 381207"), read_counter("#381207"), read_counter("0912345678") is None
    ('381207', '381207', True)
    """
    found = _COUNTER.fullmatch(fold(typed(text)))
    return found[1] + found[2] if found else None
