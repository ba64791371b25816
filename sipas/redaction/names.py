"""Names of persons: after an honorific, after a role, or in full; of officials, with what is called their role."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sipas.redaction.spans import Private, Span
from sipas.redaction.words import (
    ALSO_WORDS,
    CALLED,
    COMMON_HONORIFICS,
    COMPOUNDS,
    GIVEN,
    GIVEN_PLAIN,
    HONORIFICS,
    MIDDLES,
    NO_NAMES,
    OFFICIAL_AFTER,
    OFFICIAL_BEFORE,
    PLACES,
    ROLES,
    SELF,
    SHORT_HONORIFICS,
    SURNAMES,
)
from sipas.vietnamese import fold

_WORD = re.compile(r"[^\W\d_]+")
_FEW_TONES = 8  # one word in so many with a mark: the others were not typed by chance
_MOST_WORDS = 5
_BEFORE, _AFTER = 4, 7  # words in which a role is looked for


@dataclass(frozen=True, slots=True)
class _Word:
    """A word, where it stands, and how it joins the one before."""

    text: str
    start: int
    end: int
    joined: bool

    @property
    def lower(self) -> str:
        return self.text.lower()

    @property
    def plain(self) -> str:
        return fold(self.text)


@dataclass(frozen=True, slots=True)
class _Reader:
    """The words of one comment, and how it is written."""

    words: Sequence[_Word]
    toneless: bool
    shouted: bool

    def named(self, at: int) -> int:
        """How many words from *at* on are a name."""
        if not self._goes_on(at):
            return 0
        return self._written(at) if self._is_capital(at) else self._known(at)

    def _goes_on(self, at: int) -> bool:
        return at < len(self.words) and self.words[at].joined

    def _is_capital(self, at: int) -> bool:
        return not self.shouted and self.words[at].text[0].isupper()

    def _written(self, at: int) -> int:
        """A name with capitals, up to the first word that has none."""
        if self.words[at].plain in NO_NAMES and not self._is_name(at):
            return 0
        end = at + 1
        while end < at + _MOST_WORDS and self._goes_on(end) and self._is_capital(end):
            end += 1
        return end - at

    def _known(self, at: int) -> int:
        """A name without capitals: a surname with what follows, or a given name alone."""
        if self.words[at].plain in SURNAMES and (more := self._given_after(at + 1)):
            return 1 + more
        if self._is_given(at) and not self._is_compound(at):
            return 1
        return 0

    def _given_after(self, at: int) -> int:
        """Middle names and a given name, as many as there are."""
        count = 0
        while count < _MOST_WORDS - 1 and self._goes_on(at + count) and self._is_name(at + count):
            count += 1
        return count

    def _is_name(self, at: int) -> bool:
        return self.words[at].plain in MIDDLES or self._is_given(at)

    def _is_given(self, at: int) -> bool:
        word = self.words[at]
        return word.lower in GIVEN or (self.toneless and word.plain in GIVEN_PLAIN)

    def _is_compound(self, at: int) -> bool:
        if not (self.toneless and self._goes_on(at + 1)):
            return False
        return f"{self.words[at].plain} {self.words[at + 1].plain}" in COMPOUNDS

    def after_honorific(self, at: int) -> int:
        """How many words after the honorific *at* are a name."""
        word = self.words[at]
        count = self.named(at + 1)
        if not count or word.lower in HONORIFICS:
            return count
        short = word.lower in SHORT_HONORIFICS
        if self.toneless and word.plain in COMMON_HONORIFICS or short:
            return count if self._is_certain(at + 1, count) else 0
        return count if self.toneless and word.plain in _PLAIN_HONORIFICS else 0

    def _is_certain(self, at: int, count: int) -> bool:
        """Whether a name is no common word either."""
        alone = count == 1 and not self._is_capital(at)
        return not (alone and self.words[at].plain in ALSO_WORDS)

    def says(self, at: int, phrases: Sequence[str] | frozenset[str]) -> int:
        """How many words from *at* on are one of *phrases*."""
        for count in (3, 2, 1):
            if " ".join(word.plain for word in self.words[at : at + count]) in phrases:
                return count
        return 0

    def official(self, start: int, end: int) -> bool:
        """Whether somebody named from *start* to *end* is told of as on duty."""
        before = range(max(0, start - _BEFORE), start)
        after = range(end, min(len(self.words), end + _AFTER))
        return any(self.says(at, OFFICIAL_BEFORE) for at in before) or any(
            self.says(at, OFFICIAL_AFTER) for at in after
        )


_PLAIN_HONORIFICS = frozenset(map(fold, HONORIFICS))
_PLAIN_ROLES = frozenset(map(fold, ROLES))


def names(text: str) -> list[Span]:
    """The spans of names in *text*; that of an official begins with what he is called."""
    reader = _reader(text)
    found, at = list[Span](), 0
    while at < len(reader.words):
        span, at = _at(reader, at)
        found += [span] if span else []
    return found


def _at(reader: _Reader, at: int) -> tuple[Span | None, int]:
    """The name that *at* introduces, if any, and where to read on."""
    role = reader.says(at, _PLAIN_ROLES)
    if role and (count := _after_role(reader, at + role)):
        return _span(reader, at, at + role + count, Private.OFFICIAL), at + role + count
    called = at + 1 < len(reader.words) and reader.words[at + 1].plain in CALLED
    if _is_honorific(reader, at) and (count := reader.after_honorific(at + called)):
        start, end = at + 1 + called, at + 1 + called + count
        if reader.official(at, end):
            return _span(reader, at, end, Private.OFFICIAL), end
        return _span(reader, start, end, Private.NAME), end
    if (own := reader.says(at, SELF)) and (count := reader.named(at + own)):
        return _span(reader, at + own, at + own + count, Private.NAME), at + own + count
    return _in_full(reader, at)


def _after_role(reader: _Reader, at: int) -> int:
    """How many words after a role name its holder, with an honorific or "tên" between."""
    skipped = 0
    while at + skipped < len(reader.words) and (
        _is_honorific(reader, at + skipped) or reader.words[at + skipped].plain in CALLED
    ):
        skipped += 1
    count = reader.named(at + skipped)
    if count and (skipped or reader._is_certain(at + skipped, count)):
        return skipped + count
    return 0


def _is_honorific(reader: _Reader, at: int) -> bool:
    word = reader.words[at]
    return (
        word.lower in HONORIFICS
        or word.lower in SHORT_HONORIFICS
        or (reader.toneless and word.plain in _PLAIN_HONORIFICS)
    )


def _in_full(reader: _Reader, at: int) -> tuple[Span | None, int]:
    """A surname, a middle name and a given name that stand anywhere but in a street's name."""
    middle = at + 1 < len(reader.words) and reader.words[at + 1].plain in ("van", "thi")
    if middle and reader.words[at].plain in SURNAMES and not _is_place(reader, at):
        count = _full(reader, at)
        if count > 2:  # noqa: PLR2004
            return _span(reader, at, at + count, Private.NAME), at + count
    return None, at + 1


def _full(reader: _Reader, at: int) -> int:
    words = reader.words
    first = _Word(words[at].text, words[at].start, words[at].end, True)
    return _Reader([*words[:at], first, *words[at + 1 :]], reader.toneless, reader.shouted).named(at)


def _is_place(reader: _Reader, at: int) -> bool:
    return at > 0 and reader.words[at - 1].plain in PLACES


def _span(reader: _Reader, start: int, end: int, private: Private) -> Span:
    return Span(reader.words[start].start, reader.words[end - 1].end, private)


def _reader(text: str) -> _Reader:
    found = list(_WORD.finditer(text))
    words, last = [], 0
    for each in found:
        words.append(_Word(each[0], *each.span(), text[last : each.start()].strip(" ") in ("", ".", ":")))
        last = each.end()
    toned = sum(word.lower != word.plain for word in words)
    letters = [each for each in text if each.isalpha()]
    shouted = sum(each.isupper() for each in letters) * 2 > len(letters)
    return _Reader(words, toned * _FEW_TONES < len(words), shouted)
