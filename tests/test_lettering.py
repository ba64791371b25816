"""A question on channels with many buttons, with five and with none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.channels.capabilities import PUSHING, TELEGRAM, ZALO_BOT, ZALO_OA, Capabilities
from bot.channels.lettering import Laid, lay_out
from bot.instruments import shipped
from handlers.rendering import Choice, Message, render
from sipas.conversation import step
from sipas.events import Moment, Scanned, Step, Typed, read_payload
from sipas.session import Place, Session

PLACE = Place("381207", "Quầy 1", "Xã Định Hòa", "short.1", ())
NOON = Moment(41_545, "K7Q2M9PA", "1", "K7Q2M9PA4X")
INSTRUMENT = shipped()["short.1"]


def screens() -> Iterator[tuple[str, Step, Message]]:
    """Every screen of a whole response in both languages, with the step it came from."""
    for language in ("vi", "en"):
        now = step(shipped(), Session(language), Scanned(PLACE), NOON)
        for turn in range(40):
            message = render(INSTRUMENT, now.screen, language)
            yield f"{language} {turn} {message.key}", now, message
            if not message.choices:
                break
            tap = read_payload(way_on(message))
            assert tap is not None
            now = step(shipped(), now.session, tap, NOON)
        else:
            raise AssertionError("the survey does not end")


def way_on(message: Message) -> str:
    """The payload that leads to the next question: an answer, or the end of a list of reasons."""
    ends = [c.payload for c in message.choices if c.payload.endswith(".done")]
    answers = [c.payload for c in message.choices if not c.control]
    skips = [c.payload for c in message.choices if c.payload.endswith(".skip")]
    return (ends or answers or skips)[0]


SCREENS = list(screens())
CHOICES = [
    pytest.param(now, choice, id=f"{name} {choice.label}")
    for name, now, message in SCREENS
    for choice in message.choices
]


@pytest.mark.parametrize(("now", "choice"), CHOICES)
def test_whatever_can_be_tapped_can_be_typed(now: Step, choice: Choice) -> None:
    """An answer by its number, a control by its own words; typed reasons need no “done”."""
    words = choice.label if choice.control else choice.label.partition(" · ")[0]
    tap = read_payload(choice.payload)
    assert tap is not None
    tapped = step(shipped(), now.session, tap, NOON)
    if tap.question == "reasons" and not choice.control:
        tapped = step(shipped(), tapped.session, replace(tap, value=".done"), NOON)
    typed = step(shipped(), now.session, Typed(words), NOON)

    assert typed == tapped


@pytest.mark.parametrize("can", PUSHING.values(), ids=lambda can: can.channel)
def test_every_screen_fits_every_channel(can: Capabilities) -> None:
    """Each choice is there, as a button or in the text, and no limit is passed."""
    for _, now, message in SCREENS:
        told = lay_out(message, can, now.session.language)

        assert len(told.buttons) <= can.buttons
        assert len(told.text) <= can.text_most
        assert all(len(button.label) <= can.label_most for button in told.buttons)
        missing = [c.label for c in message.choices if c not in told.buttons]
        assert all(label.lower() in told.text.lower() for label in missing)


def test_a_long_text_is_cut_before_its_list() -> None:
    """Words of the respondent's own may fill a message; the numbers to type stay."""
    _, now, message = SCREENS[0]
    long = replace(message, text="\u0065\u0323" * 3000)  # ẹ in two characters each

    told = lay_out(long, ZALO_BOT, now.session.language)

    assert len(told.text) == ZALO_BOT.text_most
    assert told.text.startswith("ẹẹ")
    assert "1 · Rất không hài lòng" in told.text


def test_five_buttons_take_the_scale_and_leave_the_rest_to_words() -> None:
    """Answers are buttons all together or not at all."""
    _, now, scale = SCREENS[0]
    told = lay_out(scale, ZALO_OA, now.session.language)

    assert [button.label[0] for button in told.buttons] == ["5", "4", "3", "2", "1"]
    assert told.text.endswith("Hoặc gõ: “english”.")
    assert lay_out(scale, TELEGRAM, "vi") == Laid(scale.text, scale.choices)
