"""Codes that people read aloud and type: counters (six digits) and responses (ten characters).

Source: H. M. Damm, Total anti-symmetrische Quasigruppen, Marburg 2004: a check digit that notices
every single wrong digit and every swap of neighbours. D. Crockford, Base 32: 32 characters without
I, L, O and U.
"""

from __future__ import annotations

import re

_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SPELLED = str.maketrans("OIL", "011", " -–\t\n")
_COUNTER = re.compile(r"[0-9]{6}")
_RESPONSE = re.compile(f"[{ALPHABET}]{{10}}")

DAYS = 1024  # what the first two characters of a response code can tell apart: 2.8 years
CHANCE_BITS = 40


def check_digit(five: str) -> str:
    """The Damm digit that completes the *five* digits of a counter code.

    Raises:
        ValueError: *five* is not five digits.

    >>> check_digit("38120")
    '7'
    """
    if not re.fullmatch(r"[0-9]{5}", five):
        raise ValueError(f"expected five digits, got {five!r}")
    return str(_interim(five))


def is_code(text: str) -> bool:
    """Whether *text* is six digits of which the last one is right.

    >>> is_code("381207"), is_code("381270"), is_code("38120")
    (True, False, False)
    """
    return _COUNTER.fullmatch(text) is not None and _interim(text) == 0


def _interim(digits: str) -> int:
    interim = 0
    for digit in digits:
        interim = int(_DAMM[interim][int(digit)])
    return interim


def response_code(day: int, chance: int) -> str:
    """The code of a response begun on *day* (since 1970-01-01), out of 40 random bits.

    Raises:
        ValueError: *chance* is not a number of 40 bits.

    >>> response_code(20_780, 0xFF)
    '9C0000007Z'
    """
    if not 0 <= chance < 1 << CHANCE_BITS:
        raise ValueError(f"expected {CHANCE_BITS} random bits, got {chance.bit_length()}")
    number = (day % DAYS) << CHANCE_BITS | chance
    return "".join(ALPHABET[number >> shift & 31] for shift in range(45, -1, -5))


def grouped(code: str) -> str:
    """A response code as respondents see it.

    >>> grouped("K7Q2M9PA4X")
    'K7Q2-M9PA-4X'
    """
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"


def read_response_code(text: str) -> str | None:
    """The response code meant by what somebody typed, or None.

    Case, spaces and dashes do not matter; O is 0, I and L are 1.

    >>> read_response_code("k7q2 m9pa-4x")
    'K7Q2M9PA4X'
    >>> read_response_code("K7Q2") is None
    True
    """
    code = text.upper().translate(_SPELLED)
    return code if _RESPONSE.fullmatch(code) else None


def begun_on(code: str, today: int) -> int:
    """The latest day up to *today* that the response *code* can have been given on.

    Both days count from 1970-01-01.

    >>> begun_on(response_code(20_000, 5), today=20_780)
    20000
    """
    told = ALPHABET.index(code[0]) << 5 | ALPHABET.index(code[1])
    return today - (today - told) % DAYS
