"""Personal data that has digits or signs: phone, id, plate, account, e-mail, dossier.

Everything here reads folded text. What is plainly something else (a fee, a date, a counter, a law, a hotline) is
blanked first; of the rest no run of eight digits or more stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sipas.codes import is_code
from sipas.redaction.spans import Private, Span

_UNIT = "(?:d|dong|vnd|k|trieu|tr|nghin|ngan|ty|cu|usd)"
_KEPT = re.compile(
    r"\b[0-3]?[0-9] ?[/.-] ?[01]?[0-9] ?[/.-] ?(?:(?:19|20)[0-9]{2}|[0-9]{2})(?![0-9./-]?[0-9])"  # a date
    r"|\b(?:19|20)[0-9]{2}[-/.][01][0-9][-/.][0-3][0-9]\b"
    r"|\b[01]?[0-9]/(?:19|20)[0-9]{2}\b"
    r"|\b(?:19|20)[0-9]{2} ?- ?(?:19|20)[0-9]{2}\b"  # years
    rf"|\b[1-9][0-9]{{0,2}}(?:[., ][0-9]{{3}})+(?= ?{_UNIT}\b)"  # a sum
    rf"|\b[1-9][0-9]*(?:[.,][0-9]+)?(?= ?{_UNIT}\b)"
    r"|(?<=phi )[1-9][0-9]{0,2}(?:[.,][0-9]{3})+\b|(?<=tien )[1-9][0-9]{0,2}(?:[.,][0-9]{3})+\b"
    r"|\b[0-9]{1,4}/(?:(?:19|20)[0-9]{2}/)?(?:nd|tt|qd|qh|nq|ubtvqh|ttlt|ct|kh|tb|bc|cv|ubnd)[a-z0-9-]*"  # a law
    r"|\b1[89]00[ .-]?[0-9]{2,4}(?:[ .-]?[0-9]{2})?\b|\b(?:1022|11[1-5])\b"  # a hotline
    r"|\b[0-2]?[0-9] ?(?:h|:|g|gio) ?[0-5][0-9]\b"  # an hour
)
_AT = r"(?: ?@ ?| ?[(\[]at[)\]] ?| at | a cong | a moc | acong )"
_DOT = r"(?: ?\. ?| ?[(\[]dot[)\]] ?| dot | cham )"
_EMAIL = re.compile(
    rf"[a-z0-9][a-z0-9._+-]*{_AT}[a-z0-9-]+(?:{_DOT}[a-z]{{2,}})+"
    rf"|[a-z0-9][a-z0-9._+-]*[ @]?(?:gmail|yahoo|hotmail|outlook|icloud){_DOT}com(?:{_DOT}vn)?"
)
_DOSSIER = re.compile(
    r"\b(?:[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.)?[a-z][0-9]{2}(?:[.][0-9]{1,3})*[-.][0-9]{6}[-.][0-9]{3,6}\b"
    r"|\b[a-z]{1,4}[0-9.]*-[0-9]{2,8}-[0-9]{3,8}\b|\b[0-9]{3}(?:\.[0-9a-z]{2,3}){2,}-[0-9]{6}-[0-9]{3,6}\b"
    r"|(?<=ho so )(?:(?:so|ma|la)[: ]+)*[a-z0-9]*[0-9][a-z0-9./-]{3,}\b|(?<=hs )(?:(?:so|ma|la)[: ]+)*[a-z0-9]*[0-9][a-z0-9./-]{3,}\b"
    r"|\bhs[0-9]{4,}\b"
)
_PLATE = re.compile(
    r"\b[1-9][0-9][ -]?[a-z](?:[a-z]|[1-9])?[ .-]{0,3}(?:[0-9]{3}[. ]?[0-9]{2}|[0-9]{4})\b(?![0-9.])"
)
_PASSPORT = re.compile(r"\b[a-z][0-9]{7,8}\b")
_DIGIT = (
    "(?:[0-9]|khong|hong|ko|mot|hai|ba|bon|tu|nam|lam|sau|bay|tam|chin|zero|one|two|three|four|five|six|seven|eight|nine)"
)
_SPELLED = re.compile(rf"\b{_DIGIT}(?:[ ,.-]+{_DIGIT}){{7,}}\b")
_GROUP = re.compile(r"(?<![a-z0-9])(?:\+|\(\+?)?[0-9o](?:[ .,_()–-]{0,3}[0-9])+(?:o[0-9]+)*")
_RUN = re.compile(r"[0-9]{8,}")
_MOBILE = re.compile(r"(?:0|84)[35789][0-9]{8}|(?:0|84)2[0-9]{8,9}")
_PHONE_INSIDE = re.compile(r"(?<![0-9])(?:0|84)[35789](?:[ .-]?[0-9]){8}(?![0-9])")
_LABELS = (
    (Private.ACCOUNT, r"stk|so tk|tk|tai khoan|so tai khoan|chuyen khoan|ck|vcb|vietcombank|bidv|agribank|techcombank|tcb|mb|"
     r"mbbank|vietinbank|ctg|acb|sacombank|vpbank|tpbank|so the"),
    (Private.ID, r"can cuoc|cccd|cc|cmnd|cmt|cmtnd|chung minh|chung minh nhan dan|dinh danh|ho chieu|passport|ma so thue|mst|bhxh"),
    (Private.DOSSIER, r"ho so|hs|bien nhan|phieu hen|phieu|giay hen|ma tra cuu|tra cuu"),
    (Private.PHONE, r"sdt|dt|dien thoai|goi|zalo|lien he|lh|alo|so may|nhan tin|dd|di dong|call|phone|so|tel"),
)
_LABEL = re.compile("|".join(rf"(?P<{kind}>\b(?:{words})\b)" for kind, words in _LABELS))
_REACH = 28  # characters between a label and its number


def numbers(plain: str) -> list[Span]:
    """The spans of folded text, the surest first; some may meet."""
    rest = _blank(plain, _EMAIL)
    found = [*_all(_EMAIL, plain, Private.EMAIL), *_all(_DOSSIER, rest, Private.DOSSIER)]
    open_text = _KEPT.sub(_spaces, _blank(rest, _DOSSIER))
    found += _all(_PLATE, open_text, Private.PLATE)
    open_text = _blank(open_text, _PLATE)
    found += _all(_PASSPORT, open_text, Private.ID)
    found += _all(_SPELLED, open_text, Private.PHONE)
    return found + list(_groups(open_text))


def _all(pattern: re.Pattern[str], text: str, private: Private) -> list[Span]:
    return [Span(*found.span(), private) for found in pattern.finditer(text)]


def _blank(text: str, pattern: re.Pattern[str]) -> str:
    return pattern.sub(_spaces, text)


def _spaces(found: re.Match[str]) -> str:
    return "\n" * len(found[0])  # not a space, over which a number could go on


def _groups(text: str) -> Iterator[Span]:
    """Digits with at most three signs between them, by what they are called and how many they are."""
    for found in _GROUP.finditer(text):
        digits = re.sub("[^0-9]", "", found[0].replace("o", "0"))
        private = None if is_code(digits) else _private(digits, _label(text, found.start()))
        if private:
            yield Span(*found.span(), private)
        else:
            inside = _PHONE_INSIDE.finditer(text, *found.span())
            yield from (Span(*each.span(), Private.PHONE) for each in inside)


def _label(text: str, start: int) -> str | None:
    """What the words right before a number call it: the last label counts."""
    before = text[max(0, start - _REACH) : start]
    labels = [found.lastgroup for found in _LABEL.finditer(before)]
    return labels[-1] if labels else None


def _private(digits: str, label: str | None) -> Private | None:
    n = len(digits)
    if label == Private.ACCOUNT and 6 <= n:
        return Private.ACCOUNT
    if label == Private.ID and 8 <= n <= 13:
        return Private.ID
    if label == Private.DOSSIER and 5 <= n and not _MOBILE.fullmatch(digits):
        return Private.DOSSIER
    if _MOBILE.fullmatch(digits) or (label == Private.PHONE and 7 <= n <= 11 and n != 9):
        return Private.PHONE
    if n in (9, 12):
        return Private.ID
    return Private.ACCOUNT if n >= 8 else None
