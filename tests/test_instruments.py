"""Questionnaires are data: what is shipped holds together, and a wrong file is refused by name."""

from __future__ import annotations

import re

import pytest

from sipas.instrument import parse
from sipas.items import GIVEN, Instrument, InstrumentError, Kind
from tests.questionnaires import FOLDER, shipped

SHIPPED = ("micro", "short", "sipas-g2-2026-service16")
PAYLOAD_CODE = re.compile(r"[a-z0-9][a-z0-9_+-]{0,23}")

SHARED = """
languages = ["vi", "en"]
levels.vi = ["a", "b", "c", "d", "e"]
levels.en = ["a", "b", "c", "d", "e"]
words.place = { vi = "nơi", en = "place" }
factors.f = { vi = "Nhóm", en = "Group" }
[questions.stage]
kind = "context"
text = { vi = "Bước?", en = "Stage?" }
name = { vi = "Bước", en = "Stage" }
options = [{ code = "waiting", vi = "Chờ", en = "Waiting" }]
"""
OWN = """
id = "tiny"
version = 1
name = { vi = "Phiếu", en = "Form" }
stem = { vi = "Bạn thấy", en = "How is" }
formulas = ["t2b.v1"]
order = ["overall", "stage", "f", "why", "comment"]
index = ["f"]
factors.f = ["f"]
[questions.overall]
kind = "scale"
text = { vi = "{place}?", en = "{place}?" }
name = { vi = "Chung", en = "Overall" }
[questions.f]
kind = "scale"
stem = true
when = { stage = ["waiting"] }
text = { vi = "thế nào?", en = "it?" }
name = { vi = "F", en = "F" }
[questions.why]
kind = "reasons"
text = { vi = "Vì sao?", en = "Why?" }
name = { vi = "Lý do", en = "Reason" }
options = [{ code = "x", vi = "X", en = "X", about = "f" }]
[questions.comment]
kind = "text"
when = { why = ["given"], overall = ["1", "2"] }
text = { vi = "Gì nữa?", en = "What else?" }
name = { vi = "Lời", en = "Words" }
"""


@pytest.fixture(params=SHIPPED)
def each(request: pytest.FixtureRequest) -> Instrument:
    """Each shipped questionnaire in turn."""
    return shipped(request.param)


def test_first_comes_one_scale_for_the_whole_visit(each: Instrument) -> None:
    """One tap on the first screen is a response, so the first question is `overall`."""
    assert each.questions[0].key == "overall"
    assert each.questions[0].kind is Kind.SCALE
    assert "overall" not in each.index_items


def test_facts_are_never_part_of_an_index(each: Instrument) -> None:
    """Only scales are averaged, and every index item belongs to exactly one factor."""
    grouped = [key for factor in each.factors for key in factor.items]

    assert all(each.item(key).kind is Kind.SCALE for key in each.index_items)
    assert sorted(grouped) == sorted(each.index_items)
    assert all(each.item(key).factor is not None for key in grouped)


def test_codes_fit_a_button(each: Instrument) -> None:
    """Keys and option codes are what a payload may carry."""
    for item in each.by_key.values():
        for code in (item.key, *(option.code for option in item.options)):
            assert PAYLOAD_CODE.fullmatch(code), code


def test_questions_can_be_read_aloud(each: Instrument) -> None:
    """At most sixty words a question, whatever the language."""
    for item in each.by_key.values():
        assert all(len(text.split()) <= 60 for text in item.texts.values()), item.key


def test_reasons_name_what_they_are_about(each: Instrument) -> None:
    """Every reason leads to an item or event of the long form."""
    known = shipped("sipas-g2-2026-service16").by_key
    options = each.item("reasons").options

    assert [option.about for option in options if option.about not in known] == []


def test_packed_are_all_but_context(each: Instrument) -> None:
    """Context is a column of its own; everything else is packed in asking order."""
    packed = [item.key for item in each.questions if item.kind is not Kind.CONTEXT]

    assert [item.key for item in each.items] == packed


def test_the_long_form_follows_the_national_numbers() -> None:
    """Items 24-39 stand in order, 3 + 4 + 3 + 3 + 3 in five factors."""
    form = shipped("sipas-g2-2026-service16")
    numbers = [item.official for item in form.questions if item.official]

    assert numbers == [str(number) for number in range(24, 40)]
    assert [len(factor.items) for factor in form.factors] == [3, 4, 3, 3, 3]


def test_refusing_to_say_is_offered_for_trouble_and_money_only() -> None:
    """Fear is information where it may exist; elsewhere one skips."""
    refusable = {i.key for name in SHIPPED for i in shipped(name).questions if i.may_refuse}

    assert refusable == {"ev_trouble", "ev_money"}


def test_nobody_rates_a_result_not_yet_received() -> None:
    """Everything about the result depends on the stage."""
    for name in SHIPPED:
        form = shipped(name)
        about = [i for i in form.questions if i.factor == "f_result" or i.key == "ev_late"]
        assert all(i.when[0].values == ("result", "rejected") for i in about)


def test_every_file_in_the_folder_is_tested() -> None:
    """A questionnaire that is added is added here."""
    assert {path.stem for path in FOLDER.glob("*.toml")} == {*SHIPPED, "shared"}


def test_a_stem_is_put_before_the_text() -> None:
    """The stem saves repeating the same words in every question."""
    form = parse(OWN, "tiny.toml", SHARED)

    assert form.ref == "tiny.1"
    assert form.item("f").texts == {"vi": "Bạn thấy thế nào?", "en": "How is it?"}
    assert form.item("comment").when[0].values == (GIVEN,)
    assert form.item("why").option("x") is not None
    assert form.item("why").option("y") is None


def test_own_fields_replace_shared_ones() -> None:
    """A questionnaire may say a shared question in its own words."""
    form = parse(OWN + '[questions.stage]\nname = { vi = "Khâu", en = "Step" }\n', "t", SHARED)

    assert form.item("stage").names["vi"] == "Khâu"
    assert form.item("stage").texts["en"] == "Stage?"


WRONG = [
    ('id = "tiny"', "id = 7", "id: expected at most 24"),
    ("version = 1", "version = 0", "version: expected 1, 2, …, got 0"),
    ("version = 1", "version = true", "version: expected 1, 2, …, got True"),
    ('name = { vi = "Phiếu", en = "Form" }', "", "name: no text in 'vi'"),
    ('en = "Form"', 'en = ""', "name: no text in 'en'"),
    ('formulas = ["t2b.v1"]', "formulas = [1]", "formulas: expected a list of strings"),
    ('"why", "comment"]', '"why", "why"]', "order: the same entry twice"),
    ('"why", "comment"]', '"why", "what"]', "order.what: no such question"),
    ('"why", "comment"]', '"why"]', "questions.comment: not in the order"),
    ('order = ["overall", "stage"', 'order = ["stage", "overall"', "order: 'stage' comes first"),
    ('order = ["overall", "stage", "f",', 'order = ["overall", "f", "stage",', "not asked before"),
    ('index = ["f"]', 'index = ["why"]', "index: 'why' is no scale question"),
    ('factors.f = ["f"]', 'factors.f = ["g"]', "factors.f: 'g' is no scale question"),
    ('factors.f = ["f"]', 'factors.g = ["f"]', "factors.g: no text in 'vi'"),
    ('kind = "reasons"', 'kind = "riddle"', "questions.why.kind: expected one of"),
    ('kind = "text"', 'kind = "event"', "questions.comment.options: expected 1 to 26"),
    ('kind = "reasons"', 'kind = "scale"', "questions.why.options: a question of kind scale"),
    ('options = [{ code = "x"', 'options = [{ code = "X"', "questions.why.options.1: expected at"),
    ("options = [{", "options = 3 # [{", "questions.why.options: expected a list of tables"),
    ('when = { stage = ["waiting"] }', 'when = { stage = ["gone"] }', "no such answer: ['gone']"),
    ('when = { stage = ["waiting"] }', "when = 1", "questions.f.when: expected a table"),
    ("stem = true", 'stem = "yes"', "questions.f.stem: expected true or false"),
    ('stem = { vi = "Bạn thấy", en = "How is" }', "", "questions.f.stem: the file has no stem"),
    ('vi = "{place}?"', 'vi = "{palce}?"', "questions.overall.text: unknown variable ['palce']"),
    ('vi = "{place}?"', 'vi = "{place?"', "unknown variable ['place?']"),
    ("[questions.overall]", "[questions.overall", "file: not TOML"),
]


@pytest.mark.parametrize(("right", "wrong", "reason"), WRONG, ids=[row[2] for row in WRONG])
def test_a_wrong_file_is_refused(right: str, wrong: str, reason: str) -> None:
    """The message names the file, the key and what is wrong with it."""
    assert right in OWN
    with pytest.raises(InstrumentError) as refusal:
        parse(OWN.replace(right, wrong, 1), "tiny.toml", SHARED)

    assert str(refusal.value).startswith("tiny.toml: ")
    assert reason in str(refusal.value)


WRONG_SHARED = [
    ('languages = ["vi", "en"]', "languages = []", "languages: needs at least one"),
    ('levels.en = ["a", "b", "c", "d", "e"]', "", "levels.en: expected a list of strings"),
    ('levels.en = ["a", ', "levels.en = [", "levels.en: expected five labels"),
    ("[questions.stage]", "[questions", "tiny.toml (shared part): file: not TOML"),
]


@pytest.mark.parametrize(("right", "wrong", "reason"), WRONG_SHARED)
def test_a_wrong_shared_part_is_refused(right: str, wrong: str, reason: str) -> None:
    """What instruments have in common is held to the same rules."""
    assert right in SHARED
    with pytest.raises(InstrumentError) as refusal:
        parse(OWN, "tiny.toml", SHARED.replace(right, wrong, 1))

    assert reason in str(refusal.value)


def test_an_empty_order_is_refused() -> None:
    """A questionnaire asks something."""
    text = OWN.split("[questions.overall]")[0].replace('["f"]', "[]")
    text = re.sub(r"order = .*", "order = []", text)
    with pytest.raises(InstrumentError, match="order: needs at least one question"):
        parse(text, "tiny.toml", SHARED)


def test_simple_words_stand_in_where_there_are_any() -> None:
    """Who wants simple words hears them; where there are none, the question as it is."""
    plain = next(item for item in shipped("short").items if item.simple)
    other = next(item for item in shipped("short").items if not item.simple)

    assert plain.text("vi", simple=True) == plain.simple["vi"] != plain.text("vi")
    assert other.text("vi", simple=True) == other.text("vi")
