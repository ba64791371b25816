"""The historic form of 22 criteria, and which of its items may stand beside those of today."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.instruments import CROSSWALK, crosswalk, historic, shipped, spoken
from sipas.crosswalk import Reason, Refused, SideBySide, parse
from sipas.items import InstrumentError, Kind
from tests.databases import database
from tests.questionnaires import FOLDER

G1, G2 = "sipas-g1-2017-22", "sipas-g2-2026-service16"
FORM = historic()[f"{G1}.1"]
TEXT = (FOLDER.parent / CROSSWALK).read_text("utf-8")


def test_the_form_has_22_criteria_in_five_factors() -> None:
    """4 + 5 + 6 + 3 + 4, in order, all of them scales of the index."""
    assert [len(factor.items) for factor in FORM.factors] == [4, 5, 6, 3, 4]
    assert [item.official for item in FORM.questions] == [str(n) for n in range(1, 23)]
    assert [item.key for item in FORM.questions] == list(FORM.index_items)
    assert {item.kind for item in FORM.questions} == {Kind.SCALE}


def test_its_wording_is_unconfirmed_and_says_so() -> None:
    """What is offered today is in the project's own words and claims nothing."""
    assert FORM.certainty == "unconfirmed"
    assert {each.certainty for each in shipped().values()} == {""}


def test_it_is_complete_in_both_languages() -> None:
    """Every question and name; a stem before each."""
    for item in FORM.questions:
        assert item.texts["vi"].startswith("Về lần làm thủ tục này")
        assert item.texts["en"].startswith("For this visit")
        assert item.names["vi"] != item.names["en"]


def test_nobody_is_asked_it(tmp_path_factory: pytest.TempPathFactory) -> None:
    """It is in no conversation, and a counter that asks for it is refused."""
    folder = tmp_path_factory.mktemp("offered")
    file = folder / "counters.csv"
    file.write_text(f"code,unit,name,instrument,valid_from\n381207,x,Quầy,{FORM.ref},2026-01-01\n")
    settings = {
        "MOTCUA_DATABASE": database(folder / "m.db"),
        "MOTCUA_SECRET_KEY_FILE": str(folder / "key"),
    }
    told = CliRunner(env=settings).invoke(main, ["counters", "import", str(file)])

    assert FORM.ref not in shipped() and FORM.ref not in spoken([])
    assert f"'{FORM.ref}': expected one of" in told.stderr


def test_every_item_of_both_forms_is_in_one_group() -> None:
    """22 criteria and 16 items; a group names items, events and questions that exist."""
    known, form = crosswalk(), shipped()[f"{G2}.1"]
    of = {name: sorted(n for row in known.rows for n in row.numbers[name]) for name in (G1, G2)}

    assert known.forms == (G1, G2)
    assert of == {G1: [*range(1, 23)], G2: [*range(24, 40)]}
    for row in known.rows:
        numbers = [str(number) for number in row.numbers[G2]]
        assert [form.item(key).official for key in row.items if numbers] == numbers
        assert all(form.item(event).kind is Kind.EVENT for event in row.events)


@pytest.mark.parametrize(
    ("new", "old", "answer"),
    [
        (25, 1, SideBySide((25,), (1,))),
        (26, 3, SideBySide((26,), (2, 3, 4))),
        (34, 9, SideBySide((30, 34), (9,))),
        (38, 21, SideBySide((37, 38, 39), (19, 20, 21, 22))),
    ],
)
def test_items_about_the_same_thing_stand_side_by_side(
    new: int, old: int, answer: SideBySide
) -> None:
    """With the whole group of each form: one criterion may have become two items."""
    assert crosswalk().compared((G2, new), (G1, old)) == answer
    assert crosswalk().compared((G1, old), (G2, new)) == SideBySide(answer.other, answer.one)


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ((G2, 24), (G1, 1), Reason.NO_COUNTERPART),
        ((G1, 1), (G2, 24), Reason.NO_COUNTERPART),
        ((G2, 25), (G1, 9), Reason.DIFFERENT),
        ((G2, 25), (G2, 26), Reason.DIFFERENT),
        ((G2, 40), (G1, 1), Reason.UNKNOWN),
        (("short", 1), (G1, 1), Reason.UNKNOWN),
    ],
)
def test_the_rest_is_refused_with_a_reason(
    one: tuple[str, int], other: tuple[str, int], reason: Reason
) -> None:
    """In both languages."""
    refused = crosswalk().compared(one, other)

    assert isinstance(refused, Refused)
    assert refused.reason is reason
    assert refused.texts.keys() == {"vi", "en"}


def test_a_group_is_never_one_series() -> None:
    """Side by side are two figures; a line through them is refused."""
    refused = crosswalk().series([G1, G2])

    assert refused is not None and refused.reason is Reason.ONE_SERIES
    assert crosswalk().series([G2, G2]) is None


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("[[rows]]", "[rows]", "file: not TOML"),
        ("g1 = [1]", "g1 = [2]", f"rows.{G1}: a number stands twice"),
        ("g1 = [1]", "g1 = 1", "rows.['access_seats'].g1: expected a list of numbers"),
        ("g1 = [1]", "g1 = [0]", "rows.['access_seats'].g1: expected 1, 2"),
        ("different = {", "other = {", "reasons.different: no text in 'vi'"),
        ('nd61 = ["d"]', "nd61 = [1]", "rows.['proc_posted'].nd61: expected a list of strings"),
    ],
)
def test_a_wrong_file_is_refused(old: str, new: str, reason: str) -> None:
    """File, key and reason, like every file of texts."""
    with pytest.raises(InstrumentError, match=re.escape(f"bad.toml: {reason}")):
        parse(TEXT.replace(old, new), "bad.toml")


def test_rows_are_a_list() -> None:
    """One table is none."""
    with pytest.raises(InstrumentError, match=r"bad.toml: rows: expected a list of tables"):
        parse('g1 = "a"\ng2 = "b"\nrows = 1', "bad.toml")
