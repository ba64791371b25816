"""What typed words mean, as a table that anyone can extend, and the laws that hold for any text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipas.reading import (
    Command,
    read_choice,
    read_choices,
    read_command,
    read_counter,
    read_scale,
)
from sipas.spoken import LONGEST, flowing, typed
from sipas.vietnamese import fold, sort_key, spelling
from tests.questionnaires import shipped

LABELS = ("Sớm hơn hẹn", "Đúng hẹn", "Trễ hẹn", "Bàn", "Bán", "Cơ quan, tổ chức")
INSTRUMENTS = ("micro", "short", "sipas-g2-2026-service16")
OFFERED_AS_ANSWERS = {Command.YES, Command.NO, Command.DECLINE}

# The order of Intl.Collator("vi"), ICU 78.2 (Node.js); all 859 names of Thanh Hóa's units and of
# those merged into them were compared too.
IN_ICU_ORDER = """
a b|a-b|a1|ab|An|Ân|Bá Thước|Ba Vì|Cẩm Vân|Dương|Đào Duy Từ|Đông|ea|êa|fa|Hà Long|Hạ Long
Ha Tien|Hải|Hai A|Hóa Quỳ|Hoa Sơn|ia|ja|ka|Nga Sơn|Ngọc Lặc|Ô|Ơ|Quan Sơn|Quảng Bình|Quảng Yên
Ta|Tà|Tả|Tã|Tá|Tạ|Ta A|Thạch Bình|Thành Vinh|Thiệu Hóa|Tống Sơn|Trường Lâm|Ư|va|Vân Du|wa|xa
Xã 10|Xã 2|Xuân Bình|Yên Định|za
"""


class Case(NamedTuple):
    """One row of the table."""

    reads: str
    typed: str
    means: str
    why: str


def cases() -> list[Case]:
    """Rows of the table; `\\uXXXX` stands for characters an editor would not show."""
    text = Path(__file__).with_name("reading_cases.tsv").read_text("utf-8")
    rows = [Case(*line.split("\t")) for line in text.rstrip("\n").split("\n")[1:]]
    return [row._replace(typed=re.sub(r"\\u(\w{4})", _character, row.typed)) for row in rows]


def _character(found: re.Match[str]) -> str:
    return chr(int(found[1], 16))


def _several(text: str) -> str | None:
    chosen = read_choices(text, 15)
    return " ".join(map(str, chosen)) if chosen else None


READERS: Mapping[str, Callable[[str], int | str | None]] = {
    "scale": read_scale,
    "choice": lambda text: read_choice(text, len(LABELS), LABELS),
    "several": _several,
    "command": read_command,
    "counter": read_counter,
}
CASES = cases()


def named(case: Case) -> str:
    return f"{case.reads}-{case.why}-{fold(case.typed) or 'nothing'}"


@pytest.mark.parametrize("case", CASES, ids=map(named, CASES))
def test_typed_words_mean_what_the_table_says(case: Case) -> None:
    """Each row is read as its third column says; "-" is asked again, never guessed."""
    read = READERS[case.reads](case.typed)

    assert str("-" if read is None else read) == case.means, case.why


def test_table_has_enough_of_each_kind() -> None:
    """At least 150 rows, no row twice, and every command is in it."""
    commands = {case.means for case in CASES if case.reads == "command"} - {"-"}

    assert len({case[:2] for case in CASES}) == len(CASES) >= 150
    assert commands == {command.value for command in Command}


@given(text=st.text(max_size=LONGEST + 20))
def test_any_text_is_read_or_asked_again(text: str) -> None:
    """No text raises, and what is read lies within what was asked."""
    chosen = read_choices(text, 15)
    counter = read_counter(text)

    assert read_scale(text) in {1, 2, 3, 4, 5, None}
    assert read_choice(text, len(LABELS), LABELS) in {*range(1, 7), None}
    assert chosen is None or set(chosen) <= set(range(1, 16))
    assert counter is None or re.fullmatch("[0-9]{6}", counter)
    assert read_command(text) in {*Command, None}


@given(text=st.sampled_from([case.typed for case in CASES]))
def test_composition_of_letters_changes_nothing(text: str) -> None:
    """Text is read alike composed (NFC) and decomposed (NFD)."""
    composed, decomposed = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))

    for reader in READERS.values():
        assert reader(composed) == reader(decomposed)


@pytest.mark.parametrize("piece", ["5", "a", " ", "hài lòng ", "da ", "1, ", "(", "⭐", "\u0301"])
def test_long_text_is_a_message(piece: str) -> None:
    """What is longer than any answer is none, and is not searched for one."""
    text = piece * 4096

    assert [reader(text) for reader in READERS.values()] == [None] * len(READERS)


@pytest.mark.parametrize("name", INSTRUMENTS)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_shipped_label_reads_as_itself(name: str, language: str) -> None:
    """A label or a level typed as shown, with its number, or without tones, is that choice."""
    instrument = shipped(name)
    for level, label in enumerate(instrument.levels[language], 1):
        for said in (label, f"{level} · {label}", fold(label)):
            assert read_scale(said) == level
    for item in instrument.by_key.values():
        labels = [option.texts[language] for option in item.options]
        for place, label in enumerate(labels, 1):
            for said in (label, f"{place} · {label}", fold(label)):
                assert read_choice(said, len(labels), labels) == place


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_no_shipped_label_is_a_command(name: str) -> None:
    """Commands win over answers, so no label may read as one, except yes, no and no thanks."""
    instrument = shipped(name)
    options = [option for item in instrument.by_key.values() for option in item.options]
    labels = [label for option in options for label in option.texts.values()]
    levels = [label for labels in instrument.levels.values() for label in labels]
    spoken = {read_command(label) for label in labels + levels}

    assert spoken <= {None, *OFFERED_AS_ANSWERS}


def test_number_must_be_on_the_list() -> None:
    """A list shorter than its labels, or a label past it, gives no choice."""
    assert read_choice("trễ hẹn", 2, LABELS) is None
    assert read_choice("3 · trễ hẹn", 2, LABELS) is None
    assert read_choice("", 1, [""]) is None


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Định Hòa", "dinh hoa"),
        ("ĐỊNH  HOÀ ", "dinh hoa"),
        ("Ðông Sơn", "dong son"),  # the Icelandic Ð of old files
        ("Nghi Sơn\u200a2", "nghi son 2"),
        ("Ｘã", "xa"),
        ("", ""),
    ],
)
def test_fold_leaves_bare_letters(text: str, folded: str) -> None:
    """Search keys have no case, tones, marks or double spaces, composed or not."""
    assert fold(text) == folded
    assert fold(unicodedata.normalize("NFD", text)) == folded


@given(text=st.text(max_size=60))
def test_folding_twice_is_folding_once(text: str) -> None:
    """What is folded stays: keys can be folded again without harm."""
    assert fold(fold(text)) == fold(text)


def test_names_sort_as_in_a_vietnamese_collation() -> None:
    """ă follows a, đ follows d, and tones only decide between equal letters."""
    names = [name for line in IN_ICU_ORDER.strip().split("\n") for name in line.split("|")]

    assert sorted(sorted(names), key=sort_key) == names


@given(text=st.text(max_size=60))
def test_any_text_has_a_sort_key(text: str) -> None:
    """Keys exist for any name and do not depend on composition or case."""
    assert sort_key(text) == sort_key(unicodedata.normalize("NFC", text))
    assert "" < sort_key("") <= sort_key("a")


def test_spelling_forgives_where_a_tone_stands() -> None:
    """Old and new placement are one spelling, hook and tilde too; other tones are not."""
    assert spelling("hòa") == spelling("hoà")
    assert spelling("trã") == spelling("trả")
    assert len({spelling(word) for word in ("ma", "mà", "mả", "má", "mạ", "mâ")}) == 6


def test_pauses_matter_only_where_they_change_the_meaning() -> None:
    """Typed words keep their commas; phrases and labels are compared without."""
    assert typed("Không, cảm ơn…") == "không, cảm ơn"
    assert flowing("không, cảm ơn") == "không cảm ơn"
