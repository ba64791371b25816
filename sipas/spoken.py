"""Typed words made comparable: case, spacing, chat spelling and tones.

Tones may be left out, as on half of all phones; tones that are there must fit: "cô" is not "có".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import TypeVar

from sipas.vietnamese import fold, spelling

LONGEST = 100  # characters; what is longer is a message, not an answer

Meaning = TypeVar("Meaning")
Phrases = Mapping[str, tuple[tuple[str, Meaning], ...]]  # by folded phrase

_INVISIBLE = "\ufe0e\ufe0f\u20e3\u00ad\u200b\u200c\u200d\u2060\ufeff"
_SKIN = "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
_FRIENDLY = "🙂😊😀😁😄🥰😍☺👍🙏❤🌹✓"  # beside an answer they change nothing
_UNSEEN = {ord(each): None for each in _INVISIBLE + _SKIN + _FRIENDLY} | {ord("’"): "'"}
_ENDS = " .!,;:~…\"'“”‘。"
_PAUSES = re.compile("[.,!;:]+")
_NOT = re.compile(r"(?<!\w)(?:ko|k|kh|kg|khg|hok|hong|hông|hổng|hem|khum|kô|k0)(?!\w)")


def typed(text: str) -> str:
    """*text* in lower case, ordinary digits, single spaces, "không" spelled out; long: nothing.

    >>> typed("  Ko  hài lòng!!! 🙏"), typed("５")
    ('không hài lòng', '5')
    """
    if len(text) > LONGEST:
        return ""
    lower = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    words = " ".join(lower.translate(_UNSEEN).split()).strip(_ENDS)
    return _NOT.sub("không", words)


def flowing(words: str) -> str:
    """Typed words without the pauses between them.

    >>> flowing("không, cảm ơn")
    'không cảm ơn'
    """
    return " ".join(_PAUSES.sub(" ", words).split())


def same(words: str, phrase: str) -> bool:
    """Whether *words* say *phrase*, each word with its tones or with none.

    >>> same("xoá du lieu", "xóa dữ liệu"), same("cô", "có")
    (True, False)
    """
    said, meant = words.split(), phrase.split()
    return len(said) == len(meant) and all(map(_same_word, said, meant))


def _same_word(said: str, meant: str) -> bool:
    return said == fold(meant) or spelling(said) == spelling(meant)


def phrases(meanings: Iterable[tuple[Meaning, str]]) -> Phrases[Meaning]:
    """A table of what each phrase means, from meanings with their phrases parted by bars."""
    table: dict[str, tuple[tuple[str, Meaning], ...]] = {}
    for meaning, spoken in meanings:
        for phrase in map(flowing, map(typed, spoken.split("|"))):
            table[fold(phrase)] = (*table.get(fold(phrase), ()), (phrase, meaning))
    return table


def meant(table: Phrases[Meaning], words: str) -> Meaning | None:
    """What typed *words* mean by *table*, if they are one of its phrases and the whole of it."""
    flow = flowing(words)
    found = (meaning for phrase, meaning in table.get(fold(flow), ()) if same(flow, phrase))
    return next(found, None)
