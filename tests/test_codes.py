"""Codes that people type."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipas import codes

FIVE = st.text("0123456789", min_size=5, max_size=5)
CHANCE = st.integers(0, 2**40 - 1)


def test_the_example_of_every_document_is_right() -> None:
    """381207 is a counter code."""
    assert codes.check_digit("38120") == "7"
    assert codes.is_code("381207")


@pytest.mark.parametrize(
    ("five", "digit"),
    [
        ("00572", "4"),  # the published example: 572 is completed by 4; leading zeros add nothing
        ("00000", "0"),
        ("12345", "9"),
    ],
)
def test_check_digits_are_those_of_the_published_table(five: str, digit: str) -> None:
    """The table is Damm's own, not some other quasigroup."""
    assert codes.check_digit(five) == digit


@given(FIVE, st.integers(0, 5), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(five: str, place: int, more: int) -> None:
    """Replacing any one digit by another makes the code wrong."""
    code = five + codes.check_digit(five)
    wrong = str((int(code[place]) + more) % 10)

    assert codes.is_code(code)
    assert not codes.is_code(code[:place] + wrong + code[place + 1 :])


@given(FIVE, st.integers(0, 4))
def test_swapped_neighbours_are_noticed(five: str, place: int) -> None:
    """Exchanging two neighbouring digits makes the code wrong, unless they are equal."""
    code = five + codes.check_digit(five)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]

    assert codes.is_code(swapped) is (swapped == code)


@pytest.mark.parametrize(
    "text",
    ["", "38120", "3812070", " 381207", "381207\n", "38120a", "٣٨١٢٠٧", "３８１２０７"],
)
def test_only_six_plain_digits_are_a_code(text: str) -> None:
    """Nothing is trimmed or converted here; reading what people type is not this function's."""
    assert not codes.is_code(text)


@pytest.mark.parametrize("five", ["", "1234", "123456", "1234x", "１２３４５"])
def test_a_check_digit_needs_five_digits(five: str) -> None:
    """Anything but five digits is refused, with what came."""
    with pytest.raises(ValueError, match="expected five digits, got '"):
        codes.check_digit(five)


@given(st.integers(0, 100_000), CHANCE)
def test_a_response_code_survives_being_typed_carelessly(day: int, chance: int) -> None:
    """Small letters, O for 0, l for 1, dashes and spaces: the same code comes back."""
    code = codes.response_code(day, chance)
    careless = f" {codes.grouped(code).lower().replace('0', 'o').replace('1', 'l')} "

    assert len(code) == 10
    assert codes.read_response_code(careless) == code
    assert codes.read_response_code(codes.grouped(code).replace("1", "i")) == code


@given(st.integers(0, 100_000), st.integers(0, 1023), CHANCE)
def test_a_response_code_tells_its_day(today: int, ago: int, chance: int) -> None:
    """Within the last 1,024 days the first two characters name the day."""
    code = codes.response_code(today - ago, chance)

    assert codes.begun_on(code, today) == today - ago


def test_all_random_bits_are_in_the_code() -> None:
    """The last eight characters are the forty bits, most significant first."""
    assert codes.response_code(0, 2**40 - 1) == "00ZZZZZZZZ"
    assert codes.response_code(1023, 1) == "ZZ00000001"
    assert codes.response_code(1024, 2**39) == "00G0000000"


@pytest.mark.parametrize("chance", [-1, 2**40])
def test_a_response_code_takes_exactly_forty_bits(chance: int) -> None:
    """Bits that would be lost or would change the day are refused."""
    with pytest.raises(ValueError, match="expected 40 random bits"):
        codes.response_code(0, chance)


@pytest.mark.parametrize(
    "text", ["", "K7Q2-M9PA-4", "K7Q2-M9PA-4XX", "K7Q2-M9PA-4U", "K7Q2.M9PA.4X"]
)
def test_other_texts_are_no_response_code(text: str) -> None:
    """Wrong length and characters outside the alphabet (U among them) give None."""
    assert codes.read_response_code(text) is None
