"""Addresses of homes: a house's number with its way, down to the alley; a street alone says nothing of anybody."""

from __future__ import annotations

import re

from sipas.redaction.spans import Private, Span
from sipas.redaction.words import SURNAMES

_NUMBER = r"[0-9]{1,4}[a-z]?(?:[/-][0-9]{1,4}[a-z]?)*\b"
_SMALL = r"(?:ngo|ngach|hem|kiet|to dan pho|tdp|to|khu pho|kp|khu|thon|ap|xom|doi|lo|can ho|can|phong|block|toa|tang|so nha|nha so|sn|so)"
_WAY = r"(?:duong|pho|ngo|ngach|hem|kiet|dg|thon|xom|ap|ban|buon|lang|khu|chung cu|cc)"
_AREA = r"(?:phuong|p|xa|thi tran|tt|quan|q|huyen|h|tx|thi xa|tp|thanh pho|tinh)"
_START = re.compile(
    rf"\b(?:so nha|nha so|sn|nha o so|can ho|can so) ?(?:so )?{_NUMBER}"
    rf"|\b(?:so )?{_NUMBER},? (?:{_WAY})\b"
    rf"|\b(?:ngo|ngach|hem|kiet) (?:so )?{_NUMBER}"
    rf"|\b(?:to dan pho|tdp|to|khu pho|kp|thon|ap|xom|doi) (?:so )?{_NUMBER}(?=,? {_AREA}\b)"
    rf"|\b(?:so )?{_NUMBER} (?=(?:{'|'.join(sorted(SURNAMES))}) [a-z])"
    rf"|(?<=o nha ){_NUMBER}|(?<=dia chi )(?:la |so )*{_NUMBER}"
)
_STEP = re.compile(rf"[ ,-]*(?:{_SMALL} ?(?:so )?{_NUMBER}|{_NUMBER}|(?P<named>{_WAY}|{_AREA})[. ]+)")
_WORD = re.compile(r"[ ]?([^\W\d_]+)")
_OFFICES = re.compile(r"\b(?:quay|ban|cua|o|phong|tru so|ubnd|uy ban|co quan|bo phan|trung tam|dieu|khoan|mau)\b[^,.;]{0,20}$")
_ENDS = frozenset(
    "la thi ma khong ko da den di rat cua va voi o tai nay gan bi duoc cho co nha toi em minh nen nhung vi den ve lam".split()
)
_MOST_WORDS = 4


def homes(text: str, plain: str) -> list[Span]:
    """The addresses in *text*, whose folded form is *plain*."""
    found = []
    place = 0
    while start := _START.search(plain, place):
        place = start.end()
        if not _OFFICES.search(plain, 0, start.start()):
            place = _end(text, plain, start)
            found.append(Span(start.start(), place, Private.ADDRESS))
    return found


def _end(text: str, plain: str, start: re.Match[str]) -> int:
    """Where an address ends that begins with *start*."""
    end = _named(text, plain, start.end())
    while (step := _STEP.match(plain, end)) is not None:
        after = _named(text, plain, step.end())
        if step["named"] and after == step.end():
            break
        end = after
    return end


def _named(text: str, plain: str, end: int) -> int:
    """The end of the name that goes on at *end*: capitals, or two words where nobody writes any."""
    capitals = any(each.isupper() for each in text[end : end + 2])
    for count in range(_MOST_WORDS):
        word = _WORD.match(plain, end)
        if word is None or _no_name(word[1], text[word.start(1)], capitals, count):
            return end
        end = word.end()
    return end


def _no_name(word: str, first: str, capitals: bool, count: int) -> bool:
    if capitals:
        return not first.isupper()
    return count >= 2 or word in _ENDS  # noqa: PLR2004
