"""What respondents may ask about their own response, in words: on every channel the same.

A slash command, or the word with a code behind it. Without a slash only what looks like a code is
one, because ten letters may also be words ("xóa tất cả đi nhé").
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

from sipas.codes import read_response_code
from sipas.vietnamese import fold


class Right(StrEnum):
    """A right that a response code gives its owner; TOLD asks which there are."""

    TOLD = "told"
    SEE = "see"
    ERASE = "erase"
    WITHDRAW = "withdraw"


class Wanted(NamedTuple):
    """A right that somebody wants to use; without a code nothing can be done yet."""

    right: Right
    code: str


_WORDS = {
    "quyen": Right.TOLD,
    "quyen cua toi": Right.TOLD,
    "my rights": Right.TOLD,
    "rights": Right.TOLD,
    "dulieu": Right.SEE,
    "du lieu": Right.SEE,
    "du lieu cua toi": Right.SEE,
    "my data": Right.SEE,
    "mydata": Right.SEE,
    "xoa": Right.ERASE,
    "xoa phieu": Right.ERASE,
    "erase": Right.ERASE,
    "rut": Right.WITHDRAW,
    "rut lai": Right.WITHDRAW,
    "rut phieu": Right.WITHDRAW,
    "withdraw": Right.WITHDRAW,
}
_TYPED = re.compile(
    rf"(?P<slash>/)? ?(?P<word>{'|'.join(sorted(_WORDS, key=len, reverse=True))})"
    r"(?:@\w+)?(?:[ :]+(?:ma )?(?P<rest>\S.*))?"
)
_SHORTEST, _LONGEST = 3, 60


def read_right(text: str) -> Wanted | None:
    """The right that is the whole of *text*, with the code it is about.

    Erasing without a code is no right but a wish about what is being answered now.

    >>> read_right("/xoa k7q2-m9pa-4x")
    Wanted(right=<Right.ERASE: 'erase'>, code='K7Q2M9PA4X')
    >>> read_right("xóa tất cả đi nhé") is None, read_right("/xoa") is None
    (True, True)
    """
    found = _TYPED.fullmatch(fold(text)) if _SHORTEST <= len(text) <= _LONGEST else None
    if found is None:
        return None
    right, rest = _WORDS[found["word"]], found["rest"] or ""
    if not rest:
        return None if right is Right.ERASE else Wanted(right, "")
    code = read_response_code(rest)
    sure = found["slash"] or any(map(str.isdecimal, rest)) or "-" in rest
    return Wanted(right, code) if code and sure and right is not Right.TOLD else None
