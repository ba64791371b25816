"""What respondents type about the case of their response: to read it, add to it, or judge it.

"/vuviec CODE" shows it, "… xong" says that it is solved, "… chưa" that it is not; any other words
are added to it. Without the slash what follows must look like a code, as for the rights.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from sipas.cases import Act
from sipas.codes import read_response_code
from sipas.legible import plain
from sipas.vietnamese import fold

WORDS_MOST = 1500


class Asked(NamedTuple):
    """What somebody wants with a case: only to read it where there is no *act*.

    Attributes:
        code: the response code, or empty where none was told.
        words: what is said to whoever works on the case.
    """

    code: str
    act: Act | None = None
    words: str = ""


_NAMED = re.compile(
    r"\s*(?P<slash>/)?(?P<word>v[uụ] ?vi[eệ]c|cases?)(?:@\w+)?"
    r"(?:[ :]+(?:m[aã] )?(?P<code>(?:[0-9a-z]{4}[- –]?){2}[0-9a-z]{2})"
    r"(?:[\s,.:]+(?P<rest>.*))?)?\s*",
    re.IGNORECASE | re.DOTALL,
)
_SOLVED = {"xong", "da xong", "roi", "duoc roi", "da giai quyet", "giai quyet roi", "yes", "solved"}
_UNSOLVED = re.compile(r"(?:chưa|chua|not solved|no)\b[\s,.:;]*(?P<words>.*)", re.I | re.DOTALL)


def read_case(text: str) -> Asked | None:
    """What the whole of *text* wants with a case; None where it is about something else.

    >>> read_case("/vuviec k7q2-m9pa-4x chưa, vẫn thế").act
    <Act.UNSOLVED: 'unsolved'>
    >>> read_case("vụ việc K7Q2-M9PA-4X"), read_case("vụ việc của tôi") is None
    (Asked(code='K7Q2M9PA4X', act=None, words=''), True)
    >>> read_case("/vuviec").code, read_case("/vuviec K7Q2-M9PA-4X xong.").act
    ('', <Act.SOLVED: 'solved'>)
    >>> read_case("/vuviec K7Q2-M9PA-4X có biên lai").words
    'có biên lai'
    >>> read_case("/vuviec K7Q2-M9PA-4X chưa\\x0b, vẫn\\uffff thế").words
    'vẫn thế'
    """
    found = _NAMED.fullmatch(text)
    if found is None:
        return None
    if found["code"] is None:
        return Asked("") if found["slash"] else None
    code = read_response_code(found["code"])
    sure = found["slash"] or any(map(str.isdecimal, found["code"])) or "-" in found["code"]
    return _wanted(code, plain(found["rest"] or "")) if code and sure else None


def _wanted(code: str, rest: str) -> Asked:
    if not rest:
        return Asked(code)
    if fold(rest).strip(" .!") in _SOLVED:
        return Asked(code, Act.SOLVED)
    if told := _UNSOLVED.fullmatch(rest):
        return Asked(code, Act.UNSOLVED, told["words"][:WORDS_MOST])
    return Asked(code, Act.REMARK, rest[:WORDS_MOST])
