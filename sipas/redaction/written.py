"""A comment as words: what each is, with its tones where they were typed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

from sipas.vietnamese import fold

_WORD = re.compile(r"[^\W\d_]+")
_JOINTS = ("", ".", ":")  # "chị Lan", "Mr. Lan", "tên: Lan"
_FEW_TONES = 8  # with fewer marks than one word in so many, they were typed by chance


@dataclass(frozen=True)
class Word:
    """A word, where it stands, and whether it goes on from the one before."""

    text: str
    start: int
    end: int
    joined: bool

    @cached_property
    def lower(self) -> str:
        return self.text.lower()

    @cached_property
    def plain(self) -> str:
        return fold(self.text)


class Lexicon:
    """Words that are told apart by their tones, if the text has any.

    >>> aunt, toned, bare = Lexicon(["cô"]), Word("có", 0, 2, True), Word("co", 0, 2, True)
    >>> aunt.has(toned, toneless=False), aunt.has(bare, toneless=True)
    (False, True)
    """

    def __init__(self, toned: Iterable[str]) -> None:
        self.toned = frozenset(toned)
        self.plain = frozenset(map(fold, self.toned))

    def has(self, word: Word, *, toneless: bool) -> bool:
        """Whether *word* may be one of these."""
        return word.lower in self.toned or (toneless and word.plain in self.plain)


@dataclass(frozen=True)
class Written:
    """The words of one comment, and how it is written: without tones, or all in capitals."""

    words: Sequence[Word]
    toneless: bool
    shouted: bool

    def goes_on(self, at: int) -> bool:
        """Whether there is a word *at* that only a space parts from the one before."""
        return at < len(self.words) and self.words[at].joined

    def is_capital(self, at: int) -> bool:
        """Whether the word *at* is written like a name."""
        return not self.shouted and self.words[at].text[0].isupper()

    def has(self, at: int, lexicon: Lexicon) -> bool:
        """Whether the word *at* may be one of *lexicon*."""
        return at < len(self.words) and lexicon.has(self.words[at], toneless=self.toneless)

    def plain(self, at: int) -> str:
        """The folded word *at*, or nothing."""
        return self.words[at].plain if 0 <= at < len(self.words) else ""

    def says(self, at: int, phrases: Set[str]) -> int:
        """How many words from *at* on are one of the folded *phrases*."""
        for count in (3, 2, 1):
            if " ".join(word.plain for word in self.words[at : at + count]) in phrases:
                return count
        return 0


def written(text: str) -> Written:
    """*text* as words.

    >>> [word.text for word in written("cô Lan, 2 lần").words]
    ['cô', 'Lan', 'lần']
    """
    words, last = list[Word](), 0
    for found in _WORD.finditer(text):
        joined = text[last : found.start()].strip(" ") in _JOINTS
        words.append(Word(found[0], *found.span(), joined))
        last = found.end()
    toned = sum(word.lower != word.plain for word in words)
    letters = [each for each in text if each.isalpha()]
    shouted = sum(each.isupper() for each in letters) * 2 > len(letters)
    return Written(words, toned * _FEW_TONES < len(words), shouted)
