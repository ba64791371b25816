"""Vietnamese letters: folding for search and typed answers, and the order of the dictionary."""

from __future__ import annotations

import unicodedata

_ALPHABET = "aăâbcdđeêghiklmnoôơpqrstuưvxyfjwz"
_ORDER = {letter: f"{place:02}" for place, letter in enumerate(_ALPHABET)}
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}


def fold(text: str) -> str:
    """*text* in lower case without tones and marks, đ as d, spaces single.

    >>> fold("Định  Hòa")
    'dinh hoa'
    """
    parts = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(each for each in parts if not unicodedata.combining(each))
    return " ".join(plain.replace("đ", "d").split())


def sort_key(text: str) -> str:
    """A key that sorts as a Vietnamese dictionary does: letters first, tones decide ties.

    >>> sorted(["Đông", "Dương", "Ân", "An"], key=sort_key)
    ['An', 'Ân', 'Dương', 'Đông']
    """
    letters, tones = [], []
    for each in unicodedata.normalize("NFC", text.casefold()):
        marks = unicodedata.normalize("NFD", each)
        tone = next((_TONES[mark] for mark in marks if mark in _TONES), "0")
        bare = "".join(mark for mark in marks if mark not in _TONES)
        letters.append(_ORDER.get(unicodedata.normalize("NFC", bare), each))
        tones.append(tone)
    return "".join(letters) + " " + "".join(tones)
