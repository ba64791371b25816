"""Paper and chat keep the same for any marks whatever, and how a spot check ends: pure."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipas import paper
from sipas.conversation import step
from sipas.events import Ask, Closed, Event, Moment, Scanned, Step, Tapped
from sipas.items import Kind
from sipas.packing import NOT_SHOWN, alphabet
from sipas.paper import Check, Paper
from sipas.session import Session, Stratum
from tests.test_paper_form import FORMS, HALF_DAY, SHORT, kept, keyed
from tests.test_transcripts import INSTRUMENTS


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
