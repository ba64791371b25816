"""Corners of the conversation that a transcript cannot show."""

from __future__ import annotations

import pytest

from sipas.conversation import step
from sipas.events import Ask, Closed, Expired, Moment, Say, Scanned, Step, Tapped, Typed
from sipas.flow import TEXT_MOST
from sipas.session import MOST_FIELDS, Place, Session, dump, load
from tests.test_transcripts import INSTRUMENTS, PLACES

NOON = Moment(41_545, "K7Q2M9PA", "1", "K7Q2M9PA4X")
EVENING = Moment(41_546, "ZZZZZZZZ", "2", "ZZZZZZZZZZ")


def told(place: Place, *answers: tuple[str, str]) -> Step:
    """A response at *place* with these taps."""
    result = step(INSTRUMENTS, None, Scanned(place), NOON)
    for question, value in answers:
        result = step(INSTRUMENTS, result.session, Tapped(question, value, "-"), NOON)
    return result


def closed(result: Step) -> Closed:
    """What is kept when the respondent falls silent now."""
    facts = step(INSTRUMENTS, result.session, Expired(), EVENING).facts
    assert isinstance(facts[0], Closed)
    return facts[0]


TO_COMMENT = (("overall", "2"), ("reasons", ".done"))


def test_the_day_and_the_notice_are_those_of_the_beginning() -> None:
    """A response belongs to the half-day of its first level and to the notice that was shown."""
    fact = closed(told(PLACES["381207"], ("overall", "4")))

    assert (fact.half_day, fact.consent, fact.code) == (41_545, "1", "ZZZZZZZZZZ")
    assert (fact.answers, fact.complete, fact.language) == (1, False, "vi")


def test_a_long_message_is_cut_and_said_so() -> None:
    """Nothing of a message is lost in silence."""
    session = told(PLACES["100014"], *TO_COMMENT).session
    result = step(INSTRUMENTS, session, Typed("a" * (TEXT_MOST + 1)), NOON)

    assert result.screen[0] == Say("comment_cut", (("most", str(TEXT_MOST)),))
    assert result.session.comment == "a" * TEXT_MOST


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("tốt\x00 lắm\ud800", "tốt lắm"),
        ("hai\r\ndòng", "hai\ndòng"),
        ("  👨‍👩‍👧 cảm ơn  ", "👨‍👩‍👧 cảm ơn"),
    ],
)
def test_what_no_one_can_read_is_left_out(words: str, kept: str) -> None:
    """Control characters and halves of characters go; emoji and lines stay."""
    session = told(PLACES["100014"], *TO_COMMENT).session
    result = step(INSTRUMENTS, session, Typed(words), NOON)

    assert result.session.comment == kept
    assert dump(result.session).encode("utf-8")


def test_an_unreadable_message_is_none() -> None:
    """A comment of control characters only is a skip."""
    session = told(PLACES["100014"], *TO_COMMENT).session
    skipped = step(INSTRUMENTS, session, Typed("\x00\x07"), NOON).session
    result = step(INSTRUMENTS, skipped, Tapped("reply", "no", "-"), NOON)

    assert result.session.place is None
    assert isinstance(result.facts[0], Closed)
    assert result.facts[0].levels == "2ss"


def test_a_response_opened_before_a_question_was_added_goes_on() -> None:
    """The question stands last, and has not been shown."""
    session = told(PLACES["100014"], *TO_COMMENT).session
    older = session._replace(answers=session.answers[:-1])
    result = step(INSTRUMENTS, older, Tapped("comment", ".skip", session.tag), NOON)

    assert [part.question for part in result.screen if isinstance(part, Ask)] == ["reply"]


def test_what_the_receipt_and_the_counter_tell_is_kept_without_asking() -> None:
    """Stage and only field go into the response even where the form has no such question."""
    place = Place("100014", "Quầy 3", "Xã", "micro.1", (("land", "Đất đai", "Land"),), "result")
    fact = closed(told(place, ("overall", "4")))

    assert (fact.stage, fact.field) == ("result", "land")


def test_an_unknown_stage_is_asked() -> None:
    """A receipt that tells nonsense tells nothing."""
    place = PLACES["381207"]._replace(stage="lost")
    screen = told(place, ("overall", "4"), ("more", "yes")).screen

    assert [part.question for part in screen if isinstance(part, Ask)] == ["stage"]


def test_at_most_eight_fields_are_offered() -> None:
    """More would not fit a small screen; "not sure" remains."""
    fields = tuple((f"f{number}", f"F{number}", f"F{number}") for number in range(12))
    session = told(PLACES["381207"]._replace(fields=fields)).session

    assert session.place is not None
    assert session.place.fields == fields[:MOST_FIELDS]


def test_a_written_session_of_another_version_is_refused() -> None:
    """A session is never misread."""
    with pytest.raises(ValueError, match="expected version 1, got 2"):
        load('[2,"vi"]')


def test_an_ended_conversation_remembers_its_language_only() -> None:
    """Nothing of a response stays with the person."""
    session = told(PLACES["100014"], ("overall", "4"), ("reasons", ".stop")).session

    assert session == Session("vi")
    assert dump(session) == '[1,"vi"]'


def test_the_language_can_be_chosen_with_nothing_open() -> None:
    """Before the first scan, and after the last answer."""
    result = step(INSTRUMENTS, None, Typed("english please"), NOON)

    assert result == Step(Session("en"), (Say("scan_to_begin"),))
