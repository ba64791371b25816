"""Names of persons: after an honorific, after a role, or in full."""

from __future__ import annotations

from dataclasses import dataclass

from sipas.redaction import words as w
from sipas.redaction.spans import Private, Span
from sipas.redaction.written import Lexicon, Written, written
from sipas.vietnamese import fold

_HONORIFICS = Lexicon(w.HONORIFICS)
_SURNAMES = Lexicon(w.SURNAMES)
_MIDDLES = Lexicon(w.MIDDLES)
_GIVEN = Lexicon(w.GIVEN | w.ORDINALS)
_ELDERS = Lexicon(["ông", "bà", "chú", "cô", "bác", "anh", "chị"])
_ROLES = frozenset(map(fold, w.ROLES))
_OFFICIAL_BEFORE = w.OFFICIAL_BEFORE | _ROLES
_NO_NAMES = w.NO_NAMES | _HONORIFICS.plain
_ORDINALS = Lexicon(w.ORDINALS)
_NAMED_GIVEN = Lexicon(w.GIVEN)
_ANH = Lexicon(["anh"])
_MOST_WORDS = 5
_MOST_HONORIFICS = 8  # more in a row are nobody's, and would be read once for each of them
_BEFORE, _AFTER, _RIGHT_AFTER = 4, 7, 3  # words in which a role is looked for


@dataclass(frozen=True)
class _Found:
    """Words *start* up to *end* that name somebody."""

    start: int
    end: int
    private: Private


def names(text: str) -> list[Span]:
    """The spans of names in *text*, each with the honorific or the role before it."""
    read = written(text)
    found, at = list[Span](), 0
    while at < len(read.words):
        each = _holder(read, at) or _addressed(read, at) or _own(read, at) or _in_full(read, at)
        if each:
            span = Span(read.words[each.start].start, read.words[each.end - 1].end, each.private)
            found.append(span)
        at = each.end if each else max(at + 1, _past_roles(read, at))
    return found


def _holder(read: Written, at: int) -> _Found | None:
    """A role with the name of who holds it: "cán bộ Lan", "đồng chí chủ tịch Vũ Đình Thắng"."""
    role = at + _is_honorific(read, at)  # "bà chủ tịch Hoa"
    end = _past_roles(read, role)
    if end == role:
        return None
    start = _past_honorifics(read, end)
    count = _named(read, start)
    if count and start == end and not read.is_capital(start):
        count = 0 if count == 1 and _is_no_holder(read, start) else count
    return _Found(at, start + count, Private.OFFICIAL) if count else None


def _past_roles(read: Written, at: int) -> int:
    while count := read.says(at, _ROLES):
        at += count
    return at


def _is_no_holder(read: Written, at: int) -> bool:
    """Whether a word says of where the official is, and nothing more of a desk follows."""
    return read.plain(at) in w.NO_HOLDERS and not read.says(at + 1, w.DESKS)


def _past_honorifics(read: Written, at: int) -> int:
    """The place after honorifics and "tên": "vợ anh", "chị tên"."""
    last = at + _MOST_HONORIFICS
    while at < last and read.goes_on(at) and _is_title(read, at):
        if read.is_capital(at) and _named(read, at) > 1:
            break
        at += 1
    return at


def _is_title(read: Written, at: int) -> bool:
    return _is_honorific(read, at) or read.plain(at) in w.CALLED


def _is_honorific(read: Written, at: int) -> bool:
    return read.has(at, _HONORIFICS) or (
        at < len(read.words) and read.words[at].lower in w.SHORT_HONORIFICS
    )


def _addressed(read: Written, at: int) -> _Found | None:
    """An honorific with a name: "bà Trịnh Thị Tâm", "e thuy"."""
    if not _is_honorific(read, at):
        return None
    start = _past_honorifics(read, at + 1) if _is_alone(read, at) else at
    start -= 0 if _named(read, start) else 1  # "anh Anh": the second is the name
    count = _named(read, start) if start > at else 0
    if not count or not _is_meant(read, at, start, count):
        return None
    end = start + count
    if _is_official(read, at, end):
        title = read.goes_on(end) and read.is_capital(end)
        return _Found(at, _past_roles(read, end) if title else end, Private.OFFICIAL)
    return _Found(at, end, Private.NAME)


def _is_meant(read: Written, at: int, start: int, count: int) -> bool:
    """Whether a lone word without a capital is a name, after what may be no honorific either."""
    if count > 1 or read.is_capital(start):
        return read.plain(at) != "bac" or read.plain(start) != "ho"  # Uncle Ho is no private person
    if read.has(start, _ORDINALS) and not read.has(start, _NAMED_GIVEN):
        return read.has(start - 1, _ELDERS) and _is_told(read, at, start + 1)
    doubtful = read.toneless and read.plain(start - 1) in w.DOUBTFUL_HONORIFICS
    if doubtful and read.plain(start) in w.ALSO_WORDS:
        return _is_told(read, at, start + 1)
    return True


def _is_told(read: Written, start: int, end: int) -> bool:
    """Whether the words around say that here is a person."""
    after = range(end, min(len(read.words), end + _RIGHT_AFTER))
    return read.plain(start - 1) in w.BEFORE_NAMES or any(
        read.says(at, w.OFFICIAL_AFTER | w.NEIGHBOURS) for at in after
    )


def _is_official(read: Written, start: int, end: int) -> bool:
    """Whether somebody named from *start* to *end* is told of as on duty."""
    before = range(max(0, start - _BEFORE), start)
    after = range(end, min(len(read.words), end + _AFTER))
    return any(read.says(at, _OFFICIAL_BEFORE) for at in before) or any(
        read.says(at, w.OFFICIAL_AFTER) for at in after
    )


def _own(read: Written, at: int) -> _Found | None:
    """What comes after "tôi tên", "họ tên"."""
    start = at + read.says(at, w.SELF)
    count = _named(read, start) if start > at else 0
    certain = count > 1 or (count and (read.is_capital(start) or read.plain(start - 1) == "ten"))
    return _Found(start, start + count, Private.NAME) if certain else None


def _in_full(read: Written, at: int) -> _Found | None:
    """A surname and at least two names more, anywhere but in a street's name."""
    if not read.has(at, _SURNAMES) or read.plain(at - 1) in w.PLACES:
        return None
    count = 1 + _names_after(read, at + 1)
    capitals = all(read.is_capital(each) for each in range(at, at + count))
    middle = read.plain(at + 1) in ("van", "thi")
    sure = capitals or middle or (read.toneless and read.plain(at) in w.SURE_SURNAMES)
    return _Found(at, at + count, Private.NAME) if count > 2 and sure else None


def _named(read: Written, at: int) -> int:
    """How many words from *at* on are a name."""
    if not read.goes_on(at):
        return 0
    return _with_capitals(read, at) if read.is_capital(at) else _known(read, at)


def _with_capitals(read: Written, at: int) -> int:
    """A name with capitals, up to the first word that has none or that is a role."""
    if read.plain(at) in _NO_NAMES and not read.has(at, _GIVEN):
        return 0
    end = at + 1
    while end < at + _MOST_WORDS and read.goes_on(end) and read.is_capital(end):
        if read.says(end, _ROLES):
            break
        end += 1
    return end - at


def _known(read: Written, at: int) -> int:
    """A name without capitals: a surname with what follows, or one or two given names."""
    more = _names_after(read, at + 1)
    if read.has(at, _SURNAMES) and more and _is_alone(read, at + more):
        return 1 + more
    if _is_given(read, at):
        second = _is_given(read, at + 1) or (_is_called(read, at) and read.has(at + 1, _GIVEN))
        return 2 if second and read.goes_on(at + 1) and _doubles(read, at) else 1
    return 0


def _is_called(read: Written, at: int) -> bool:
    """Whether what follows is said to be a name: even one that is nearly always a word."""
    return read.plain(at - 1) == "ten"


def _doubles(read: Written, at: int) -> bool:
    """Whether two given names are one person's: "vân anh", not "lan huong dan"."""
    return read.has(at, _MIDDLES) or read.has(at + 1, _ANH)


def _names_after(read: Written, at: int) -> int:
    """How many names follow a surname; after "văn" and "thị" any word is one."""
    count = 0
    while count < _MOST_WORDS - 1 and read.goes_on(at + count):
        called = count and read.plain(at + count - 1) in ("van", "thi")
        listed = read.has(at + count, _MIDDLES) or read.has(at + count, _GIVEN)
        if not (called or (listed and _is_alone(read, at + count))):
            break
        count += 1
    return count


def _is_given(read: Written, at: int) -> bool:
    """Whether a word without a capital is a given name rather than the word it may be."""
    if not read.has(at, _GIVEN) or not _is_alone(read, at):
        return False
    if read.toneless:
        rare = read.plain(at) in w.NO_PLAIN_NAMES
        return not rare or bool(read.says(at + 1, _ROLES)) or read.plain(at + 1) == "anh"
    return read.words[at].lower not in w.TONED_WORDS or read.words[at].lower in w.ORDINALS


def _is_alone(read: Written, at: int) -> bool:
    """Whether a word does not make another one with the next: "huong dan", "hoa don"."""
    pair = f"{read.plain(at)} {read.plain(at + 1)}" if read.goes_on(at + 1) else ""
    return pair not in w.COMPOUNDS
