"""A screen in words: everything that can be tapped can be typed, in both languages."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from handlers.messages import LANGUAGES, catalogue, text
from handlers.rendering import Choice, Message, render
from sipas.conversation import step
from sipas.events import Ask, Moment, Say, Scanned, Step, Typed, read_payload
from sipas.items import Kind
from sipas.session import Session
from tests.test_transcripts import INSTRUMENTS, PLACES

ROOT = Path(__file__).parents[1]
RENDERED = {"kept", "or_type", "progress", "this_language"}  # said by the rendering itself
NOW = Moment(41_545, "K7Q2M9PA", "1", "K7Q2M9PA4X")


def begun(counter: str, language: str) -> Step:
    """A response just opened."""
    return step(INSTRUMENTS, Session(language), Scanned(PLACES[counter]), NOW)


def shown(result: Step) -> Message:
    """What the respondent sees."""
    place = result.session.place
    instrument = INSTRUMENTS[place.instrument] if place else None
    return render(instrument, result.screen, result.session.language)


def tapped(session: Session, choice: Choice) -> Step:
    """The choice was tapped."""
    tap = read_payload(choice.payload)
    assert tap is not None
    return step(INSTRUMENTS, session, tap, NOW)


def typed(session: Session, words: str) -> Step:
    """The words were typed."""
    return step(INSTRUMENTS, session, Typed(words), NOW)


def walk(counter: str, language: str, seed: int) -> Iterator[tuple[Step, Message]]:
    """The screens of a response answered by chance, to its end."""
    chance = random.Random(seed)
    result = begun(counter, language)
    while result.session.place:
        message = shown(result)
        yield result, message
        here = [choice for choice in message.choices if "|.stop" not in choice.payload]
        answers = [choice for choice in here if not choice.control and not choice.chosen]
        ways = answers * 4 + [choice for choice in here if "|.lang|" not in choice.payload]
        result = tapped(result.session, chance.choice(ways))
    yield result, shown(result)


WALKS = [
    (counter, language, seed)
    for counter in sorted(PLACES)
    for language in LANGUAGES
    for seed in range(3)
]


@pytest.mark.parametrize(("counter", "language", "seed"), WALKS)
def test_whatever_can_be_tapped_can_be_typed(counter: str, language: str, seed: int) -> None:
    """The number, the label and the name of a control lead where the button leads."""
    for result, message in walk(counter, language, seed):
        for choice in message.choices:
            if message.key in ("reasons", "want") and not choice.control:
                continue  # a button adds one reason, typed numbers are all of them
            led = tapped(result.session, choice)
            for words in _words(choice):
                assert typed(result.session, words) == led, (message.key, words)


def _words(choice: Choice) -> tuple[str, ...]:
    if choice.payload.endswith("|.kept"):
        return ("có", "yes")
    return tuple(choice.label.removeprefix("✓ ").split(" · "))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_screen_reads_well(language: str) -> None:
    """Nothing unfilled, nothing empty, answers before controls, no two buttons alike."""
    for counter in sorted(PLACES):
        for _, message in walk(counter, language, 7):
            labels = [choice.label for choice in message.choices]
            controls = [choice.control for choice in message.choices]

            assert message.text
            assert not re.search(r"[{}]|chat\.", " ".join((message.text, *labels)))
            assert controls == sorted(controls)
            assert len(labels) == len(set(labels))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_number_is_the_level(language: str) -> None:
    """A scale runs from 5 down to 1, each label beginning with its level."""
    first = shown(begun("381207", language))

    assert [choice.label[:4] for choice in first.choices[:5]] == [
        f"{level} · " for level in (5, 4, 3, 2, 1)
    ]
    assert [choice.payload[-1] for choice in first.choices[:5]] == ["5", "4", "3", "2", "1"]


@pytest.mark.parametrize(
    ("language", "facts"),
    [
        ("vi", ["ẩn danh", "tự nguyện", "18 tuổi", "không phải kênh khiếu nại", "Riêng tư"]),
        ("en", ["anonymous", "voluntary", "18", "not a complaint channel", "Privacy"]),
    ],
)
def test_the_notice_says_what_is_agreed_to(language: str, facts: list[str]) -> None:
    """The first screen tells all that a tap consents to, in few words."""
    first = shown(begun("381207", language))
    notice = text(language, "chat.notice", counter="", unit="")

    assert all(fact in first.said for fact in facts)
    assert len(notice.split()) <= 45
    assert first.question in first.text


@pytest.mark.parametrize("counter", sorted(PLACES))
def test_the_other_language_is_offered_at_the_start(counter: str) -> None:
    """The first screen has a button in the other language's own words, and only the first."""
    first = begun(counter, "vi")
    later = tapped(first.session, shown(first).choices[0])

    assert [choice.label for choice in shown(first).choices][-1] == "English"
    assert "English" not in [choice.label for choice in shown(later).choices]


def test_progress_begins_where_more_was_agreed_to() -> None:
    """Up to "more?" no number frightens anyone; then it only ever comes closer to the end."""
    left = [
        message.progress.of - message.progress.number if message.progress else None
        for _, message in walk("381207", "vi", 1)
        if message.key not in ("thanks", "nothing_recorded")
    ]

    assert left[:2] == [None, None]
    assert all(number is not None and number >= 0 for number in left[2:])


def test_a_chosen_answer_is_marked() -> None:
    """Going back shows what was answered."""
    ask = Ask("overall", "K7Q2", chosen=("4",))
    message = render(INSTRUMENTS["short.1"], (ask,), "vi")

    assert [choice.label for choice in message.choices if choice.chosen] == ["✓ 4 · Hài lòng"]


def test_a_chosen_reason_has_a_button_that_takes_it_back() -> None:
    """The button says which of the two it does, so a double tap changes nothing."""
    ask = Ask("reasons", "K7Q2", back=True, chosen=("wait",))
    message = render(INSTRUMENTS["short.1"], (ask,), "vi")

    assert message.choices[0].payload == "1|K7Q2|reasons|-wait"
    assert message.choices[1].payload == "1|K7Q2|reasons|signs_place"


def test_fields_come_before_not_sure() -> None:
    """A counter's fields are numbered first, in the reader's language."""
    fields = (("land", "Đất đai", "Land"), ("civil_status", "Hộ tịch", "Civil status"))
    message = render(INSTRUMENTS["short.1"], (Ask("field", "K7Q2", fields=fields),), "en")

    labels = [choice.label for choice in message.choices[:3]]
    assert labels == ["1 · Land", "2 · Civil status", "3 · Not sure"]


def test_the_code_is_given_apart() -> None:
    """Programs need not read the code out of a sentence."""
    message = render(None, (Say("thanks", (("code", "K7Q2-M9PA-4X"),)),), "vi")

    assert message.response_code == "K7Q2-M9PA-4X"
    assert "K7Q2-M9PA-4X" in message.text
    assert (message.key, message.question, message.choices) == ("thanks", "", ())


def test_only_the_comment_takes_free_words() -> None:
    """A text field is shown where a message is asked for."""
    for instrument in INSTRUMENTS.values():
        for item in instrument.by_key.values():
            message = render(instrument, (Ask(item.key, "K7Q2"),), "vi")

            assert message.input == (item.kind is Kind.TEXT)


def test_nothing_to_show_is_an_empty_message() -> None:
    """Who has left is shown nothing."""
    assert render(None, (), "vi") == Message("", "", "", "")


def test_an_unknown_language_is_vietnamese() -> None:
    """A language without a catalogue falls back instead of failing."""
    assert text("ko", "chat.button.skip") == text("vi", "chat.button.skip")


def test_everything_the_engine_says_has_words() -> None:
    """Every message key of the conversation is in the catalogue, and nothing else is."""
    sources = "".join(
        (ROOT / "sipas" / name).read_text("utf-8")
        for name in (
            "conversation.py",
            "flow.py",
            "understanding.py",
            "events.py",
            "receipts.py",
            "rights.py",
        )
    )
    keys = {key.removeprefix("chat.") for key in catalogue("vi") if key.startswith("chat.")}
    quoted = set(re.findall(r'"([a-z_]+)"|``([a-z_]+)``', sources))
    written = {either or other for either, other in quoted}
    ours = {key for key in keys if key not in RENDERED and "." not in key}

    assert ours <= written, ours - written
    assert set(re.findall(r'Say\("([a-z_]+)"', sources)) <= ours
