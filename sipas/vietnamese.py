"""Vietnamese letters: folding for search and typed answers, spelling, the dictionary's order."""

from __future__ import annotations

import unicodedata

_PLAIN_D = str.maketrans("đð", "dd")  # Ð of old Latin-1 texts is lowered to ð
_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_PLACES = {letter: chr(ord("A") + place) for place, letter in enumerate(_LETTERS)}
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_HOOK, _TILDE = "\u0309", "\u0303"
_LOWEST = "\t"  # sorts before the space, and no key contains one


def fold(text: str) -> str:
    """*text* in lower case without tones and marks, đ as d, spaces single.

    >>> fold("Định  Hòa")
    'dinh hoa'
    """
    lower = unicodedata.normalize("NFKD", text).casefold()  # some letters show their case only now
    parts = unicodedata.normalize("NFKD", lower)
    plain = "".join(each for each in parts if not unicodedata.combining(each))
    return " ".join(plain.translate(_PLAIN_D).split())


def fold_each(text: str) -> str:
    """*text* folded character by character, so that every place in it stays where it was.

    >>> fold_each("Định  ０９")
    'dinh  09'
    """
    return "".join(map(_folded, text))


def _folded(character: str) -> str:
    """One character for one: what folds to nothing, or to several, is a space.

    >>> _folded("٩")
    '9'
    """
    plain = str(unicodedata.decimal(character, "")) or fold(character)
    return plain if len(plain) == 1 else " "


def spelling(word: str) -> str:
    """A lower-case word's letters, then its tone, wherever the tone was put: "hủy" is "huỷ".

    Hook and tilde count as one tone, as half of the country writes one for the other.

    >>> spelling("hủy") == spelling("huỷ"), spelling("bõ") == spelling("bỏ")
    (True, True)
    >>> spelling("có") == spelling("cô")
    False
    """
    parts = unicodedata.normalize("NFD", word).replace(_TILDE, _HOOK)
    letters = "".join(part for part in parts if part not in _TONES)
    return letters + "".join(part for part in parts if part in _TONES)


def sort_key(text: str) -> str:
    """A key that sorts as Vietnamese names are sorted: letters first, tones decide ties.

    Source: CLDR's Vietnamese order (ă after a, đ after d; level, huyền, hỏi, ngã, sắc, nặng),
    which ICU, browsers and PostgreSQL use.

    >>> sorted(["Đông", "Dương", "Hạ Long", "Hà Long", "Ân", "An"], key=sort_key)
    ['An', 'Ân', 'Dương', 'Đông', 'Hà Long', 'Hạ Long']
    """
    characters = unicodedata.normalize("NFC", " ".join(text.casefold().split()))
    places, tones = zip(*map(_placed, characters), strict=True) if characters else ("", "")
    return "".join(places) + _LOWEST + "".join(tones)


def _placed(character: str) -> tuple[str, str]:
    """Where a letter stands in the alphabet, and its tone."""
    parts = unicodedata.normalize("NFD", character)
    tone = next((_TONES[part] for part in parts if part in _TONES), "0")
    bare = unicodedata.normalize("NFC", "".join(part for part in parts if part not in _TONES))
    return _PLACES.get(bare, bare), tone
