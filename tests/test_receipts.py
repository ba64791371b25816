"""Receipts as mathematics: codes, tokens, and what a use is."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipas.codes import ALPHABET, check_digit
from sipas.codes import grouped as grouped_response
from sipas.dossiers import STAGES
from sipas.receipts import (
    CODE_BITS,
    Fault,
    Receipt,
    Use,
    exposed,
    grouped,
    is_meant,
    is_receipt_code,
    period,
    period_of,
    read_code,
    read_token,
    receipt_code,
    second,
    tag,
    token,
    use,
)

CHANCE = st.integers(0, 2**CODE_BITS - 1)
DAY = 20_800
ONE = Receipt(receipt_code(77), "381207", "result", DAY)


def mac(told: bytes) -> bytes:
    """A keyed hash, as the installation's key makes it."""
    return hmac.digest(b"a key for tests", told, hashlib.sha256)


@given(CHANCE, st.integers(0, 9), st.integers(1, 31))
def test_one_wrong_character_is_noticed(chance: int, place: int, more: int) -> None:
    """Replacing any one character of a code by another makes it wrong."""
    code = receipt_code(chance)
    wrong = ALPHABET[(ALPHABET.index(code[place]) + more) % 32]

    assert is_receipt_code(code)
    assert not is_receipt_code(code[:place] + wrong + code[place + 1 :])


@given(CHANCE, st.integers(0, 8))
def test_swapped_neighbours_are_noticed(chance: int, place: int) -> None:
    """Exchanging two neighbouring characters makes a code wrong, unless they are equal."""
    code = receipt_code(chance)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]

    assert is_receipt_code(swapped) is (swapped == code)


@given(CHANCE)
def test_a_code_survives_being_typed_carelessly(chance: int) -> None:
    """Small letters, O for 0, l for 1, dashes, spaces, a "#" before: the same code comes back."""
    code = receipt_code(chance)
    careless = f" #{grouped(code).lower().replace('0', 'o').replace('1', 'l')} "

    assert read_code(careless) == code


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("nhanh", None),  # too short
        ("hailonglam", None),  # a word of ten letters of the alphabet, with a wrong check character
        ("#381207", None),  # a counter's code
        (grouped_response("0000000001"), None),  # a response's code is grouped another way
        ("000-0000-001", Fault.MISTYPED),
        ("#0000000001", Fault.MISTYPED),
    ],
)
def test_other_words_are_no_codes(text: str, meant: Fault | None) -> None:
    """Only what is written as on the slip is called a wrong code; anything else is words."""
    assert read_code(text) == meant
    assert is_meant(text) is (meant is not None or text.startswith("#"))


def test_a_code_needs_its_bits() -> None:
    """More than 45 bits are refused, not cut."""
    with pytest.raises(ValueError, match="expected 45 random bits, got 46"):
        receipt_code(1 << CODE_BITS)


@given(CHANCE, st.integers(0, 99_999), st.sampled_from(STAGES), st.integers(0, 65_535))
def test_a_token_tells_all_of_its_receipt(chance: int, five: int, stage: str, day: int) -> None:
    """What was minted is read again, out of characters that a URL and a deep link allow."""
    counter = f"{five:05}{check_digit(f'{five:05}')}"
    receipt = Receipt(receipt_code(chance), counter, stage, day)
    made = token(receipt, mac)

    assert read_token(made, mac) == receipt
    assert len(made) == 36
    assert set(made) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@given(st.integers(0, 27 * 8 - 1))
def test_every_changed_bit_of_a_token_is_noticed(bit: int) -> None:
    """Code, counter, stage, last day and authentication code: none can be changed alone."""
    raw = bytearray(base64.urlsafe_b64decode(token(ONE, mac)))
    raw[bit // 8] ^= 1 << bit % 8

    assert isinstance(read_token(base64.urlsafe_b64encode(raw).decode(), mac), Fault)


@pytest.mark.parametrize("text", ["", "381207", "x" * 36, "á" * 36, "A" * 35, "A" * 36 + "\n"])
def test_what_was_never_a_token_is_forged(text: str) -> None:
    """Whatever has not the form of a token is no receipt, and nothing fails."""
    assert read_token(text, mac) is Fault.FORGED


def test_another_installation_makes_other_tokens() -> None:
    """The form is right and the key is not."""
    foreign = token(ONE, lambda told: hmac.digest(b"another key", told, hashlib.sha256))

    assert read_token(foreign, mac) is Fault.ALTERED


@pytest.mark.parametrize(
    ("today", "voices", "counter", "stage", "is_"),
    [
        (DAY, 0, "", "", Use.FIRST),
        (DAY, 0, "381207", "result", Use.FIRST),
        (DAY, 1, "", "", Use.REPLAY),
        (DAY, 2, "", "", Use.SPENT),
        (DAY + 1, 0, "", "", Use.EXPIRED),
        (DAY + 1, 1, "100009", "waiting", Use.EXPIRED),  # nothing else matters any more
        (DAY, 0, "100009", "", Use.WRONG_COUNTER),
        (DAY, 1, "381207", "waiting", Use.WRONG_STAGE),
    ],
)
def test_what_a_use_is(today: int, voices: int, counter: str, stage: str, is_: Use) -> None:
    """First and second voice count and contest; everything else is refused with its reason."""
    assert use(ONE, today, voices, counter, stage) is is_


def test_the_second_voice_has_a_tag_of_its_own() -> None:
    """It follows from the first one's, and is as long."""
    first = tag(b"the key of a month", ONE)

    assert len(second(first)) == len(first) == 38
    assert len({first, second(first), second(second(first))}) == 3
    assert period_of(first) == period_of(second(first)) == period(ONE)


def test_nobody_finds_a_tag_without_the_key_of_its_month() -> None:
    """Another key makes another tag of the same receipt; the month alone is told."""
    one, other = tag(b"one key", ONE), tag(b"another", ONE)

    assert one != other
    assert one[:6] == other[:6]


@pytest.mark.parametrize(
    ("receipts", "share", "expected"),
    [(12, 0.10, 0.72), (24, 0.10, 0.92), (60, 0.10, 0.998), (12, 0.05, 0.46), (0, 0.5, 0.0)],
)
def test_stuffing_is_noticed_as_the_arithmetic_says(
    receipts: int, share: float, expected: float
) -> None:
    """The figures that the design was decided by."""
    assert exposed(receipts, share) == pytest.approx(expected, abs=0.005)
