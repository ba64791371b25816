"""Personal data that has digits or signs: phone, id, plate, account, e-mail, dossier.

Everything here reads folded text. What is plainly something else (a fee, a date, a counter, a law,
a hotline) is blanked first; of the rest no run of eight digits or more stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sipas.codes import is_code
from sipas.redaction.spans import Private, Span

_KEPT = re.compile(
    r"(?<![0-9][./-])\b[0-3]?[0-9] ?[/.-] ?[01]?[0-9] ?[/.-] ?"  # a date
    r"(?:(?:19|20)[0-9]{2}|[0-9]{2})(?![0-9./-]?[0-9])"
    r"|\b(?:19|20)[0-9]{2}[-/.][01][0-9][-/.][0-3][0-9]\b"
    r"|\b[01]?[0-9]/(?:19|20)[0-9]{2}\b"
    r"|\b(?:19|20)[0-9]{2} ?- ?(?:19|20)[0-9]{2}\b"  # years
    r"|\b[1-9][0-9]{0,2}(?:[., ][0-9]{3})*[., ][0-9]00(?= ?(?:d|dong|vnd)\b)"  # a sum
    r"|\b[1-9][0-9]{0,6}(?:000)?(?= ?(?:d|dong|vnd)\b)"
    r"|(?<![0-9][ .-])\b[1-9][0-9]{0,3}(?:[.,][0-9]+)?"  # not "0225 3 747 880 k", k for "không"
    r"(?= ?(?:k|trieu|tr|nghin|ngan|ty|cu|usd)\b(?!-|[ .][0-9]{3}))"
    r"|(?<=phi )[1-9][0-9]{0,2}(?:[.,][0-9]{3})+\b|(?<=tien )[1-9][0-9]{0,2}(?:[.,]?[0-9]{3})+\b"
    r"|\b[0-9]{1,4}/(?:(?:19|20)[0-9]{2}/)?"  # a law
    r"(?:nd|tt|qd|qh|nq|ubtvqh|ttlt|ct|kh|tb|bc|cv|ubnd)[a-z0-9-]*"
    r"|\b1[89]00[ .-]?[0-9]{2,4}(?:[ .-]?[0-9]{2})?\b"  # a hotline
    r"|(?<![0-9.-])(?<![0-9] )(?:1022|11[1-5])(?![0-9]|[ .-][0-9])"
    r"|\b[0-2]?[0-9] ?(?:h|:|g|gio) ?[0-5][0-9]\b"  # an hour
)
_AT = r"(?: ?@ ?| ?[(\[]at[)\]] ?| at | a cong | a moc | acong )"
_DOT = r"(?: ?\. ?| ?[(\[]dot[)\]] ?| dot | cham )"
# RFC 5321 allows 64 characters before the @; without an end, each letter would be tried with all.
_LOCAL = "[a-z0-9][a-z0-9._+-]{0,63}"
_EMAIL = re.compile(
    rf"{_LOCAL}{_AT}[a-z0-9-]+(?:{_DOT}[a-z]{{2,}})+"
    rf"|{_LOCAL}[ @]?(?:gmail|yahoo|hotmail|outlook|icloud){_DOT}com(?:{_DOT}vn)?"
)
_DOSSIER = re.compile(
    r"\b(?:[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.)?[a-z][0-9]{2}(?:[.][0-9]{1,3})*[-.][0-9]{6}[-.][0-9]{3,6}\b"
    r"|\b[a-z]{1,4}[0-9.]*-[0-9]{2,8}-[0-9]{3,8}\b"
    r"|\b[0-9]{3}(?:\.[0-9a-z]{2,3}){2,}-[0-9]{6}-[0-9]{3,6}\b"
    r"|(?:(?<=ho so )|(?<=hs ))(?:(?:so|ma|la)[: ]+)*[a-z0-9]*[0-9][a-z0-9./-]{3,}\b"
    r"|\bhs[0-9]{4,}\b"
)
_PLATE = re.compile(
    r"\b[1-9][0-9][ -]?[a-z](?:[a-z]|[1-9])?[ .-]{0,3}"
    r"(?:[0-9]{3}[. ]?[0-9]{2}|[0-9]{2}[. ][0-9]{3}|[0-9]{4})\b(?![0-9.])"
)
_PASSPORT = re.compile(r"\b[a-z][0-9]{7,8}\b")
_DIGIT = (
    "(?:[0-9]|khong|hong|ko|mot|hai|ba|bon|tu|nam|lam|sau|bay|tam|chin"
    "|zero|one|two|three|four|five|six|seven|eight|nine)"
)
_SPELLED = re.compile(rf"\b{_DIGIT}(?:[ ,.-]+{_DIGIT}){{7,}}\b")
_GLUED = re.compile(rf"\b0[0-9]*(?=[a-z]){_DIGIT}+\b")
"""Digits and their names without a space: "0baba", "09mothai"."""
_GROUP = re.compile(
    r"(?<![a-z0-9])(?:\+|\(\+?)?[0-9o]"
    r"(?:[ .,_()–-]{0,3}[0-9]|(?:(?<=[0-9])[ .-])?[oil](?=[0-9oil]*[0-9]))+"
)
_MEANT = str.maketrans("oil", "011")
_RUN = re.compile(r"[0-9]{8,}")
_MOBILE = re.compile(r"(?:0|84)[35789][0-9]{8}|(?:0|84)2[0-9]{8,9}")
_PHONE = re.compile(
    r"(?<![0-9])(?<![0-9][ .-])(?:0|\+?84[ .-]?)[35789](?:[ .-]{0,3}[0-9]){8}(?![ .-]?[0-9])"
)
_LONG = 8
_CALLED = {Private.ACCOUNT: 6, Private.ID: 8, Private.DOSSIER: 5}
"""Classes that a label decides, and the fewest digits of each."""
_SURE = (Private.ACCOUNT, Private.ID)
_BANKS = (
    "vcb|vietcombank|bidv|agribank|techcombank|tcb|mb|mbbank|mb bank|vietinbank|ctg|acb|sacombank"
    "|vpbank|tpbank|vib|shb"
)
_BANK = re.compile(rf"\b(?:{_BANKS})[ :]{{1,2}}$")
_LABELS = (
    (Private.ACCOUNT, rf"stk|so tk|tk|tai khoan|so tai khoan|chuyen khoan|ck|so the|{_BANKS}"),
    (
        Private.ID,
        "can cuoc|cccd|cc|cmnd|cmt|cmtnd|chung minh|chung minh nhan dan|dinh danh|ho chieu"
        "|passport|ma so thue|mst|bhxh",
    ),
    (Private.DOSSIER, r"ho so|hs|bien nhan|phieu hen|phieu|giay hen|ma tra cuu|tra cuu"),
    (
        Private.PHONE,
        r"sdt|dt|dien thoai|goi|zalo|lien he|lh|alo|so may|nhan tin|dd|di dong|call|phone|tel",
    ),
)
_LABEL = re.compile("|".join(rf"(?P<{kind}>\b(?:{words})\b)" for kind, words in _LABELS))
_REACH = 28  # characters between a label and its number


def unexplained(plain: str) -> str:
    """Folded text without the dates, sums, laws, hotlines and hours in it; of the same length."""
    return _blank(plain, _KEPT)


def numbers(plain: str) -> list[Span]:
    """The spans of folded text, the surest first; some may meet."""
    rest = _blank(plain, _EMAIL)
    found = [*_all(_EMAIL, plain, Private.EMAIL), *_all(_DOSSIER, rest, Private.DOSSIER)]
    open_text = unexplained(_blank(rest, _DOSSIER))
    found += _all(_PLATE, open_text, Private.PLATE)
    open_text = _blank(open_text, _PLATE)
    found += _all(_PASSPORT, open_text, Private.ID)
    found += _all(_SPELLED, open_text, Private.PHONE) + _all(_GLUED, open_text, Private.PHONE)
    return [*found, *_groups(open_text), *_all(_RUN, open_text, Private.ACCOUNT)]


def _all(pattern: re.Pattern[str], text: str, private: Private) -> list[Span]:
    return [Span(*found.span(), private) for found in pattern.finditer(text)]


def _blank(text: str, pattern: re.Pattern[str]) -> str:
    return pattern.sub(_spaces, text)


def _spaces(found: re.Match[str]) -> str:
    return "\n" * len(found[0])  # not a space, over which a number could go on


def _groups(text: str) -> Iterator[Span]:
    """Digits with at most three signs between them, by their label and their length."""
    for found in _GROUP.finditer(text):
        label = _label(text, found.start())
        private = _private(_digits(found[0]), label)
        phones = [each.span() for each in _PHONE.finditer(text, *found.span())]
        if phones and label not in _SURE and _n_others(found, phones) < _LONG:
            yield from (Span(*each, Private.PHONE) for each in phones)
        elif private:
            bank = _BANK.search(text, 0, found.start()) if private is Private.ACCOUNT else None
            yield Span(bank.start() if bank else found.start(), found.end(), private)


def _digits(group: str) -> str:
    return re.sub("[^0-9]", "", group.translate(_MEANT))


def _n_others(group: re.Match[str], phones: list[tuple[int, int]]) -> int:
    """How many digits of *group* are in none of its *phones*."""
    inside = sum(len(_digits(group.string[start:end])) for start, end in phones)
    return len(_digits(group[0])) - inside


def _label(text: str, start: int) -> Private | None:
    """What the words right before a number call it: the last label counts."""
    before = text[max(0, start - _REACH) : start]
    labels = [found.lastgroup for found in _LABEL.finditer(before) if found.lastgroup]
    return Private(labels[-1]) if labels else None


def _private(digits: str, label: Private | None) -> Private | None:
    """What so many digits are, by the law that eight or more are always something."""
    n = len(digits)
    if is_code(digits):
        return None
    if label in _CALLED and _CALLED[label] <= n and not _is_phone(digits, label):
        return label
    if _MOBILE.fullmatch(digits) or (label == Private.PHONE and n in (7, 8, 10, 11)):
        return Private.PHONE
    if n in (9, 12):
        return Private.ID
    return Private.ACCOUNT if n >= _LONG else None


def _is_phone(digits: str, label: Private | None) -> bool:
    """Whether a phone stands where a dossier was spoken of: "hồ sơ xong gọi 0912…"."""
    return label == Private.DOSSIER and _MOBILE.fullmatch(digits) is not None
