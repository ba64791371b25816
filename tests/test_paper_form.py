"""Paper forms, the pure part: what is printed, what keys become, and how a check ends."""

from __future__ import annotations

import pytest

from sipas import paper
from sipas.events import Closed
from sipas.items import Kind
from sipas.packing import SKIPPED, unpack
from sipas.paper import Paper
from sipas.plan import plan
from sipas.session import Place, Stratum
from tests.questionnaires import shipped
from tests.test_transcripts import INSTRUMENTS, PLACES

HALF_DAY = 41_545
FORMS = [
    paper.paper(plan(INSTRUMENTS[place.instrument]), place, "1")
    for place in PLACES.values()
    if not place.split  # a form on paper asks everything
    if not place.stage
]
SHORT = next(form for form in FORMS if form.place.counter == "381207")
ONE_FIELD = next(form for form in FORMS if form.place.counter == "100009")


def keyed(**typed: str) -> str:
    """The short form's keys, its questions by name; what is not named has no mark."""
    found, wrong = paper.read(SHORT, typed)
    assert wrong == ()
    return found


def kept(keys: str, form: Paper = SHORT) -> Closed:
    """The response of a form that has one."""
    found = paper.response(form, keys, HALF_DAY)
    assert found is not None
    return found


def marks(keys: str) -> dict[str, str]:
    """The marks of the short form's response by item."""
    return unpack(shipped("short"), kept(keys).levels)


def test_a_form_asks_what_one_mark_answers() -> None:
    """Scales, facts and choices in asking order; no "more?", no reasons, no comment, no quote."""
    assert [line.item.key for line in SHORT.lines] == [
        "overall",
        "stage",
        "f_access",
        "f_proc",
        "f_staff",
        "f_result",
        "gave_feedback",
        "f_pakn",
        "ev_late",
        "ev_late_apology",
        "ev_trouble",
        "ev_money",
        "field",
        "kind",
    ]


def test_the_only_field_of_a_counter_is_not_asked() -> None:
    """It is known, and becomes the response's field."""
    assert "field" not in {line.item.key for line in ONE_FIELD.lines}
    assert kept("5" + "s" * 12, ONE_FIELD).field == "land"


@pytest.mark.parametrize("form", FORMS, ids=lambda form: str(form.place.counter))
def test_every_box_has_one_key(form: Paper) -> None:
    """No question has more boxes than digits, and no key stands for two things."""
    for line in form.lines:
        options = form.plan.options(form.place, line.number)
        boxes = 5 if line.item.kind is Kind.SCALE else len(options)
        assert boxes <= 9
        assert len(set(line.keys)) == len(line.keys)


def test_the_keys_of_each_kind() -> None:
    """The first question knows no "not applicable"; only some facts may be refused."""
    keys = {line.item.key: line.keys for line in SHORT.lines}

    assert keys["overall"] == "12345xs"
    assert keys["f_staff"] == "12345nxs"
    assert keys["stage"] == "1234xs"
    assert keys["ev_late"] == "123nxs"
    assert keys["ev_money"] == "12nrxs"
    assert keys["field"] == "123xs"


def test_what_is_typed_is_read_kindly() -> None:
    """0 is "not applicable", a minus or nothing no mark, capitals do not matter."""
    typed = {"overall": " 5", "stage": "-", "f_access": "0", "f_proc": "N", "f_staff": "X"}

    assert paper.read(SHORT, {**typed, "f_result": " ", "ev_money": "R"}) == (
        "5snnxsssss" + "srss",
        (),
    )


def test_a_wrong_key_is_named() -> None:
    """A level that does not exist, two characters, a letter: the question is told, nothing kept."""
    typed = {"overall": "7", "stage": "5", "f_access": "45", "f_proc": "q", "field": "n"}
    found, wrong = paper.read(SHORT, typed)

    assert wrong == ("overall", "stage", "f_access", "f_proc", "field")
    assert found == "s" * 14


def test_a_response_is_assisted() -> None:
    """Stratum, stage, kind, field and consent come from the form; there is no code."""
    found = kept(keyed(overall="4", stage="2", kind="2", field="2"))

    assert (found.stratum, found.stage, found.kind, found.field) == (
        Stratum.ASSISTED,
        "result",
        "business",
        "civil_status",
    )
    assert (found.consent, found.code, found.half_day, found.counter) == (
        "1",
        "",
        HALF_DAY,
        "381207",
    )
    assert (found.tags, found.comment, found.quote) == ("", "", False)


def test_two_marks_are_invalid_and_stay_so() -> None:
    """x is kept as what it is, a blank is a skip, n is not applicable."""
    found = marks(keyed(overall="3", f_access="x", f_proc="n", ev_trouble="x", ev_money="r"))

    assert found["overall"] == "3"
    assert (found["f_access"], found["f_proc"], found["f_staff"]) == ("x", "n", "s")
    assert (found["ev_trouble"], found["ev_money"]) == ("x", "r")


def test_two_marks_at_a_choice_tell_nothing() -> None:
    """Stage and kind stay unknown, and what depends on the stage was not asked."""
    found = kept(keyed(overall="3", stage="x", kind="x", f_result="5"))

    assert (found.stage, found.kind) == ("", "")
    assert "f_result" not in unpack(shipped("short"), found.levels)


def test_answers_that_were_not_asked_for_are_dropped() -> None:
    """Somebody who waits cannot rate the result, and without feedback none was handled."""
    waiting = marks(
        keyed(overall="3", stage="1", f_result="5", ev_late="3", ev_late_apology="1", f_pakn="2")
    )

    assert waiting.keys().isdisjoint({"f_result", "ev_late", "ev_late_apology", "f_pakn"})


def test_answers_that_were_asked_for_are_kept() -> None:
    """A late result and feedback given: all that follows counts."""
    found = marks(
        keyed(
            overall="3",
            stage="2",
            f_result="5",
            ev_late="3",
            ev_late_apology="1",
            gave_feedback="1",
            f_pakn="2",
        )
    )

    assert (found["f_result"], found["ev_late"], found["ev_late_apology"]) == ("5", "C", "A")
    assert (found["gave_feedback"], found["f_pakn"]) == ("A", "2")


@pytest.mark.parametrize("overall", ["", "x"])
def test_without_a_valid_overall_mark_a_form_is_spoiled(overall: str) -> None:
    """It never becomes a response, whatever else is marked."""
    keys = keyed(overall=overall, f_staff="5")

    assert paper.is_spoiled(keys)
    assert paper.response(SHORT, keys, HALF_DAY) is None


@pytest.mark.parametrize("keys", ["5", "5" * 14, "9" + "s" * 13])
def test_keys_of_another_form_are_refused(keys: str) -> None:
    """Too few of them, or boxes that this form does not have."""
    with pytest.raises(ValueError, match="expected 14 keys"):
        paper.response(SHORT, keys, HALF_DAY)


def test_a_blank_first_page_is_a_skip_of_everything() -> None:
    """Only the overall mark: everything else was passed over."""
    assert set(marks("5" + SKIPPED * 13).values()) == {"5", SKIPPED}


def test_a_place_without_fields_has_none() -> None:
    """The question is not printed, the response's field stays unknown."""
    bare = paper.paper(plan(shipped("short")), Place("1", "", "", "short.1"), "1")

    assert len(bare.lines) == 13
    assert kept("4" + "s" * 12, bare).field == ""
