"""One screen onto one chat: in place after a tap, else as a new message without the old keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from telegram.error import BadRequest, NetworkError, TelegramError

from bot.channels.telegram.request import Api
from bot.channels.telegram.troubles import outcome_of
from handlers.rendering import Choice

TEXT_MOST = 4096
NOTICE_MOST = 200
KEYS_IN_A_ROW = 2

# Telegram's words for an edit that is no longer possible: the question goes out as a new message.
_GONE = ("message to edit not found", "can't be edited", "message_id_invalid", "message not found")
_SAME = "message is not modified"


@dataclass(frozen=True, slots=True)
class Letter:
    """A rendered screen with everything Telegram needs to show it.

    Attributes:
        chat: where to.
        text: plain text, of any length.
        choices: the inline keys in their order.
        reference: the callback query to answer, or empty.
        notice: what the tap's answer says; empty for a tap that did what it said.
        replaces: the living message, or None.
        edit: whether the living message may be replaced where it stands.
    """

    chat: str
    text: str
    choices: tuple[Choice, ...]
    reference: str = ""
    notice: str = ""
    replaces: str | None = None
    edit: bool = False


async def delivered(api: Api, letter: Letter) -> str:
    """As `deliver`; whatever goes wrong is an `Outcome`."""
    try:
        return await deliver(api, letter)
    except TelegramError as error:
        raise outcome_of(error) from error


async def deliver(api: Api, letter: Letter) -> str:
    """Show the letter and return the id of the message that now lives in the chat.

    Raises:
        TelegramError: it was not shown, or nobody knows; PTB's kinds.
    """
    await _answer(api, letter)
    content = {"chat_id": letter.chat, "text": fit(letter.text, TEXT_MOST), **_keyboard(letter)}
    if letter.edit and letter.replaces and await _edited(api, letter.replaces, content):
        return letter.replaces
    message = await api.call("sendMessage", content)
    if letter.replaces and not letter.edit:
        await _strip(api, letter)
    return _id(message)


def _id(message: object) -> str:
    if isinstance(message, dict) and "message_id" in message:
        return str(message["message_id"])
    raise NetworkError("the answer is not from a Bot API server")


def fit(text: str, most: int) -> str:
    """*text* cut to at most *most* UTF-16 units, which is what Telegram counts.

    >>> fit("nhanh gọn", 5)
    'nhan…'
    """
    if len(text) * 2 <= most or _units(text) <= most:
        return text
    kept = text.encode("utf-16-le")[: 2 * (most - 1)]
    return kept.decode("utf-16-le", "ignore") + "…"


def rows(choices: tuple[Choice, ...]) -> list[list[dict[str, str]]]:
    """Answers one below the other, then the controls two and two, always in the same places."""
    answers = [[_key(choice)] for choice in choices if not choice.control]
    controls = [_key(choice) for choice in choices if choice.control]
    pairs = range(0, len(controls), KEYS_IN_A_ROW)
    return answers + [controls[first : first + KEYS_IN_A_ROW] for first in pairs]


def _key(choice: Choice) -> dict[str, str]:
    return {"text": choice.label, "callback_data": choice.payload}


def _keyboard(letter: Letter) -> dict[str, Any]:
    if not letter.choices:
        return {}
    return {"reply_markup": {"inline_keyboard": rows(letter.choices)}}


async def _answer(api: Api, letter: Letter) -> None:
    """Stop the button's spinning; too late or not at all, the tap itself counts."""
    if not letter.reference:
        return
    notice = {"text": letter.notice} if 0 < _units(letter.notice) <= NOTICE_MOST else {}
    answer = {"callback_query_id": letter.reference, **notice}
    try:
        await api.call("answerCallbackQuery", answer)
    except TelegramError:
        return


async def _edited(api: Api, message: str, content: dict[str, Any]) -> bool:
    """Replace the message in place; False when it can no longer be replaced."""
    try:
        await api.call("editMessageText", {"message_id": message, **content})
    except BadRequest as error:
        words = error.message.lower()
        if _SAME in words:
            return True
        if any(gone in words for gone in _GONE):
            return False
        raise
    return True


async def _strip(api: Api, letter: Letter) -> None:
    """Take the keys off the message before; if they stay, the engine explains a tap on them."""
    old = {"chat_id": letter.chat, "message_id": letter.replaces}
    try:
        await api.call("editMessageReplyMarkup", old)
    except TelegramError:
        return


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
