"""The language of a comment: certain by script or diacritics, else by langdetect, made to fit.

langdetect alone reads half of toneless Vietnamese as something else, calls short Chinese Korean,
knows no Lao and answers by chance (docs/decisions/0010-langdetect-with-nine-profiles.md).
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Final, Protocol

from langdetect.detector_factory import (  # type: ignore[import-untyped]  # publishes no types
    DetectorFactory,
)
from langdetect.lang_detect_exception import (  # type: ignore[import-untyped]  # as above
    LangDetectException,
)
from langdetect.utils.lang_profile import (  # type: ignore[import-untyped]  # as above
    LangProfile,
)

UNDETERMINED: Final = "und"
SEED: Final = 0
PROFILES: Final = ("vi", "en", "zh-cn", "zh-tw", "ko", "ja", "fr", "th")
TONELESS: Final = "vi-toneless"
ENOUGH: Final = 1000  # letters of a long comment that settle its language

# The other profiles are languages that their script has settled before; without that script they
# draw letters of no profile: Cyrillic comes out Korean.
_READ = {"vi": "vi", TONELESS: "vi", "en": "en", "fr": "fr"}
# In this order, as Japanese is written with Han too. Letters only: (・_・) and (๑ᴗ๑) are faces.
_SCRIPTS = (
    ("lo", re.compile("[\u0e81-\u0ecd\u0edc-\u0edf]")),
    ("th", re.compile("[\u0e01-\u0e3a\u0e40-\u0e4e]")),
    ("km", re.compile("[\u1780-\u17ff]")),
    ("ko", re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")),
    ("ja", re.compile("[\u3041-\u3096\u30a1-\u30fa\u31f0-\u31ff\uff66-\uff9d]")),
    ("zh", re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")),
)
_ADDRESSES = re.compile(
    r"https?://\S+|www\.\S+"
    r"|(?<!\S)[^\s@]*@\w\S*"  # a name or a mailbox
    r"|(?<![\w.-])(?:[\w-]+\.)+(?:vn|com|net|org)\b(?:/\S*)?",
    re.IGNORECASE,
)
# Letters as NFD spells them. English and French use à â è é ê ô ù too: those decide nothing.
_VIETNAMESE = re.compile(
    "[đĐ]"
    "|[oOuU]\u031b"  # horn
    "|[aA]\u0306"  # breve
    "|[aAiIoOuUyY]\u0301|[iIoOyY]\u0300|[aAeEiIoOuUyY]\u0303"
    "|[aAeEiIoOuUyY][\u0309\u0323]"  # hook, dot below
    "|[aAeEoO]\u0302[\u0300\u0301\u0303\u0309]"
)


class _Profile(Protocol):
    """What this module reads of langdetect's `LangProfile`."""

    freq: Mapping[str, int]
    n_words: list[int]


class _Detector(Protocol):
    """One use of langdetect's `Detector`."""

    def append(self, text: str) -> None: ...

    def detect(self) -> str: ...


class _Factory(Protocol):
    """langdetect's `DetectorFactory`."""

    def set_seed(self, seed: int) -> None: ...

    def add_profile(self, profile: _Profile, index: int, langsize: int) -> None: ...

    def create(self) -> _Detector: ...


@dataclass(frozen=True, slots=True)
class Tag:
    """A comment's language and how it was found.

    Attributes:
        language: ISO 639-1, or `und`.
        method: `script`, `diacritic`, `profile`, `short` (too short to trust the profiles; the
            language is then the conversation's) or `none` (nothing to read).
    """

    language: str
    method: str


NOTHING: Final = Tag(UNDETERMINED, "none")


class Tagger:
    """Finds the language of comments; building one takes 0.2 s, so build it when starting.

    It changes nothing after it is built: any thread may use it.
    """

    def __init__(self) -> None:
        self._factory = _factory()

    def guess(self, comment: str) -> Tag:
        """The likeliest language, however short the comment."""
        words = _words(comment)
        return _certain(words) or self._likeliest(words)

    def tag(self, comment: str, conversation: str = UNDETERMINED) -> Tag:
        """The language to store; *conversation*'s where the comment is too short to tell."""
        guess = self.guess(comment)
        if guess.method == "profile" and _short(comment, letters=6, words=2):
            return Tag(conversation, "short")
        return guess

    def suggestion(self, comment: str) -> str:
        """The language worth offering to a person, or `und`: held to the strictest rule."""
        guess = self.guess(comment)
        doubtful = guess.method == "profile" and _short(comment, letters=8, words=3)
        return UNDETERMINED if doubtful else guess.language

    def _likeliest(self, words: str) -> Tag:
        """What the profiles say; capitals are lowered, as langdetect passes over them."""
        detector = self._factory.create()
        detector.append(words.lower()[:ENOUGH])
        try:
            language = _READ.get(detector.detect())
        except LangDetectException:  # no n-gram of any profile
            return NOTHING
        return Tag(language, "profile") if language else NOTHING


def tag_lines(tagger: Tagger, comments: Iterable[str]) -> Iterator[str]:
    """A line `language<TAB>comment` for each comment: the guess, as no conversation is known."""
    return (f"{tagger.guess(comment).language}\t{comment}" for comment in comments)


def _words(comment: str) -> str:
    """*comment* composed (NFC), without links, addresses and @names."""
    return _ADDRESSES.sub(" ", unicodedata.normalize("NFC", comment))


def _letters(words: str) -> int:
    return sum(each.isalpha() for each in words)


def _certain(words: str) -> Tag | None:
    """The language that the letters alone prove."""
    if not _letters(words):
        return NOTHING
    for language, script in _SCRIPTS:
        if script.search(words):
            return Tag(language, "script")
    if _VIETNAMESE.search(unicodedata.normalize("NFD", words)):
        return Tag("vi", "diacritic")
    return None


def _short(comment: str, letters: int, words: int) -> bool:
    """Whether there are fewer than *letters* letters, or fewer than *words* words with one."""
    text = _words(comment)
    return _letters(text) < letters or sum(map(bool, map(_letters, text.split()))) < words


def _factory() -> _Factory:
    """langdetect's factory with our profiles only, and a fixed seed of its own."""
    vietnamese, *others = (_profile(name) for name in PROFILES)
    profiles = [vietnamese, *others, _toneless(vietnamese)]
    factory: _Factory = DetectorFactory()
    factory.set_seed(SEED)  # without one, a fifth of short texts changes from call to call
    for place, profile in enumerate(profiles):
        factory.add_profile(profile, place, len(profiles))
    return factory


def _profile(name: str) -> _Profile:
    text = (files("langdetect") / "profiles" / name).read_text(encoding="utf-8")
    profile: _Profile = LangProfile(**json.loads(text))
    return profile


def _toneless(vietnamese: _Profile) -> _Profile:
    """Vietnamese as it is typed without tones: same n-grams, marks and đ removed, counts added."""
    counts: Counter[str] = Counter()
    for gram, count in vietnamese.freq.items():
        plain = _plain(gram)
        if len(plain) == len(gram):
            counts[plain] += count
    profile: _Profile = LangProfile(TONELESS, dict(counts), list(vietnamese.n_words))
    return profile


def _plain(gram: str) -> str:
    parts = unicodedata.normalize("NFD", gram)
    bare = "".join(each for each in parts if not unicodedata.combining(each))
    return bare.replace("đ", "d").replace("Đ", "D")
