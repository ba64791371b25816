"""Receipts: one-time tokens on a dossier's slips, one for each of its stages.

A receipt has a *code* of ten characters that can be typed: 45 random bits and a check character.
The *token* in its QR code names the code, counter, stage and last day under a message
authentication code, so that whoever changes one of them is noticed before anything is looked up.

Source: the check character is a check digit over a totally anti-symmetric quasigroup of order 32
(Damm 2004, as in `sipas.codes`): x * y = 2x + y in GF(32), which notices every single wrong
character and every swap of neighbours.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from sipas.codes import ALPHABET, read_response_code
from sipas.dossiers import STAGES

CODE_BITS = 45
TOKEN_CHARACTERS = 36
VOICES = 2
"""Of one receipt: the first use, and the use of somebody who says that the first was not theirs."""

_CHECKED = slice(0, 9)
_VERSION = 1
_MAC_BYTES = 15
_TAG_BYTES = 16
_EPOCH = date(1970, 1, 1)
_TOKEN = re.compile(rf"[A-Za-z0-9_-]{{{TOKEN_CHARACTERS}}}", re.ASCII)
_MEANT = re.compile(r"#.*|[0-9A-Z]{3}[-–][0-9A-Z]{4}[-–][0-9A-Z]{3}", re.ASCII | re.IGNORECASE)

Mac = Callable[[bytes], bytes]
"""A keyed hash of at least 15 bytes."""


class Receipt(NamedTuple):
    """What a receipt is for.

    Attributes:
        code: the ten characters that can be typed.
        counter: six digits.
        stage: where the dossier stood when it was handed out.
        last_day: the last day it may be used on, counted from 1970-01-01.
    """

    code: str
    counter: str
    stage: str
    last_day: int


class Slip(NamedTuple):
    """A receipt as it is handed out, with the last characters of the dossier's code."""

    receipt: Receipt
    last_four: str


class Fault(StrEnum):
    """Why a token or code is no receipt at all."""

    FORGED = "receipt_forged"
    ALTERED = "receipt_altered"
    MISTYPED = "receipt_mistyped"
    UNKNOWN = "receipt_unknown"


class Use(StrEnum):
    """What presenting a receipt is; what is refused is named as the message that says so."""

    FIRST = "first"
    REPLAY = "replay"
    SPENT = "receipt_spent"
    EXPIRED = "receipt_expired"
    WRONG_COUNTER = "receipt_other_counter"
    WRONG_STAGE = "receipt_other_stage"


def receipt_code(chance: int) -> str:
    """The code made of 45 random bits.

    Raises:
        ValueError: *chance* is not a number of 45 bits.

    >>> receipt_code(0x1234_5678_9AB)
    '14D2PF2DBR'
    """
    if not 0 <= chance < 1 << CODE_BITS:
        raise ValueError(f"expected {CODE_BITS} random bits, got {chance.bit_length()}")
    nine = "".join(ALPHABET[chance >> shift & 31] for shift in range(CODE_BITS - 5, -1, -5))
    return nine + ALPHABET[_doubled(_interim(nine))]


def is_receipt_code(code: str) -> bool:
    """Whether ten characters of the alphabet end in the right check character.

    >>> is_receipt_code("14D2PF2DBR"), is_receipt_code("41D2PF2DBR")
    (True, False)
    """
    return _interim(code) == 0


def grouped(code: str) -> str:
    """A receipt's code as it is printed; a response's is grouped another way.

    >>> grouped("14D2PF2DBR")
    '14D-2PF2-DBR'
    """
    return f"{code[:3]}-{code[3:7]}-{code[7:]}"


def read_code(text: str) -> str | Fault | None:
    """The receipt's code meant by *text*; None where it is no code or may be another word.

    What is written as on the slip, or after a "#", is meant as a code even if it is wrong.

    >>> read_code("14d 2pf2 dbr"), read_code("#14D2PF2DBS"), read_code("nhanh chóng")
    ('14D2PF2DBR', <Fault.MISTYPED: 'receipt_mistyped'>, None)
    """
    told = text.strip()
    code = read_response_code(told.removeprefix("#"))
    if code is None:
        return None
    if is_receipt_code(code):
        return code
    return Fault.MISTYPED if _MEANT.fullmatch(told) else None


def is_meant(text: str) -> bool:
    """Whether *text* is written as codes are on the slip, so that it can be no other word.

    >>> is_meant("14D-2PF2-DBR"), is_meant("hailonglam")
    (True, False)
    """
    return _MEANT.fullmatch(text.strip()) is not None


def token(receipt: Receipt, mac: Mac) -> str:
    """What the QR code carries: 36 characters that a URL and Telegram's start parameter allow.

    >>> token(Receipt("14D2PF2DBR", "381207", "result", 20_800), lambda told: bytes(32))
    'EgXRF1FAASNFZ4mrAAAAAAAAAAAAAAAAAAAA'
    """
    told = _packed(receipt)
    return base64.urlsafe_b64encode(told + mac(told)[:_MAC_BYTES]).decode()


def read_token(text: str, mac: Mac) -> Receipt | Fault:
    """The receipt a token stands for.

    What has the form of a token and a wrong authentication code is *altered*. Whether a code was
    ever minted, only storage knows.

    >>> made = token(Receipt("14D2PF2DBR", "381207", "result", 20_800), lambda told: bytes(32))
    >>> read_token(made, lambda told: bytes(32)).counter, read_token("x" * 36, lambda told: b"")
    ('381207', <Fault.FORGED: 'receipt_forged'>)
    """
    raw = _bytes(text)
    if raw is None:
        return Fault.FORGED
    told, shown = raw[:-_MAC_BYTES], raw[-_MAC_BYTES:]
    receipt = _unpacked(told)
    if receipt is None:
        return Fault.FORGED
    return receipt if hmac.compare_digest(mac(told)[:_MAC_BYTES], shown) else Fault.ALTERED


def is_token(text: str) -> bool:
    """Whether *text* has the form of a token.

    >>> is_token("EgXRF1FAASNFZ4mrAAAAAAAAAAAAAAAAAAAA"), is_token("381207")
    (True, False)
    """
    return _TOKEN.fullmatch(text) is not None


def use(receipt: Receipt, today: int, voices: int, counter: str = "", stage: str = "") -> Use:
    """What presenting *receipt* on day *today* is.

    Args:
        voices: how many have used it already.
        counter: where an answer is being given already, else empty.
        stage: the stage told in that answer, else empty.

    >>> use(Receipt("14D2PF2DBR", "381207", "result", 20_800), 20_790, voices=1)
    <Use.REPLAY: 'replay'>
    """
    if today > receipt.last_day:
        return Use.EXPIRED
    if counter not in ("", receipt.counter):
        return Use.WRONG_COUNTER
    if stage not in ("", receipt.stage):
        return Use.WRONG_STAGE
    if voices >= VOICES:
        return Use.SPENT
    return Use.REPLAY if voices else Use.FIRST


def period(receipt: Receipt) -> int:
    """The month in which the receipt ends, whose key makes its tag; months since the year 0.

    >>> period(Receipt("14D2PF2DBR", "381207", "result", 20_800)) % 12 + 1
    12
    """
    last = _EPOCH + timedelta(receipt.last_day)
    return last.year * 12 + last.month - 1


def tag(key: bytes, receipt: Receipt) -> str:
    """What is stored of a first use, in hexadecimal: voice, period, the code's keyed hash.

    >>> tag(bytes(32), Receipt("14D2PF2DBR", "381207", "result", 20_800))[:6]
    '015f03'
    """
    hashed = hmac.digest(key, f"motcua.contest.1\n{receipt.code}".encode(), hashlib.sha256)
    return f"01{period(receipt):04x}{hashed[:_TAG_BYTES].hex()}"


def second(tag: str) -> str:
    """The tag of a receipt's second voice, out of that of its first.

    >>> second("015f03" + "00" * 16)[:10]
    '025f0356b9'
    """
    hashed = hashlib.sha256(b"motcua.second.1\n" + bytes.fromhex(tag[6:])).digest()
    return f"02{tag[2:6]}{hashed[:_TAG_BYTES].hex()}"


def voice_of(tag: str) -> int:
    """Whose use a tag is: the first or the second.

    >>> voice_of(second("015f03" + "00" * 16))
    2
    """
    return int(tag[:2], 16)


def period_of(tag: str) -> int:
    """The period of a tag, whose key made it.

    >>> period_of("015f03" + "00" * 16) == 2026 * 12 + 11
    True
    """
    return int(tag[2:6], 16)


def exposed(receipts: int, share: float) -> float:
    """How likely it is that somebody notices *receipts* used in citizens' place.

    Args:
        share: of citizens who use their own receipt.

    >>> round(exposed(24, 0.1), 2)
    0.92
    """
    return 1 - (1 - share) ** receipts


def _interim(code: str) -> int:
    interim = 0
    for character in code:
        interim = _doubled(interim) ^ ALPHABET.index(character)
    return interim


def _doubled(number: int) -> int:
    """Times two in GF(32) with the polynomial x^5 + x^2 + 1."""
    return number << 1 ^ (0b100101 if number & 16 else 0)


def _packed(receipt: Receipt) -> bytes:
    chance = 0
    for character in receipt.code[_CHECKED]:
        chance = chance << 5 | ALPHABET.index(character)
    kind = _VERSION << 4 | STAGES.index(receipt.stage) + 1
    parts = ((kind, 1), (int(receipt.counter), 3), (receipt.last_day, 2), (chance, 6))
    return b"".join(number.to_bytes(size, "big") for number, size in parts)


def _unpacked(told: bytes) -> Receipt | None:
    kind, counter, last_day, chance = (
        int.from_bytes(told[first:last], "big") for first, last in ((0, 1), (1, 4), (4, 6), (6, 12))
    )
    stage = kind - (_VERSION << 4)
    if not 1 <= stage <= len(STAGES) or counter >= 10**6 or chance >> CODE_BITS:
        return None
    return Receipt(receipt_code(chance), f"{counter:06}", STAGES[stage - 1], last_day)


def _bytes(text: str) -> bytes | None:
    return base64.urlsafe_b64decode(text) if is_token(text) else None
