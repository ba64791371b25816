"""The same survey as an aiogram program: one state a question, kept by `MemoryStorage`.

A program of its own, in an environment of its own (`bench/rivals/apart.py`): it reads what is shown
and what arrives as JSON, and prints how many seconds that took and how many surveys were finished.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.client.session.base import BaseSession
from aiogram.filters import CommandObject, CommandStart
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State
from aiogram.fsm.storage.memory import MemoryStorage
from aiogram.methods import AnswerCallbackQuery, GetMe
from aiogram.types import (
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
)

TOKEN = "1:bench"  # no bot has it
ME = {"id": 1, "is_bot": True, "first_name": "motcua", "username": "motcua_bot"}
SENT = {"message_id": 7, "date": 1, "chat": {"id": 1, "type": "private"}, "text": "x"}


class NoNetwork(BaseSession):  # type: ignore[misc]  # not installed where types are checked
    """Answers every call at once, so that only the program itself is measured."""

    async def make_request(self, bot: Bot, method: Any, *_: Any, **__: Any) -> Any:
        """The least that aiogram accepts as Telegram's answer."""
        answers: Mapping[type, object] = {GetMe: ME, AnswerCallbackQuery: True}
        told = json.dumps({"ok": True, "result": answers.get(type(method), SENT)})
        return self.check_response(bot, method, 200, told).result

    async def stream_content(self, *_: Any, **__: Any) -> Any:
        """Never needed."""
        raise NotImplementedError

    async def close(self) -> None:
        """Nothing to close."""


class Survey:
    """Answers in the state's data, finished responses in memory."""

    def __init__(self, shown: Sequence[Mapping[str, Any]]) -> None:
        self._shown = shown
        self._states = [State(f"question{number}", "Survey") for number in range(len(shown))]
        self.responses: list[dict[str, Any]] = []

    def dispatcher(self) -> Dispatcher:
        """The conversation: a start, and a handler for each question."""
        made = Dispatcher(storage=MemoryStorage())
        made.message.register(self._start, CommandStart(deep_link=True))
        for state, shown in zip(self._states, self._shown[:-1], strict=False):
            kind = made.message if shown["typed"] else made.callback_query
            kind.register(self._answer, state)
        return made

    async def _start(self, message: Message, command: CommandObject, state: FSMContext) -> None:
        await state.set_data({"counter": command.args, "turn": 0})
        await state.set_state(self._states[0])
        await message.answer(self._shown[0]["text"], reply_markup=_keyboard(self._shown[0]))

    async def _answer(self, given: Message | CallbackQuery, state: FSMContext) -> None:
        kept = await state.get_data()
        number = kept["turn"]
        kept[self._shown[number]["key"]] = (
            given.data.split("|")[-1] if isinstance(given, CallbackQuery) else given.text
        )
        shown = self._shown[number + 1]
        await _show(given, shown)
        if number + 1 < len(self._shown) - 1:
            await state.set_data({**kept, "turn": number + 1})
            await state.set_state(self._states[number + 1])
        else:
            self.responses.append(kept)
            await state.clear()


async def _show(given: Message | CallbackQuery, shown: Mapping[str, Any]) -> None:
    if isinstance(given, CallbackQuery):
        await given.answer()
        await given.message.edit_text(shown["text"], reply_markup=_keyboard(shown))
    else:
        await given.answer(shown["text"], reply_markup=_keyboard(shown))


def _keyboard(shown: Mapping[str, Any]) -> InlineKeyboardMarkup | None:
    rows = [
        [InlineKeyboardButton(text=label, callback_data=payload)]
        for label, payload in shown["choices"]
    ]
    return InlineKeyboardMarkup(inline_keyboard=rows) if rows else None


async def main() -> None:
    """Process what arrives, one update after another, as for PTB."""
    told = json.load(sys.stdin)
    bot, survey = Bot(TOKEN, session=NoNetwork()), Survey(told["shown"])
    dispatcher = survey.dispatcher()
    began = time.perf_counter()
    for body in told["bodies"]:
        for update in json.loads(body)["result"]:
            await dispatcher.feed_raw_update(bot, update)
    took = time.perf_counter() - began
    json.dump({"seconds": took, "finished": len(survey.responses)}, sys.stdout)


if __name__ == "__main__":
    asyncio.run(main())
