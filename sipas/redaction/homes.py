"""Addresses of homes: a house's number with its street; a street alone says nothing of anybody."""

from __future__ import annotations

import re

from sipas.redaction.spans import Private, Span
from sipas.redaction.words import SURNAMES
from sipas.vietnamese import fold

_NUMBER = r"[0-9]{1,4}[a-z]?(?:[/-][0-9]{1,4}[a-z]?)*\b"
_SMALL = (
    "(?:ngo|ngach|hem|kiet|to dan pho|tdp|to|khu pho|kp|khu|thon|ap|xom|doi|lo|can ho|can|phong"
    "|block|toa|tang|so nha|nha so|sn|so)"
)
_QUARTER = "(?:khu (?:pho|do thi|dan cu|tap the)|kdt|kdc|kp|khu)"
_WAY = rf"(?:duong|pho|ngo|ngach|hem|kiet|dg|thon|xom|ap|ban|buon|lang|{_QUARTER}|chung cu|cc)"
_BLOCK = r"nha [a-z]{1,2}[0-9]{1,3}[a-z]?\b"
_AREA = r"(?:phuong|p|xa|thi tran|tt|quan|q|huyen|h|tx|thi xa|tp|thanh pho|tinh)"
_SURNAME = "|".join(sorted(set(map(fold, SURNAMES)) - {"ho"}))  # "3 hồ sơ"
_STREET = "(?:duong|pho|ngo|ngach|hem|kiet|dg)"
_LANE = "(?:ngo|ngach|hem|kiet)"
_HAMLET = "(?:thon|xom|ap|buon|lang)"
_START = re.compile(
    rf"\b(?:so nha|nha so|sn|can ho|can so) ?(?:so )?(?!(?:19|20)[0-9]{{2}}\b){_NUMBER}"
    rf"|\b(?:so )?{_NUMBER},? (?P<street>{_STREET}) (?!(?:so )?[0-9])"
    rf"|\b(?:(?:so )?{_NUMBER},? )?{_LANE} (?:so )?{_NUMBER}"
    rf"|\bphong {_NUMBER}(?=,? (?:so [0-9]|toa|chung cu|cc|{_BLOCK}))"
    rf"|\b(?:to dan pho|tdp|khu pho|kp|{_HAMLET}) (?:so )?{_NUMBER}"
    rf"|\b(?:to|doi) (?:so )?{_NUMBER}(?=,? (?:{_AREA}|{_QUARTER}|{_HAMLET})\b)"
    rf"|\b(?:so {_NUMBER}|[0-9]+/[0-9/]+)(?P<surname>) (?=(?:{_SURNAME}) [a-z])"
    rf"|(?<=o nha ){_NUMBER}|(?<=dia chi )(?:la |so )*{_NUMBER}"
    r"|\b(?:(?<=o )|(?<=ve )|(?<=cua )|(?<=den )|(?<=dc )|(?<=tai ))"
    rf"(?P<hamlet>{_HAMLET}) (?=[a-z])"
    rf"|\b(?P<village>{_HAMLET}|ban) (?=[a-z]+(?: [a-z]+)?,? xa [a-z])"
)
_STEP = re.compile(
    rf"[ ,-]*(?:{_SMALL} ?(?:so )?{_NUMBER}|(?:toa|block|lo|day) [a-z]\b|{_BLOCK}|{_NUMBER}"
    rf"|(?P<named>(?:{_WAY}|{_AREA})[. ]+|(?<=[0-9] )(?=[a-z])))"
)
_SURNAMED = re.compile(rf"(?:{_SURNAME}) [a-z]")
_WORD = re.compile(r" ?([^\W\d_]+)")
_OFFICES = re.compile(
    r"\b(?:tru so|ubnd|uy ban|co quan|bo phan|trung tam|dieu|khoan|mau)\b[^,.;]{0,20}$"
    r"|\b(?:quay|ban|cua so|cua|phong) so $|\b(?:quay|ban|cua so|phong) $"
)
_ENDS = frozenset(
    "la thi ma khong ko da den di rat cua va voi o tai nay gan bi duoc cho co nha toi em nen "  # noqa: SIM905
    "nhung vi ve lam".split()
)
_AREAS = frozenset(["phuong", "p", "xa", "quan", "q", "huyen", "tp", "tinh"])
_MOST_WORDS = 4


def homes(text: str, plain: str) -> list[Span]:
    """The addresses in *text*, whose folded form, without dates and sums, is *plain*."""
    found = list[Span]()
    place = 0
    while start := _START.search(plain, place):
        place = start.end()
        end = _end(text, plain, start)
        if end > place or not _is_bare(start):
            place = end
            found += [] if _OFFICES.search(plain, 0, start.start()) else [_span(text, start, end)]
    return found


def _is_bare(start: re.Match[str]) -> bool:
    """Whether an address only is one if a name follows."""
    return any(start[group] is not None for group in ("street", "surname", "hamlet", "village"))


def _span(text: str, start: re.Match[str], end: int) -> Span:
    return Span(start.start(), len(text[:end].rstrip(" ,.-")), Private.ADDRESS)


def _end(text: str, plain: str, start: re.Match[str]) -> int:
    """Where an address ends that begins with *start*."""
    end = _named(text, plain, start.end()) if _is_bare(start) else start.end()
    while (step := _STEP.match(plain, end)) is not None:
        after = step.end() if step["named"] is None else _street(text, plain, step)
        if after == step.end() and step["named"] is not None:
            break
        end = after
    return end


def _street(text: str, plain: str, step: re.Match[str]) -> int:
    """The end of a name that a word like "street" announces, or that says itself to be one."""
    place = step.end()
    told = step["named"] or text[place].isupper() or _SURNAMED.match(plain, place)
    return _named(text, plain, place) if told else place


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
    return count >= 2 or word in _ENDS or word in _AREAS
