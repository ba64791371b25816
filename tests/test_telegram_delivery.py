"""One letter on one chat: which calls show it, and what each refusal of Telegram's leads to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from telegram.error import BadRequest, TelegramError, TimedOut

from bot.channels.telegram.delivery import Letter, deliver, fit, rows
from bot.channels.telegram.request import AiohttpRequest, Api
from handlers.rendering import Choice

pytestmark = pytest.mark.anyio

LEVELS = tuple(Choice(f"{level} · mức {level}", f"1|K7Q2|overall|{level}") for level in "54321")
CONTROLS = tuple(
    Choice(name, f"1|K7Q2|overall|.{name}", control=True) for name in ("back", "skip", "stop")
)
QUESTION = Letter("42", "Câu 1", LEVELS)


class Recorder(Api):
    """An API without a server: remembers the calls, and refuses the methods it is told to."""

    def __init__(self, **refusals: TelegramError) -> None:
        super().__init__("", AiohttpRequest())
        self.refusals = refusals
        self.calls: list[tuple[str, dict[str, Any]]] = []

    async def call(self, method: str, parameters: Mapping[str, object], answer_s: float = 0) -> Any:
        self.calls.append((method, dict(parameters)))
        if method in self.refusals:
            raise self.refusals[method]
        return {"message_id": 77}

    def methods(self) -> list[str]:
        return [method for method, _ in self.calls]


def after_tap(**changes: Any) -> Letter:
    """The next question after a tap on the living message 5."""
    next_question = Letter("42", "Câu 2", LEVELS, reference="4711", replaces="5", edit=True)
    return replace(next_question, **changes)


async def test_the_first_question_is_a_new_message() -> None:
    """Nothing lives in the chat yet; the new message's id is remembered."""
    api = Recorder()

    assert await deliver(api, QUESTION) == "77"
    assert api.methods() == ["sendMessage"]
    assert api.calls[0][1]["chat_id"] == "42"


async def test_after_a_tap_the_question_is_replaced_where_it_stands() -> None:
    """The button stops spinning, then one message lives on."""
    api = Recorder()

    assert await deliver(api, after_tap()) == "5"
    assert api.methods() == ["answerCallbackQuery", "editMessageText"]
    assert api.calls[0][1] == {"callback_query_id": "4711"}
    assert api.calls[1][1]["message_id"] == "5"


async def test_after_words_a_new_message_comes_and_the_old_keys_go() -> None:
    """A message above the respondent's own words is no longer the last one."""
    api = Recorder()

    assert await deliver(api, after_tap(reference="", edit=False)) == "77"
    assert api.methods() == ["sendMessage", "editMessageReplyMarkup"]
    assert api.calls[1][1] == {"chat_id": "42", "message_id": "5"}


async def test_an_edit_that_changes_nothing_succeeded() -> None:
    """Telegram calls it an error when the message already looks as it should."""
    words = "Bad Request: message is not modified: specified new message content is the same"
    api = Recorder(editMessageText=BadRequest(words))

    assert await deliver(api, after_tap()) == "5"
    assert api.methods() == ["answerCallbackQuery", "editMessageText"]


@pytest.mark.parametrize(
    "words",
    [
        "Bad Request: message to edit not found",
        "Bad Request: message can't be edited",
        "Bad Request: MESSAGE_ID_INVALID",
    ],
)
async def test_a_message_that_is_gone_is_sent_anew(words: str) -> None:
    """A deleted or too old message costs the respondent nothing."""
    api = Recorder(editMessageText=BadRequest(words))

    assert await deliver(api, after_tap()) == "77"
    assert api.methods() == ["answerCallbackQuery", "editMessageText", "sendMessage"]


@pytest.mark.parametrize("error", [BadRequest("Bad Request: BUTTON_DATA_INVALID"), TimedOut()])
async def test_any_other_failure_is_the_callers(error: TelegramError) -> None:
    """Whether to try again, stop or give up is decided in one place: the sender."""
    with pytest.raises(type(error)):
        await deliver(Recorder(editMessageText=error), after_tap())


async def test_an_answer_too_late_does_not_matter() -> None:
    """The step counts even when the button has stopped spinning by itself."""
    words = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    api = Recorder(answerCallbackQuery=BadRequest(words))

    assert await deliver(api, after_tap()) == "5"


async def test_old_keys_that_stay_do_not_matter() -> None:
    """The new question is out; sending it again because of the old one would be worse."""
    api = Recorder(editMessageReplyMarkup=TimedOut())

    assert await deliver(api, after_tap(edit=False)) == "77"


async def test_a_notice_pops_up_only_if_it_fits() -> None:
    """Telegram allows 200 characters there; a longer notice stands in the message anyway."""
    api = Recorder()
    await deliver(api, after_tap(notice="Câu này đã qua."))
    await deliver(api, after_tap(notice="x" * 201))

    answers = [content for method, content in api.calls if method == "answerCallbackQuery"]
    assert [answer.get("text") for answer in answers] == ["Câu này đã qua.", None]


def test_answers_stand_below_each_other_and_controls_in_pairs() -> None:
    """The same places for every question, whatever it offers."""
    shape = [[key["text"] for key in row] for row in rows(LEVELS[:2] + CONTROLS)]

    assert shape == [["5 · mức 5"], ["4 · mức 4"], ["back", "skip"], ["stop"]]


async def test_a_screen_without_choices_takes_the_keys_away() -> None:
    """The thanks replaces the last question and offers nothing to tap."""
    api = Recorder()
    await deliver(api, after_tap(choices=()))

    assert "reply_markup" not in api.calls[-1][1]


@pytest.mark.parametrize("text", ["x" * 5000, "ơ" * 4096, "😀" * 2048, "x" + "😀" * 3000])
def test_no_text_is_over_the_limit(text: str) -> None:
    """Telegram counts UTF-16 units, two for an emoji, and none is cut in half."""
    fitted = fit(text, 4096)

    assert len(fitted.encode("utf-16-le")) // 2 <= 4096
    assert fitted == text or (fitted.endswith("…") and text.startswith(fitted[:-1]))
