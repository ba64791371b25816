"""Paper forms, the pure part: what is printed, what keys become, and how a check ends."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipas import paper
from sipas.conversation import step
from sipas.events import Ask, Closed, Event, Moment, Scanned, Step, Tapped
from sipas.items import Kind
from sipas.packing import NOT_SHOWN, SKIPPED, alphabet, unpack
from sipas.paper import Check, Paper
from sipas.plan import plan
from sipas.session import Place, Session, Stratum
from tests.questionnaires import shipped
from tests.test_transcripts import INSTRUMENTS, PLACES

HALF_DAY = 41_545
FORMS = [
    paper.paper(plan(INSTRUMENTS[place.instrument]), place, "1")
    for place in PLACES.values()
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


# --- the law: paper and chat keep the same ----------------------------------------------------


def _tap(form: Paper, key: str, question: str) -> str:
    """What somebody in a chat presses for the mark that was keyed."""
    line = next(line for line in form.lines if line.item.key == question)
    if key in "nsr":
        return {"n": ".na", "s": ".skip", "r": ".refuse"}[key]
    if line.item.kind is Kind.SCALE:
        return key
    return form.plan.options(form.place, line.number)[int(key) - 1]


def in_a_chat(form: Paper, keys: str) -> Closed:
    """The same answers given question by question; what paper does not ask is skipped."""
    marked = {line.item.key: key for line, key in zip(form.lines, keys, strict=True)}
    moment = Moment(HALF_DAY, "TAG1", form.notice)
    event: Event = Scanned(form.place, Stratum.ASSISTED)
    session: Session | None = None
    for _ in range(100):
        now: Step = step(INSTRUMENTS, session, event, moment)
        for fact in now.facts:
            if isinstance(fact, Closed):
                return fact
        [asked] = [part for part in now.screen if isinstance(part, Ask)]
        question, session = asked.question, now.session
        value = "yes" if question == "more" else ".skip"
        if question in marked:
            value = _tap(form, marked[question], question)
        event = Tapped(question, value, session.tag)
    raise AssertionError("the conversation never ended")


@st.composite
def forms_without_invalid_marks(draw: st.DrawFn) -> tuple[Paper, str]:
    """A form of any questionnaire and any marks that a chat can take too."""
    form = draw(st.sampled_from(FORMS))
    first = draw(st.sampled_from("12345"))
    rest = [draw(st.sampled_from(line.keys.replace("x", ""))) for line in form.lines[1:]]
    return form, first + "".join(rest)


@given(forms_without_invalid_marks())
def test_paper_and_chat_keep_the_same(marked: tuple[Paper, str]) -> None:
    """Whatever is marked, the response is the one a chat would have kept."""
    form, keys = marked
    on_paper, chatted = kept(keys, form), in_a_chat(form, keys)
    printed = {line.item.key for line in form.lines}
    expected = "".join(
        mark if item.key in printed else NOT_SHOWN
        for item, mark in zip(form.plan.instrument.items, chatted.levels, strict=True)
    )

    assert on_paper.levels == expected
    assert (on_paper.stage, on_paper.kind, on_paper.field) == (
        chatted.stage,
        chatted.kind,
        chatted.field,
    )
    assert (on_paper.half_day, on_paper.consent, on_paper.complete) == (
        chatted.half_day,
        chatted.consent,
        chatted.complete,
    )


@given(st.data())
def test_any_keys_of_a_form_give_a_response_that_can_be_counted(data: st.DataObject) -> None:
    """Two marks included: every character is one its item can hold."""
    form = data.draw(st.sampled_from(FORMS))
    keys = "".join(data.draw(st.sampled_from(line.keys)) for line in form.lines)
    found = paper.response(form, keys, HALF_DAY)

    assert (found is None) == paper.is_spoiled(keys)
    if found is not None:
        for item, mark in zip(form.plan.instrument.items, found.levels, strict=True):
            assert mark in alphabet(item) + NOT_SHOWN
        assert found.levels[0] in "12345"


# --- the spot check ---------------------------------------------------------------------------


def test_differences_are_named() -> None:
    """The questions whose marks two people keyed differently."""
    first = keyed(overall="5", f_staff="4", kind="1")
    second = keyed(overall="5", f_staff="3", kind="x")

    assert paper.differing(SHORT, first, second) == ("f_staff", "kind")
    assert paper.differing(SHORT, first, first) == ()


@given(st.sets(st.integers(1, 999), min_size=1), st.integers())
def test_five_percent_are_drawn(numbers: set[int], seed: int) -> None:
    """At least one, at least 5 %, less than one more, each of them keyed and none twice."""
    chosen = paper.drawn(numbers, random.Random(seed).getrandbits)

    assert set(chosen) <= numbers
    assert len(set(chosen)) == len(chosen)
    assert max(1, len(numbers) / 20) <= len(chosen) < len(numbers) / 20 + 1


def test_every_form_can_be_drawn() -> None:
    """Over many draws each of 20 forms comes up about as often as the others."""
    chance = random.Random(5).getrandbits
    times = dict.fromkeys(range(1, 21), 0)
    for _ in range(2000):
        [number] = paper.drawn(times, chance)
        times[number] += 1

    assert min(times.values()) > 60
    assert max(times.values()) < 145


def test_a_check_has_n_and_an_interval() -> None:
    """One of 42 marks is 2.4 %, more than is tolerated; the interval says how little that is."""
    check = Check(marks=42, differences=1)

    assert round(float(check.share), 4) == 0.0238
    assert not check.passed
    assert round(check.interval.low, 4) == 0.0042
    assert round(check.interval.high, 4) == 0.1232


@pytest.mark.parametrize("typed", ["", "P38120", "381270", "P381207P", "Q381207", "٣٨١٢٠٧"])
def test_a_wrong_batch_code_is_none(typed: str) -> None:
    """Nothing is guessed."""
    assert paper.read_batch(typed) is None


def test_a_blank_first_page_is_a_skip_of_everything() -> None:
    """Only the overall mark: everything else was passed over."""
    assert set(marks("5" + SKIPPED * 13).values()) == {"5", SKIPPED}


def test_a_place_without_fields_has_none() -> None:
    """The question is not printed, the response's field stays unknown."""
    bare = paper.paper(plan(shipped("short")), Place("1", "", "", "short.1"), "1")

    assert len(bare.lines) == 13
    assert kept("4" + "s" * 12, bare).field == ""
