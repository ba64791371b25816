"""Laws of the conversation, for any sequence of events whatever.

MOTCUA_EXAMPLES says how many sequences are tried (300 unless told otherwise; `make prove`: 10,000).
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sipas import packing
from sipas.conversation import step
from sipas.events import (
    PAYLOAD_BYTES,
    Ask,
    Attached,
    Closed,
    Event,
    Expired,
    Moment,
    Received,
    Reminded,
    Scanned,
    Stopped,
    Tapped,
    Typed,
    Unreceived,
    payload,
    read_payload,
)
from sipas.items import Kind
from sipas.session import Session, Stratum, dump, load
from tests.questionnaires import shipped
from tests.test_transcripts import INSTRUMENTS, PLACES

EXAMPLES = int(os.environ.get("MOTCUA_EXAMPLES", "300"))
PROBLEMS = ("unknown_counter", "bad_check_digit", "closed_counter", "no_counter")
QUESTIONS = sorted(
    {item.key for instrument in INSTRUMENTS.values() for item in instrument.by_key.values()}
)
VALUES = ["1", "2", "3", "4", "5", "yes", "no", "waiting", "result", "rejected", "late", "land"]
VALUES += ["wait", "-wait", "papers", "-papers", "manner", "fee"]
CONTROLS = [".back", ".skip", ".na", ".refuse", ".done", ".kept", ".stop"]
SAID = [
    "5",
    "dừng",
    "bỏ qua",
    "quay lại",
    "xóa dữ liệu",
    "có",
    "không",
    "english",
    "1, 2",
    "chờ ba giờ",
]

scans = st.builds(Scanned, st.sampled_from(list(PLACES.values())), st.sampled_from(Stratum))
wrong = st.builds(Scanned, st.none(), problem=st.sampled_from(PROBLEMS))
answers = st.builds(
    Tapped, st.just("!current"), st.sampled_from(VALUES + CONTROLS), st.just("!tag")
)
taps = st.builds(
    Tapped,
    st.sampled_from([*QUESTIONS, ".lang", "?"]),
    st.sampled_from([*VALUES, *CONTROLS, "new", "continue", "vi", "en", "?"]),
    st.sampled_from(["!tag", "-", "OLD1", "?"]),
)
broken = st.text(st.characters(exclude_categories=()), max_size=30)  # half characters too
words = st.builds(Typed, st.one_of(st.sampled_from(SAID), broken))
others = st.one_of(
    st.builds(Attached, st.sampled_from(["voice", "photo", "sticker"])),
    st.just(Expired()),
    st.just(Reminded()),
    st.just(Stopped()),
)
events = st.lists(
    st.one_of(scans, wrong, answers, answers, answers, answers, taps, words, others), max_size=40
)


def _now(event: Event, session: Session, screen: tuple[object, ...]) -> Event:
    """A tap on what is on screen, where the sequence asks for that."""
    if not isinstance(event, Tapped):
        return event
    asked = next((part.question for part in screen if isinstance(part, Ask)), "overall")
    question = asked if event.question == "!current" else event.question
    tag = (session.tag or "-") if event.tag == "!tag" else event.tag
    return Tapped(question, event.value, tag)


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow])
@given(events)
def test_whatever_happens(sequence: list[Event]) -> None:
    """No silence, no exception; received once, closed once and only then; sessions survive."""
    session = Session()
    screen: tuple[object, ...] = ()
    received = False
    for number, raw in enumerate(sequence):
        event = _now(raw, session, screen)
        result = step(INSTRUMENTS, session, event, Moment(41_545, f"T{number}", "1", "K7Q2M9PA4X"))
        idle = isinstance(event, Reminded) and session.place is None
        silent = idle or isinstance(event, Expired | Stopped)
        assert result.screen or silent, "a respondent is always answered"
        assert sum(isinstance(part, Ask) for part in result.screen) <= 1
        for fact in result.facts:
            match fact:
                case Received():
                    assert not received, "received at most once"
                    received = True
                case Unreceived():
                    assert received, "only what was received can be taken back"
                    received = False
                case Closed():
                    assert received, "only what was received is closed, and only once"
                    received = False
                    _check_closed(fact)
        assert received == (result.session.half_day is not None)
        assert received == any(mark in packing.LEVELS for mark in result.session.answers)
        assert dump(result.session).encode("utf-8"), "a session can be stored"
        assert load(dump(result.session)) == result.session
        session, screen = result.session, result.screen


def _check_closed(fact: Closed) -> None:
    instrument = INSTRUMENTS[fact.instrument]
    marks = packing.unpack(instrument, fact.levels)
    tags = packing.unpack_tags(fact.tags)

    assert any(mark in packing.LEVELS for mark in marks.values()), "at least one level"
    assert all(len(codes) <= packing.TAGS_MOST for codes in tags.values())
    assert not fact.quote or fact.comment, "nothing to quote without a comment"
    assert fact.consent == "1"
    for key, mark in marks.items():
        if instrument.item(key).kind is Kind.REASONS:
            assert (mark == packing.GIVEN) == (key in tags), "reasons and their mark agree"


def test_every_button_fits_every_channel() -> None:
    """All payloads of all questionnaires are short, ASCII, and read back as themselves."""
    for name in ("short", "micro", "sipas-g2-2026-service16"):
        for item in shipped(name).by_key.values():
            for value in [option.code for option in item.options] + ["5", *CONTROLS]:
                text = payload("K7Q2M9PA", item.key, value)

                assert len(text.encode("ascii")) <= PAYLOAD_BYTES
                assert read_payload(text) == Tapped(item.key, value, "K7Q2M9PA")
